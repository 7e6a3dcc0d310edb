"""From a data set to what a ranker is fitted on and asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from training.errors import RunError
from training.protocols.axes import Axes, Ids
from training.protocols.guard import without_test
from training.protocols.ranker import Fitting, People
from training.ratings import MovieLens
from training.splits import Split, by_user_and_time

LIKE = 4.0
"""A rating of at least this many stars is a like, and so relevant."""


@dataclass(frozen=True)
class Round:
    """One question: whom to recommend to, and what they came to like."""

    people: People
    """Users with at least one relevant film."""
    relevant: sparse.csr_matrix
    """Ones where a film is relevant, `(people, films)`; never a film of their history."""


Rounds = Callable[[MovieLens, Split, Axes], Mapping[str, Round]]
"""Makes the rounds by name, with the films of the axes as columns. A name ends each metric's name; the
only round of a protocol has the name ""."""


@dataclass(frozen=True)
class RankingProtocol:
    """Split and questions; relevant is what is rated `LIKE` stars or more."""

    name: str
    """What the command line calls it."""
    description: str
    """What it is, in one line."""
    split: Callable[[pd.DataFrame], Split]
    """Divides the rows."""
    rounds: Rounds
    """The questions, from the test rows."""


@dataclass(frozen=True)
class RankingTask:
    """What a protocol makes of a data set."""

    fitting: Fitting
    """What a ranker is fitted on."""
    rounds: Mapping[str, Round]
    """What it is asked."""


def ranking_task(protocol: RankingProtocol, data: MovieLens) -> RankingTask:
    """Split a data set and make what a ranker is fitted on and asked.

    Raises:
        RunError: If nothing is left to fit on or to be found.
        LeakError: If the protocol's split has a row in two parts, or in none.
    """
    split = protocol.split(data.ratings)
    films = Axes.of(data.ratings)
    left, parts = without_test(data, split)
    if not len(split.test) or not len(parts.train):
        raise RunError(
            f"{len(data.ratings):,} ratings by {len(films.user_ids):,} users are too few to split as "
            f"{protocol.name} does. Give a larger data set."
        )
    fitting = Fitting(left, parts, films.of_users(left.ratings["user_id"]), LIKE)
    rounds = {
        name: asked
        for name, asked in protocol.rounds(data, split, films).items()
        if len(asked.people.users)
    }
    if not rounds:
        raise RunError(
            f"Among the {len(split.test):,} test rows of {protocol.name} there should be ratings of "
            f"{LIKE:g} stars or more. There are none. Give a larger data set."
        )
    return RankingTask(fitting, rounds)


def make_round(data: MovieLens, axes: Axes, known: pd.DataFrame, asked: pd.DataFrame) -> Round:
    """The round for the users who have something to be found.

    Args:
        data: The data set, for what is known of users beside ratings.
        axes: Whose films are the columns.
        known: Ratings that are told; of one user's at equal times the earlier comes first.
        asked: Ratings of the films to be found.
    """
    people = axes.of_users(asked["user_id"])
    told = known[known["user_id"].isin(people.user_ids)]
    relevant = people.stars(asked)
    relevant.data[:] = 1
    users = _of(data.users, people.user_ids)
    return Round(People(users, people.stars(told), _newest_first(told, people)), relevant)


def _newest_first(told: pd.DataFrame, people: Axes) -> list[Ids]:
    """For each user of the axes the columns of the films that are told, the one rated last first."""
    ordered = told.iloc[by_user_and_time(told, np.arange(len(told)))]
    columns = np.searchsorted(people.film_ids, ordered["movie_id"])
    starts = np.searchsorted(ordered["user_id"], people.user_ids)
    return [rows[::-1] for rows in np.split(columns, starts[1:])]


def _of(users: pd.DataFrame, user_ids: Ids) -> pd.DataFrame:
    """The rows of these users, in this order."""
    places = pd.Index(users["user_id"]).get_indexer(user_ids)
    ordered: pd.DataFrame = users.iloc[places].reset_index(drop=True)
    return ordered
