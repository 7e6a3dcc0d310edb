"""What a bundle tells of its model: how it is built, how good it is, what it was trained on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from space.bundle import Bundle
from space.errors import BundleError
from space.manifest import listed, read_json
from space.model_name import model_name

FIGURES = (
    "auc",
    "user_auc",
    "ndcg_at_10",
    "accuracy",
    "log_loss",
    "expected_calibration_error",
    "expected_calibration_error_unknown_user",
    "expected_calibration_error_told_user",
)
"""The figures of P(like), by their keys in `metrics.json`."""

LIST_FIGURES = ("ndcg_at_10", "recall_at_20", "coverage_at_10")
"""The figures of lists, by their keys in `metrics.json`."""

ORDERS = ("model", "linear", "ease", "popularity")
"""What lists are ordered by: the ranking model, and what it is measured beside."""

PLOTS = ("calibration", "roc", "scores", "learning_curves")
"""The plots that a bundle may have, by the names of their files."""


@dataclass(frozen=True)
class About:
    """What is told of a model. What its bundle does not record is `None` or empty."""

    name: str
    """What its model of P(like) is called."""
    embed_dim: int | None
    """How many numbers an embedding has."""
    layers: int | None
    """Its interacting layers."""
    heads: int | None
    """The heads of each."""
    network: tuple[int, ...]
    """The layers of the feed-forward network beside them, by their numbers of units."""
    parameters: int | None
    """Parameters of the model of P(like)."""
    ranker_parameters: int | None
    """Those of the ranking model."""
    figures: Mapping[str, float]
    """Of P(like) on the test rows, by `FIGURES`."""
    test_rows: int | None
    """How many rows these are."""
    scaling: tuple[float, float] | None
    """By what the logit was scaled after fitting: slope and intercept."""
    bent: bool
    """Whether the logit of somebody new is bent by a calibration of its own."""
    lists: Mapping[str, Mapping[str, float]]
    """Figures of lists (`LIST_FIGURES`) by what orders them (`ORDERS`)."""
    list_users: int | None
    """For how many users lists were measured."""
    plots: tuple[str, ...]
    """The plots that are there, of `PLOTS`."""
    preset: str | None
    """The name of the options that it was trained with."""
    seed: int | None
    """The seed of the training."""


def about(bundle: Bundle) -> About:
    """What a verified bundle tells of its model.

    Raises:
        DamagedError: If its `config.json` cannot be read.
    """
    config = _mapping(_mapping(read_json(bundle.folder / "config.json")).get("config"))
    options = _mapping(_training(bundle.folder).get("options"))
    metrics = bundle.metrics
    test, ranking = _mapping(metrics.get("test")), _mapping(metrics.get("ranking"))
    ranked = _mapping(ranking.get("test"))
    beside = _mapping(ranked.get("beside"))
    lists = {
        order: _numbers(_mapping(ranked if order == "model" else beside.get(order)), LIST_FIGURES)
        for order in ORDERS
    }
    scaling = _numbers(_mapping(metrics.get("calibration")), ("slope", "intercept"))
    units = config.get("dnn_units")
    preset = options.get("preset")
    return About(
        name=model_name(bundle.folder),
        embed_dim=_whole(config, "embed_dim"),
        layers=_whole(config, "layers"),
        heads=_whole(config, "heads"),
        network=tuple(each for each in units if type(each) is int)
        if isinstance(units, list)
        else (),
        parameters=_whole(metrics, "parameters"),
        ranker_parameters=_whole(ranking, "parameters"),
        figures=_numbers(test, FIGURES),
        test_rows=_whole(test, "rows"),
        scaling=(scaling["slope"], scaling["intercept"]) if len(scaling) == 2 else None,
        bent=any(_mapping(metrics.get(f"calibration_{who}_user")) for who in ("unknown", "told")),
        lists={order: figures for order, figures in lists.items() if figures},
        list_users=_whole(ranked, "users"),
        plots=tuple(name for name in PLOTS if plot_file(bundle, name) is not None),
        preset=preset if isinstance(preset, str) else None,
        seed=_whole(options, "seed"),
    )


def plot_file(bundle: Bundle, name: str) -> Path | None:
    """The file of a plot, as a PNG; none where the bundle has no such plot.

    A bundle that was pulled from the Hub has none: serving does not fetch them.

    Args:
        bundle: A verified bundle.
        name: Of `PLOTS`; any other has no file.
    """
    path = f"plots/{name}.png"
    if name not in PLOTS or path not in listed(bundle.folder):
        return None
    file = bundle.folder / path
    return file if file.is_file() else None


def _training(folder: Path) -> Mapping[str, Any]:
    """The content of `training.json`, which is not fetched from the Hub."""
    with suppress(BundleError):
        return _mapping(read_json(folder / "training.json"))
    return {}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _whole(values: Mapping[str, Any], name: str) -> int | None:
    value = values.get(name)
    return value if type(value) is int else None


def _numbers(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, float]:
    """Those of the values that are finite numbers."""
    found = {name: values.get(name) for name in names}
    return {
        name: float(value)
        for name, value in found.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    }
