"""Ratings as arrays of places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from training.ratings import MovieLens

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Rows:
    """Some ratings, and what they are of."""

    user: npt.NDArray[np.intp]
    """Place of each row's user, `(rows,)`."""
    film: npt.NDArray[np.intp]
    """Place of each row's film, `(rows,)`."""
    stars: Floats
    """`(rows,)`."""
    users: int
    """Number of users."""
    genres: Floats
    """1 for each genre of a film, `(films, genres)`."""

    @classmethod
    def of(cls, data: MovieLens) -> Rows:
        """All ratings of a data set. Users and films without ratings have places too."""
        ratings = data.ratings
        names = sorted({name for genres in data.movies["genres"] for name in genres})
        genres = np.array([[name in row for name in names] for row in data.movies["genres"]])
        return cls(
            pd.Index(data.users["user_id"]).get_indexer(ratings["user_id"]),
            pd.Index(data.movies["movie_id"]).get_indexer(ratings["movie_id"]),
            ratings["rating"].to_numpy(dtype=np.float64),
            len(data.users),
            genres.reshape(len(data.movies), -1).astype(np.float32),
        )

    @property
    def films(self) -> int:
        """Number of films."""
        return len(self.genres)

    def pick(self, places: npt.NDArray[np.integer]) -> Rows:
        """Some of the rows, of the same users and films."""
        return Rows(
            self.user[places],
            self.film[places],
            self.stars[places],
            self.users,
            self.genres,
        )

    def matrix(self, values: Floats) -> sparse.csr_matrix:
        """A value of each row as a matrix, `(users, films)`."""
        shape = (self.users, self.films)
        return sparse.csr_matrix((values.astype(np.float32), (self.user, self.film)), shape=shape)


def shrunk(
    places: npt.NDArray[np.intp], values: Floats, size: int, prior: float, strength: float
) -> Floats:
    """The mean of the values at each place, drawn to a prior as if that had been seen so often.

    Args:
        places: `(rows,)`.
        values: `(rows,)`.
        size: Number of places.
        prior: What to draw to.
        strength: How many rows the prior counts for.

    Returns:
        `(size,)`.
    """
    counts = np.bincount(places, minlength=size)
    sums = np.bincount(places, weights=values, minlength=size)
    return np.asarray((sums + strength * prior) / (counts + strength))
