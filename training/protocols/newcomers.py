"""The protocol `newcomers`: what people will like of whom only a few likes are known, or nothing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.protocols.axes import Axes
from training.protocols.task import LIKE, RankingProtocol, Round, make_round
from training.ratings import MovieLens
from training.splits import Split, by_user_and_time, places_of

GIVEN = (0, 1, 2, 5, 10, 20)
"""How many likes are told."""

HELD_OUT = 10
"""One in so many users is held out, rounded down."""

USERS_SEED = 42
"""Seed of who is held out; seeds of a run are the model's, the split stays."""


def newcomers_split(ratings: pd.DataFrame) -> Split:
    """All rows of a random tenth of the users for test, and of a tenth of the rest for validation."""
    users = np.unique(ratings["user_id"])
    drawn = np.random.default_rng(USERS_SEED).permutation(users)
    tested = len(users) // HELD_OUT
    validated = (len(users) - tested) // HELD_OUT
    test = _rows_of(ratings, drawn[:tested])
    validation = _rows_of(ratings, drawn[tested : tested + validated])
    return Split(
        train=np.flatnonzero(~test & ~validation),
        validation=np.flatnonzero(validation),
        test=np.flatnonzero(test),
    )


def newcomers_rounds(data: MovieLens, split: Split, axes: Axes) -> Mapping[str, Round]:
    """A round for each number of likes that are told: a user's first ones by time.

    The likes after them are to be found; users who have none are not asked, so that the users differ
    from round to round. Methods are compared within one.
    """
    test = data.ratings.iloc[by_user_and_time(data.ratings, split.test)]
    likes = test[test["rating"] >= LIKE]
    place, _ = places_of(likes["user_id"])
    rounds = {}
    for given in GIVEN:
        known, asked = likes[place < given], likes[place >= given]
        rounds[f"given_{given}"] = make_round(data, axes, known, asked)
    return rounds


def _rows_of(ratings: pd.DataFrame, users: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
    rows: npt.NDArray[np.bool_] = ratings["user_id"].isin(users).to_numpy()
    return rows


NEWCOMERS = RankingProtocol(
    name="newcomers",
    description="a tenth of the users, unknown but for their first few likes; the rest to be found",
    split=newcomers_split,
    rounds=newcomers_rounds,
)
"""Candidates are all films that have a rating, less those that are told. A method that knows nothing of
a person but likes scores all films alike where there are none, and so lists those of the lowest ids."""
