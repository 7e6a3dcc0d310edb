from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from space.history import LISTS, History


def history(*rated: tuple[int, float]) -> History:
    """Films and stars, newest first."""
    return History(
        np.array([film for film, _ in rated], dtype=np.int32),
        np.array([stars for _, stars in rated], dtype=np.float32),
    )


def test_lists_hold_rows_plus_one_newest_first_and_zeros_behind() -> None:
    lists = history((7, 5), (3, 2.5), (0, 4), (9, 3), (2, 1)).lists(4.0)
    assert lists["liked"][:3].tolist() == [8, 1, 0]
    assert lists["recent"][:6].tolist() == [8, 4, 1, 10, 3, 0]
    assert lists["disliked"][:3].tolist() == [4, 3, 0]
    assert all(lists[name].dtype == np.int32 for name in LISTS)


@given(st.lists(st.sampled_from([0.5, 1, 2, 2.5, 3, 3.5, 4, 5]), max_size=250))
def test_lists_keep_the_newest_of_each_kind(stars: list[float]) -> None:
    lists = history(*enumerate(stars)).lists(4.0)
    wanted = {
        "liked": [row for row, rating in enumerate(stars) if rating >= 4],
        "recent": list(range(len(stars))),
        "disliked": [row for row, rating in enumerate(stars) if rating < 3],
    }
    for name, length in LISTS.items():
        rows = [row + 1 for row in wanted[name][:length]]
        assert lists[name].tolist() == rows + [0] * (length - len(rows))


@pytest.mark.parametrize(
    "positions",
    [{10: 0, 20: 1, 40: 2}, pd.Index([10, 20, 40]), np.array([-1] * 10 + [0] + [-1] * 9 + [1])],
    ids=["mapping", "index", "array"],
)
def test_films_that_the_catalogue_does_not_have_are_left_out(positions: object) -> None:
    ratings = pd.DataFrame({"movie_id": [20, 99, 10], "rating": [4.5, 5.0, 2.0]})
    read = History.of(ratings, positions)  # type: ignore[arg-type]
    assert read.movies.tolist() == [1, 0]
    assert read.ratings.tolist() == [4.5, 2.0]


def test_of_picked_films_the_liked_count_as_rated_and_the_others_as_refused() -> None:
    picked = History.picked([4, 2], [9])
    assert picked.movies.tolist() == [4, 2]
    assert picked.ratings.tolist() == [5, 5]
    assert picked.refused.tolist() == [9]
    assert not len(History.picked([], [9]))
    lists = picked.lists(4.0)
    assert lists["liked"][:3].tolist() == lists["recent"][:3].tolist() == [5, 3, 0]
    # What was rated low was watched; of what is refused that cannot be said.
    assert not lists["disliked"].any()


def test_films_without_ratings_are_refused() -> None:
    with pytest.raises(ValueError, match="one rating for each film"):
        History(np.zeros(2, np.int32), np.zeros(1, np.float32))
