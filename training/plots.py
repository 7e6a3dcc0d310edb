"""Pictures of a run: how it learned, and how its probabilities behave."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import numpy.typing as npt
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_curve

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from training.metrics import CALIBRATION_BINS, expected_calibration_error

ACCENT = "#4f46e5"
OTHER = "#f59e0b"
INK = "#3f3f46"
STYLE: dict[str, Any] = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "figure.figsize": (6.4, 4.2),
    "figure.dpi": 110,
    "figure.constrained_layout.use": True,
    "font.size": 10,
    "legend.frameon": False,
}
"""Matplotlib's settings for every picture."""


def plot_run(
    folder: Path,
    history: Sequence[dict[str, float]],
    labels: npt.NDArray[np.integer],
    probabilities: npt.NDArray[np.floating],
    *,
    kept: int | None = None,
    unknown_user: npt.NDArray[np.floating] | None = None,
) -> None:
    """Draw `learning_curves.png`, and from the test rows `roc.png`, `calibration.png` and `scores.png`.

    Args:
        folder: Where to write them; it is made.
        history: The epochs, as `training.fit.FitState.history` has them.
        labels: 1 for a like, else 0, `(rows,)`.
        probabilities: Predicted probabilities, `(rows,)`.
        kept: The epoch, counted from 1, whose weights the model has; none is marked without it.
        unknown_user: Predicted probabilities of the same rows with the user's fields unknown, `(rows,)`:
            a second line of the calibration plot.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with plt.rc_context(STYLE):
        _learning_curves(_axes("Learning curves"), history, kept)
        _finish(folder / "learning_curves.png")
        if len(np.unique(labels)) == 2:
            _roc(_axes("ROC curve, test rows"), labels, probabilities)
            _finish(folder / "roc.png")
            _calibration(_axes("Calibration, test rows"), labels, probabilities, unknown_user)
            _finish(folder / "calibration.png")
        _scores(_axes("Predicted probabilities, test rows"), labels, probabilities)
        _finish(folder / "scores.png")


def _axes(title: str) -> Axes:
    axes: Axes = plt.subplots()[1]
    axes.set_title(title)
    return axes


def _finish(path: Path) -> None:
    # Without the date and the library's version, equal runs give equal files.
    plt.savefig(path, metadata={"Software": None})
    plt.close()


def _learning_curves(axes: Axes, history: Sequence[dict[str, float]], kept: int | None) -> None:
    epochs = [entry["epoch"] for entry in history]
    axes.plot(
        epochs, [entry["loss"] for entry in history], "o-", color=OTHER, label="training loss"
    )
    if all("validation_log_loss" in entry for entry in history):
        losses = [entry["validation_log_loss"] for entry in history]
        axes.plot(epochs, losses, "o-", color=ACCENT, label="validation log loss")
    if kept is not None:
        axes.axvline(kept, color=INK, linestyle=":", label="weights kept")
    axes.set(xlabel="epoch", ylabel="log loss")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend()


def _roc(axes: Axes, labels: npt.NDArray[np.integer], scores: npt.NDArray[np.floating]) -> None:
    false_positives, true_positives, _ = roc_curve(labels, scores)
    axes.plot([0, 1], [0, 1], color=INK, linestyle=":", label="chance")
    axes.plot(false_positives, true_positives, color=ACCENT, label="the model")
    axes.set(xlabel="false positive rate", ylabel="true positive rate", aspect="equal")
    axes.legend(loc="lower right")


def _calibration(
    axes: Axes,
    labels: npt.NDArray[np.integer],
    scores: npt.NDArray[np.floating],
    unknown_user: npt.NDArray[np.floating] | None = None,
) -> None:
    bins = CALIBRATION_BINS
    lines = [(f"{bins} bins of equal size", scores, ACCENT)]
    if unknown_user is not None:
        lines.append(("user unknown", unknown_user, OTHER))
    axes.plot([0, 1], [0, 1], color=INK, linestyle=":", label="perfect")
    for name, values, colour in lines:
        observed, predicted = calibration_curve(labels, values, n_bins=bins, strategy="quantile")
        label = f"{name}, ECE {expected_calibration_error(labels, values):.3f}"
        axes.plot(predicted, observed, "o-", color=colour, label=label)
    axes.set(xlabel="predicted probability", ylabel="share of likes", aspect="equal")
    axes.legend(loc="upper left")


def _scores(axes: Axes, labels: npt.NDArray[np.integer], scores: npt.NDArray[np.floating]) -> None:
    bins = [float(edge) for edge in np.linspace(0, 1, 41)]
    for label, name, colour in ((0, "not liked", OTHER), (1, "liked", ACCENT)):
        axes.hist(scores[labels == label], bins=bins, alpha=0.6, color=colour, label=name)
    axes.set(xlabel="predicted probability of a like", ylabel="ratings")
    axes.legend()
