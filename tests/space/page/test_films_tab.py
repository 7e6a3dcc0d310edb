"""What is said of a list: above it, below it, and where it is empty."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import gradio as gr
import pandas as pd
import pytest

from space.filters import Candidates, Filters
from space.like_weight import MANY, MANY_SHARE
from space.page.answers import Answers
from space.page.ask import Ask
from space.page.controls import Controls
from space.page.films_tab import ALL, COLUMNS, DROPPED, FilmsTab, heading, offers_html
from space.page.language import CATALOGUES, LANGUAGES
from space.ranking_files import ranked_by
from space.recommender import MovieRecommender
from tests.exports import STRANGER, Run
from tests.space.page.pages import answers_of, pressed, values
from tests.space.page.reading import Tags
from tests.space.page.test_cards import FILMS


def tab_of(answers: Answers) -> FilmsTab:
    with gr.Blocks():
        return FilmsTab(answers)


def order_text(answers: Answers, **asked: Any) -> str:
    """What stands below the list."""
    said: str = tab_of(answers).show(Ask(**asked), answers.model.ready())[-1]
    return said


@pytest.fixture(scope="module")
def answers(run: Run) -> Answers:
    return answers_of(run.bundle, run.dataset)


@pytest.fixture(scope="module")
def alone(run: Run) -> Answers:
    """The model without its data set."""
    return answers_of(run.bundle)


@pytest.fixture(scope="module")
def old(old_run: Run) -> Answers:
    """A model of P(like) alone, without its data set."""
    return answers_of(old_run.bundle)


@pytest.mark.parametrize(
    ("found", "wanted", "genres", "match", "said"),
    [
        (0, 10, [], "any", "No film passes all filters."),
        (0, 10, ["War"], "all", "No film passes all filters."),
        (2, 10, [], "any", "Only **2** films are left"),
        (1, 10, ["War"], "any", "Only **1** film is left with the genre War"),
        (2, 3, ["War"], "all", "Only **2** films are left with the genre War"),
        (2, 2, [], "any", "The best **2** films"),
        (1, 1, [], "any", "The best **1** film"),
        (2, 2, ["War", "Comedy"], "any", "The best **2** films with the genres War or Comedy"),
        (2, 2, ["War", "Comedy"], "all", "The best **2** films with the genres War and Comedy"),
        (2, 2, ["<b>*"], "any", "The best **2** films with the genre &lt;b&gt;\\*"),
    ],
)
def test_the_heading_counts_the_films_and_names_their_genres(
    found: int, wanted: int, genres: list[str], match: str, said: str
) -> None:
    assert heading(FILMS.head(found), Ask(k=wanted, genres=genres, match=match)) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_filter_that_alone_empties_the_list_is_a_button_with_what_there_would_be(
    language: str,
) -> None:
    counts = dict(zip(DROPPED, (3, 1, 1234, 5, 6, 7), strict=True))
    said = Tags(offers_html(counts, language))
    assert [each["data-filter"] for each in said.named("button")] == list(DROPPED)
    for name, count in counts.items():
        assert CATALOGUES[language][f"relaxed.{name}"].format(count=f"{count:,}") in said.text


def test_where_no_filter_alone_empties_it_all_can_be_dropped() -> None:
    said = Tags(offers_html({}, "en"))
    assert [each["data-filter"] for each in said.named("button")] == ["all"]
    assert "several of them together" in said.text


def test_every_filter_that_the_engine_names_can_be_dropped() -> None:
    """A film for each filter, which that filter alone leaves out."""
    films = [
        {"movie_id": 1, "year": 1990, "genres": ["A"]},  # "all": B is missing
        {"movie_id": 2, "year": 1990, "genres": ["A", "B", "C"]},  # excluded
        {"movie_id": 3, "year": 1980, "genres": ["A", "B"]},  # too old
        {"movie_id": 4, "year": 1990, "genres": ["A", "B"]},  # hidden
        {"movie_id": 5, "year": 1990, "genres": ["A", "B"]},  # seen
        {"movie_id": 6, "year": 1990, "genres": ["D"]},  # of no wanted genre
    ]
    filters = Filters(["A", "B"], "all", ["C"], 1985, None, [4])
    named = Candidates(pd.DataFrame(films)).relaxed(filters, seen=[5])
    assert set(named) == set(DROPPED)


@pytest.mark.parametrize("name", DROPPED)
def test_a_press_drops_that_filter_and_no_other(alone: Answers, name: str) -> None:
    updates = tab_of(alone).relax(pressed({"filter": name}))
    changed = dict(zip(ALL, updates, strict=True))
    kept = {each for each, value in changed.items() if value == gr.skip()}
    assert {each: value for each, value in changed.items() if each not in kept} == DROPPED[name]
    assert set(ALL) <= set(Controls._fields)


def test_a_press_of_all_drops_every_filter(alone: Answers) -> None:
    assert tab_of(alone).relax(pressed({"filter": "all"})) == [*ALL.values()]


@pytest.mark.parametrize("data", [None, [], {}, {"filter": ["genres"]}, {"filter": "x" * 10**6}])
def test_a_press_of_nothing_drops_nothing(alone: Answers, data: Any) -> None:
    assert all(update == gr.skip() for update in tab_of(alone).relax(pressed(data)))


def test_an_empty_list_offers_what_would_fill_it(answers: Answers, run: Run) -> None:
    recommender = answers.model.ready()
    asked = {"genres": [recommender.genres[0]], "exclude_genres": [recommender.genres[0]]}
    said, _, offers, cards, table, download, *_ = tab_of(answers).show(Ask(**asked), recommender)
    assert said == "## No film passes all filters."
    assert offers.visible
    counts = recommender.relaxed(**asked)
    assert offers.value == offers_html(counts, "en")
    assert set(counts) == {"genres", "exclude_genres"}
    assert (cards, table["data"], download.interactive) == ("", [], False)


def test_a_list_offers_nothing_but_its_file(answers: Answers) -> None:
    _, _, offers, cards, table, download, *_ = tab_of(answers).show(Ask(), answers.model.ready())
    assert not offers.visible
    assert len(Tags(cards).classed("card")) == len(table["data"]) == 10
    assert download.interactive


def test_films_can_be_liked_on_their_cards_where_a_model_reads_that(
    answers: Answers, old: Answers
) -> None:
    def offered(shared: Answers, **asked: Any) -> bool:
        return 'data-does="like"' in tab_of(shared).show(Ask(**asked), shared.model.ready())[3]

    assert offered(answers)
    assert not offered(answers, way="user", user=7)
    assert not offered(old)


def test_the_text_below_the_list_says_what_orders_it_and_the_threshold(
    answers: Answers, old: Answers
) -> None:
    likes = f"The order is by {ranked_by(ranking_model=False)}."
    history = (
        "The order is by the score of a ranking model: how likely the person is to watch a film"
    )
    for shared, order, other in ((answers, history, likes), (old, likes, history)):
        said = order_text(shared)
        assert order in said
        assert other not in said
        assert "4 stars or more" in said
        assert "left out" in said
        assert "No data set" not in said


def test_a_threshold_of_half_stars_is_told(run: Run) -> None:
    recommender = MovieRecommender.load(run.bundle)
    schema = replace(recommender.bundle.schema, like_threshold=3.5)
    recommender.bundle = replace(recommender.bundle, schema=schema)
    answers = answers_of(run.bundle)
    said = tab_of(answers).show(Ask(), recommender)[-1]
    assert "3.5 stars or more" in said


def test_it_is_said_why_a_film_that_is_hardly_liked_can_stand_at_the_top(
    answers: Answers, old: Answers
) -> None:
    ranked, unranked = order_text(answers), order_text(old)
    assert (
        "low *P(like)* can stand at the top: the order is about watching a film and liking it"
        in ranked
    )
    assert "*P(like)* only about liking it once it is watched" in ranked
    assert "low *P(like)* can stand at the top if many people liked it" in unranked


def test_somebody_new_is_not_told_what_holds_for_users_of_many_ratings(answers: Answers) -> None:
    said = order_text(answers)
    assert "log-odds" not in said
    assert f"{MANY} films" not in said
    # What the ranking model is made of is told in the tab about it.
    assert "item-item" not in said


def test_the_probability_is_named_after_the_model_that_gives_it(answers: Answers) -> None:
    assert "the probability, by AutoInt+, that the person" in order_text(answers)


def test_it_is_said_by_how_much_likes_count_for_who_has_rated_many(
    answers: Answers, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "added to that score" not in order_text(answers, way="user", user=7)
    monkeypatch.setattr("space.like_weight.MANY", 1)
    monkeypatch.setattr("space.like_weight.MANY_SHARE", 0)
    weight = 1 - 1 / (run.data.ratings["user_id"] == 7).sum()
    rule = f"rated more than {MANY} films and {MANY_SHARE:.0%} of all"
    assert rule in order_text(answers, way="user", user=7)
    said = f"the log-odds of *P(like)*, times {weight:.2f}, are added to that score."
    assert said in order_text(answers, way="user", user=7)
    assert said not in order_text(answers)


def test_it_is_said_that_a_slider_has_moved_films(answers: Answers) -> None:
    moved = CATALOGUES["en"]["order.moved"]
    assert moved not in order_text(answers)
    assert moved in order_text(answers, familiarity=0.5)
    assert moved in order_text(answers, diversity=0.5)


def test_of_what_is_left_out_a_user_and_the_visitor_are_told_their_own(answers: Answers) -> None:
    assert "Films that you picked are left out" in order_text(answers)
    assert "nothing is kept" in order_text(answers)
    assert "has rated are left out" in order_text(answers, way="user", user=7)


def test_without_data_set_it_is_said_that_seen_films_cannot_be_hidden(
    alone: Answers, old: Answers
) -> None:
    ranked = order_text(alone, way="user", user=7)
    unranked = order_text(old, way="user", user=7)
    assert "cannot be hidden" in ranked
    assert "cannot be hidden" in unranked
    assert "Every user then gets the same list" in ranked
    assert "same list" not in unranked
    assert "cannot be hidden" not in order_text(alone)
    assert "fetched" not in order_text(alone)


def test_every_user_gets_the_same_list_then(alone: Answers) -> None:
    recommender = alone.model.ready()
    lists = [recommender.recommend(user)["movie_id"].tolist() for user in (1, 7, 30)]
    assert lists[0] == lists[1] == lists[2]


def test_a_data_set_that_has_not_come_yet_is_said_to_come(alone: Answers) -> None:
    class Apart(Answers):
        class model:  # noqa: N801 – stands in for the attribute
            users = "apart"

    shared = Apart(alone.model)
    shared.model = Apart.model  # type: ignore[assignment]
    said = tab_of(shared).show(Ask(), alone.model.ready())[-1]
    assert "fetched when one of the users is first asked for" in said
    assert "No data set" not in said


def test_the_file_is_the_list(answers: Answers) -> None:
    lines = tab_of(answers).csv(*values(way="user", user=7, k=3)).splitlines()
    expected = answers.model.ready().recommend(7, k=3)
    assert [line.split(",")[1] for line in lines[1:]] == [
        str(film) for film in expected["movie_id"]
    ]


def test_a_file_of_what_makes_no_sense_is_refused_in_words(answers: Answers) -> None:
    with pytest.raises(gr.Error, match="should not be after"):
        tab_of(answers).csv(*values(from_year=1990, to_year=1980))


def test_the_file_is_made_of_what_is_meant_as_the_list_is(answers: Answers) -> None:
    file = tab_of(answers).csv
    meant = file(*values(genres=["Comedy"]))
    assert file(*values(genres=["COMEDY", "Opera"])) == meant != file(*values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_has_headers_in_the_visitors_language(answers: Answers, language: str) -> None:
    table = tab_of(answers).show(Ask(language=language), answers.model.ready())[4]
    assert table["headers"] == [CATALOGUES[language][f"column.{name}"] for name in COLUMNS]


def test_the_heading_names_the_genre_that_is_meant(answers: Answers) -> None:
    shown = tab_of(answers).show(Ask(genres=["코미디"]), answers.model.ready())
    assert shown[0].endswith("with the genre Comedy")
    assert json.loads(shown[-2]) == {"genres": [["코미디", "Comedy"]]}


def test_where_all_is_a_choice_nothing_is_corrected(answers: Answers) -> None:
    film = answers.shown(answers.model.ready()).films[3][1]
    shown = tab_of(answers).show(Ask(likes=[film], genres=["Comedy"]), answers.model.ready())
    assert shown[-2] == ""


def test_a_user_of_whom_nothing_is_known_has_a_list(answers: Answers) -> None:
    _, _, _, _, table, *_ = tab_of(answers).show(
        Ask(way="user", user=str(STRANGER)), answers.model.ready()
    )
    assert len(table["data"]) == 10
