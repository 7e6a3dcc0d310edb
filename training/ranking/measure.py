"""How good lists of films are: ranked above all others, what a user liked later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from space.item_models import ItemModels
from training.progress import Reporter
from training.protocols.ranking import METRICS, RECALL_K, RankingMetrics
from training.ranker import Ranker
from training.ranking.examples import Example, features_of, inputs_of
from training.ranking.item_models import Dense
from training.ranking.linear import Linear

SHORTLIST = 200
BATCH = 32

ROWS = 16_384
"""Pairs of a user and a film that are scored at a time: memory for all layers' outputs."""

Scores = npt.NDArray[np.floating]


def measure(
    examples: list[Example],
    models: ItemModels,
    ranker: Ranker,
    linear: Linear,
    liked_ease: Dense | None,
    films: int,
    reporter: Reporter,
) -> dict[str, Any]:
    """NDCG@10, Recall@20 and coverage@10 of the ranker, the linear ranker, EASE and popularity.

    The ranker orders the linear ranker's first 200 films that are not in the history: scoring all
    films for every user takes long, and hardly a film from further below would come among the first.

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
    predict = keras_scores(ranker)
    for start in range(0, len(examples), BATCH):
        some = examples[start : start + BATCH]
        raw = features_of(some, models)
        first = linear.scores(raw)
        for each, row in zip(some, first, strict=True):
            row[each.history.movies] = -np.inf
        shortlist = np.stack([best(row, min(SHORTLIST, first.shape[1])) for row in first])
        asked = np.take_along_axis(raw, shortlist[..., None], axis=1)
        again = predict(inputs_of(some, shortlist, asked, models.like_threshold))
        for place, each in enumerate(some):
            unseen = np.isfinite(first[place][shortlist[place]])
            ranked = shortlist[place][unseen]
            lists.setdefault("ranker", []).append(
                ranked[best(again[place][unseen], min(RECALL_K, len(ranked)))]
            )
            others: dict[str, Scores] = {"linear": first[place], "popularity": models.likes}
            if liked_ease is not None:
                liked = each.history.liked(models.like_threshold)
                others["ease"] = liked_ease[liked].sum(axis=0)
            for name, scores in others.items():
                lists.setdefault(name, []).append(unseen_best(scores, each))
        reporter.update(min(1, (start + BATCH) / len(examples)), "measuring the lists")
    targets = [each.targets for each in examples]
    return {name: list_metrics(found, targets, films) for name, found in lists.items()}


def keras_scores(ranker: Ranker) -> Callable[[dict[str, Any]], npt.NDArray[np.float32]]:
    """The ranker's scores for its inputs."""

    def scores(inputs: dict[str, Any]) -> npt.NDArray[np.float32]:
        predicted = ranker.predict_on_batch(inputs)
        return np.asarray(keras.ops.convert_to_numpy(predicted))

    return scores


def all_scores(examples: list[Example], models: ItemModels, order: Ranker | Linear) -> Scores:
    """A ranker's scores of all films, `(examples, films)`, as serving computes them.

    Args:
        examples: Whom they are for; their targets are not read.
        models: Item-item models.
        order: The fitted ranker, or the linear one.
    """
    predict = None if isinstance(order, Linear) else keras_scores(order)
    films = np.arange(len(models))
    size = max(1, ROWS // len(models))
    scores = []
    for start in range(0, len(examples), size):
        some = examples[start : start + size]
        everything = np.tile(films, (len(some), 1))
        raw = features_of(some, models)
        if predict is None:
            scores.append(order.scores(raw))
        else:
            scores.append(predict(inputs_of(some, everything, raw, models.like_threshold)))
    return np.concatenate(scores) if scores else np.empty((0, len(models)), dtype=np.float32)


def unseen_best(scores: Scores, example: Example) -> npt.NDArray[np.intp]:
    """The best films that are not in the history, best first."""
    masked = scores.astype(np.float64)
    masked[example.history.movies] = -np.inf
    ranked = best(masked, min(RECALL_K, len(masked)))
    return ranked[np.isfinite(masked[ranked])]


def best(scores: Scores, count: int) -> npt.NDArray[np.intp]:
    """Places of the `count` largest scores, largest first; ties by place."""
    if count <= 0:
        return np.empty(0, dtype=np.intp)
    places = np.sort(np.argpartition(-scores, count - 1)[:count])
    ordered: npt.NDArray[np.intp] = places[np.argsort(-scores[places], kind="stable")]
    return ordered


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
