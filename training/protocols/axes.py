"""Ratings as a matrix of users by films."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Axes:
    """Which user a row stands for, and which film a column."""

    user_ids: Ids
    """Ascending, `(users,)`."""
    film_ids: Ids
    """Ascending, `(films,)`."""

    @classmethod
    def of(cls, ratings: pd.DataFrame) -> Axes:
        """The users and films that have a rating."""
        return cls(
            np.unique(ratings["user_id"].to_numpy(dtype=np.int64)),
            np.unique(ratings["movie_id"].to_numpy(dtype=np.int64)),
        )

    def of_users(self, user_ids: npt.ArrayLike) -> Axes:
        """The same films, for these users."""
        return Axes(np.unique(np.asarray(user_ids, dtype=np.int64)), self.film_ids)

    def stars(self, ratings: pd.DataFrame) -> sparse.csr_matrix:
        """The ratings as a matrix.

        Args:
            ratings: Rows with `user_id`, `movie_id` and `rating`, all on the axes.

        Returns:
            Stars, `(users, films)`, 32-bit floats.

        Raises:
            ValueError: If a user or film is not on the axes.
        """
        row = _places(self.user_ids, ratings["user_id"].to_numpy(), "user")
        column = _places(self.film_ids, ratings["movie_id"].to_numpy(), "film")
        stars = ratings["rating"].to_numpy(dtype=np.float32)
        shape = (len(self.user_ids), len(self.film_ids))
        return sparse.csr_matrix((stars, (row, column)), shape=shape)


def _places(known: Ids, wanted: Ids, noun: str) -> npt.NDArray[np.intp]:
    places = pd.Index(known).get_indexer(pd.Index(wanted))
    if (places < 0).any():
        strays = np.unique(wanted[places < 0])[:5].tolist()
        raise ValueError(f"Every {noun} should be on the axes of the matrix. Received: {strays}")
    return places
