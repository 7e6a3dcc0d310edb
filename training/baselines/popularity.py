"""The films that most people like, for everybody the same."""

from __future__ import annotations

import numpy as np

from training.baselines.baseline import Scores, Stars, likes


class Popularity:
    """Scores a film by its number of likes: `s_ui = sum over users v of x_vi`.

    The floor of Cremonesi, Koren and Turrin, "Performance of recommender algorithms on top-N
    recommendation tasks", RecSys 2010, section 3.1, counting likes.

    Args:
        like: The stars from which a rating is a like.
    """

    def __init__(self, like: float) -> None:
        self.like = like
        self._likes = np.empty(0, dtype=np.float32)

    def fit(self, stars: Stars) -> None:
        """Count the likes of each film in `(users, films)`."""
        self._likes = np.asarray(likes(stars, self.like).sum(axis=0), dtype=np.float32).reshape(-1)

    def scores(self, users: Stars) -> Scores:
        """The likes of all films, repeated for each user: `(users, films)`."""
        return np.tile(self._likes, (users.shape[0], 1))

    @property
    def parameters(self) -> int:
        """One count a film."""
        return len(self._likes)
