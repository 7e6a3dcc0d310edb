"""How often films, genres, decades and stars stand in some ratings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Counts = npt.NDArray[np.int64]

_CHUNK_ROWS = 1 << 18
"""Ratings counted at a time, so that it takes little memory however many there are."""


@dataclass(frozen=True)
class Totals:
    """Counts of ratings. Ratings of films that are not in the catalogue are left out of all of them."""

    ratings: int
    """How many ratings there are."""
    films: Counts
    """Ratings of each film of the catalogue, `(films,)`."""
    genres: pd.DataFrame
    """By genre, sorted: `ratings` of films that have it, and their `mean`, in stars. A film counts in
    each of its genres. Only what is rated, as in the next two."""
    decades: pd.Series
    """Ratings by the decade in which the film was released, such as 1990, ascending. Films of unknown
    year are left out."""
    stars: pd.Series
    """Ratings by the stars given, ascending."""

    @classmethod
    def of(cls, ratings: pd.DataFrame, movies: pd.DataFrame, films: pd.Index) -> Totals:
        """Count.

        Args:
            ratings: `movie_id` and `rating`.
            movies: The catalogue, with `year` and `genres`.
            films: Its ids, in its order.
        """
        counts = np.zeros(len(films), dtype=np.int64)
        sums = np.zeros(len(films))
        given: Counter[float] = Counter()
        ids, stars = ratings["movie_id"].to_numpy(), ratings["rating"].to_numpy()
        for start in range(0, len(ids), _CHUNK_ROWS):
            rows = films.get_indexer(pd.Index(ids[start : start + _CHUNK_ROWS]))
            known = rows >= 0
            chunk = stars[start : start + _CHUNK_ROWS][known].astype(np.float32)
            counts += np.bincount(rows[known], minlength=len(films))
            sums += np.bincount(rows[known], chunk, minlength=len(films))
            values, times = np.unique(chunk, return_counts=True)
            given.update(dict(zip(values.tolist(), times.tolist(), strict=True)))
        return cls(
            ratings=int(counts.sum()),
            films=counts,
            genres=_by_genre(movies, counts, sums),
            decades=_by_decade(movies, counts),
            stars=pd.Series(given, dtype=np.int64).sort_index(),
        )


def _by_genre(movies: pd.DataFrame, counts: Counts, sums: npt.NDArray[np.float64]) -> pd.DataFrame:
    rated = np.flatnonzero(counts)
    listed = [frozenset(row) for row in movies["genres"].iloc[rated]]
    names = sorted(frozenset().union(*listed))
    column = {name: place for place, name in enumerate(names)}
    genres = np.array([column[name] for row in listed for name in row], dtype=np.intp)
    films = np.repeat(rated, [len(row) for row in listed])
    ratings = np.bincount(genres, counts[films], minlength=len(names)).astype(np.int64)
    stars = np.bincount(genres, sums[films], minlength=len(names))
    index = pd.Index(names, dtype="str")
    return pd.DataFrame({"ratings": ratings, "mean": stars / ratings}, index=index)


def _by_decade(movies: pd.DataFrame, counts: Counts) -> pd.Series:
    years = movies["year"].to_numpy(dtype=np.float64, na_value=np.nan)
    counted = np.isfinite(years) & (counts > 0)
    decades, places = np.unique(years[counted].astype(np.int64) // 10 * 10, return_inverse=True)
    ratings = np.bincount(places, counts[counted], minlength=len(decades)).astype(np.int64)
    return pd.Series(ratings, index=decades)
