"""Which ratings are for training, validation and test."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import train_test_split

Rows = npt.NDArray[np.intp]
PARTS = ("train", "validation", "test")
HELD_OUT = 5
"""One in so many of a user's rows by time is held out, rounded down."""


@dataclass(frozen=True)
class Split:
    """Row positions of each part; together they are all rows, each once."""

    train: Rows
    """Rows to fit on."""
    validation: Rows
    """Rows for early stopping."""
    test: Rows
    """Rows that nothing but the final metrics sees."""

    def part_of_rows(self) -> npt.NDArray[np.object_]:
        """The name of each row's part, `(rows,)`."""
        parts = np.empty(sum(len(getattr(self, name)) for name in PARTS), dtype=object)
        for name in PARTS:
            parts[getattr(self, name)] = name
        return parts


def random_split(ratings: pd.DataFrame) -> Split:
    """The original's split, reproduced exactly.

    20 % of the rows for test by `train_test_split(test_size=0.2, random_state=42)` over the rows in
    file order; of the rest, in the shuffled order, the last 10 % for validation, as Keras's
    `validation_split=0.1` takes them.
    """
    train, test = train_test_split(np.arange(len(ratings)), test_size=0.2, random_state=42)
    cut = math.floor(len(train) * 0.9)
    return Split(train[:cut], train[cut:], test)


def by_user_and_time(ratings: pd.DataFrame, rows: Rows) -> Rows:
    """These rows by user, each user's by time; of equal times the earlier in the file comes first."""
    picked = ratings.iloc[rows]
    order = np.lexsort((rows, picked["timestamp"], picked["user_id"]))
    ordered: Rows = rows[order]
    return ordered


def places_of(users: pd.Series | npt.NDArray[np.integer]) -> tuple[Rows, Rows]:
    """Each row's place among its user's rows, and how many these are.

    Args:
        users: The user of each row, a user's rows one after another, `(rows,)`.

    Returns:
        Places from 0, and counts, `(rows,)` each.
    """
    _, starts, counts = np.unique(users, return_index=True, return_counts=True)
    place = np.arange(len(users)) - np.repeat(starts, counts)
    return place, np.repeat(counts, counts)


def is_last(place: Rows, count: Rows, divisor: int) -> npt.NDArray[np.bool_]:
    """Whether each row is among its user's last floor(rows / divisor).

    Args:
        place: Its place among its user's rows by time, from 0, `(rows,)`.
        count: How many rows its user has, `(rows,)`.
        divisor: One in so many is.
    """
    last: npt.NDArray[np.bool_] = place >= count - count // divisor
    return last


def user_time_split(ratings: pd.DataFrame) -> Split:
    """Each user's last ratings are held out: the model is asked for what came later.

    A user's rows are ordered by time, ties by row order. The last floor(20 %) are test rows; of the
    rest the last floor(10 %) are validation rows.
    """
    order = by_user_and_time(ratings, np.arange(len(ratings)))
    place, count = places_of(ratings["user_id"].iloc[order])
    test = is_last(place, count, HELD_OUT)
    validation = ~test & is_last(place, count - count // HELD_OUT, 10)
    return Split(
        train=np.sort(order[~test & ~validation]),
        validation=np.sort(order[validation]),
        test=np.sort(order[test]),
    )


SPLITS: Mapping[str, Callable[[pd.DataFrame], Split]] = {
    "random": random_split,
    "user-time": user_time_split,
}
"""The splits by the names that the command line knows."""
