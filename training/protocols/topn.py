"""The protocol `topn`: what a user will like next, out of all films."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from training.protocols.axes import Axes
from training.protocols.task import LIKE, RankingProtocol, Round, make_round
from training.ratings import MovieLens
from training.splits import HELD_OUT, Rows, Split, by_user_and_time, is_last, places_of


def last_fifth(ratings: pd.DataFrame, rows: Rows) -> tuple[Rows, Rows]:
    """Divide each user's rows by time.

    Args:
        ratings: With `user_id` and `timestamp`, in file order.
        rows: Positions of the rows to divide.

    Returns:
        Positions, ascending: of all but the last floor(20 %) of each user's rows, and of those.
    """
    ordered = by_user_and_time(ratings, rows)
    place, count = places_of(ratings["user_id"].iloc[ordered])
    last = is_last(place, count, HELD_OUT)
    return np.sort(ordered[~last]), np.sort(ordered[last])


def topn_split(ratings: pd.DataFrame) -> Split:
    """The last fifth of each user's rows for test, and of the rest the last fifth for validation."""
    rest, test = last_fifth(ratings, np.arange(len(ratings)))
    train, validation = last_fifth(ratings, rest)
    return Split(train, validation, test)


def topn_rounds(data: MovieLens, split: Split, axes: Axes) -> Mapping[str, Round]:
    """One round: all users with a like among their test rows; all their earlier ratings are known."""
    test = data.ratings.iloc[split.test]
    known = data.ratings.iloc[np.sort(np.concatenate([split.train, split.validation]))]
    return {"": make_round(data, axes, known, test[test["rating"] >= LIKE])}


TOPN = RankingProtocol(
    name="topn",
    description="the last fifth of each user's ratings by time, found among all films not yet rated",
    split=topn_split,
    rounds=topn_rounds,
)
"""What a user of the app meets. Candidates are all films that have a rating, less the user's training
films; relevant are test ratings of 4 stars or more."""
