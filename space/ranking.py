"""Which films are candidates, and in which order they are shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Match = Literal["any", "all"]


def candidates(
    movies: pd.DataFrame,
    *,
    genres: Collection[str] = (),
    match: Match = "any",
    excluded: Collection[int] = (),
) -> npt.NDArray[np.intp]:
    """The positions of the films that pass all filters.

    Args:
        movies: The catalogue, with `movie_id` and `genres`.
        genres: Wanted genres; none means that every film will do.
        match: Whether a film should have "any" or "all" of them.
        excluded: Ids of films to leave out.

    Returns:
        Positions in `movies`, ascending, `(candidates,)`.
    """
    kept = np.ones(len(movies), dtype=bool)
    if genres:
        wanted = frozenset(genres)
        matches = wanted.issubset if match == "all" else lambda row: not wanted.isdisjoint(row)
        kept &= np.fromiter((matches(row) for row in movies["genres"]), bool, len(movies))
    if len(excluded):
        kept &= ~movies["movie_id"].isin(list(excluded)).to_numpy()
    return np.flatnonzero(kept)


def ranking_scores(
    logits: npt.NDArray[np.floating], likes: npt.NDArray[np.integer]
) -> npt.NDArray[np.float64]:
    """What the list is sorted by without a ranking model: the logit plus two times log(1 + likes).

    A model of "would like it, having chosen to watch it" ranks films that nobody chooses far too
    high, so the number of training likes stands in for the chance of choosing.

    Args:
        logits: The model's logits, `(candidates,)`.
        likes: Likes of each film in the training data, `(candidates,)`.

    Returns:
        Scores, `(candidates,)`; more is better.
    """
    scores: npt.NDArray[np.float64] = logits.astype(np.float64) + 2 * np.log1p(likes)
    return scores


def top(
    scores: npt.NDArray[np.floating], movie_ids: Sequence[int] | npt.NDArray[np.integer], k: int
) -> npt.NDArray[np.intp]:
    """Positions of the `k` best scores, best first; ties go to the smaller movie id."""
    order: npt.NDArray[np.intp] = np.lexsort((np.asarray(movie_ids), -scores))
    return order[:k]
