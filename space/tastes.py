"""Films by which somebody can be played who likes a genre, so that their list is of that genre too."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.item_models import ItemModels, Matrix

MATRIX = "next30"
"""Says which films are near: those that people liked soon after."""

NEAREST = 20
"""How many of the nearest films of a film are looked at."""

WELL_LIKED = 60
"""Of so many films of a genre that have the most likes the films are chosen."""


def films_of_taste(
    movies: pd.DataFrame, models: ItemModels, genre: str, count: int
) -> npt.NDArray[np.intp]:
    """Well-liked films of a genre that lead on to others of it.

    A film of a genre is often liked by people who hardly care for the genre, and then so are the films
    that go with it. So of the best-liked films of the genre those are taken whose nearest films are of
    the genre by the largest share of their weights.

    Args:
        movies: The catalogue, ordered by `movie_id`, with `genres`.
        models: Item-item matrices and likes of the same films.
        genre: The genre; of one that no film has there is none.
        count: How many films at the most.

    Returns:
        Rows of the catalogue, the one that leads on best last, as the newest. Films that nobody liked
        are not among them.
    """
    having = np.array([genre in genres for genres in movies["genres"]], dtype=bool)
    films = np.flatnonzero(having & (models.likes > 0))
    films = films[np.argsort(-models.likes[films], kind="stable")][:WELL_LIKED]
    shares = np.array([_share(models.matrices[MATRIX], film, having) for film in films.tolist()])
    best: npt.NDArray[np.intp] = films[np.argsort(-shares, kind="stable")][:count][::-1]
    return best


def _share(matrix: Matrix, film: int, having: npt.NDArray[np.bool_]) -> float:
    """How much of the weight of a film's nearest films is on some films, 0 to 1."""
    entries = slice(matrix.indptr[film], matrix.indptr[film + 1])
    weights = np.maximum(matrix.weights[entries].astype(np.float64), 0)
    nearest = np.argsort(-weights, kind="stable")[:NEAREST]
    total = weights[nearest].sum()
    if not total:
        return 0.0
    return float(weights[nearest] @ having[matrix.indices[entries][nearest]] / total)
