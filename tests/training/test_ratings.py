"""Tables of a data set are checked against each other and become the internal form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import movie_table, rating_table, tiny_movielens, write_files, write_ml_1m
from training.ratings import HALF_STARS, WHOLE_STARS, RatingScale, Table, assemble
from training.readers import read

DATA = tiny_movielens(users=5, movies=24)


@pytest.mark.parametrize(
    ("scale", "allowed"),
    [
        (WHOLE_STARS, [1, 2, 3, 4, 5]),
        (HALF_STARS, [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]),
    ],
)
def test_a_scale_allows_its_steps_and_nothing_else(
    scale: RatingScale, allowed: list[float]
) -> None:
    quarters = np.arange(-4, 28) / 4
    assert quarters[scale.allows(quarters)].tolist() == allowed
    assert not scale.allows(np.array([np.nan, np.inf, -np.inf])).any()


def test_the_fingerprint_changes_with_any_value() -> None:
    users, movies, ratings = DATA.users.copy(), DATA.movies.copy(), DATA.ratings.copy()
    users.loc[2, "zip"] = "x"
    movies.at[3, "genres"] = [*movies.at[3, "genres"], "War"]
    ratings.loc[4, "timestamp"] += 1
    variants = [
        DATA,
        replace(DATA, users=users),
        replace(DATA, movies=movies),
        replace(DATA, ratings=ratings),
        replace(DATA, ratings=DATA.ratings[::-1]),
    ]
    assert len({data.fingerprint() for data in variants}) == len(variants)


def test_the_fingerprint_does_not_depend_on_the_facts() -> None:
    assert replace(DATA, facts={"name": "other"}).fingerprint() == DATA.fingerprint()


def test_of_rows_for_the_same_user_and_movie_the_latest_is_kept_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = write_files(
        tmp_path / "ml",
        {
            "movies.dat": "1::Heat (1995)::Drama\n2::Jaws (1975)::Horror\n",
            "ratings.dat": (
                "1::1::2::100\n"  # older than the third
                "1::2::3::150\n"
                "1::1::4::300\n"
                "2::1::5::100\n"
                "1::1::5::200\n"  # later in the file, but older than the third
                "2::1::1::100\n"  # as old as the fourth: the later row counts
            ),
        },
    )
    kept = read(folder).ratings
    assert kept.values.tolist() == [[1, 2, 3, 150], [1, 1, 4, 300], [2, 1, 1, 100]]
    assert [record.getMessage() for record in caplog.records] == [
        "ml/ratings.dat: 3 rows rate a movie that the same user rated later; the latest is kept"
    ]


def test_data_without_duplicates_is_read_in_silence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_ml_1m(DATA, tmp_path)
    assert len(read(tmp_path).ratings) == len(DATA.ratings)
    assert caplog.records == []


def latest(rows: Iterable[tuple[int, int, float, int]]) -> list[tuple[int, int, float, int]]:
    """The rule, row by row."""
    kept: dict[tuple[int, int], tuple[int, int]] = {}
    listed = list(rows)
    for position, (user, movie, _, time) in enumerate(listed):
        best = kept.get((user, movie))
        if best is None or time >= best[1]:
            kept[user, movie] = (position, time)
    return [listed[position] for position, _ in sorted(kept.values())]


@settings(deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.integers(1, 3),
            st.integers(1, 3),
            st.sampled_from([0.5, 3.0, 5.0]),
            st.integers(0, 4),
        ),
        min_size=1,
    )
)
def test_duplicates_leave_one_row_each_in_the_order_of_the_file(
    rows: list[tuple[int, int, float, int]],
) -> None:
    movies = movie_table(
        {"movie_id": i, "title": "Heat", "year": 1995, "genres": []} for i in (1, 2, 3)
    )
    data = assemble(Table(rating_table(rows), "r"), Table(movies, "m"), None, HALF_STARS, {})
    assert [tuple(row) for row in data.ratings.values.tolist()] == latest(rows)
