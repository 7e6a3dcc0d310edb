"""The list as a file that a spreadsheet opens."""

from __future__ import annotations

import csv
from io import StringIO

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from space.page.export import csv_text
from tests.space.page.test_cards import FILMS

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def read(films: pd.DataFrame) -> list[list[str]]:
    return list(csv.reader(StringIO(csv_text(films), newline="")))


def test_a_film_is_a_line_under_the_columns_names() -> None:
    assert read(FILMS) == [
        ["rank", "movie_id", "title", "year", "genres", "score"],
        ["1", "7", "Heat", "1995", "Action|Crime", "0.91239"],
        ["2", "9", "Café, <The>", "", "", "0.5"],
    ]


def test_an_empty_list_has_its_columns_names() -> None:
    assert read(FILMS.head(0)) == [["rank", "movie_id", "title", "year", "genres", "score"]]


@pytest.mark.parametrize("sign", FORMULAS)
def test_no_text_is_a_formula(sign: str) -> None:
    films = FILMS.assign(title=[f"{sign}1+1", "a"], genres=[(f"{sign}x", "b"), ()])
    row = read(films)[1]
    assert row[2] == f"'{sign}1+1"
    assert row[4] == f"'{sign}x|b"


@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_what_is_read_back_is_what_was_there(title: str, genres: list[str]) -> None:
    row = read(FILMS.assign(title=title, genres=[tuple(genres)] * 2))[1]
    for cell, value in ((row[2], title), (row[4], "|".join(genres))):
        assert not cell.startswith(FORMULAS)
        assert cell == ("'" + value if value.startswith(FORMULAS) else value)
