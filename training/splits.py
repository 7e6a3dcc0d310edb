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


def user_time_split(ratings: pd.DataFrame) -> Split:
    """Each user's last ratings are held out: the model is asked for what came later.

    A user's rows are ordered by time, ties by row order. The last floor(20 %) are test rows; of the
    rest the last floor(10 %) are validation rows.
    """
    order = np.lexsort((np.arange(len(ratings)), ratings["timestamp"], ratings["user_id"]))
    users = ratings["user_id"].to_numpy()[order]
    _, starts, counts = np.unique(users, return_index=True, return_counts=True)
    place = np.arange(len(order)) - np.repeat(starts, counts)
    test = counts // 5
    validation = (counts - test) // 10
    test_from = np.repeat(counts - test, counts)
    validation_from = np.repeat(counts - test - validation, counts)
    return Split(
        train=np.sort(order[place < validation_from]),
        validation=np.sort(order[(place >= validation_from) & (place < test_from)]),
        test=np.sort(order[place >= test_from]),
    )


SPLITS: Mapping[str, Callable[[pd.DataFrame], Split]] = {
    "random": random_split,
    "user-time": user_time_split,
}
"""The splits by the names that the command line knows."""
