"""A factorisation of the matrix of likes, by the package `implicit`."""

from __future__ import annotations

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from threadpoolctl import threadpool_limits

from training.baselines.baseline import Scores, Stars, likes

ITERATIONS = 15


class ImplicitALS:
    """Alternating least squares on implicit feedback.

    With x the matrix of likes it minimises
    `sum over u, i of c_ui (x_ui - p_u . q_i)^2 + lambda (sum |p_u|^2 + sum |q_i|^2)` with the confidence
    `c_ui = 1` for a like as for what was not rated: Hu, Koren and Volinsky, "Collaborative filtering
    for implicit feedback datasets", ICDM 2008, equation 3, in `implicit`'s convention that a stored
    value is the confidence. Users are folded in: `p_u` solves their equation 4 for the films' vectors,
    the same for users that were fitted on and for newcomers.

    Args:
        like: The stars from which a rating is a like.
        factors: Length of the vectors.
        regularization: lambda.
        seed: Seed of the vectors at the start.
    """

    def __init__(self, like: float, factors: int, regularization: float, seed: int) -> None:
        self.like = like
        self._users = 0
        with threadpool_limits(1, "blas"):  # implicit has threads of its own
            self._model = AlternatingLeastSquares(
                factors=factors,
                regularization=regularization,
                alpha=1.0,
                iterations=ITERATIONS,
                random_state=seed,
            )

    def fit(self, stars: Stars) -> None:
        """Fit the vectors of users and films to `(users, films)`."""
        self._users = stars.shape[0]
        with threadpool_limits(1, "blas"):
            self._model.fit(likes(stars, self.like), show_progress=False)

    def scores(self, users: Stars) -> Scores:
        """The products of each user's folded-in vector with all films', `(users, films)`."""
        with threadpool_limits(1, "blas"):
            folded = self._model.recalculate_user(
                np.arange(users.shape[0]), likes(users, self.like)
            )
        return np.asarray(folded @ self._model.item_factors.T, dtype=np.float32)

    @property
    def parameters(self) -> int:
        """The vectors of users and films."""
        return int(self._model.factors * (self._users + len(self._model.item_factors)))
