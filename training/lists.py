"""Lists of films, best first, and how good they are: NDCG@10, Recall@20 and coverage@10."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytrec_eval
from scipy import sparse

K = 10
"""Length of the list that NDCG and coverage look at."""

RECALL_K = 20
"""Length of the list that recall looks at."""

NONE = -1
"""Fills a list where there are fewer candidates than places."""

METRICS = (f"ndcg_at_{K}", f"recall_at_{RECALL_K}", f"coverage_at_{K}")
"""The names of the metrics."""


def best(
    scores: npt.NDArray[np.floating], seen: sparse.csr_matrix, k: int = RECALL_K
) -> npt.NDArray[np.intp]:
    """The best films of each user that the user has not seen.

    Args:
        scores: `(users, films)`, finite; more is better.
        seen: Stored where a film is no candidate, `(users, films)`.
        k: Length of the lists.

    Returns:
        Columns, best first, of equal scores the lower first, `(users, k)`; `NONE` where there are
        fewer candidates.

    Raises:
        ValueError: If the shapes differ or a score is not finite.
    """
    if scores.shape != seen.shape:
        raise ValueError(f"Scores should have the shape {seen.shape}. Received: {scores.shape}")
    if not np.isfinite(scores).all():
        raise ValueError(
            "Every score should be a finite number. Received: "
            f"{int((~np.isfinite(scores)).sum()):,} that are not."
        )
    negated = -np.asarray(scores, dtype=np.float64)
    rows = np.repeat(np.arange(seen.shape[0]), np.diff(seen.indptr))
    negated[rows, seen.indices] = np.inf
    order = np.argsort(negated, axis=1, kind="stable")[:, :k]
    lists = np.where(np.isinf(np.take_along_axis(negated, order, axis=1)), NONE, order)
    return np.pad(lists, ((0, 0), (0, k - lists.shape[1])), constant_values=NONE)


class RankingMetrics:
    """Collects lists, some users at a time, and computes the metrics over all of them.

    NDCG and recall are trec_eval's `ndcg_cut.10` and `recall.20`, by the package `pytrec_eval`: gains
    of 1 discounted by `1 / log2(1 + rank)`, over the same of the ideal list cut at 10 (Järvelin and
    Kekäläinen, TOIS 2002); hits among the first 20 over all that is relevant. Coverage is the share
    of films that are in anybody's first 10 (Ge et al., RecSys 2010, equation 2).

    Args:
        films: How many films there are to recommend.
    """

    def __init__(self, films: int) -> None:
        self._films = films
        self._shown: set[int] = set()
        self._values: list[tuple[float, float]] = []

    def add(self, lists: npt.NDArray[np.intp], relevant: sparse.csr_matrix) -> None:
        """Add users.

        Args:
            lists: As `best` gives them, `(users, at least 20)`.
            relevant: Stored where a film is relevant, `(users, films)`, at least one for each user.

        Raises:
            ValueError: If a user has no relevant film, or lists are too short.
        """
        if lists.shape[1] < RECALL_K or (np.diff(relevant.indptr) == 0).any():
            raise ValueError(
                f"Every user should have a list of {RECALL_K} places and a relevant film. Received: "
                f"{lists.shape[1]} places, {int((np.diff(relevant.indptr) == 0).sum())} users without."
            )
        self.add_lists(
            [films[films != NONE] for films in lists],
            [relevant.indices[start:stop] for start, stop in pairwise(relevant.indptr)],
        )

    def add_lists(
        self,
        lists: Sequence[npt.NDArray[np.integer]],
        relevant: Sequence[npt.NDArray[np.integer]],
    ) -> None:
        """Add users by the films themselves.

        Args:
            lists: For each user the films shown, best first.
            relevant: For each user the films that are relevant, at least one.
        """
        wanted: dict[str, dict[str, int]] = {}
        found: dict[str, dict[str, float]] = {}
        for user, (shown, liked) in enumerate(zip(lists, relevant, strict=True)):
            self._shown.update(shown[:K].tolist())
            wanted[str(user)] = {str(film): 1 for film in liked.tolist()}
            found[str(user)] = {
                str(film): float(RECALL_K - place)
                for place, film in enumerate(shown[:RECALL_K].tolist())
            }
        evaluator = pytrec_eval.RelevanceEvaluator(wanted, {f"ndcg_cut.{K}", f"recall.{RECALL_K}"})
        told = evaluator.evaluate(found)
        for name in wanted:  # who has no list is not told of
            values = told.get(name, {})
            self._values.append(
                (values.get(f"ndcg_cut_{K}", 0.0), values.get(f"recall_{RECALL_K}", 0.0))
            )

    def result(self) -> dict[str, float]:
        """The means over users, the coverage, and how many users there were."""
        ndcg, recall = np.mean(self._values, axis=0) if self._values else (np.nan, np.nan)
        values = (float(ndcg), float(recall), len(self._shown) / self._films)
        return {**dict(zip(METRICS, values, strict=True)), "users": len(self._values)}
