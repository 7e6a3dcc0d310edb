"""How good a model of P(like) is on the validation and the test rows of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from space.encoding import FeatureEncoder, Indices
from training.fit import predict
from training.metrics import evaluate, expected_calibration_error
from training.model import AutoInt
from training.newcomers import facts_are_fields, without_identity, without_user
from training.plots import plot_run
from training.progress import Reporter


@dataclass(frozen=True)
class Part:
    """The rows of one part of a split."""

    rows: Indices
    """Encoded, `(rows, fields)`."""
    labels: npt.NDArray[np.float32]
    """1 or 0, `(rows,)`."""
    user_ids: npt.NDArray[np.integer]
    """The user of each, `(rows,)`."""

    @property
    def examples(self) -> tuple[Indices, npt.NDArray[np.float32]]:
        """What `training.fit.fit` takes."""
        return self.rows, self.labels


def measure(
    model: AutoInt,
    encoder: FeatureEncoder,
    parts: Mapping[str, Part],
    history: Sequence[dict[str, float]],
    *,
    kept: int,
    plots: Path,
    reporter: Reporter,
) -> dict[str, dict[str, float]]:
    """Measure a model, and draw its plots.

    Args:
        model: The model as it is exported.
        encoder: The encoding of its fields.
        parts: The rows of `validation` and of `test`; either may be empty.
        history: The epochs of its fit, as `training.checkpoints.FitState.history` has them.
        kept: The epoch, counted from 1, whose weights it has.
        plots: The folder for the plots.
        reporter: Is told the metrics.

    Returns:
        For each of `validation` and `test` that has rows what `training.metrics.evaluate` says. On the
        test rows also the expected calibration error of the same rows were they asked for by somebody
        new: `expected_calibration_error_unknown_user`, who tells nothing, and
        `expected_calibration_error_told_user`, who tells what a newcomer can, if the model reads that.
    """
    metrics: dict[str, dict[str, float]] = {}
    for name in ("validation", "test"):
        part = parts[name]
        if not len(part.labels):
            continue
        probabilities, truth = predict(model, part.rows), part.labels.astype(int)
        metrics[name] = evaluate(truth, probabilities, part.user_ids)
        if name == "test":
            unknown = predict(model, without_user(encoder, part.rows))
            error = expected_calibration_error(truth, unknown)
            metrics[name]["expected_calibration_error_unknown_user"] = error
            if facts_are_fields(encoder):
                told = predict(model, without_identity(encoder, part.rows))
                error = expected_calibration_error(truth, told)
                metrics[name]["expected_calibration_error_told_user"] = error
            plot_run(plots, history, truth, probabilities, kept=kept, unknown_user=unknown)
        reporter.note(f"{name}: {in_words(metrics[name])}")
    return metrics


def in_words(metrics: dict[str, float]) -> str:
    """Metrics as a sentence's list."""
    return ", ".join(
        f"{name.replace('_', ' ')} {value:,}" if isinstance(value, int) else f"{name} {value:.5f}"
        for name, value in metrics.items()
    )
