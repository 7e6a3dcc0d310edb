"""How near each film is to a history: the ranker's numeric features, for training and serving alike."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from space.history import History
from space.item_models import ItemModels, Matrix

__all__ = ["AFFINITIES", "NOTES", "ItemModels", "affinities", "recency"]

Floats = npt.NDArray[np.float32]

NOTES: Mapping[str, str] = {
    "window_ease_3": "sum over the likes of exp(-r/3) B_windows[liked, film]; B: EASE fitted on windows "
    "of 50 likes in a row as if each were a user (Steck, WWW 2019, equation 8)",
    "window_ease_8": "the same with exp(-r/8)",
    "rated_ease": "sum over the rated films of B_rated[rated, film]; EASE on all ratings, lambda 500",
    "liked_ease": "sum over the likes of B_liked[liked, film]; EASE on likes, lambda 1000",
    "next30_3": "log(.001 + sum over the rated films of exp(-r/3) T30[rated, film]); T: how often the "
    "film was liked within the next 30 ratings after the other, the d-th counting exp(-d/15), divided "
    "by the other's ratings + 20 (a Markov chain with skips: He and McAuley, ICDM 2016)",
    "next30_15": "the same with exp(-r/15)",
    "next30_50": "the same with exp(-r/50)",
    "next10_3": "the same with T10: the next 10 ratings, exp(-d/5), and exp(-r/3)",
    "later_15": "sum over the rated films of exp(-r/15) R[rated, film]; R: ridge regression from the "
    "beginnings of histories, so weighted, to the likes among the next 40 ratings, "
    "R = (X'X + 400 I)^-1 X'Y",
    "popularity": "log(1 + likes)",
    "like_rate": "(likes + 2.9) / (ratings + 5)",
    "audience": "a(gender and age, or the one of them that is known) + a(occupation), as if they were "
    "independent; a(group) = log(.05 + (g + 50 likes / all) / (G + 50) * all / (likes + 1)): g of the "
    "film's likes, and G of all likes, are the group's, to which 50 are added that are spread over the "
    "films as everybody's; a group of which nobody is known adds 0",
    "years_apart": "decades between the film and the mean year of the likes, weighted exp(-r/5), at "
    "most 4",
    "genre_fit": "cosine between the film's genres and the likes' mean genres, weighted exp(-r/5)",
    "history": "log(1 + rated films): the same for all films, it tells how far to trust the rest",
}
"""For each affinity what it is. `r` is how many of those films are newer than the film summed over."""

AFFINITIES: tuple[str, ...] = tuple(NOTES)
"""The columns of `affinities`, in this order."""

NEGLIGIBLE = 14
"""A film is left out of a sum where it is older than this many decay lengths: e^-14 is below 1e-6."""

_WEIGHTED: Mapping[str, tuple[str, str, float | None]] = {
    "window_ease_3": ("window_ease", "liked", 3),
    "window_ease_8": ("window_ease", "liked", 8),
    "rated_ease": ("rated_ease", "rated", None),
    "liked_ease": ("liked_ease", "liked", None),
    "next30_3": ("next30", "rated", 3),
    "next30_15": ("next30", "rated", 15),
    "next30_50": ("next30", "rated", 50),
    "next10_3": ("next10", "rated", 3),
    "later_15": ("later", "rated", 15),
}
"""For each sum over the history: its matrix, the films summed over, and the decay length."""

_LOGARITHMIC = frozenset({"next30_3", "next30_15", "next30_50", "next10_3"})
_TASTE_DECAY = 5.0


def affinities(history: History, person: Mapping[str, str], models: ItemModels) -> Floats:
    """The raw affinity of every film; standardising is the ranker's own.

    Args:
        history: What the user has rated; may be empty.
        person: Values of `gender`, `age` and `occupation`; what is missing is unknown.
        models: Item-item matrices and film statistics.

    Returns:
        Finite values, `(films, len(AFFINITIES))`.
    """
    liked = history.liked(models.like_threshold)
    summed_over = {"liked": liked, "rated": history.movies}
    columns: dict[str, npt.NDArray[np.floating] | float] = {}
    for name, (matrix, films, decay) in _WEIGHTED.items():
        total = _sum_of_rows(models.matrices[matrix], summed_over[films], decay, len(models))
        if name in _LOGARITHMIC:
            total = np.log(np.maximum(total, 0) + 1e-3)
        columns[name] = total
    columns["popularity"] = models.popularity
    columns["like_rate"] = models.like_rate
    columns["audience"] = models.audience(person)
    columns["years_apart"], columns["genre_fit"] = _taste(liked, models)
    columns["history"] = float(np.log1p(len(history)))
    raw = np.empty((len(models), len(AFFINITIES)), dtype=np.float32)
    for place, name in enumerate(AFFINITIES):
        raw[:, place] = columns[name]
    return raw


def recency(count: int, decay: float | None) -> npt.NDArray[np.float64]:
    """The weights `exp(-r / decay)` of the newest films, `r` = 0, 1, ...; without a decay all ones.

    Args:
        count: How many films there are.
        decay: After how many films one counts 1/e.

    Returns:
        `(count,)`, or fewer where the others are negligible.
    """
    if decay is None:
        return np.ones(count)
    weights: npt.NDArray[np.float64] = np.exp(
        -np.arange(min(count, int(NEGLIGIBLE * decay))) / decay
    )
    return weights


def _sum_of_rows(
    matrix: Matrix, films: npt.NDArray[np.int32], decay: float | None, size: int
) -> npt.NDArray[np.float64]:
    """The weighted sum of a sparse matrix's rows, `sum_r exp(-r / decay) matrix[films[r]]`.

    Args:
        matrix: `(size, size)`.
        films: Which rows, the newest film first, `(n,)`.
        decay: As for `recency`.
        size: Number of films.

    Returns:
        `(size,)`.
    """
    weights = recency(len(films), decay)
    films = films[: len(weights)]
    starts = matrix.indptr[films]
    lengths = matrix.indptr[films + 1] - starts
    ends = np.cumsum(lengths)
    if not len(ends) or not ends[-1]:
        return np.zeros(size)
    entries = np.repeat(starts - ends + lengths, lengths) + np.arange(ends[-1])
    values = matrix.weights[entries] * np.repeat(weights, lengths)
    return np.bincount(matrix.indices[entries], values, minlength=size).astype(np.float64)


def _taste(liked: npt.NDArray[np.int32], models: ItemModels) -> tuple[Floats, Floats]:
    """Distance in decades and cosine of genres to the recent likes.

    Args:
        liked: Rows of the liked films, newest first, `(likes,)`.
        models: The films' years and genres.

    Returns:
        `years_apart` and `genre_fit`, each `(films,)`.
    """
    weights = recency(len(liked), _TASTE_DECAY)
    if not len(weights):
        year, profile = models.typical_year, np.zeros(models.genres.shape[1])
    else:
        recent = liked[: len(weights)]
        year = float(weights @ models.years[recent] / weights.sum())
        profile = weights @ models.genres[recent] / weights.sum()
    apart = np.minimum(np.abs(models.years - year), 40) / 10
    fit = models.unit_genres @ (profile / (np.linalg.norm(profile) + 1e-6)).astype(np.float32)
    return apart.astype(np.float32), fit.astype(np.float32)
