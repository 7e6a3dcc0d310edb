"""Every field has one text for a row of its table."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from space.features import VALUES, moments
from space.schema import FIELD_SOURCES
from tests.builders import movie_table, user_table

MOVIES = movie_table(
    [
        {
            "movie_id": 10,
            "title": "A",
            "year": 1995,
            "genres": ["Drama", "Action", "War", "Comedy"],
        },
        {"movie_id": 2, "title": "B", "year": 2000, "genres": ["Sci-Fi", "Drama"]},
        {"movie_id": 31, "title": "C", "year": 1919, "genres": ["Drama"]},
        {"movie_id": 4, "title": "D", "year": None, "genres": []},
    ]
)
USERS = user_table(
    [
        {"user_id": 7, "gender": "F", "age": "56+", "occupation": "K-12 student", "zip": "02139"},
        {"user_id": 12},
    ]
)
MOMENTS = pd.DataFrame({"year": [1999, 2000, 2010], "month": [12, 1, 7]})


@pytest.mark.parametrize(
    ("field", "table", "texts"),
    [
        ("user_id", USERS, ["7", "12"]),
        ("gender", USERS, ["F", "unknown"]),
        ("age", USERS, ["56+", "unknown"]),
        ("occupation", USERS, ["K-12 student", "unknown"]),
        ("zip", USERS, ["02139", "unknown"]),
        ("movie_id", MOVIES, ["10", "2", "31", "4"]),
        ("movie_year", MOVIES, ["1995", "2000", "1919", "unknown"]),
        ("movie_decade", MOVIES, ["1990s", "2000s", "1910s", "unknown"]),
        ("genre1", MOVIES, ["Drama", "Sci-Fi", "Drama", "unknown"]),
        ("genre2", MOVIES, ["Action", "Drama", "no", "no"]),
        ("genre3", MOVIES, ["War", "no", "no", "no"]),
        ("rating_year", MOMENTS, ["1999", "2000", "2010"]),
        ("rating_month", MOMENTS, ["12", "1", "7"]),
        ("rating_decade", MOMENTS, ["1990s", "2000s", "2010s"]),
    ],
)
def test_a_field_is_text_from_its_table(field: str, table: pd.DataFrame, texts: list[str]) -> None:
    assert VALUES[field](table).tolist() == texts


def test_every_field_of_the_schema_has_a_value() -> None:
    assert set(VALUES) == set(FIELD_SOURCES)


@pytest.mark.parametrize("field", VALUES)
def test_an_empty_table_has_no_values(field: str) -> None:
    tables = {"user": USERS, "movie": MOVIES, "time": MOMENTS}
    assert VALUES[field](tables[FIELD_SOURCES[field]].iloc[:0]).tolist() == []


def test_genres_may_be_arrays_as_parquet_gives_them() -> None:
    movies = MOVIES.assign(genres=[np.array(row, dtype=object) for row in MOVIES["genres"]])
    for field in ("genre1", "genre2", "genre3"):
        assert VALUES[field](movies).tolist() == VALUES[field](MOVIES).tolist()


@pytest.mark.parametrize("kind", ["Int64", "float64", "Int32"])
def test_years_are_whole_numbers_whatever_type_holds_them(kind: str) -> None:
    movies = MOVIES.assign(year=MOVIES["year"].astype(kind))
    assert VALUES["movie_year"](movies).tolist() == ["1995", "2000", "1919", "unknown"]
    assert VALUES["movie_decade"](movies).tolist() == ["1990s", "2000s", "1910s", "unknown"]


@pytest.mark.parametrize(
    ("timestamp", "year", "month"),
    [
        (0, 1970, 1),
        (-1, 1969, 12),
        (946_684_799, 1999, 12),  # the last second of 1999 in UTC
        (946_684_800, 2000, 1),
        (951_868_799, 2000, 2),  # the last second of a leap day
        (951_868_800, 2000, 3),
    ],
)
def test_a_moment_is_the_year_and_month_in_utc(timestamp: int, year: int, month: int) -> None:
    assert moments([timestamp]).to_dict("records") == [{"year": year, "month": month}]


@settings(deadline=None)
@given(timestamps=st.lists(st.integers(-(2**31), 2**33)))
def test_moments_are_those_of_the_standard_library(timestamps: list[int]) -> None:
    times = [datetime.fromtimestamp(timestamp, UTC) for timestamp in timestamps]
    found = moments(np.array(timestamps, dtype="int64"))
    assert found["year"].tolist() == [time.year for time in times]
    assert found["month"].tolist() == [time.month for time in times]
