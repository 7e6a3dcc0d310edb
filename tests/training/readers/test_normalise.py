"""A layout's own values become the internal form's."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.readers.normalise import age_groups, known_or_unknown, split_genres, split_title


def text(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


@pytest.mark.parametrize(
    ("written", "title", "year"),
    [
        ("Heat (1995)", "Heat", 1995),
        ("  Heat (1995) ", "Heat", 1995),
        ("Heat(1995)", "Heat", 1995),
        ("Heat", "Heat", pd.NA),
        ("2001: A Space Odyssey (1968)", "2001: A Space Odyssey", 1968),
        (
            "City of Lost Children, The (Cité, La) (1995)",
            "The City of Lost Children (La Cité)",
            1995,
        ),
        ("Fear (1996) (1997)", "Fear (1996)", 1997),
        ("Fawlty Towers (1975-1979)", "Fawlty Towers", 1975),
        ("Fawlty Towers (1975–1979)", "Fawlty Towers", 1975),
        ("Simpsons, The (1989- )", "The Simpsons", 1989),
        ("Land Before Time III (1995) (V)", "Land Before Time III (1995) (V)", pd.NA),
        ("Catch (22)", "Catch (22)", pd.NA),
        ("1984", "1984", pd.NA),
        ("(1995)", "(1995)", 1995),
    ],
)
def test_the_year_at_the_end_is_split_from_the_title(written: str, title: str, year: int) -> None:
    found = split_title(text(written))
    assert found["title"].tolist() == [title]
    assert found["year"].tolist() == [year]


@settings(deadline=None)
@given(
    title=st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1).filter(str.strip),
    year=st.integers(1000, 9999),
)
def test_any_title_and_year_written_together_are_split_again(title: str, year: int) -> None:
    found = split_title(text(f"{title} ({year})"))
    assert found["title"].tolist() == [title.strip()]
    assert found["year"].tolist() == [year]


def test_a_missing_year_leaves_the_column_whole_numbers() -> None:
    assert split_title(text("Heat (1995)", "Heat"))["year"].dtype == "Int64"


@pytest.mark.parametrize(
    ("written", "separator", "genres"),
    [
        ("Drama", "|", ["Drama"]),
        ("Drama|Action|Comedy|War", "|", ["Drama", "Action", "Comedy", "War"]),
        ("Film-Noir Children's Sci-Fi", " ", ["Film-Noir", "Children's", "Sci-Fi"]),
        ("", "|", []),
        ("unknown", "|", []),
        ("(no genres listed)", "|", []),
        ("(no genres listed)", " ", []),
    ],
)
def test_genres_keep_their_order_and_may_be_none(
    written: str, separator: str, genres: list[str]
) -> None:
    assert split_genres(text(written), separator).tolist() == [genres]


@pytest.mark.parametrize(
    ("age", "group"),
    [
        (1, "Under 18"),
        (17, "Under 18"),
        (18, "18-24"),
        (24, "18-24"),
        (25, "25-34"),
        (34, "25-34"),
        (35, "35-44"),
        (44, "35-44"),
        (45, "45-49"),
        (49, "45-49"),
        (50, "50-55"),
        (55, "50-55"),
        (56, "56+"),
        (99, "56+"),
        (None, "unknown"),
    ],
)
def test_an_age_falls_into_its_group(age: int | None, group: str) -> None:
    assert age_groups(pd.Series([age], dtype="Int64")).tolist() == [group]


def test_text_is_stripped_and_empty_text_is_unknown() -> None:
    assert known_or_unknown(text(" F ", "", "  ", None, "48067")).tolist() == [
        "F",
        "unknown",
        "unknown",
        "unknown",
        "48067",
    ]
