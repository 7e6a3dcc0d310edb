"""How good lists of films are: ranked above all others, what a user liked later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from scipy import sparse

from space.affinities import Floats
from space.item_models import ItemModels
from training.lists import METRICS, NONE, RankingMetrics, best
from training.progress import Reporter
from training.ranker import RankingModel
from training.ranking.examples import Example, features_of, inputs_of
from training.ranking.item_models import Dense
from training.ranking.linear import Linear

ROWS = 16_384
"""Pairs of a user and a film that are scored at a time: memory for all layers' outputs."""

Scores = npt.NDArray[np.floating]


def measure(
    examples: list[Example],
    models: ItemModels,
    ranker: RankingModel,
    linear: Linear,
    liked_ease: Dense | None,
    films: int,
    reporter: Reporter,
) -> dict[str, Any]:
    """NDCG@10, Recall@20 and coverage@10 of the ranker, the linear ranker, EASE and popularity.

    All films that are not in the history are ranked, as serving does.

    Args:
        examples: Users with what they had rated and what they liked later.
        models: Item-item models that know none of the targets.
        ranker: The fitted ranker.
        linear: The linear ranker.
        liked_ease: EASE's whole matrix on likes, `(films, films)`.
        films: Films that were rated at all; what coverage is a share of.
        reporter: Shows the progress.
    """
    lists: dict[str, list[npt.NDArray[np.intp]]] = {}
    size = max(1, ROWS // len(models))
    for start in range(0, len(examples), size):
        some = examples[start : start + size]
        raw = features_of(some, models)
        ranked, first = (scores_of(some, raw, models, order) for order in (ranker, linear))
        for place, each in enumerate(some):
            found = {"ranker": ranked[place], "linear": first[place], "popularity": models.likes}
            if liked_ease is not None:
                liked = each.history.liked(models.like_threshold)
                found["ease"] = liked_ease[liked].sum(axis=0)
            for name, scores in found.items():
                lists.setdefault(name, []).append(unseen_best(scores, each))
        reporter.update(min(1, (start + size) / len(examples)), "measuring the lists")
    targets = [each.targets for each in examples]
    return {name: list_metrics(found, targets, films) for name, found in lists.items()}


def all_scores(examples: list[Example], models: ItemModels, order: RankingModel | Linear) -> Scores:
    """A ranker's scores of all films, `(examples, films)`, as serving computes them.

    Args:
        examples: Whom they are for; their targets are not read.
        models: Item-item models.
        order: The fitted ranker, or the linear one.
    """
    size = max(1, ROWS // len(models))
    scores = []
    for start in range(0, len(examples), size):
        some = examples[start : start + size]
        scores.append(scores_of(some, features_of(some, models), models, order))
    return np.concatenate(scores) if scores else np.empty((0, len(models)), dtype=np.float32)


def scores_of(
    examples: list[Example], raw: Floats, models: ItemModels, order: RankingModel | Linear
) -> Scores:
    """The same of few examples, whose affinities `raw` are known, `(examples, films, affinities)`."""
    if isinstance(order, Linear):
        return order.scores(raw)
    films = np.tile(np.arange(len(models)), (len(examples), 1))
    scored = order.predict_on_batch(inputs_of(examples, films, raw, models.like_threshold))
    return np.asarray(keras.ops.convert_to_numpy(scored))


def unseen_best(scores: Scores, example: Example) -> npt.NDArray[np.intp]:
    """The best films that are not in the history, best first."""
    rated = example.history.movies
    seen = sparse.csr_matrix(
        (np.ones(len(rated), np.int8), rated, [0, len(rated)]), shape=(1, len(scores))
    )
    listed = best(scores[np.newaxis], seen)[0]
    found: npt.NDArray[np.intp] = listed[listed != NONE]
    return found


def list_metrics(
    lists: Sequence[npt.NDArray[np.intp]], targets: Sequence[npt.NDArray[np.integer]], films: int
) -> dict[str, float]:
    """The mean over users of what their lists found.

    Args:
        lists: For each user the films shown, best first.
        targets: For each user the relevant films, at least one.
        films: Number of films that coverage is a share of.

    Returns:
        `ndcg_at_10`, whose ideal list is cut at 10 too, `recall_at_20` over all relevant films, and
        `coverage_at_10`, the share of films that are on anybody's first ten.
    """
    metrics = RankingMetrics(films)
    metrics.add_lists(lists, targets)
    found = metrics.result()
    return {name: found[name] for name in METRICS}
