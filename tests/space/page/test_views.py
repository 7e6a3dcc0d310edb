from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

from space.artifacts import Status
from space.bundle import Bundle, read_bundle
from space.hub.repository import Repository, Snapshot
from space.page.views import (
    LIKED,
    MONTHS,
    NEWCOMER,
    NOT_TOLD,
    RECOMMENDED,
    explanation,
    fact_choices,
    film_choices,
    film_of,
    footer,
    genres_text,
    heading,
    liked_rows,
    newcomer_html,
    plain,
    profile_html,
    recommended_rows,
    status_html,
    year_text,
)
from space.ranking_files import ranked_by
from space.schema import Schema
from tests.exports import Run

MARKUP = '<script>alert("1")</script>&<b>bold'

RECOMMENDATIONS = pd.DataFrame(
    {
        "rank": [1, 2],
        "movie_id": [7, 9],
        "title": ["Heat", "Café, <The>"],
        "year": pd.array([1995, None], dtype="Int64"),
        "genres": [("Action", "Crime"), ()],
        "score": pd.array([0.91239, 0.5], dtype="float32"),
    }
)

PROFILE: dict[str, Any] = {
    "user_id": 3,
    "gender": "F",
    "age": "25-34",
    "occupation": "writer",
    "zip": "12345",
    "ratings": 1234,
    "likes": 56,
    "mean_rating": 3.14159,
    "last_month": (2003, 12),
}


class Tags(HTMLParser):
    """Collects the tags and the text of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= dict(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_loaded_model_needs_no_panel() -> None:
    assert status_html(Status("loaded", 1.0)) == ""


def test_what_is_to_be_noted_of_a_loaded_model_is_told() -> None:
    panel = Tags(status_html(Status("loaded", 1.0, note=f"From the cache. {MARKUP}")))
    assert panel.text == f"From the cache. {MARKUP}"
    assert panel.tags == ["div"]
    assert panel.attributes["role"] == "status"


def test_the_panel_tells_how_far_preparing_has_come() -> None:
    panel = Tags(status_html(Status("preparing", 0.42, "Training: epoch 2")))
    assert panel.attributes["value"] == "0.420"
    assert panel.attributes["role"] == "status"
    assert panel.attributes["aria-label"]
    assert "42% · Training: epoch 2" in panel.text


def test_the_panel_promises_no_time_since_training_and_fetching_differ() -> None:
    panel = Tags(status_html(Status("preparing", 0.1, "Fetching ada/model: 1 kB of 2 MB")))
    assert "turn on by themselves when it is ready; the first time takes longest." in panel.text
    assert "minute" not in panel.text


def test_a_bar_without_known_fraction_has_no_value() -> None:
    panel = Tags(status_html(Status("preparing", None, "Reading the bundle")))
    assert "progress" in panel.tags
    assert "value" not in panel.attributes
    assert "%" not in panel.text


@pytest.mark.parametrize("state", ["preparing", "failed", "absent"])
def test_markup_in_a_status_is_shown_and_not_obeyed(state: Any) -> None:
    plain_panel = Tags(status_html(Status(state, 0.5, "text")))
    panel = Tags(status_html(Status(state, 0.5, MARKUP)))
    assert panel.tags == plain_panel.tags
    assert MARKUP in panel.text


def test_a_failure_is_announced_with_its_lines_kept() -> None:
    panel = Tags(status_html(Status("failed", text="first\nsecond")))
    assert panel.attributes["role"] == "alert"
    assert "pre" in panel.tags
    assert "first\nsecond" in panel.text


def test_a_profile_shows_facts_and_counts() -> None:
    shown = Tags(profile_html(PROFILE, has_ratings=True))
    for text in ("1,234", "56", "3.14", "December 2003", "writer", "25-34", "12345"):
        assert text in shown.text
    assert shown.tags.count("dt") == shown.tags.count("dd") == 9


def test_a_profile_without_ratings_leaves_out_what_is_not_known() -> None:
    nothing = {**PROFILE, "ratings": 0, "likes": 0, "mean_rating": None, "last_month": None}
    assert Tags(profile_html(nothing, has_ratings=True)).tags.count("dd") == 7
    assert Tags(profile_html(nothing, has_ratings=False)).tags.count("dd") == 5


@pytest.mark.parametrize("key", ["gender", "age", "occupation", "zip"])
def test_markup_in_a_profile_is_shown_and_not_obeyed(key: str) -> None:
    shown = Tags(profile_html({**PROFILE, key: MARKUP}, has_ratings=True))
    assert set(shown.tags) == {"dl", "div", "dt", "dd"}
    assert MARKUP in shown.text


def test_rows_of_recommendations_have_a_cell_for_each_header() -> None:
    rows = recommended_rows(RECOMMENDATIONS)
    assert rows == [
        [1, "Heat", "1995", "Action · Crime", "0.912"],
        [2, "Café, <The>", "–", "–", "0.500"],
    ]
    assert {len(row) for row in rows} == {len(RECOMMENDED)}
    assert recommended_rows(RECOMMENDATIONS.head(0)) == []


def test_rows_of_liked_films_have_stars_and_the_day() -> None:
    liked = RECOMMENDATIONS.assign(rating=[5.0, 4.5], timestamp=[1_072_915_199, 0])
    rows = liked_rows(liked)
    assert rows == [
        ["Heat", "1995", "Action · Crime", "5", "2003-12-31"],
        ["Café, <The>", "–", "–", "4.5", "1970-01-01"],
    ]
    assert {len(row) for row in rows} == {len(LIKED)}
    assert liked_rows(liked.head(0)) == []


@pytest.mark.parametrize(
    ("found", "wanted", "genres", "match", "said"),
    [
        (0, 10, [], "any", "**No film is left that this user has not rated.**"),
        (0, 10, ["War"], "any", "**No film with the genre War is left"),
        (0, 10, ["War", "Comedy"], "all", "with the genres War and Comedy is left"),
        (0, 10, ["War", "Comedy"], "any", "with the genres War or Comedy is left"),
        (0, 10, ["War", "Comedy"], "all", "Choose *any* of the genres, or fewer of them."),
        (2, 10, [], "any", "Only **2** films are left that this user has not rated."),
        (2, 3, ["War"], "all", "Only **2** films with the genre War are left"),
        (2, 2, [], "any", "The best **2** films."),
        (2, 2, ["War", "Comedy"], "any", "The best **2** films with the genres War or Comedy."),
    ],
)
def test_the_heading_names_the_filter_and_why_a_list_is_short(
    found: int, wanted: int, genres: list[str], match: str, said: str
) -> None:
    assert said in heading(RECOMMENDATIONS.head(found), wanted, genres, match)


@pytest.mark.parametrize(
    ("found", "wanted", "genres", "said"),
    [
        (0, 10, ["War"], "**No film with the genre War is in the catalogue.**"),
        (2, 10, ["War"], "Only **2** films with the genre War are in the catalogue."),
        (2, 2, [], "The best **2** films."),
    ],
)
def test_the_heading_for_somebody_new_speaks_of_the_catalogue(
    found: int, wanted: int, genres: list[str], said: str
) -> None:
    assert said in heading(RECOMMENDATIONS.head(found), wanted, genres, "any", newcomer=True)


def test_in_place_of_a_profile_somebody_new_is_told_what_the_list_is() -> None:
    shown = Tags(newcomer_html())
    assert NEWCOMER in shown.text
    assert "every feature of the user is “unknown”" in shown.text
    assert "no film is left out" in shown.text


def test_somebody_new_who_picked_films_is_told_how_many_count() -> None:
    shown = Tags(newcomer_html(3, 1))
    assert "UserSomebody newFilms liked3Films not liked1This is all" in shown.text
    assert "left out of the list; P(like) does not read them" in shown.text
    assert "Nothing is stored" in shown.text
    assert "every feature" not in shown.text
    assert "told of themselves" not in shown.text
    assert "as seen" not in shown.text


def test_what_somebody_new_told_of_themselves_is_shown_as_known() -> None:
    shown = Tags(newcomer_html(told={"gender": "F", "age": "25-34"}))
    assert "UserSomebody newGenderFAge25-34This is all that is known" in shown.text
    assert "counts for the order and for P(like)" in shown.text
    assert "No film is left out as seen." in shown.text
    for untrue in ("every feature", "Occupation", "Films liked", "films picked"):
        assert untrue not in shown.text
    both = Tags(newcomer_html(1, 0, {"occupation": "writer"}))
    assert "OccupationwriterFilms liked1Films not liked0" in both.text
    assert "told of themselves" in both.text
    assert "films picked" in both.text
    assert "as seen" not in both.text


def test_markup_in_what_was_told_is_shown_and_not_obeyed() -> None:
    shown = Tags(newcomer_html(told={"gender": MARKUP}))
    assert set(shown.tags) == {"dl", "div", "dt", "dd", "p"}
    assert MARKUP in shown.text


def test_of_a_fact_nothing_may_be_told_and_the_youngest_come_first() -> None:
    assert fact_choices(["18-24", "56+", "Under 18"]) == [NOT_TOLD, "Under 18", "18-24", "56+"]
    assert fact_choices(("writer", "artist")) == [NOT_TOLD, "artist", "writer"]


def test_films_are_chosen_by_title_and_year_in_order() -> None:
    assert film_choices(RECOMMENDATIONS) == [("Café, <The>", 9), ("Heat (1995)", 7)]


@pytest.mark.parametrize(
    ("pick", "film"),
    [(7, 7), ("7", 7), ("Heat (1995)", 7), ("heat", 7), (" Café, <The> ", 9), ("caf", 9), (3, 3)],
)
def test_a_film_is_meant_by_its_id_or_by_what_it_alone_is_called(pick: Any, film: int) -> None:
    assert film_of(film_choices(RECOMMENDATIONS), pick) == film


@pytest.mark.parametrize("pick", ["", " ", "e", "Alien", "x" * 10_000, "-1", "7.0"])
def test_what_no_film_or_many_are_called_is_refused(pick: str) -> None:
    with pytest.raises(ValueError, match="should be chosen from the list") as caught:
        film_of(film_choices(RECOMMENDATIONS), pick)
    assert len(str(caught.value)) < 300


def test_an_empty_list_without_filter_gives_no_advice_on_genres() -> None:
    assert "Choose" not in heading(RECOMMENDATIONS.head(0), 10, [], "any")


@pytest.mark.parametrize("ranking_model", [True, False])
def test_the_explanation_tells_the_order_and_the_threshold(ranking_model: bool) -> None:
    text = explanation(4.0, "loaded", ranking_model=ranking_model, name="AutoInt+")
    assert f"The order is by {ranked_by(ranking_model=ranking_model)}." in text
    assert ranked_by(ranking_model=not ranking_model) not in text
    assert "4 stars or more" in text
    half = explanation(3.5, "loaded", ranking_model=ranking_model, name="AutoInt+")
    assert "3.5 stars or more" in half
    assert "left out" in text
    assert "No data set" not in text


def test_it_is_said_why_a_film_that_is_hardly_liked_can_stand_at_the_top() -> None:
    ranked, unranked = (
        explanation(4.0, "loaded", ranking_model=ranking_model, name="AutoInt+")
        for ranking_model in (True, False)
    )
    assert (
        "low *P(like)* can stand at the top: the order is of watching a film and liking it"
        in ranked
    )
    assert "*P(like)* only of liking it if it is watched" in ranked
    assert "low *P(like)* can stand at the top if many people liked it" in unranked


def test_attention_is_not_given_the_credit_for_the_order() -> None:
    text = explanation(4.0, "loaded", ranking_model=True, name="AutoInt+")
    assert "greater part of it comes of a weighted sum over those item-item models" in text
    assert "item-item" not in explanation(4.0, "loaded", ranking_model=False, name="AutoInt+")


@pytest.mark.parametrize("name", ["AutoInt", "AutoInt+"])
def test_the_probability_is_named_after_the_model_that_gives_it(run: Run, name: str) -> None:
    for ranking_model in (True, False):
        text = explanation(4.0, "loaded", ranking_model=ranking_model, name=name)
        assert f"the probability that {name} gives" in text
    bundle = with_facts(read_bundle(run.bundle), name="tiny")
    assert footer(bundle, name) == f"{name} trained on **tiny**."


def test_without_data_set_it_is_said_that_seen_films_cannot_be_hidden() -> None:
    ranked, unranked = (
        explanation(4.0, "none", ranking_model=ranking_model, name="AutoInt")
        for ranking_model in (True, False)
    )
    assert "cannot be hidden" in unranked
    assert "same list" not in unranked
    assert "Every user then gets the same list" in ranked


def test_a_data_set_that_has_not_come_yet_is_said_to_come() -> None:
    text = explanation(4.0, "apart", ranking_model=True, name="AutoInt")
    assert "fetched when one of the users is first asked for" in text
    assert "No data set" not in text


def test_the_footer_links_to_the_commits_that_are_served(run: Run) -> None:
    bundle = with_facts(read_bundle(run.bundle), name="tiny")
    model, users = (
        Snapshot(run.bundle, Repository(name), sha * 40, f"https://hub.example/{name}/tree/x")
        for name, sha in (("ada/my_model", "a"), ("ada/data", "b"))
    )
    assert footer(bundle, "AutoInt+", model, users).split("\n\n") == [
        "AutoInt+ trained on **tiny**.",
        "Model: [ada/my\\_model at aaaaaaa](https://hub.example/ada/my_model/tree/x)",
        "Users and ratings: [ada/data at bbbbbbb](https://hub.example/ada/data/tree/x)",
    ]
    assert "Users and ratings" not in footer(bundle, "AutoInt+", model)


def test_the_footer_names_data_set_licence_and_citation(run: Run) -> None:
    bundle = with_facts(
        read_bundle(run.bundle), name="ml-1m", licence="For research.", citation="A."
    )
    assert footer(bundle, "AutoInt+").split("\n\n") == [
        "AutoInt+ trained on **ml-1m**.",
        "Licence: For research.",
        "Citation: A.",
    ]
    unnamed = footer(with_facts(bundle), "AutoInt+")
    assert unnamed == "AutoInt+ trained on **an unnamed data set**."


def test_markup_in_the_footer_is_shown_and_not_obeyed(run: Run) -> None:
    bundle = with_facts(read_bundle(run.bundle), name=MARKUP, licence="[x](javascript:1)")
    text = footer(bundle, "AutoInt+")
    assert "<" not in text
    assert "\\[x\\]" in text


def with_facts(bundle: Bundle, **facts: str) -> Bundle:
    schema: Schema = replace(bundle.schema, dataset=facts)
    return replace(bundle, schema=schema)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Heat", "Heat"),
        (12, "12"),
        ("<b>", "&lt;b&gt;"),
        ("a & b", "a &amp; b"),
        ("[a](b)", "\\[a\\](b)"),
        ("*a* _b_ `c` #d", "\\*a\\* \\_b\\_ \\`c\\` \\#d"),
        ("a\\b", "a\\\\b"),
    ],
)
def test_plain_text_cannot_become_markup(value: Any, expected: str) -> None:
    assert plain(value) == expected


def test_a_missing_year_and_no_genres_are_dashes() -> None:
    assert [year_text(year) for year in (1999, 1999.0, None, float("nan"), pd.NA)] == [
        "1999",
        "1999",
        "–",
        "–",
        "–",
    ]
    assert [genres_text(genres) for genres in ((), ("War",), ["War", "Drama"])] == [
        "–",
        "War",
        "War · Drama",
    ]


def test_there_are_twelve_months_in_order() -> None:
    assert (len(set(MONTHS)), MONTHS[0], MONTHS[4], MONTHS[-1]) == (
        12,
        "January",
        "May",
        "December",
    )
