"""Calibration of a fitted model for its users, and apart from that for somebody new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from space.encoding import FeatureEncoder, Indices
from training.calibration import calibrate, most_likely, platt
from training.fit import PREDICT_ROWS
from training.model import AutoInt
from training.newcomers import (
    facts_are_fields,
    identity_columns,
    user_columns,
    without_identity,
    without_user,
)
from training.progress import Reporter


@dataclass(frozen=True)
class Bend:
    """What `training.layers.NewcomerCalibration` makes of a logit."""

    low: float
    """The slope far below 0."""
    high: float
    """The slope far above 0."""
    intercept: float
    """What is added."""


class _Kind(NamedTuple):
    """Somebody new, known by so much."""

    words: str
    """How much that is."""
    key: str
    """What their calibration is called in `metrics.json`."""
    role: str
    """Which of the model's calibrations it is, `newcomer` or `nobody`."""
    columns: list[int]
    """The columns that are 0 in their rows."""
    asked: Callable[[FeatureEncoder, Indices], Indices]
    """Makes their rows of a user's."""


def calibrated(
    model: AutoInt,
    encoder: FeatureEncoder,
    rows: Indices,
    labels: npt.NDArray[np.floating],
    reporter: Reporter,
) -> tuple[AutoInt, dict[str, Any]]:
    """Calibrate a model for users whom it knows, then for somebody new.

    Args:
        model: A fitted model; its weights change.
        encoder: The encoding of its fields.
        rows: Encoded rows that it was not fitted on, `(rows, fields)`.
        labels: 1 for a like, else 0, `(rows,)`.
        reporter: Is told all of them.

    Returns:
        The calibrated model, and for `metrics.json` what was fitted: `calibration` (`Scaling`), and what
        `calibrate_newcomers` returns; as far as there was enough to fit them on.
    """
    scaling = calibrate(model, rows, labels, reporter)
    if scaling is None:
        return model, {}
    model, bends = calibrate_newcomers(model, encoder, rows, labels, reporter)
    return model, {"calibration": asdict(scaling)} | {
        name: asdict(bend) for name, bend in bends.items()
    }


def calibrate_newcomers(
    model: AutoInt,
    encoder: FeatureEncoder,
    rows: Indices,
    labels: npt.NDArray[np.floating],
    reporter: Reporter,
) -> tuple[AutoInt, dict[str, Bend]]:
    """Fit the calibration for somebody new, on the same rows as somebody new would ask for them.

    There are two: the first for those whose id and zip code are unknown, fitted as if they told their
    gender, age and occupation; the second for those who tell nothing, on top of the first. In training
    next to no row has so many fields unknown, and of such rows the probabilities come out too low at
    both ends and too high between them. No straight line bends that back: Platt scaling on these very
    rows is no better than none of their own (docs/RESULTS.md, "Calibration").

    Args:
        model: A model that is calibrated for its users; it stays as it is.
        encoder: The encoding of its fields.
        rows: Encoded rows that it was not fitted on, `(rows, fields)`.
        labels: 1 for a like, else 0, `(rows,)`.
        reporter: Is told what was fitted.

    Returns:
        A model with the calibrations, and these by name: `calibration_told_user`, unless the model reads
        nothing that somebody new can tell, and `calibration_unknown_user`. The model as it is and none
        where no field tells who the user is; and none from the first of which the likes of its rows do
        not rise with the logit.
    """
    columns = identity_columns(encoder)
    if not columns:
        return model, {}
    told = _Kind(
        words="somebody new who tells all that they can",
        key="calibration_told_user",
        role="newcomer",
        columns=columns,
        asked=without_identity,
    )
    nothing = _Kind(
        words="somebody new who tells nothing",
        key="calibration_unknown_user",
        role="nobody",
        columns=user_columns(encoder),
        asked=without_user,
    )
    kinds = [told, nothing] if facts_are_fields(encoder) else [nothing._replace(role="newcomer")]
    bends: dict[str, Bend] = {}
    columns_of: dict[str, Sequence[int]] = {}
    for kind in kinds:
        asked = kind.asked(encoder, rows)
        bend = beta(model.predict(asked, batch_size=PREDICT_ROWS, verbose=0)["logit"], labels)
        if bend is None:
            reporter.note(
                f"Probabilities for {kind.words} are not calibrated apart: on the validation rows as "
                "theirs, likes do not rise with the logit."
            )
            break
        columns_of[f"{kind.role}_columns"] = kind.columns
        model = recalibrating(model, **columns_of)
        model.get_layer(f"{kind.role}_calibration").set(**asdict(bend))
        bends[kind.key] = bend
        reporter.note(
            f"Calibrated for {kind.words} on the validation rows as theirs: {bend.high:.4f} "
            f"softplus(logit) - {bend.low:.4f} softplus(-logit) plus {bend.intercept:.4f}"
        )
    return model, bends


def beta(logits: npt.NDArray[np.floating], labels: npt.NDArray[np.floating]) -> Bend | None:
    """The rising bend under which the labels are most likely; Platt scaling if none with a corner is.

    Args:
        logits: `(rows,)`.
        labels: 1 for a like, else 0, `(rows,)`.

    Returns:
        The bend; none if the likes do not rise with the logit.

    Source: Kull, Silva Filho and Flach, "Beta calibration", AISTATS 2017, section 4: a logistic
        regression on log(s) and -log(1 - s). Its targets are Platt's, as those of `platt`.
    """
    values = np.asarray(logits, dtype=np.float64)
    inputs = np.stack([-np.logaddexp(0, -values), np.logaddexp(0, values)], axis=1)
    (low, high), intercept = most_likely(inputs, labels)
    if low > 0 and high > 0:
        return Bend(low, high, intercept)
    line = platt(values, labels)
    return Bend(line.slope, line.slope, line.intercept) if line.slope > 0 else None


def recalibrating(
    model: AutoInt,
    *,
    newcomer_columns: Sequence[int] = (),
    nobody_columns: Sequence[int] = (),
) -> AutoInt:
    """A model of the same weights with these calibrations for somebody new in place of its own.

    Args:
        model: A built model, which stays as it is.
        newcomer_columns: As of `AutoInt`; none leaves that calibration out.
        nobody_columns: As of `AutoInt`; none leaves that calibration out.
    """
    config = model.get_config()
    config |= {"newcomer_columns": newcomer_columns, "nobody_columns": nobody_columns}
    copy: AutoInt = type(model).from_config(config)
    copy.build((None, len(config["vocabulary_sizes"])))
    weights = {weight.path: weight for weight in model.weights}
    fresh = {
        weight.path
        for name in ("newcomer_calibration", "nobody_calibration")
        if any(layer.name == name for layer in copy.layers)
        for weight in copy.get_layer(name).weights
    }
    for weight in copy.weights:
        if weight.path in weights or weight.path not in fresh:
            weight.assign(weights[weight.path])
    return copy
