"""What every baseline can do, and the likes that most of them are fitted on."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

Stars: TypeAlias = Any
"""A `scipy.sparse.csr_matrix` of ratings in stars, `(users, films)`; what is not stored was not
rated. SciPy has no types."""

Scores = npt.NDArray[np.float32]
"""`(users, films)`; more is better."""


class Baseline(Protocol):
    """A method that is fitted on a matrix of ratings, and scores all films for anybody's ratings.

    Users are known by their ratings alone, so newcomers are scored as everybody else is.
    """

    def fit(self, stars: Stars) -> None:
        """Fit.

        Args:
            stars: The training ratings, `(users, films)`.
        """

    def scores(self, users: Stars) -> Scores:
        """Score all films.

        Args:
            users: What each user has rated so far, `(users, films)`, with the columns of `fit`.

        Returns:
            `(users, films)`; rated films are scored as well.
        """

    @property
    def parameters(self) -> int:
        """How many numbers were fitted."""


def likes(stars: Stars, like: float) -> Stars:
    """The matrix of likes: 1 where a rating is at least `like` stars.

    Args:
        stars: `(users, films)`.
        like: The stars from which a rating is a like; 0 takes every rating.

    Returns:
        The same shape, ones in 32 bits.
    """
    chosen = sparse.csr_matrix(stars, dtype=np.float32, copy=True)
    chosen.data = (chosen.data >= like).astype(np.float32)
    chosen.eliminate_zeros()
    return chosen
