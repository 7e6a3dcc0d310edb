"""The options of a plan's models: what each may be, and the preset that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, get_args

from training.experiments.reading import FLAG, Kind, Table, number, one_of, several, whole
from training.layers.interacting import Residual
from training.model import WidthRule
from training.presets import MODELS, FitOptions, Preset

SAME_AS_EMBEDDING = "embed_dim"
"""The value of `width` that stands for the size of the embedding, whatever that is."""

_RATE: Kind[float] = Kind(
    "a rate of at least 0 and below 1",
    lambda v: type(v) in (int, float) and 0 <= v < 1,
    lambda v: float(v),
)
_WIDTH: Kind[Any] = Kind(
    f'a whole number of at least 1, or "{SAME_AS_EMBEDDING}"',
    lambda v: v == SAME_AS_EMBEDDING or whole(1).accepts(v),
    lambda v: v,
)

FIT_OPTIONS: Mapping[str, Kind[Any]] = {
    "epochs": whole(1),
    "batch_size": whole(1),
    "learning_rate": number(above=0),
    "decay": number(above=0, high=1),
}
"""Fields of `training.presets.FitOptions`. There is no patience: all epochs are trained."""

ATTENTION_OPTIONS: Mapping[str, Kind[Any]] = {
    "embed_dim": whole(1),
    "layers": whole(1),
    "heads": whole(1),
    "width": _WIDTH,
    "width_rule": one_of(get_args(WidthRule)),
    "scaled": FLAG,
    "projection_bias": FLAG,
    "projection_activation": one_of(("relu",)),
    "residual": one_of(get_args(Residual)),
    "layer_norm": FLAG,
    "attention_dropout": _RATE,
    "embedding_dropout": _RATE,
    "embedding_l2": number(low=0),
    "first_order": FLAG,
    "output_bias": FLAG,
    "unknown_rate": _RATE,
}
"""Arguments of `training.model.AutoInt`."""

NETWORK_OPTIONS: Mapping[str, Kind[Any]] = {"dnn_units": several(whole(1)), "dnn_dropout": _RATE}
"""Arguments that `training.model.AutoIntPlus` has beside those. AutoInt alone goes without them."""

OPTIONS: Mapping[str, Kind[Any]] = {**FIT_OPTIONS, **ATTENTION_OPTIONS, **NETWORK_OPTIONS}
"""Every option that a plan may set."""


def take_options(table: Table) -> dict[str, Any]:
    """The options among a table's keys, checked.

    Raises:
        PlanError: If one is of another kind.
    """
    return {name: table.take(name, OPTIONS[name]) for name in table.names() if name in OPTIONS}


def options_of(model: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the options that have an effect on a model, a key of `training.presets.MODELS`."""
    return {
        name: value
        for name, value in options.items()
        if name not in NETWORK_OPTIONS or model == "autoint+"
    }


def fit_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the options that say how to fit, as `training.presets.FitOptions` names them."""
    names = {field.name for field in fields(FitOptions)}
    return {name: value for name, value in options.items() if name in names}


def preset_of(model: str, options: Mapping[str, Any]) -> Preset:
    """The model and the fit that options stand for.

    Fitting never stops before the last epoch: a plan's epochs are part of what it compares.

    Args:
        model: A key of `training.presets.MODELS`.
        options: As `OPTIONS` describes them; what is left out has the model's own default, or that of
            `FitOptions`.
    """
    told = options_of(model, options)
    fitting = fit_options(told)
    fit = FitOptions(**fitting)
    arguments = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in told.items()
        if name not in fitting
    }
    if arguments.get("width") == SAME_AS_EMBEDDING:
        arguments["width"] = arguments.setdefault("embed_dim", 16)
    return Preset("an experiment", model, arguments, replace(fit, patience=fit.epochs + 1))


def check_builds(table: Table, name: str, model: str, options: Mapping[str, Any]) -> None:
    """Check that the options go together, before anything is trained.

    Raises:
        PlanError: With what the model says, such as that `width` is no multiple of `heads`.
    """
    try:
        MODELS[model]((2, 2), **preset_of(model, options).model_options)
    except (ValueError, TypeError) as error:
        raise table.error(
            name, f"options that make a model of {model}", str(error).splitlines()[0]
        ) from error
