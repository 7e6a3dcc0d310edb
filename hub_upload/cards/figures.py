"""The metrics of a bundle, as rows of a table and as the front matter's results."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huggingface_hub import EvalResult

from hub_upload.cards.facts import mapping
from hub_upload.cards.markdown import inline, one_line, slug


@dataclass(frozen=True)
class Metric:
    """How a metric is called."""

    label: str
    """In the table."""
    hub_type: str
    """In the front matter; the Hub's identifier where it has one."""
    better: str = "higher"
    """Which values are better."""
    by: str = "standard"
    """Whose definition it is."""


_HUB_NAME = re.compile(r"([\w-]+/)?[\w.-]+", re.ASCII)
ORIGINAL = "the original's"
"""Whose definition a metric is that is comparable with nobody else's."""

METRICS: Mapping[str, Metric] = {
    "auc": Metric("AUC", "roc_auc"),
    "log_loss": Metric("Log loss", "log_loss", better="lower"),
    "accuracy": Metric("Accuracy", "accuracy"),
    "expected_calibration_error": Metric(
        "Expected calibration error, 20 bins of equal size",
        "expected_calibration_error",
        better="lower",
    ),
    "expected_calibration_error_unknown_user": Metric(
        "The same, all fields of the user unknown",
        "expected_calibration_error_unknown_user",
        better="lower",
    ),
    "expected_calibration_error_told_user": Metric(
        "The same, gender, age and occupation of the user known",
        "expected_calibration_error_told_user",
        better="lower",
    ),
    "user_auc": Metric("AUC within a user, mean over users", "user_auc"),
    "ndcg_at_10": Metric("NDCG@10 among a user's own held-out films", "ndcg_at_10_among_own_films"),
    "original_ndcg_at_10": Metric(
        "NDCG@10, as the original computes it", "original_ndcg_at_10", by=ORIGINAL
    ),
    "original_hit_rate_at_10": Metric(
        "Hit rate@10, as the original computes it", "original_hit_rate_at_10", by=ORIGINAL
    ),
}
"""The metrics that training writes, by their keys in `metrics.json`."""

LIST_METRICS: Mapping[str, str] = {
    "ndcg_at_10": "NDCG@10",
    "recall_at_20": "Recall@20",
    "coverage_at_10": "Coverage@10",
}
"""The metrics of lists, by their keys, under which the front matter names them too."""

RATED = ("tabular-classification", "Whether a user likes a film")
LISTED = ("other", "Which of all films not rated yet a user goes on to rate and like")
"""Tasks: their type for the Hub, which has none for recommendations, and in words."""


def part(metrics: Mapping[str, Any], name: str) -> dict[str, float]:
    """The figures of one part of the split that are defined; the number of rows is not among them."""
    return {
        str(key): value
        for key, value in mapping(metrics.get(name)).items()
        if key != "rows" and is_figure(value)
    }


def figure_rows(metrics: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Label, whose definition, which is better, test and validation of each metric."""
    test, validation = part(metrics, "test"), part(metrics, "validation")
    keys = [key for key in METRICS if key in test or key in validation]
    keys += sorted((test.keys() | validation.keys()) - METRICS.keys())
    rows = []
    for key in keys:
        metric = METRICS.get(key)
        known = (metric.label, metric.by, metric.better) if metric else (inline(key), "–", "–")
        rows.append((*known, *(shown(values.get(key)) for values in (test, validation))))
    return rows


def shown(value: float | None) -> str:
    """A figure as the table prints it; a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4f}" if abs(value) < 1000 else f"{value:.6g}"


def results(
    metrics: Mapping[str, Any],
    lists: Mapping[str, float],
    *,
    data_name: str,
    dataset_repo: str | None,
    dataset_revision: str | None = None,
    protocol: Mapping[str, Any],
) -> list[EvalResult]:
    """The test figures for the front matter. Validation chose the weights, so it is not a result.

    Args:
        metrics: The content of `metrics.json`.
        lists: The figures of the lists, which rank all films and not those alone that were rated.
        data_name: The data set's name; may be empty.
        dataset_repo: Its repository on the Hub.
        dataset_revision: The commit of the repository after which the data set is named.
        protocol: What figures must share to be compared: split, vocabularies and label rule.
    """
    named = ", ".join(f"{name} {value}" for name, value in protocol.items())
    name = one_line(data_name) or "MovieLens ratings"
    source = name.partition("@")[0]
    rated = [(*RATED, _type(key), _name(key), value) for key, value in _test(metrics)]
    listed = [(*LISTED, key, LIST_METRICS[key], value) for key, value in lists.items()]
    return [
        EvalResult(
            task_type=task_type,
            task_name=task_name,
            dataset_type=_hub_name(dataset_repo or source),
            dataset_name=f"{name} ({named})" if named else name,
            dataset_config="ratings" if dataset_repo else None,
            dataset_split="test",
            dataset_revision=dataset_revision if dataset_repo in (None, source) else None,
            dataset_args=dict(protocol) or None,
            metric_type=metric_type,
            metric_name=metric_name,
            metric_value=value,
        )
        for task_type, task_name, metric_type, metric_name, value in (*rated, *listed)
    ]


def metric_types(metrics: Mapping[str, Any], lists: Mapping[str, float]) -> list[str]:
    """The front matter's list of metrics: those of the test figures, then those of the lists."""
    return list(dict.fromkeys([*(_type(key) for key, _ in _test(metrics)), *lists]))


def _test(metrics: Mapping[str, Any]) -> list[tuple[str, float]]:
    return _ordered(part(metrics, "test"))


def _ordered(figures: Mapping[str, float]) -> list[tuple[str, float]]:
    order = {key: place for place, key in enumerate(METRICS)}
    return sorted(figures.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))


def _type(key: str) -> str:
    return METRICS[key].hub_type if key in METRICS else slug(key) or "metric"


def _name(key: str) -> str:
    return METRICS[key].label if key in METRICS else one_line(key) or "metric"


def _hub_name(name: str) -> str:
    """A name as the Hub's check of a result's data set admits it."""
    return name if _HUB_NAME.fullmatch(name) else slug(name) or "movielens"


def is_figure(value: Any) -> bool:
    """Whether a value is a finite number, and so can be shown."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole or (isinstance(value, float) and math.isfinite(value))
