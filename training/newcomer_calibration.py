"""Calibration of a fitted model for its users, and apart from that for somebody new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from space.encoding import FeatureEncoder, Indices
from training.calibration import calibrate, most_likely, platt
from training.fit import PREDICT_ROWS
from training.model import AutoInt
from training.newcomers import identity_columns, without_identity, without_user
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
        reporter: Is told both.

    Returns:
        The calibrated model, and for `metrics.json` what was fitted: `calibration` (`Scaling`) and
        `calibration_unknown_user` (`Bend`), as far as there was enough to fit them on.
    """
    scaling = calibrate(model, rows, labels, reporter)
    if scaling is None:
        return model, {}
    facts: dict[str, Any] = {"calibration": asdict(scaling)}
    model, bend = calibrate_newcomers(model, encoder, rows, labels, reporter)
    if bend is not None:
        facts["calibration_unknown_user"] = asdict(bend)
    return model, facts


def calibrate_newcomers(
    model: AutoInt,
    encoder: FeatureEncoder,
    rows: Indices,
    labels: npt.NDArray[np.floating],
    reporter: Reporter,
) -> tuple[AutoInt, Bend | None]:
    """Fit the calibration for somebody new, on the same rows as somebody new would ask for them.

    Each row counts twice: as of one who tells their gender, age and occupation, and as of one who tells
    nothing. In training next to no row has so many fields unknown, and of such rows the probabilities
    come out too low at both ends and too high between them. No straight line bends that back: Platt
    scaling on these very rows is no better than none of their own (docs/RESULTS.md, "Calibration").

    Args:
        model: A model that is calibrated for its users; it stays as it is.
        encoder: The encoding of its fields.
        rows: Encoded rows that it was not fitted on, `(rows, fields)`.
        labels: 1 for a like, else 0, `(rows,)`.
        reporter: Is told what was fitted.

    Returns:
        A model with the calibration, and what it is; the model as it is and none, where no field tells
        who the user is, or the likes of such rows do not rise with the logit.
    """
    columns = identity_columns(encoder)
    if not columns:
        return model, None
    asked = np.concatenate([change(encoder, rows) for change in (without_identity, without_user)])
    logits = model.predict(asked, batch_size=PREDICT_ROWS, verbose=0)["logit"]
    bend = beta(logits, np.tile(labels, 2))
    if bend is None:
        reporter.note(
            "Probabilities for somebody new are not calibrated apart: on the validation rows without "
            "their users, likes do not rise with the logit."
        )
        return model, None
    model = with_newcomers(model, columns)
    model.get_layer("newcomer_calibration").set(**asdict(bend))
    reporter.note(
        f"Calibrated for somebody new on the validation rows without their users: {bend.high:.4f} "
        f"softplus(logit) - {bend.low:.4f} softplus(-logit) plus {bend.intercept:.4f}"
    )
    return model, bend


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


def with_newcomers(model: AutoInt, columns: Sequence[int]) -> AutoInt:
    """A model of the same weights that calibrates rows apart whose `columns` are all 0.

    Args:
        model: A built model, which stays as it is.
        columns: The columns; with none the calibration that `model` may have is left out.
    """
    config = {**model.get_config(), "newcomer_columns": list(columns)}
    copy: AutoInt = type(model).from_config(config)
    copy.build((None, len(config["vocabulary_sizes"])))
    weights = {weight.path: weight for weight in model.weights}
    for weight in copy.weights:
        if weight.path in weights:
            weight.assign(weights[weight.path])
    return copy
