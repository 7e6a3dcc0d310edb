"""What a user's other ratings say of a film: by factors, by items, by what was rated, by genres."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy import sparse

from training.baselines.ease import MOST_FILMS, ease, ease_towards
from training.errors import RunError
from training.target_statistics.rows import Floats, Rows

FACTORS: Mapping[int, float] = {10: 0.04, 20: 0.06, 40: 0.08}
"""The regularisation of each number of factors; what they predict is averaged."""

SWEEPS = 12
ITEM_REGULARISATION, RATED_REGULARISATION = 250.0, 40.0
GENRE_STRENGTH = 5.0
USERS_AT_ONCE = 1000


def taste(known: Rows, asked: Rows, residuals: Floats, like_residuals: Floats) -> dict[str, Floats]:
    """Predicted residuals of the asked rows.

    - `factors`: factorisations by alternating least squares with weighted regularisation (Zhou et
      al., "Large-Scale Parallel Collaborative Filtering for the Netflix Prize", AAIM 2008)
    - `items`: a linear item-item model without a diagonal (Steck, "Embarrassingly Shallow
      Autoencoders", WWW 2019, equation 8)
    - `like_items`: the same on the residuals of likes
    - `rated`: a linear model from which films the user rated, however many stars they gave (as
      implicit feedback: Koren, "Factorization Meets the Neighborhood", KDD 2008, section 4), to the
      residuals; the films rated are a vector of length 1, so that many count no more than few
    - `genres`: the user's mean residual in each genre of the film, shrunk, and its mean

    Args:
        known: Rows to learn from.
        asked: Rows to predict.
        residuals: What biases leave of the known rows' stars, `(rows,)`.
        like_residuals: What biases leave of whether these are likes, `(rows,)`.

    Raises:
        RunError: If there are so many films that a matrix of them does not fit into memory.
    """
    if known.films > MOST_FILMS:
        raise RunError(
            f"Target statistics invert a matrix of films by films: at most {MOST_FILMS:,} films are "
            f"expected, there are {known.films:,}. Choose a method without them by --methods."
        )
    matrix, of_likes = known.matrix(residuals), known.matrix(like_residuals)
    rated = known.matrix(np.ones(len(known.stars)))
    lengths = np.sqrt(np.maximum(rated.sum(axis=1), 1))
    units = rated.multiply(1 / lengths).tocsr().astype(np.float32)
    by_items = ease(matrix, ITEM_REGULARISATION)
    by_likes = ease(of_likes, ITEM_REGULARISATION)
    by_rated = ease_towards(units, matrix, RATED_REGULARISATION)
    liking = (matrix @ known.genres) / (rated @ known.genres + GENRE_STRENGTH)
    of_film = known.genres[asked.film]
    return {
        "factors": np.mean([_by_factors(matrix, asked, *each) for each in FACTORS.items()], axis=0),
        "items": _by_films(matrix, by_items, asked),
        "like_items": _by_films(of_likes, by_likes, asked),
        "rated": _by_films(units, by_rated, asked),
        "genres": np.sum(liking[asked.user] * of_film, axis=1) / np.maximum(of_film.sum(axis=1), 1),
    }


def factorise(
    matrix: sparse.csr_matrix, factors: int, regularisation: float, seed: int = 0
) -> tuple[Floats, Floats]:
    """Factors whose product is near the matrix where it is filled.

    Returns:
        `(users, factors)` and `(films, factors)`; zeros for who has no row.
    """
    films: Floats = np.random.default_rng(seed).normal(0, 0.1, (matrix.shape[1], factors))
    by_film = matrix.T.tocsr()
    for _ in range(SWEEPS):
        users = _solve(matrix, films, regularisation)
        films = _solve(by_film, users, regularisation)
    return users, films


def _by_factors(
    matrix: sparse.csr_matrix, asked: Rows, factors: int, regularisation: float
) -> Floats:
    """A factorisation's predictions of the asked rows."""
    users, films = factorise(matrix, factors, regularisation)
    found: Floats = np.sum(users[asked.user] * films[asked.film], axis=1)
    return found


def _by_films(matrix: sparse.csr_matrix, weights: npt.NDArray[np.float32], asked: Rows) -> Floats:
    """A linear item-item model's predictions of the asked rows.

    Args:
        matrix: What is known of each user's films, `(users, films)`.
        weights: From each film to each, `(films, films)`.
        asked: Rows to predict.
    """
    found = np.zeros(len(asked.user))
    order = np.argsort(asked.user, kind="stable")
    for start in range(0, asked.users, USERS_AT_ONCE):
        stop = min(start + USERS_AT_ONCE, asked.users)
        picked = order[slice(*np.searchsorted(asked.user[order], [start, stop]))]
        scores = matrix[start:stop] @ weights
        found[picked] = scores[asked.user[picked] - start, asked.film[picked]]
    return found


def _solve(matrix: sparse.csr_matrix, others: Floats, regularisation: float) -> Floats:
    """The factors of the rows, given those of the columns."""
    factors = others.shape[1]
    found = np.zeros((matrix.shape[0], factors))
    for row in np.flatnonzero(np.diff(matrix.indptr)):
        start, end = matrix.indptr[row], matrix.indptr[row + 1]
        known = others[matrix.indices[start:end]]
        ridge = regularisation * (end - start) * np.eye(factors)
        found[row] = np.linalg.solve(known.T @ known + ridge, known.T @ matrix.data[start:end])
    return found
