"""A linear model from the films that a user likes to all others, in closed form."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from training.baselines.baseline import Scores, Stars, likes
from training.errors import RunError

RATED_L2, LIKED_L2 = 500.0, 1000.0
"""lambda on all ratings and on likes."""

MOST_FILMS = 20_000
"""Films whose matrix can be inverted within about 10 GiB."""


def ease(interactions: sparse.csr_matrix, l2: float) -> npt.NDArray[np.float32]:
    """EASE in closed form: `B = I - P / diag(P)`, `P = (X'X + l2 I)^-1`, so with a zero diagonal.

    Args:
        interactions: X, `(rows, films)`.
        l2: The weight of the penalty.

    Returns:
        The weights B, `(films, films)`.

    Source: Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019, equation 8.
    """
    inverse = _inverse(interactions, l2)
    weights: npt.NDArray[np.float32] = (inverse / -np.diag(inverse)).astype(np.float32)
    np.fill_diagonal(weights, 0)
    return weights


def ease_towards(
    inputs: sparse.csr_matrix, targets: sparse.csr_matrix, l2: float
) -> npt.NDArray[np.float32]:
    """EASE from X to other values Y: the least `|Y - X B|^2 + l2 |B|^2` with a zero diagonal.

    Its closed form is `B = P X'Y - P diag(m)`, `m = diag(P X'Y) / diag(P)`, `P = (X'X + l2 I)^-1`; with
    Y = X that is `ease`.

    Args:
        inputs: X, `(rows, films)`.
        targets: Y, `(rows, films)`.
        l2: The weight of the penalty.

    Returns:
        The weights B, `(films, films)`.

    Source: Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019, whose Lagrange
    multipliers (equation 5) are here those of Y.
    """
    inverse = _inverse(inputs, l2)
    free = inverse @ np.asarray((inputs.T @ targets).todense(), dtype=np.float64)
    multipliers = np.diag(free) / np.diag(inverse)
    weights: npt.NDArray[np.float32] = (free - inverse * multipliers).astype(np.float32)
    np.fill_diagonal(weights, 0)
    return weights


def _inverse(matrix: sparse.csr_matrix, l2: float) -> npt.NDArray[np.float64]:
    """`P = (X'X + l2 I)^-1`, `(films, films)`."""
    gram = np.asarray((matrix.T @ matrix).todense(), dtype=np.float64)
    gram[np.diag_indices_from(gram)] += l2
    inverse: npt.NDArray[np.float64] = linalg.inv(gram, overwrite_a=True, check_finite=False)
    return inverse


class Ease:
    """Embarrassingly shallow autoencoder: Steck, WWW 2019, arXiv 1905.03375.

    With x the matrix of likes and B the weights of `ease`, the scores are `s_u = x_u B`. The zero
    diagonal keeps a film from speaking for itself.

    Args:
        like: The stars from which a rating counts; 0 takes every rating.
        regularization: lambda.
    """

    def __init__(self, like: float, regularization: float) -> None:
        self.like = like
        self.regularization = regularization
        self.weights: npt.NDArray[np.float32] = np.empty((0, 0), dtype=np.float32)

    def fit(self, stars: Stars) -> None:
        """Compute the weights, `(films, films)`, from `(users, films)`.

        Raises:
            RunError: If there are so many films that their matrix does not fit into memory.
        """
        films = stars.shape[1]
        if films > MOST_FILMS:
            raise RunError(
                f"EASE inverts a matrix of films by films: at most {MOST_FILMS:,} films are expected, "
                f"there are {films:,}. Leave it out of --methods."
            )
        self.weights = ease(likes(stars, self.like), self.regularization)

    def scores(self, users: Stars) -> Scores:
        """The weighted sums over each user's likes, `(users, films)`."""
        return np.asarray(likes(users, self.like) @ self.weights, dtype=np.float32)

    @property
    def parameters(self) -> int:
        """The weights off the diagonal."""
        films = len(self.weights)
        return films * (films - 1)
