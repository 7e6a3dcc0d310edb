"""What a user's other ratings say of a film: by factors, by items, by genres."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from training.baselines.ease import ease
from training.target_statistics.rows import Floats, Rows

FACTORS, REGULARISATION, SWEEPS = 20, 0.06, 12
ITEM_REGULARISATION = 250.0
GENRE_STRENGTH = 5.0
USERS_AT_ONCE = 1000


def taste(known: Rows, asked: Rows, residuals: Floats) -> dict[str, Floats]:
    """Predicted residuals of the asked rows.

    - `factors`: a factorisation by alternating least squares with weighted regularisation (Zhou et
      al., "Large-Scale Parallel Collaborative Filtering for the Netflix Prize", AAIM 2008)
    - `items`: a linear item-item model without a diagonal (Steck, "Embarrassingly Shallow
      Autoencoders", WWW 2019, equation 8)
    - `genres`: the user's mean residual in each genre of the film, shrunk, and its mean

    Args:
        known: Rows to learn from.
        asked: Rows to predict.
        residuals: What biases leave of the known rows, `(rows,)`.
    """
    matrix = known.matrix(residuals)
    users, films = factorise(matrix)
    rated = known.matrix(np.ones(len(known.stars)))
    liking = (matrix @ known.genres) / (rated @ known.genres + GENRE_STRENGTH)
    of_film = known.genres[asked.film]
    return {
        "factors": np.sum(users[asked.user] * films[asked.film], axis=1),
        "items": _by_items(matrix, asked),
        "genres": np.sum(liking[asked.user] * of_film, axis=1) / np.maximum(of_film.sum(axis=1), 1),
    }


def factorise(matrix: sparse.csr_matrix, seed: int = 0) -> tuple[Floats, Floats]:
    """Factors whose product is near the matrix where it is filled.

    Returns:
        `(users, FACTORS)` and `(films, FACTORS)`; zeros for who has no row.
    """
    films: Floats = np.random.default_rng(seed).normal(0, 0.1, (matrix.shape[1], FACTORS))
    by_film = matrix.T.tocsr()
    for _ in range(SWEEPS):
        users = _solve(matrix, films)
        films = _solve(by_film, users)
    return users, films


def _by_items(matrix: sparse.csr_matrix, asked: Rows) -> Floats:
    """The linear item-item model's predictions of the asked rows."""
    weights = ease(matrix, ITEM_REGULARISATION)
    found = np.zeros(len(asked.user))
    order = np.argsort(asked.user, kind="stable")
    for start in range(0, asked.users, USERS_AT_ONCE):
        stop = min(start + USERS_AT_ONCE, asked.users)
        picked = order[slice(*np.searchsorted(asked.user[order], [start, stop]))]
        scores = matrix[start:stop] @ weights
        found[picked] = scores[asked.user[picked] - start, asked.film[picked]]
    return found


def _solve(matrix: sparse.csr_matrix, others: Floats) -> Floats:
    """The factors of the rows, given those of the columns."""
    found = np.zeros((matrix.shape[0], FACTORS))
    for row in np.flatnonzero(np.diff(matrix.indptr)):
        start, end = matrix.indptr[row], matrix.indptr[row + 1]
        known = others[matrix.indices[start:end]]
        ridge = REGULARISATION * (end - start) * np.eye(FACTORS)
        found[row] = np.linalg.solve(known.T @ known + ridge, known.T @ matrix.data[start:end])
    return found
