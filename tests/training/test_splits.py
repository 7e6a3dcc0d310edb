"""Every rating is in one part; what a user rated last is held out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from tests.builders import rating_table, tiny_movielens
from training.splits import SPLITS, Split, random_split, user_time_split


def ratings_of(users_and_times: list[tuple[int, int]]) -> pd.DataFrame:
    return rating_table((user, i, 4, time) for i, (user, time) in enumerate(users_and_times))


# The size is drawn first: lists drawn on their own are mostly too short for a validation row.
RATINGS = st.integers(1, 120).flatmap(
    lambda size: st.lists(
        st.tuples(st.integers(1, 4), st.integers(0, 20)), min_size=size, max_size=size
    )
)


@pytest.mark.parametrize("rows", [5, 10, 99, 1000, 1003])
def test_the_random_split_is_the_originals(rows: int) -> None:
    ratings = ratings_of([(1, 0)] * rows)
    train, test = train_test_split(ratings, test_size=0.2, random_state=42)
    split = random_split(ratings)
    assert split.test.tolist() == test.index.tolist()
    assert [*split.train, *split.validation] == train.index.tolist()


@pytest.mark.parametrize(
    ("rows", "train", "validation", "test"),
    # Test: a fifth, rounded up. Of the rest the first nine tenths, rounded down, are for training.
    [(10, 7, 1, 2), (99, 71, 8, 20), (1000, 720, 80, 200), (1003, 721, 81, 201)],
)
def test_a_tenth_of_the_random_splits_training_rows_is_for_validation(
    rows: int, train: int, validation: int, test: int
) -> None:
    split = random_split(ratings_of([(1, 0)] * rows))
    assert (len(split.train), len(split.validation), len(split.test)) == (train, validation, test)


@pytest.mark.parametrize("name", SPLITS)
def test_a_split_holds_every_row_once_and_is_the_same_again(name: str) -> None:
    ratings = tiny_movielens().ratings
    split, again = SPLITS[name](ratings), SPLITS[name](ratings)
    everything = np.concatenate([split.train, split.validation, split.test])
    assert sorted(everything) == list(range(len(ratings)))
    assert split.part_of_rows().tolist() == again.part_of_rows().tolist()


def test_a_users_last_ratings_are_held_out() -> None:
    user_1 = {
        0: 50,
        1: 10,
        3: 60,
        4: 60,
        5: 20,
        6: 30,
        8: 40,
        9: 41,
        10: 42,
        11: 43,
        12: 44,
        14: 60,
    }
    user_2 = {2: 99, 7: 98, 13: 97}
    times = {row: (1, time) for row, time in user_1.items()}
    times |= {row: (2, time) for row, time in user_2.items()}
    split = user_time_split(ratings_of([times[row] for row in range(15)]))
    # User 1's rows by time: 1 5 6 8 9 10 11 12 0 and, at the same time, 3 4 14. Of 12 rows
    # floor(2.4) = 2 are for test, of the other 10 one is for validation. User 2 has three rows:
    # floor(0.6) = 0 and floor(0.3) = 0.
    assert split.test.tolist() == [4, 14]
    assert split.validation.tolist() == [3]
    assert split.train.tolist() == [0, 1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13]


@pytest.mark.parametrize(
    ("rows", "train", "validation", "test"),
    [(1, 1, 0, 0), (5, 4, 0, 1), (10, 8, 0, 2), (13, 10, 1, 2), (19, 15, 1, 3), (25, 18, 2, 5)],
)
def test_shares_of_a_users_rows_are_rounded_down(
    rows: int, train: int, validation: int, test: int
) -> None:
    split = user_time_split(ratings_of([(7, time) for time in range(rows)]))
    assert split.train.tolist() == list(range(train))
    assert split.validation.tolist() == list(range(train, train + validation))
    assert split.test.tolist() == list(range(rows - test, rows))


@settings(deadline=None)
@given(rows=RATINGS)
def test_the_user_time_split_holds_out_the_share_of_every_user(rows: list[tuple[int, int]]) -> None:
    ratings = ratings_of(rows)
    split = user_time_split(ratings)
    users = ratings["user_id"].to_numpy()
    assert sorted([*split.train, *split.validation, *split.test]) == list(range(len(rows)))
    for user in set(users):
        total = int((users == user).sum())
        test = int((users[split.test] == user).sum())
        validation = int((users[split.validation] == user).sum())
        assert test == total * 2 // 10
        assert validation == (total - test) // 10


@settings(deadline=None)
@given(rows=RATINGS)
def test_no_row_of_a_user_is_later_than_one_held_out_after_it(rows: list[tuple[int, int]]) -> None:
    split = user_time_split(ratings_of(rows))
    # Equal times go by the row, so moments are pairs of time and row.
    for user in {user for user, _ in rows}:
        train, validation, test = (
            [(rows[row][1], row) for row in part if rows[row][0] == user]
            for part in (split.train, split.validation, split.test)
        )
        assert max(train) < min(validation + test, default=(21, 0))
        assert max(validation, default=(-1, 0)) < min(test, default=(21, 0))


@settings(deadline=None)
@given(rows=RATINGS)
def test_a_users_split_does_not_depend_on_other_users(rows: list[tuple[int, int]]) -> None:
    parts = user_time_split(ratings_of(rows)).part_of_rows()
    own = [row for row in rows if row[0] == rows[0][0]]
    alone = user_time_split(ratings_of(own)).part_of_rows()
    assert [part for part, row in zip(parts, rows, strict=True) if row in own] == alone.tolist()


def test_the_part_of_each_row_is_named() -> None:
    split = Split(train=np.array([3, 0]), validation=np.array([2]), test=np.array([1, 4]))
    assert split.part_of_rows().tolist() == ["train", "test", "validation", "train", "test"]
