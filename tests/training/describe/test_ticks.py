from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.describe.ticks import (
    MOST,
    count_ticks,
    log_ticks,
    month_ticks,
    short_counts,
    year_ticks,
)


def months(first: str, last: str) -> list[str]:
    return pd.period_range(first, last, freq="M").astype(str).tolist()


@pytest.mark.parametrize(
    ("highest", "labels"),
    [
        (0, ["0"]),
        (1, ["0", "1"]),
        (9, ["0", "2", "4", "6", "8"]),
        (725, ["0", "200", "400", "600"]),
        (5000, ["0", "1,000", "2,000", "3,000", "4,000", "5,000"]),
        (9999, ["0", "2,000", "4,000", "6,000", "8,000"]),
        (12_000, ["0", "5k", "10k"]),
        (24_800, ["0", "5k", "10k", "15k", "20k"]),
        (34_174, ["0", "10k", "20k", "30k"]),
        (1_200_000, ["0", "0.5M", "1.0M"]),
        (25_000_000, ["0", "5M", "10M", "15M", "20M", "25M"]),
    ],
)
def test_an_axis_of_counts_is_in_the_unit_of_its_largest_tick(
    highest: int, labels: list[str]
) -> None:
    assert count_ticks(highest).labels == labels


def test_counts_have_the_digits_that_all_of_them_need() -> None:
    assert short_counts([0, 2500, 5000, 7500, 10_000]) == ["0", "2.5k", "5.0k", "7.5k", "10.0k"]
    assert short_counts([]) == []


@given(st.integers(1, 10**9))
def test_ticks_of_counts_are_whole_different_and_within_the_data(highest: int) -> None:
    ticks = count_ticks(highest)
    assert 2 <= len(ticks.places) <= 6
    assert ticks.places[0] == 0
    assert highest / 2 <= ticks.places[-1] <= highest
    assert len({b - a for a, b in zip(ticks.places, ticks.places[1:], strict=False)}) == 1
    assert len(set(ticks.labels)) == len(ticks.labels)
    assert len({label[-1] for label in ticks.labels[1:]} & set("kM")) <= 1


@pytest.mark.parametrize(
    ("highest", "labels"),
    [
        (1, ["1"]),
        (9, ["1", "2", "5"]),
        (99, ["1", "2", "5", "10", "20", "50"]),
        (100, ["1", "10", "100"]),
        (1682, ["1", "10", "100", "1,000"]),
        (10_000, ["1", "10", "100", "1,000", "10,000"]),
    ],
)
def test_a_logarithmic_axis_has_powers_of_ten_written_alike(
    highest: int, labels: list[str]
) -> None:
    assert log_ticks(highest).labels == labels


@pytest.mark.parametrize(
    ("first", "last", "places"),
    [
        (1995, 1995, [1995]),
        (1991, 1998, [1991, 1992, 1993, 1994, 1995, 1996, 1997, 1998]),
        (1990, 1998, [1990, 1992, 1994, 1996, 1998]),
        (1971, 1998, [1975, 1980, 1985, 1990, 1995]),
        (1922, 1998, [1930, 1940, 1950, 1960, 1970, 1980, 1990]),
        (1919, 2000, [1920, 1940, 1960, 1980, 2000]),
        (1874, 2019, [1880, 1900, 1920, 1940, 1960, 1980, 2000]),
    ],
)
def test_years_are_in_round_steps_within_the_data(first: int, last: int, places: list[int]) -> None:
    ticks = year_ticks(first, last)
    assert ticks.places == places
    assert ticks.labels == [str(place) for place in places]


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        ("2000-02", "2000-02", {0: "Feb\n2000"}),
        (
            "1997-09",
            "1998-04",
            {
                0: "Sep\n1997",
                1: "Oct",
                2: "Nov",
                3: "Dec",
                4: "Jan\n1998",
                5: "Feb",
                6: "Mar",
                7: "Apr",
            },
        ),
        (
            "1997-09",
            "1999-01",
            {1: "Oct\n1997", 4: "Jan\n1998", 7: "Apr", 10: "Jul", 13: "Oct", 16: "Jan\n1999"},
        ),
        (
            "2000-04",
            "2003-02",
            {
                3: "Jul\n2000",
                9: "Jan\n2001",
                15: "Jul",
                21: "Jan\n2002",
                27: "Jul",
                33: "Jan\n2003",
            },
        ),
        ("1999-12", "2004-02", {1: "2000", 13: "2001", 25: "2002", 37: "2003", 49: "2004"}),
        ("1995-01", "2015-03", {0: "1995", 60: "2000", 120: "2005", 180: "2010", 240: "2015"}),
    ],
)
def test_months_name_each_year_once_and_end_with_the_data(
    first: str, last: str, labels: dict[int, str]
) -> None:
    ticks = month_ticks(months(first, last))
    assert dict(zip(ticks.places, ticks.labels, strict=True)) == labels


@given(st.integers(0, 12 * 60), st.integers(1, 12 * 40))
def test_months_have_few_ticks_all_within_the_data(start: int, number: int) -> None:
    listed = pd.period_range(pd.Period("1970-01", "M") + start, periods=number, freq="M")
    ticks = month_ticks(listed.astype(str).tolist())
    assert 1 <= len(ticks.places) <= MOST
    assert all(0 <= place < number for place in ticks.places)
    for place, label in zip(ticks.places, ticks.labels, strict=True):
        month = listed[place]
        name, year = month.strftime("%b"), str(month.year)
        assert label in (year, name, f"{name}\n{year}")
