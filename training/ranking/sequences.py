"""Rows of the ratings as each user's sequence, with films as rows of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.history import History
from training.ratings import MovieLens
from training.splits import HELD_OUT, by_user_and_time, is_last, places_of

Mask = npt.NDArray[np.bool_]


def by_id(movies: pd.DataFrame) -> pd.DataFrame:
    """The catalogue as all rows of films count it: ordered by `movie_id`, the index from 0."""
    return movies.sort_values("movie_id", ignore_index=True)


@dataclass(frozen=True)
class Sequences:
    """Ratings ordered by user, then time, ties by row order."""

    users: npt.NDArray[np.int32]
    """Place of the user in `user_ids`, `(rows,)`, ascending."""
    films: npt.NDArray[np.int32]
    """Row of the catalogue."""
    ratings: npt.NDArray[np.float32]
    """Stars."""
    timestamps: npt.NDArray[np.int64]
    """Seconds since 1970."""
    rows: npt.NDArray[np.intp]
    """Position in the ratings' table."""
    user_ids: npt.NDArray[np.int64]
    """Ids of all users with ratings."""
    size: int
    """Number of films."""

    def __len__(self) -> int:
        return len(self.users)

    @property
    def user_count(self) -> int:
        """Number of users."""
        return len(self.user_ids)

    @classmethod
    def of(cls, data: MovieLens, rows: npt.NDArray[np.intp], movies: pd.DataFrame) -> Sequences:
        """The sequences of some rows of the ratings.

        Args:
            data: The data set.
            rows: Positions of the ratings.
            movies: The catalogue, ordered by `movie_id`.
        """
        rows = by_user_and_time(data.ratings, rows)
        table = data.ratings.iloc[rows]
        user_ids, users = np.unique(table["user_id"].to_numpy(), return_inverse=True)
        return cls(
            users.astype(np.int32),
            pd.Index(movies["movie_id"]).get_indexer(table["movie_id"]).astype(np.int32),
            table["rating"].to_numpy(dtype=np.float32),
            table["timestamp"].to_numpy(dtype=np.int64),
            rows,
            user_ids.astype(np.int64),
            len(movies),
        )

    def where(self, mask: Mask) -> Sequences:
        """The rows that a mask picks; users keep their places."""
        return replace(
            self,
            users=self.users[mask],
            films=self.films[mask],
            ratings=self.ratings[mask],
            timestamps=self.timestamps[mask],
            rows=self.rows[mask],
        )

    def of_films(self, films: npt.NDArray[np.intp], size: int) -> Sequences:
        """The rows of some films, which become 0, 1, ... in their order."""
        place = np.full(size, -1, dtype=np.int32)
        place[films] = np.arange(len(films))
        kept = self.where(place[self.films] >= 0)
        return replace(kept, films=place[kept.films], size=len(films))

    def bounds(self) -> npt.NDArray[np.intp]:
        """User `u` has the rows `bounds[u]` to `bounds[u + 1]`."""
        return np.searchsorted(self.users, np.arange(self.user_count + 1))

    def places(self) -> npt.NDArray[np.intp]:
        """How many rows of the same user stand before each row."""
        return np.arange(len(self)) - self.bounds()[self.users]

    def last(self, divisor: int = HELD_OUT) -> Mask:
        """Whether each row is among its user's last floor(rows / divisor)."""
        place, count = places_of(self.users)
        return is_last(place, count, divisor)

    def history(self, start: int, end: int) -> History:
        """Rows `start` to `end` of one user as a history."""
        rows = slice(start, end)
        return History(self.films[rows][::-1], self.ratings[rows][::-1])
