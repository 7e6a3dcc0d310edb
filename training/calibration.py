"""Platt scaling: a fitted model's logits are scaled and shifted until its probabilities hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from training.fit import PREDICT_ROWS
from training.model import AutoInt
from training.progress import Reporter

MIN_ROWS = 1000
"""Rows that a fit needs. Of fewer, the intercept's standard error, about 2 / sqrt(rows), alone moves
probabilities by over .015, about as far as calibration is to bring them."""


@dataclass(frozen=True)
class Scaling:
    """The logit becomes `slope` times itself plus `intercept`."""

    slope: float
    """Below 1 where the model is too sure of itself."""
    intercept: float
    """Below 0 where it expects too many likes."""


def calibrate(
    model: AutoInt,
    rows: npt.NDArray[np.int32],
    labels: npt.NDArray[np.floating],
    reporter: Reporter,
) -> Scaling | None:
    """Fit a scaling of a model's logits, and fold it into the weights of its last linear units.

    The order of the rows by probability stays, and so does the model's architecture: whatever reads the
    model reads calibrated probabilities.

    It is fitted on rows of users whom the model knows; `training.newcomer_calibration` has another for
    somebody new. One for both, fitted on rows without the user's fields as well, was tried on MovieLens
    100K, and cost known users more than new ones gained.

    Args:
        model: A fitted model; its weights change.
        rows: Encoded rows that it was not fitted on, `(rows, fields)`.
        labels: 1 for a like, else 0, `(rows,)`.
        reporter: Is told the scaling.

    Returns:
        The scaling; none, with the model as it was, for fewer than `MIN_ROWS` rows, for labels of one
        class, and where the likes do not rise with the logit.
    """
    if len(rows) < MIN_ROWS or len(np.unique(labels)) < 2:
        reporter.note(
            f"Probabilities are not calibrated: it takes at least {MIN_ROWS:,} validation rows, with "
            f"likes and others among them. There are {len(rows):,} rows, {int(np.sum(labels)):,} likes."
        )
        return None
    logits = model.predict(rows, batch_size=PREDICT_ROWS, verbose=0)["logit"]
    scaling = platt(logits, labels, shift=_can_shift(model))
    if not scaling.slope > 0:
        reporter.note(
            "Probabilities are not calibrated: on the validation rows likes do not rise with the logit."
        )
        return None
    fold(model, scaling)
    reporter.note(
        f"Calibrated on the validation rows: logit times {scaling.slope:.4f} plus "
        f"{scaling.intercept:.4f}"
    )
    return scaling


def platt(
    logits: npt.NDArray[np.floating], labels: npt.NDArray[np.floating], *, shift: bool = True
) -> Scaling:
    """The scaling under which the labels are most likely.

    Args:
        logits: `(rows,)`.
        labels: 1 for a like, else 0, `(rows,)`.
        shift: Fit an intercept; without one it is temperature scaling (Guo et al., ICML 2017).

    Source: Platt, "Probabilistic Outputs for Support Vector Machines and Comparisons to Regularized
        Likelihood Methods", 1999: targets are (likes + 1) / (likes + 2) for a like and
        1 / (others + 2) for others, so that separable labels have a finite solution.
    """
    column = np.asarray(logits, dtype=np.float64)[:, np.newaxis]
    (slope,), intercept = most_likely(column, labels, shift=shift)
    return Scaling(slope, intercept)


def most_likely(
    inputs: npt.NDArray[np.float64], labels: npt.NDArray[np.floating], *, shift: bool = True
) -> tuple[list[float], float]:
    """Weights and intercept of a logit under which the labels, as Platt's targets, are most likely.

    Args:
        inputs: What is weighed, `(rows, inputs)`.
        labels: 1 for a like, else 0, `(rows,)`.
        shift: Fit an intercept; without one it is 0.
    """
    likes = float(np.sum(labels))
    others = len(labels) - likes
    targets = np.where(labels > 0, (likes + 1) / (likes + 2), 1 / (others + 2))
    # A row of target t counts as t of a like and 1 - t of another.
    fitted = LogisticRegression(C=np.inf, fit_intercept=shift, tol=1e-8, max_iter=1000).fit(
        np.concatenate([inputs, inputs]),
        np.repeat([1, 0], len(inputs)),
        sample_weight=np.concatenate([targets, 1 - targets]),
    )
    weights = [float(weight) for weight in fitted.coef_[0]]
    return weights, float(fitted.intercept_[0]) if shift else 0.0


def fold(model: AutoInt, scaling: Scaling) -> None:
    """Change a model's last weights so that its logits come out scaled.

    Several outputs are scaled and shifted alike, so that their order stays: to reach a step of the scale
    of ratings does not become likelier than to reach a lower one. The scaling is that of the like, whose
    probability alone is calibrated; the others help in training, and are not served.

    Args:
        model: A fitted model.
        scaling: Its logits become these; without a shift if no unit of the model has a bias.
    """
    biases = []
    for unit in model.logit_units():
        for weight in unit.weights:
            weight.assign(weight * scaling.slope)
        if getattr(unit, "use_bias", False):
            biases.append(unit.bias)
    if biases:
        biases[0].assign(biases[0] + scaling.intercept)


def _can_shift(model: AutoInt) -> bool:
    return any(getattr(unit, "use_bias", False) for unit in model.logit_units())
