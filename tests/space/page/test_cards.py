"""A list as cards and as rows of a table."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from space.page.cards import cards_html, chips_html, genres_text, links_html, table_rows, year_text
from space.page.films_tab import COLUMNS
from tests.space.page.reading import HOSTILE, Tags, harmless, percents

FILMS = pd.DataFrame(
    {
        "rank": [1, 2],
        "movie_id": [7, 9],
        "title": ["Heat", "Café, <The>"],
        "year": pd.array([1995, None], dtype="Int64"),
        "genres": [("Action", "Crime"), ()],
        "score": pd.array([0.91239, 0.5], dtype="float32"),
    }
)
IMDB = {"IMDb": "https://www.imdb.com/title/tt0113277/"}


def cards(
    films: pd.DataFrame, language: str = "en", *, like: bool = False, similar: bool = True
) -> str:
    def links(movie: int) -> dict[str, str]:
        return IMDB if movie == 7 else {}

    return cards_html(films, language, like=like, similar=similar, links=links)


def test_a_card_has_rank_title_year_genres_score_and_links() -> None:
    html = cards(FILMS.head(1))
    said = Tags(html)
    assert said.text == "1Heat 1995ActionCrimeP(like) 91%Why P(like)?SimilarHideIMDb"
    assert percents(html) == [91.2]
    (link,) = said.named("a")
    assert (link["href"], link["rel"]) == (IMDB["IMDb"], "noopener noreferrer")


def test_each_button_names_what_it_does_to_which_film() -> None:
    buttons = Tags(cards(FILMS)).named("button")
    assert [(each["data-does"], each["data-film"]) for each in buttons] == [
        (does, film) for film in ("7", "9") for does in ("why", "similar", "hide")
    ]
    named = [each["aria-label"] for each in buttons]
    assert named[:3] == ["Why this P(like) for Heat?", "Films similar to Heat", "Hide Heat"]
    assert len(set(named)) == 6
    assert {each["type"] for each in buttons} == {"button"}


def test_what_is_not_known_has_a_dash_or_nothing() -> None:
    said = Tags(cards(FILMS.tail(1)))
    assert said.text.startswith("2Café, <The> –P(like) 50%")
    assert not said.classed("chip")
    assert not said.named("a")


def test_a_model_without_film_vectors_offers_no_similar_films() -> None:
    buttons = Tags(cards(FILMS, similar=False)).named("button")
    assert {each["data-does"] for each in buttons} == {"why", "hide"}


def test_a_film_can_be_liked_where_the_list_is_for_the_visitor() -> None:
    buttons = Tags(cards(FILMS, like=True)).named("button")
    assert [each["data-film"] for each in buttons if each["data-does"] == "like"] == ["7", "9"]


def test_cards_are_a_list_in_rank_order_and_none_is_nothing() -> None:
    assert [each["data-film"] for each in Tags(cards(FILMS)).classed("card")] == ["7", "9"]
    assert Tags(cards(FILMS)).tags[0][0] == "ol"
    assert cards(FILMS.head(0)) == ""


def test_markup_in_a_film_is_shown_and_not_obeyed() -> None:
    hostile = FILMS.assign(title=[HOSTILE, HOSTILE], genres=[(HOSTILE,), (HOSTILE,)])
    html = cards_html(hostile, "en", like=True, similar=True, links=lambda _: {HOSTILE: HOSTILE})
    assert harmless(html)
    assert Tags(html).text.count(HOSTILE) == 6
    assert Tags(html).named("a")[0]["href"] == HOSTILE


def test_buttons_genres_and_rows_are_in_the_visitors_language() -> None:
    said = Tags(cards(FILMS, "ko")).text
    assert "액션" in said
    assert "Action" not in said
    assert "Why" not in said
    assert "액션" in table_rows(FILMS, "ko")[0][3]


def test_chips_set_off_the_genres_that_are_shared() -> None:
    said = Tags(chips_html(("Action", "Crime"), "en", shared=("Crime",)))
    assert [each["class"] for each in said.named("span")] == ["chip", "chip shared"]
    assert chips_html((), "en") == ""


def test_without_links_there_are_none() -> None:
    assert links_html({}) == ""


def test_rows_have_a_cell_for_each_column() -> None:
    rows = table_rows(FILMS, "en")
    assert rows == [
        [1, "Heat", "1995", "Action · Crime", "0.912"],
        [2, "Café, <The>", "–", "–", "0.500"],
    ]
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert table_rows(FILMS.head(0), "en") == []


@pytest.mark.parametrize(
    ("year", "said"),
    [(1999, "1999"), (1999.0, "1999"), (None, "–"), (float("nan"), "–"), (pd.NA, "–")],
)
def test_a_missing_year_is_a_dash(year: Any, said: str) -> None:
    assert year_text(year) == said


@pytest.mark.parametrize(
    ("genres", "said"), [((), "–"), (("War",), "War"), (["War", "Drama"], "War · Drama")]
)
def test_no_genres_are_a_dash(genres: Any, said: str) -> None:
    assert genres_text(genres, "en") == said
