"""In which order films are listed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


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
