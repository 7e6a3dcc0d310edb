"""The best of several fitted models: choosing it, and exporting it as a bundle."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from training.errors import RunError
from training.experiments.labelling import NOT_EXPORTED
from training.experiments.options import fit_options
from training.experiments.plan import Plan
from training.experiments.runs import Outcome, Runs
from training.export import export_bundle, export_dataset
from training.folder import read_json, write_json
from training.measuring import measure
from training.newcomer_calibration import calibrated
from training.progress import Reporter

EXPORT_VERSION = 5
"""Raised when a change of the code makes another bundle out of an equal model."""


EXPORTED = ("bundle", "dataset")
"""The folders of the best."""


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


def check_exportable(out: Path, plan: Plan) -> None:
    """Check that no bundle will lie beside results that it does not belong to.

    Args:
        out: A folder of one's own.
        plan: What is to be run there.

    Raises:
        RunError: If the folder holds a bundle, and the plan's labelling makes none that takes its place.
    """
    if plan.labelling.drawn and any((out / name).exists() for name in EXPORTED):
        raise RunError(
            f"{out} should hold no bundle, since with films that are drawn none is exported in its "
            "place; it holds that of an earlier call. Choose another --out, or delete its bundle/ and "
            "dataset/."
        )


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

    Where films are drawn there is no bundle, and the reporter is told why (`NOT_EXPORTED`).

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
    if plan.labelling.drawn:
        reporter.note(NOT_EXPORTED)
        return
    record = out / "exported.json"
    known = read_json(record) if record.exists() else {}
    exported = {"version": EXPORT_VERSION, "key": outcome.key, "told": told}
    if known == exported and all((out / name).is_dir() for name in EXPORTED):
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
    network, metrics = calibrated(
        network, prepared.encoder, *prepared.validation.examples, reporter
    )
    plots = out / ".export-plots"
    shutil.rmtree(plots, ignore_errors=True)
    metrics |= measure(
        network,
        prepared.encoder,
        {"validation": prepared.validation, "test": prepared.test},
        outcome.history,
        kept=outcome.epoch,
        plots=plots,
        reporter=reporter,
    )
    if plan.weights == "best":  # the last epoch need not have the lowest validation log loss
        metrics["best_epoch"] = outcome.epoch
    metrics |= {
        "history": outcome.history,
        "parameters": outcome.parameters,
        "seconds": outcome.seconds,
    }
    export_bundle(
        out / "bundle",
        model=network,
        encoder=prepared.encoder,
        data=prepared.data,
        split=prepared.split,
        split_facts={"name": plan.split, "vocabularies": plan.vocabularies},
        like_threshold=plan.labelling.threshold,
        metrics=metrics,
        training={
            "options": {**told, "labelling": plan.labelling.name, "weights": plan.weights},
            "model": outcome.model,
            "fit": fit_options(outcome.options),
        },
        plots=plots,
    )
    shutil.rmtree(plots)
    export_dataset(out / "dataset", prepared.data, prepared.split)
