"""The best of several fitted models: choosing it, and exporting it as a bundle."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from training.experiments.options import fit_options
from training.experiments.plan import Plan
from training.experiments.runs import Outcome, Runs
from training.export import export_bundle, export_dataset
from training.fit import predict
from training.folder import read_json, write_json
from training.metrics import evaluate
from training.newcomer_calibration import calibrated
from training.plots import plot_run
from training.progress import Reporter

EXPORT_VERSION = 4
"""Raised when a change of the code makes another bundle out of an equal model."""


class _HasOutcome(Protocol):
    @property
    def outcome(self) -> Outcome: ...


T = TypeVar("T", bound=_HasOutcome)


def choose(plan: Plan, results: Iterable[T]) -> T:
    """The result that is best on the validation rows; of equal ones the first.

    Args:
        plan: Says by which metric.
        results: At least one.
    """
    best: T | None = None
    for result in results:
        value = result.outcome.validation[plan.chosen_by]
        if best is None or plan.better(value, best.outcome.validation[plan.chosen_by]):
            best = result
    if best is None:
        raise ValueError("`results` should hold at least one result. Received none.")
    return best


def export_best(
    out: Path,
    outcome: Outcome,
    told: dict[str, Any],
    *,
    plan: Plan,
    runs: Runs,
    reporter: Reporter,
) -> None:
    """Export a fitted model as `bundle/` and `dataset/`, unless it lies there already.

    The bundle's model is calibrated on the validation rows, as `train` does it; the weights under
    `runs/` stay as they were fitted.

    Args:
        out: The folder that gets them.
        outcome: The fitted model.
        told: What `training.json` should say of where it comes from.
        plan: The plan.
        runs: Where its weights lie, and what it was fitted and measured on.
        reporter: Shows the progress.

    Raises:
        RunError: If the ONNX graph does not agree with Keras.
    """
    record = out / "exported.json"
    known = read_json(record) if record.exists() else {}
    exported = {"version": EXPORT_VERSION, "key": outcome.key, "told": told}
    if known == exported and all((out / name).is_dir() for name in ("bundle", "dataset")):
        return
    reporter.stage("Exporting the best")
    record.unlink(missing_ok=True)
    _export(out, outcome, told, plan, runs, reporter)
    write_json(record, exported)
    reporter.note(f"Exported {out / 'bundle'} and {out / 'dataset'}")


def _export(
    out: Path,
    outcome: Outcome,
    told: dict[str, Any],
    plan: Plan,
    runs: Runs,
    reporter: Reporter,
) -> None:
    network, prepared = runs.load(outcome), runs.prepared
    held_out = prepared.validation.rows, prepared.validation.labels
    network, metrics = calibrated(network, prepared.encoder, *held_out, reporter)
    for name in ("validation", "test"):
        part = getattr(prepared, name)
        labels, probabilities = part.labels.astype(int), predict(network, part.rows)
        metrics[name] = evaluate(labels, probabilities, part.user_ids)
    plots = out / ".export-plots"
    shutil.rmtree(plots, ignore_errors=True)
    # The labels and probabilities are those of the test rows.
    plot_run(plots, outcome.history, labels, probabilities, kept=outcome.epoch)
    if plan.weights == "best":  # the last epoch need not have the lowest validation log loss
        metrics["best_epoch"] = outcome.epoch
    metrics |= {
        "history": outcome.history,
        "parameters": outcome.parameters,
        "seconds": outcome.seconds,
    }
    labelling = plan.labelling
    split = prepared.labelled.split_of_ratings(prepared.split, len(prepared.data.ratings))
    export_bundle(
        out / "bundle",
        model=network,
        encoder=prepared.encoder,
        data=prepared.data,
        split=split,
        split_facts={
            # Another split than that of the same name, since it is one of other rows.
            "name": f"{plan.split}, {labelling.name}" if labelling.drawn else plan.split,
            "vocabularies": plan.vocabularies,
        },
        like_threshold=labelling.threshold,
        metrics=metrics,
        training={
            "options": {
                **told,
                "labelling": labelling.name,
                # The schema's label rule has no place for it.
                **({"drawn": labelling.drawn} if labelling.drawn else {}),
                "weights": plan.weights,
            },
            "model": outcome.model,
            "fit": fit_options(outcome.options),
        },
        plots=plots,
    )
    shutil.rmtree(plots)
    export_dataset(out / "dataset", prepared.data, split)
