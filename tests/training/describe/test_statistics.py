from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import (
    movie_table,
    rating_table,
    tiny_movielens,
    user_table,
    with_half_stars,
    without_demographics,
)
from training.describe.statistics import Statistics, describe
from training.ratings import MovieLens

JANUARY, FEBRUARY, APRIL = 946_684_800, 949_363_200, 954_547_200  # of 2000, their first seconds

SMALL = MovieLens(
    users=user_table(
        [
            {"user_id": 1, "gender": "F", "age": "25-34", "occupation": "artist"},
            {"user_id": 2, "gender": "M", "age": "Under 18", "occupation": "writer"},
            {"user_id": 3, "gender": "F", "age": "unknown", "occupation": "artist"},
            {"user_id": 4, "gender": "F", "age": "25-34"},
        ]
    ),
    movies=movie_table(
        [
            {"movie_id": 10, "title": "A", "year": 1990, "genres": ["Drama", "Comedy"]},
            {"movie_id": 20, "title": "B", "year": 1990, "genres": ["Drama", "Drama"]},
            {"movie_id": 30, "title": "C", "year": None, "genres": []},
            {"movie_id": 40, "title": "D", "year": 1992, "genres": ["War"]},
        ]
    ),
    ratings=rating_table(
        [
            (1, 10, 4.5, JANUARY),
            (1, 20, 3.0, JANUARY),
            (1, 30, 3.0, FEBRUARY - 1),
            (2, 10, 5.0, FEBRUARY),
            (3, 20, 1.0, APRIL),
        ]
    ),
)
"""Five ratings, to count by hand."""

NOBODY = replace(tiny_movielens(users=1), ratings=rating_table([]))


def records(table: pd.DataFrame) -> list[tuple[object, ...]]:
    """The rows, with `None` for what is not a number."""
    return [
        tuple(None if pd.isna(cell) else cell for cell in row)
        for row in table.itertuples(index=False)
    ]


def same(a: Statistics, b: Statistics) -> bool:
    return repr(vars(a)) == repr(vars(b)) and all(
        records(getattr(a, name)) == records(getattr(b, name))
        for name in ("genres", "release_years", "values", "months", "most_rated")
    )


def test_totals_by_hand() -> None:
    numbers = describe(SMALL)
    assert (numbers.ratings, numbers.users, numbers.films) == (5, 4, 4)
    assert numbers.mean == 3.3
    assert numbers.sparsity == 1 - 5 / 16
    assert numbers.period == ("2000-01", "2000-04")


def test_films_by_hand() -> None:
    numbers = describe(SMALL)
    assert records(numbers.genres) == [
        ("Drama", 2, 4, 13.5 / 4),  # once for B, which names it twice
        ("Comedy", 1, 2, 4.75),
        ("War", 1, 0, None),
    ]
    assert numbers.without_genre == 1
    assert records(numbers.release_years) == [(1990, 2), (1992, 1)]
    assert numbers.without_year == 1
    # Of equals, the one with the smaller id; none without a rating.
    assert records(numbers.most_rated) == [
        ("A", 1990, 2, 4.75),
        ("B", 1990, 2, 2.0),
        ("C", None, 1, 3.0),
    ]


def test_ratings_by_hand() -> None:
    numbers = describe(SMALL)
    assert records(numbers.values) == [(1, 1, 0.2), (3, 2, 0.4), (4.5, 1, 0.2), (5, 1, 0.2)]
    assert records(numbers.months) == [
        ("2000-01", 3, 3.5),
        ("2000-02", 1, 5.0),
        ("2000-03", 0, None),
        ("2000-04", 1, 1.0),
    ]


def test_users_by_hand() -> None:
    tables = describe(SMALL).demographics
    assert records(tables["gender"]) == [("F", 3, 0.75, 4, 11.5 / 4), ("M", 1, 0.25, 1, 5.0)]
    assert [row[:4] for row in records(tables["age"])] == [
        ("Under 18", 1, 0.25, 1),
        ("25-34", 2, 0.5, 3),
        ("unknown", 1, 0.25, 1),
    ]
    assert [row[:2] for row in records(tables["occupation"])] == [
        ("artist", 2),
        ("writer", 1),
        ("unknown", 1),
    ]


def test_tails_by_hand() -> None:
    numbers = describe(SMALL)
    assert numbers.activity.none == 1
    assert numbers.activity.median == 1
    assert numbers.activity.top_tenth == 0.6  # one of four users, with three of five ratings
    assert records(numbers.activity.curve) == [(1, 3), (2, 1), (3, 1)]
    assert numbers.popularity.none == 1
    assert numbers.popularity.median == 2
    assert records(numbers.popularity.curve) == [(1, 3), (2, 2)]


def test_the_density_by_hand() -> None:
    # Users stand as 1, 2, 3, 4 and films as A, B, C, D: each a group of its own.
    assert describe(SMALL).density.tolist() == [
        [1, 1, 1, 0],
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 0],
    ]


def test_demographics_that_nobody_tells_are_left_out() -> None:
    assert describe(without_demographics(tiny_movielens())).demographics == {}
    users = tiny_movielens().users.assign(age="unknown")
    assert list(describe(replace(tiny_movielens(), users=users)).demographics) == [
        "gender",
        "occupation",
    ]


def test_a_data_set_without_ratings_has_no_means() -> None:
    numbers = describe(NOBODY)
    assert math.isnan(numbers.mean)
    assert numbers.period is None
    assert numbers.sparsity == 1
    assert numbers.activity.none == 1
    assert len(numbers.values) == len(numbers.months) == len(numbers.most_rated) == 0


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_it_does_not_matter_how_many_ratings_are_looked_at_together(size: int) -> None:
    data = with_half_stars(tiny_movielens(users=8))
    assert same(describe(data, chunk_size=size), describe(data))


def test_progress_runs_from_nothing_to_all() -> None:
    told: list[float] = []
    describe(tiny_movielens(), told.append)
    assert told == sorted(told)
    assert told[-1] == 1


data_sets = st.builds(
    lambda users, movies, seed, halves: (
        with_half_stars(tiny_movielens(users, movies, seed))
        if halves
        else tiny_movielens(users, movies, seed)
    ),
    st.integers(1, 12),
    st.integers(1, 25),
    st.integers(0, 1000),
    st.booleans(),
)


@settings(max_examples=25, deadline=None)
@given(data_sets)
def test_parts_add_up_to_the_whole(data: MovieLens) -> None:
    numbers = describe(data)
    total = len(data.ratings)
    assert numbers.values["ratings"].sum() == numbers.months["ratings"].sum() == total
    assert numbers.values["share"].sum() == pytest.approx(1)
    assert numbers.mean == pytest.approx(data.ratings["rating"].mean())
    assert 0 <= numbers.sparsity <= 1
    assert (numbers.density >= 0).all()
    assert (numbers.density <= 1).all()
    assert numbers.release_years["films"].sum() + numbers.without_year == numbers.films
    for table in numbers.demographics.values():
        assert table["users"].sum() == numbers.users
        assert table["share"].sum() == pytest.approx(1)
        assert table["ratings"].sum() == total
    for tail, everybody in (
        (numbers.activity, numbers.users),
        (numbers.popularity, numbers.films),
    ):
        assert tail.curve["number"].iloc[0] + tail.none == everybody
        assert tail.curve["number"].is_monotonic_decreasing
        assert 0 < tail.top_tenth <= 1


@settings(max_examples=15, deadline=None)
@given(data_sets, st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(data: MovieLens, seed: int) -> None:
    random = np.random.default_rng(seed)
    shuffled = MovieLens(
        *(
            table.iloc[random.permutation(len(table))].reset_index(drop=True)
            for table in (data.users, data.movies, data.ratings)
        )
    )
    assert same(describe(shuffled), describe(data))
