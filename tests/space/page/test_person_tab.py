"""Who the list is for."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pandas as pd
import pytest

from space.insights.taste import Taste, taste
from space.page.answers import Answers
from space.page.ask import Ask
from space.page.person_tab import (
    LIKED,
    PersonTab,
    facts_html,
    liked_rows,
    month_text,
    newcomer_html,
    profile_html,
    taste_html,
)
from tests.exports import STRANGER, Run
from tests.space.page.pages import answers_of
from tests.space.page.reading import HOSTILE, Tags, cells, harmless
from tests.space.page.test_cards import FILMS

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


class Knows:
    """A recommender that knows one profile."""

    def __init__(self, profile: dict[str, Any], *, ratings: bool = True) -> None:
        self._profile = profile
        self.dataset = object() if ratings else None

    def profile(self, user: int) -> dict[str, Any]:
        return self._profile


def profile(known: dict[str, Any], language: str = "en", *, ratings: bool = True) -> Tags:
    recommender: Any = Knows(known, ratings=ratings)
    return Tags(profile_html(recommender, 3, language))


@pytest.fixture(scope="module")
def answers(run: Run) -> Answers:
    return answers_of(run.bundle, run.dataset)


def tab_of(answers: Answers) -> PersonTab:
    with gr.Blocks():
        return PersonTab(answers)


def test_a_profile_shows_facts_and_counts() -> None:
    shown = profile(PROFILE)
    for text in ("1,234", "56", "3.14", "December 2003", "writer", "25-34", "12345", "Female"):
        assert text in shown.text
    assert len(shown.named("dt")) == len(shown.named("dd")) == 9


def test_a_profile_without_ratings_leaves_out_what_is_not_known() -> None:
    nothing = {**PROFILE, "ratings": 0, "likes": 0, "mean_rating": None, "last_month": None}
    assert len(profile(nothing).named("dd")) == 7
    assert len(profile(nothing, ratings=False).named("dd")) == 5


@pytest.mark.parametrize("key", ["gender", "age", "occupation", "zip"])
def test_markup_in_a_profile_is_shown_and_not_obeyed(key: str) -> None:
    shown = profile({**PROFILE, key: HOSTILE})
    assert {tag for tag, _ in shown.tags} == {"dl", "div", "dt", "dd"}
    assert HOSTILE in shown.text


def test_a_profile_is_in_the_visitors_language() -> None:
    shown = profile(PROFILE, "ko").text
    assert "여성" in shown
    assert "2003년 12월" in shown
    assert "writer" not in shown


def test_rows_of_liked_films_have_stars_and_the_day() -> None:
    liked = FILMS.assign(rating=[5.0, 4.5], timestamp=[1_072_915_199, 0])
    rows = liked_rows(liked, "en")
    assert rows == [
        ["Heat", "1995", "Action · Crime", "5", "2003-12-31"],
        ["Café, <The>", "–", "–", "4.5", "1970-01-01"],
    ]
    assert {len(row) for row in rows} == {len(LIKED)}
    assert liked_rows(liked.head(0), "en") == []


def newcomer(*, picks: bool = True, language: str = "en", **asked: Any) -> Tags:
    return Tags(newcomer_html(Ask(language=language, **asked), picks=picks))


def test_in_place_of_a_profile_a_stranger_is_told_what_the_list_is() -> None:
    shown = newcomer()
    assert not shown.named("dl")
    assert "every feature of the person is “unknown”" in shown.text
    assert "any stranger in that month" in shown.text


def test_somebody_who_picked_films_is_told_how_many_count_and_for_what() -> None:
    shown = newcomer(likes=[1, 4, 7], dislikes=["Heat"])
    assert "Films you like3Films you don't like1" in shown.text
    assert "nothing is kept" in shown.text
    assert "P(like) does not read them" in shown.text
    assert "every feature" not in shown.text


def test_what_was_told_is_shown_as_known() -> None:
    shown = newcomer(gender="F", age="25-34", occupation="")
    assert "GenderFemaleAge25-34This is all that is known" in shown.text
    assert "count for the order and for P(like)" in shown.text
    assert len(shown.named("dd")) == 2
    for untrue in ("every feature", "Films you like"):
        assert untrue not in shown.text
    both = newcomer(likes=[1], gender="F")
    assert len(both.named("dd")) == 2
    assert "GenderFemaleFilms you like1" in both.text


def test_of_films_nothing_is_said_where_the_model_reads_none() -> None:
    assert "films" not in newcomer(picks=False).text.partition("choose a user")[0]
    assert "films that you like" in newcomer().text


def test_markup_in_what_was_told_is_shown_and_not_obeyed() -> None:
    shown = newcomer(gender=HOSTILE)
    assert {tag for tag, _ in shown.tags} == {"dl", "div", "dt", "dd", "p"}
    assert HOSTILE in shown.text


def test_no_facts_are_no_list() -> None:
    assert facts_html({}) == ""


@pytest.mark.parametrize(("language", "said"), [("en", "December 2003"), ("ko", "2003년 12월")])
def test_a_month_is_in_words(language: str, said: str) -> None:
    assert month_text((2003, 12), language) == said


def test_a_user_has_profile_charts_and_liked_films(answers: Answers) -> None:
    facts, charts, films, liked = tab_of(answers).show(Ask(way="user", user="5"))
    recommender = answers.model.ready()
    assert str(recommender.profile(5)["zip"]) in Tags(facts).text
    assert charts == taste_html(taste(recommender, 5), "en")
    assert films.visible
    assert [row[0] for row in liked["data"]] == list(recommender.liked(5)["title"])


@pytest.mark.parametrize(("language", "title"), [("en", "Title"), ("ko", "제목")])
def test_the_films_liked_have_headers_in_the_visitors_language(
    answers: Answers, language: str, title: str
) -> None:
    liked = tab_of(answers).show(Ask(language=language, way="user", user=5))[3]
    assert liked["headers"][0] == title
    assert len(liked["headers"]) == len(liked["data"][0])


def test_the_visitor_has_what_they_told_and_no_charts(answers: Answers) -> None:
    facts, charts, films, liked = tab_of(answers).show(Ask(gender="M", user=5))
    assert "Male" in Tags(facts).text
    assert "films that you like" in Tags(facts).text
    assert (charts, films.visible, liked) == ("", False, [])


def test_without_ratings_a_user_has_a_profile_alone(run: Run) -> None:
    facts, charts, films, liked = tab_of(answers_of(run.bundle)).show(Ask(way="user", user=5))
    assert Tags(facts).named("dd")
    assert (charts, films.visible, liked) == ("", False, [])


def test_a_model_that_reads_no_films_says_nothing_of_them(old_run: Run) -> None:
    facts, *_ = tab_of(answers_of(old_run.bundle)).show(Ask())
    assert "films that you like" not in Tags(facts).text


def test_a_user_who_rated_nothing_has_no_bars(answers: Answers) -> None:
    _, charts, _, liked = tab_of(answers).show(Ask(way="user", user=STRANGER))
    assert harmless(charts)
    assert liked["data"] == []


def test_the_charts_have_what_the_user_watched_most_at_the_top() -> None:
    found = Taste(
        genres=pd.DataFrame(
            {
                "genre": ["Comedy", "Drama", "War"],
                "share": [0.25, 0.75, 0.0],
                "share_all": [0.5, 0.4, 0.1],
                "mean": [4.5, 3.0, None],
                "mean_all": [3.5, 3.6, 3.7],
            }
        ),
        decades=pd.DataFrame({"decade": [1990], "share": [1.0], "share_all": [1.0]}),
        stars=pd.DataFrame({"rating": [4.5], "share": [1.0], "share_all": [0.5]}),
        timeline=pd.DataFrame({"year": [2000], "month": [2], "ratings": [7], "mean": [4.0]}),
    )
    html = taste_html(found, "en")
    text = Tags(html).text
    assert text.index("Drama") < text.index("Comedy")
    assert "War" not in text
    assert next(row for row in cells(html) if row[0] == "Drama")[-1].endswith("75%")
    assert "1990s" in text
    assert "4.5 ★" in text
    assert "February 2000" in html


@pytest.mark.parametrize(
    ("months", "columns"),
    [
        # A single column would be a solid block: it is said in words.
        ([(2000, 1, 3)], 0),
        ([(2000, 1, 3), (2000, 4, 5)], 4),
        ([(1999, 12, 3), (2002, 11, 5)], 36),
        ([(1999, 12, 3), (2002, 12, 5)], 4),
        ([], 0),
    ],
)
def test_the_time_line_has_a_column_a_month_or_a_year_and_gaps(
    months: list[tuple[int, int, int]], columns: int
) -> None:
    frame = pd.DataFrame(months, columns=["year", "month", "ratings"]).assign(mean=3.0)
    empty = pd.DataFrame({"a": []})
    found = Taste(
        genres=pd.DataFrame(columns=["genre", "share", "share_all", "mean", "mean_all"]),
        decades=empty.rename(columns={"a": "decade"}).assign(share=[], share_all=[]),
        stars=empty.rename(columns={"a": "rating"}).assign(share=[], share_all=[]),
        timeline=frame,
    )
    shown = Tags(taste_html(found, "en"))
    assert len(shown.classed("rise")) == columns
    assert ("All 3 ratings are of January 2000." in shown.text) == (len(months) == 1)


def test_markup_in_a_genre_is_shown_and_not_obeyed() -> None:
    found = Taste(
        genres=pd.DataFrame(
            {"genre": [HOSTILE], "share": [1.0], "share_all": [1.0], "mean": [4.0],
             "mean_all": [4.0]}
        ),
        decades=pd.DataFrame({"decade": [1990], "share": [1.0], "share_all": [1.0]}),
        stars=pd.DataFrame({"rating": [4.0], "share": [1.0], "share_all": [1.0]}),
        timeline=pd.DataFrame({"year": [2000], "month": [2], "ratings": [7], "mean": [4.0]}),
    )  # fmt: skip
    assert harmless(taste_html(found, "en"))
