"""What a user has rated, as the ranker reads it: film rows and stars, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

Rows = npt.NDArray[np.int32]

LISTS: Mapping[str, int] = {"liked": 100, "recent": 20, "disliked": 50}
"""The lists that the ranker pools, and how many films each holds at the most."""

DISLIKE_MARGIN = 1.0
"""A rating more than this many stars below the like threshold is a dislike."""

PICKED_LIKE = 5.0
"""Stars of a film that was picked as liked, not rated."""


@dataclass(frozen=True)
class History:
    """The films that a user has rated.

    The place in the arrays is all that is known of the time: 0 is the newest. The ranker weighs
    films by that place, and never by a date.
    """

    movies: Rows
    """Rows of the catalogue, which is ordered by `movie_id`, newest first, `(n,)`."""
    ratings: npt.NDArray[np.float32]
    """Stars, `(n,)`."""
    refused: Rows = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    """Rows of films that somebody says they do not like, in the order of weight. A film rated with few
    stars was watched, and whoever watches it watches others like it; of these that cannot be said: what
    a like of them would bring is taken away (`space.ranker`), and they are in none of `LISTS`."""

    def __post_init__(self) -> None:
        if self.movies.shape != self.ratings.shape or self.movies.ndim != 1:
            raise ValueError(
                "A history should have one rating for each film. "
                f"Received: movies {self.movies.shape}, ratings {self.ratings.shape}"
            )

    def __len__(self) -> int:
        return len(self.movies)

    def liked(self, like_threshold: float) -> Rows:
        """Rows of the liked films, newest first."""
        picked: Rows = self.movies[self.ratings >= like_threshold]
        return picked

    def disliked(self, like_threshold: float) -> Rows:
        """Rows of the films that are rated low, newest first."""
        low: Rows = self.movies[self.ratings < like_threshold - DISLIKE_MARGIN]
        return low

    def lists(self, like_threshold: float) -> dict[str, Rows]:
        """The lists that the ranker pools.

        Args:
            like_threshold: A rating of at least this is a like.

        Returns:
            For each key of `LISTS` its films as row + 1, newest first, of the length that `LISTS`
            says: older films are left out, and 0 fills up what is too short.
        """
        films = {
            "liked": self.liked(like_threshold),
            "recent": self.movies,
            "disliked": self.disliked(like_threshold),
        }
        padded = {}
        for name, length in LISTS.items():
            kept = films[name][:length]
            padded[name] = np.zeros(length, dtype=np.int32)
            padded[name][: len(kept)] = kept + 1
        return padded

    @classmethod
    def of(
        cls,
        ratings: pd.DataFrame,
        positions: Mapping[int, int] | pd.Index | npt.NDArray[np.integer],
    ) -> History:
        """The history that a user's rows of the ratings tell; films not in the catalogue are left out.

        Args:
            ratings: `movie_id` and `rating`, newest first.
            positions: The row of each film: a mapping from `movie_id`, the index of the catalogue's
                ids in its order, or an array whose entry `movie_id` is the row (negative: none).
        """
        ids = ratings["movie_id"].to_numpy(dtype=np.int64)
        if isinstance(positions, pd.Index):
            rows = positions.get_indexer(pd.Index(ids))
        elif isinstance(positions, np.ndarray):
            inside = (ids >= 0) & (ids < len(positions))
            rows = np.where(inside, positions[np.where(inside, ids, 0)], -1)
        else:
            rows = np.fromiter((positions.get(int(movie), -1) for movie in ids), np.int64, len(ids))
        stars = ratings["rating"].to_numpy(dtype=np.float32)
        known = rows >= 0
        return cls(rows[known].astype(np.int32), stars[known])

    @classmethod
    def picked(cls, liked: Iterable[int], disliked: Iterable[int] = ()) -> History:
        """The history of someone who picked films instead of rating them.

        The liked ones count as rated with five stars.

        Args:
            liked: Rows of the catalogue, in the order of the list.
            disliked: Rows of the catalogue, which become `refused`.
        """
        likes = np.asarray(list(liked), dtype=np.int32)
        stars = np.full(len(likes), PICKED_LIKE, dtype=np.float32)
        return cls(likes, stars, np.asarray(list(disliked), dtype=np.int32))
