"""Nothing of the test rows reaches fitting: taking them away, and noticing where they come back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.errors import RunError
from training.ratings import MovieLens
from training.splits import PARTS, Rows, Split

Prepare = Callable[[MovieLens, Split], Sequence[npt.NDArray[Any]]]
"""What makes the inputs of fitting out of a data set and its split."""


ROUNDING = 1e-5
"""What floats may differ by, absolutely and relative to their size."""


class LeakError(RunError):
    """Something of the test rows is where only training rows should be."""


def without_test(data: MovieLens, split: Split) -> tuple[MovieLens, Split]:
    """The data set as if the test rows had never been, and the split of what is left.

    Args:
        data: The data set.
        split: Its split.

    Returns:
        The data set without the test rows, and without the users who have no other rows; and the same
        train and validation rows, in the same order, by their new positions. All films stay listed.

    Raises:
        LeakError: As `check_split`.
    """
    check_split(split, len(data.ratings))
    kept = np.sort(np.concatenate([split.train, split.validation]))
    ratings = data.ratings.iloc[kept].reset_index(drop=True)
    tested = data.ratings["user_id"].iloc[split.test]
    gone = data.users["user_id"].isin(tested) & ~data.users["user_id"].isin(ratings["user_id"])
    left = Split(
        train=np.searchsorted(kept, split.train),
        validation=np.searchsorted(kept, split.validation),
        test=np.empty(0, dtype=np.intp),
    )
    users = data.users[~gone].reset_index(drop=True)
    return replace(data, users=users, ratings=ratings), left


def check_split(split: Split, rows: int) -> None:
    """Check that the parts are disjoint and hold every row.

    Args:
        split: The split.
        rows: Number of rows that it splits.

    Raises:
        LeakError: If a row is in two parts, or twice in one, or in none.
    """
    positions = np.concatenate([getattr(split, name) for name in PARTS])
    times = np.bincount(positions, minlength=rows)
    if len(times) != rows or (times != 1).any():
        wrong = np.flatnonzero(times != 1)[:5].tolist()
        raise LeakError(
            f"Each of {rows:,} rows should be in one part of the split, once. Not so: {wrong}. "
            "Mend the split."
        )


def check_positions(fitted: Rows, split: Split) -> None:
    """Check that none of these rows is a test row.

    Args:
        fitted: Positions of the rows that are given to fitting.
        split: The split.

    Raises:
        LeakError: If one is.
    """
    leaked = np.intersect1d(fitted, split.test)
    if len(leaked):
        raise LeakError(
            f"Rows for fitting should be disjoint from the {len(split.test):,} test rows; "
            f"{len(leaked):,} are test rows, such as {leaked[:5].tolist()}. Fit on the rows of "
            "split.train, and stop early by those of split.validation."
        )


def check_ratings(fitted: pd.DataFrame, data: MovieLens, split: Split) -> None:
    """Check that none of these ratings is a test row, however it is numbered.

    A user rates a film once, so user and film tell which row a rating is.

    Args:
        fitted: The ratings given to fitting, with `user_id` and `movie_id`.
        data: The whole data set.
        split: The split.

    Raises:
        LeakError: If one is.
    """
    keys = ["user_id", "movie_id"]
    test = pd.MultiIndex.from_frame(data.ratings[keys].iloc[split.test])
    leaked = pd.MultiIndex.from_frame(fitted[keys]).isin(test)
    if leaked.any():
        examples = fitted.loc[leaked, keys].head().to_numpy().tolist()
        raise LeakError(
            f"Ratings for fitting should be none of the {len(split.test):,} test rows; "
            f"{int(leaked.sum()):,} are, such as those of user and film {examples}. Take them from "
            "training.protocols.guard.without_test."
        )


def check_preparation(prepare: Prepare, data: MovieLens, split: Split) -> None:
    """Check that what fitting gets carries no statistics of the test rows.

    It is made twice, once from the whole data set and once as if the test rows had never been. A mean,
    a count, a vocabulary or a scale that saw them differs between the two.

    Args:
        prepare: Makes the arrays that are given to fitting, for the train and validation rows of the
            split that it gets. It should give the same for the same arguments.
        data: The whole data set.
        split: Its split.

    Raises:
        LeakError: If the two differ, naming the first array that does.
    """
    seen = prepare(data, split)
    unseen = prepare(*without_test(data, split))
    if len(seen) != len(unseen):
        raise LeakError(
            f"Without the test rows {len(unseen)} arrays were made for fitting, with them {len(seen)}."
        )
    for position, (with_test, without) in enumerate(zip(seen, unseen, strict=True)):
        if with_test.shape != without.shape:
            raise LeakError(
                f"Array {position} for fitting should not depend on the test rows: its shape is "
                f"{with_test.shape} with them and {without.shape} without. {_MEND}"
            )
        same = with_test == without
        if with_test.dtype.kind == "f":  # sums of other lengths are rounded otherwise
            same |= np.isclose(with_test, without, rtol=ROUNDING, atol=ROUNDING, equal_nan=True)
        if not same.all():
            raise LeakError(
                f"Array {position} for fitting should not depend on the test rows: "
                f"{int((~same).sum()):,} of its {same.size:,} values do. {_MEND}"
            )


_MEND = "Compute it from the rows of split.train alone."
