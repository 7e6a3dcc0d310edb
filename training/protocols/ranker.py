"""What a method that recommends has to offer in order to be measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from space.history import History
from training.baselines import Baseline
from training.progress import Reporter
from training.protocols.axes import Axes, Ids
from training.ratings import MovieLens
from training.splits import Split


@dataclass(frozen=True)
class Fitting:
    """All that a method may learn from. There is no way from here to a test row."""

    data: MovieLens
    """The data set as if the test rows, and users who have no others, had never been."""
    split: Split
    """`train` and `validation` rows, as positions in `data.ratings`; `test` is empty. Validation rows
    are for early stopping and choices. What is chosen may be fitted again on both."""
    axes: Axes
    """Users of `data` and the films to rank, in the order of `RankingMethod.scores`' columns. These are
    all films that anybody rated, some perhaps in test rows alone: the protocol says which are
    candidates."""
    like: float
    """A rating of at least this many stars is a like."""

    def stars(self) -> sparse.csr_matrix:
        """The ratings of both parts in stars, `(users, films)`."""
        return self.axes.stars(self.data.ratings)


@dataclass(frozen=True)
class People:
    """Whom to recommend to, and what is known of them at that time."""

    users: pd.DataFrame
    """`user_id`, `gender`, `age`, `occupation`, `zip`, `(people,)`. The id may be one that fitting has
    not seen."""
    history: sparse.csr_matrix
    """The films that they have rated so far, in stars, `(people, films)`; these are no candidates."""
    newest_first: Sequence[Ids]
    """For each of them the columns of those films, the one rated last first; of equal times the later in
    the file counts as newer."""

    def history_of(self, place: int, film_rows: npt.NDArray[np.integer]) -> History:
        """The history of one of them, as the page's models read it.

        Args:
            place: Which one, from 0.
            film_rows: The catalogue's row of each film, `(films,)`.
        """
        columns = self.newest_first[place]
        stars = self.history[place].toarray()[0, columns]
        return History(film_rows[columns].astype(np.int32), stars.astype(np.float32))

    def part(self, start: int, stop: int) -> People:
        """Those from `start` up to, not including, `stop`."""
        return People(
            self.users.iloc[start:stop], self.history[start:stop], self.newest_first[start:stop]
        )


class RankingMethod(Protocol):
    """A method to measure. It is made anew for each seed, fitted once, and scores everybody."""

    def fit(self, fitting: Fitting, *, seed: int, folder: Path, reporter: Reporter) -> None:
        """Fit.

        Args:
            fitting: All that may be learned from.
            seed: Seed of everything random.
            folder: An own folder, for checkpoints: an interrupted call is made again, with equal
                arguments.
            reporter: Shows the progress; a stage has been begun.
        """

    def scores(self, people: People) -> npt.NDArray[np.floating]:
        """Scores of all films, `(people, films)`, finite; more is better, ties go to the smaller id."""

    @property
    def parameters(self) -> int:
        """How many numbers were fitted."""


class BaselineRanker:
    """A baseline as a ranker: it is fitted on the matrix of all training ratings.

    Args:
        make: Makes the baseline from the stars that are a like, and a seed.
    """

    def __init__(self, make: Callable[[float, int], Baseline]) -> None:
        self._make = make
        self._baseline: Baseline | None = None

    def fit(self, fitting: Fitting, *, seed: int, folder: Path, reporter: Reporter) -> None:
        """Fit the baseline; it leaves nothing in the folder."""
        self._baseline = self._make(fitting.like, seed)
        self._baseline.fit(fitting.stars())

    def scores(self, people: People) -> npt.NDArray[np.floating]:
        """The baseline's scores for the histories, `(people, films)`."""
        return self._fitted().scores(people.history)

    @property
    def parameters(self) -> int:
        """How many numbers were fitted."""
        return self._fitted().parameters

    def _fitted(self) -> Baseline:
        if self._baseline is None:
            raise ValueError("fit should be called before a baseline is used.")
        return self._baseline
