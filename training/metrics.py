"""How good predicted probabilities are: over all rows, and for each user's ranking."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

from training.lists import K, RankingMetrics

Floats = npt.NDArray[np.floating]
Labels = npt.NDArray[np.integer]
CALIBRATION_BINS = 20
"""Bins of the calibration plot and of `expected_calibration_error`."""


def evaluate(
    labels: Labels, probabilities: Floats, user_ids: npt.NDArray[np.integer]
) -> dict[str, float]:
    """All metrics of one part of the split.

    Args:
        labels: 1 for a like, else 0, `(rows,)`.
        probabilities: Predicted probabilities of a like, `(rows,)`.
        user_ids: The user of each row, `(rows,)`.

    Returns:
        `auc`, `log_loss`, `accuracy`, `expected_calibration_error`, `user_auc`, `ndcg_at_10`, and the
        original app's two under names of their own: `original_ndcg_at_10`,
        `original_hit_rate_at_10`. A metric that is not defined for the rows (one class only, no user
        with a like) is NaN.
    """
    both = 0 < labels.sum() < len(labels)
    rankings = _Rankings(labels, probabilities, user_ids)
    return {
        "rows": len(labels),
        "auc": float(roc_auc_score(labels, probabilities)) if both else float("nan"),
        "log_loss": float(log_loss(labels, probabilities, labels=[0, 1])),
        "accuracy": float(accuracy_score(labels, probabilities >= 0.5)),
        "expected_calibration_error": expected_calibration_error(labels, probabilities),
        "user_auc": rankings.user_auc(),
        "ndcg_at_10": rankings.ndcg(),
        "original_ndcg_at_10": rankings.original_ndcg(),
        "original_hit_rate_at_10": rankings.original_hit_rate(),
    }


def expected_calibration_error(labels: Labels, probabilities: Floats) -> float:
    """How far predicted probabilities are from the share of likes, in the mean over the rows.

    Sum over bins b of (rows of b / rows) |share of likes in b - mean probability in b|. The bins are of
    equal size, their edges being quantiles of the probabilities, as those of the calibration plot; equal
    probabilities share a bin.

    Args:
        labels: 1 for a like, else 0, `(rows,)`, at least one.
        probabilities: Predicted probabilities of a like, `(rows,)`.

    Source: Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian
        Binning", AAAI 2015; Guo et al., "On Calibration of Modern Neural Networks", ICML 2017,
        equation 3.
    """
    inner = np.linspace(0, 100, CALIBRATION_BINS + 1)[1:-1]
    bins = np.searchsorted(np.percentile(probabilities, inner), probabilities)
    gaps = np.bincount(bins, weights=labels - np.asarray(probabilities, float))
    return float(np.abs(gaps).sum() / len(labels))


class _Rankings:
    """Each user's rows, sorted by falling probability; ties keep the order of the rows."""

    def __init__(
        self, labels: Labels, probabilities: Floats, user_ids: npt.NDArray[np.integer]
    ) -> None:
        order = np.lexsort((np.arange(len(labels)), -np.asarray(probabilities, float), user_ids))
        self.labels = np.asarray(labels)[order].astype(float)
        self.probabilities = np.asarray(probabilities, float)[order]
        users = np.asarray(user_ids)[order]
        starts = (
            np.flatnonzero(np.r_[True, users[1:] != users[:-1]]) if len(users) else np.empty(0, int)
        )
        self.user = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(users)]))
        self.place = np.arange(len(users)) - starts[self.user]
        self.users = len(starts)
        self.likes = self._sum(self.labels)

    def _sum(self, values: Floats) -> Floats:
        """The sum of a value over each user's rows."""
        return self._sum_of(self.user, values)

    def _mean(self, per_user: Floats) -> float:
        """The mean over users with at least one like."""
        liking = self.likes > 0
        return float(np.mean(per_user[liking])) if liking.any() else float("nan")

    def ndcg(self) -> float:
        """NDCG at 10 as lists have it: a user's rows are the films, each named by its place."""
        liking = np.flatnonzero(self.likes)
        rows = self._sum(np.ones_like(self.labels)).astype(int)
        ends = np.cumsum(self.likes[liking]).astype(int)
        metrics = RankingMetrics(films=int(rows.max(initial=1)))
        metrics.add_lists(
            [np.arange(count) for count in np.minimum(rows[liking], K)],
            np.split(self.place[self.labels > 0], ends)[:-1],
        )
        return float(metrics.result()[f"ndcg_at_{K}"])

    def original_ndcg(self) -> float:
        """The original's: the ideal is not cut at 10, each user's value is rounded to five places."""
        gains = 1 / np.log(self.place + 2) * (self.place < K)
        most = int(self.likes.max(initial=1))
        ideal = np.cumsum(1 / np.log(np.arange(most) + 2))
        best = ideal[np.maximum(self.likes.astype(int), 1) - 1]
        return self._mean(np.round(self._sum(self.labels * gains) / best, 5))

    def original_hit_rate(self) -> float:
        """The original's: the share of a user's likes that rank in the first 10, rounded as above."""
        hits = self._sum(self.labels * (self.place < K))
        return self._mean(np.round(hits / np.maximum(self.likes, 1), 5))

    def user_auc(self) -> float:
        """The mean AUC over users that have both likes and others; ties count half.

        It is the share of pairs (Mann and Whitney): of a like's rank from below, averaged over ties.
        """
        low_first = np.arange(len(self.labels))[::-1]
        user, scores, labels = (
            self.user[low_first],
            self.probabilities[low_first],
            self.labels[low_first],
        )
        new_user = np.r_[True, user[1:] != user[:-1]]
        group = np.cumsum(new_user | np.r_[True, scores[1:] != scores[:-1]]) - 1
        first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
        size = np.diff(np.r_[first, len(group)])
        user_start = np.maximum.accumulate(np.where(new_user, np.arange(len(user)), 0))
        rank = (first + (size + 1) / 2)[group] - user_start
        ranks = self._sum_of(user, rank * labels)
        likes, rows = self.likes, self._sum(np.ones_like(self.labels))
        both = (likes > 0) & (likes < rows)
        if not both.any():
            return float("nan")
        pairs = ranks[both] - likes[both] * (likes[both] + 1) / 2
        return float(np.mean(pairs / (likes[both] * (rows[both] - likes[both]))))

    def _sum_of(self, user: npt.NDArray[np.integer], values: Floats) -> Floats:
        return np.bincount(user, weights=values, minlength=self.users).astype(np.float64)
