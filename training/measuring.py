"""How good a model of P(like) is on the validation and the test rows of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from space.encoding import FeatureEncoder, Indices
from training.checkpoints import FitState
from training.fit import predict
from training.metrics import evaluate, expected_calibration_error
from training.model import AutoInt
from training.newcomers import facts_are_fields, without_identity, without_user
from training.plots import plot_run
from training.progress import Reporter
from training.splits import Split


def measure(
    model: AutoInt,
    encoder: FeatureEncoder,
    rows: Indices,
    labels: npt.NDArray[np.floating],
    user_ids: npt.NDArray[np.integer],
    split: Split,
    state: FitState,
    *,
    plots: Path,
    reporter: Reporter,
) -> dict[str, dict[str, float]]:
    """Measure a model, and draw its plots.

    Args:
        model: The model as it is exported.
        encoder: The encoding of its fields.
        rows: All encoded rows, `(ratings, fields)`.
        labels: 1 for a like, else 0, `(ratings,)`.
        user_ids: Whose ratings they are, `(ratings,)`.
        split: Which of them to measure on.
        state: How it was fitted.
        plots: The folder for the plots.
        reporter: Is told the metrics.

    Returns:
        For each of `validation` and `test` that has rows what `training.metrics.evaluate` says. On the
        test rows also the expected calibration error of the same rows were they asked for by somebody
        new: `expected_calibration_error_unknown_user`, who tells nothing, and
        `expected_calibration_error_told_user`, who tells what a newcomer can, if the model reads that.
    """
    metrics: dict[str, dict[str, float]] = {}
    for part in ("validation", "test"):
        picked = getattr(split, part)
        if not len(picked):
            continue
        probabilities, truth = predict(model, rows[picked]), labels[picked].astype(int)
        metrics[part] = evaluate(truth, probabilities, user_ids[picked])
        if part == "test":
            unknown = predict(model, without_user(encoder, rows[picked]))
            error = expected_calibration_error(truth, unknown)
            metrics[part]["expected_calibration_error_unknown_user"] = error
            if facts_are_fields(encoder):
                told = predict(model, without_identity(encoder, rows[picked]))
                error = expected_calibration_error(truth, told)
                metrics[part]["expected_calibration_error_told_user"] = error
            plot_run(
                plots,
                state.history,
                truth,
                probabilities,
                kept=state.best_epoch,
                unknown_user=unknown,
            )
        reporter.note(f"{part}: {in_words(metrics[part])}")
    return metrics


def in_words(metrics: dict[str, float]) -> str:
    """Metrics as a sentence's list."""
    return ", ".join(
        f"{name.replace('_', ' ')} {value:,}" if isinstance(value, int) else f"{name} {value:.5f}"
        for name, value in metrics.items()
    )
