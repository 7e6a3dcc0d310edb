"""Running the experiments of a plan, one after another, to the table, the plots and the best bundle."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training import sources
from training.errors import RunError
from training.experiments.best import check_exportable, choose, export_best
from training.experiments.plan import Experiment, Plan
from training.experiments.prepare import prepare
from training.experiments.runs import DivergedError, Outcome, Runs, own_folder
from training.names import names_in
from training.presets import MODELS, FitOptions
from training.progress import Reporter


@dataclass(frozen=True)
class ExperimentOptions:
    """What is run."""

    plan: Plan
    """The plan."""
    command: str = "run PLAN"
    """How the command line names what is done with it, for the report."""
    dataset: str = "ml-100k"
    """Name of the data set, or a Hub repository."""
    only: str | None = None
    """Names of experiments separated by commas; none for all."""
    models: str | None = None
    """Keys of `training.presets.MODELS` separated by commas; none for the plan's."""
    labelling: str | None = None
    """"preference" or "sampled"; none for the plan's."""
    epochs: int | None = None
    """Epochs at the most, where the plan has more."""
    seed: int = 42
    """Seed of the weights, the dropout and the order of rows; of a search's draws too."""

    def command_line(self, data: Path | None, **more: Any) -> str:
        """The command that makes the figures, without this machine's paths.

        Args:
            data: Where the ratings were read from, if they were not fetched: it is told as PATH.
            more: Options of the command that are none of these.
        """
        told = {
            "dataset": self.dataset,
            "data": None if data is None else "PATH",
            **{name: getattr(self, name) for name in ("only", "models", "labelling")},
            "epochs": self.epochs,
            "seed": self.seed,
            **more,
        }
        given = [
            f"--{name} {shlex.quote(str(value))}"
            for name, value in told.items()
            if value is not None
        ]
        return " ".join(["python -m training experiments", self.command, *given, "--out OUT"])


@dataclass(frozen=True)
class Result:
    """An experiment with one model."""

    experiment: Experiment
    """The plan's entry."""
    outcome: Outcome
    """What it came to."""


@dataclass(frozen=True)
class Results:
    """What a call came to."""

    options: ExperimentOptions
    """What was run."""
    plan: Plan
    """The plan as it was run: with the labelling that was asked for."""
    facts: Mapping[str, Any]
    """Of the data set, its `fingerprint` and the number of rows of each part included."""
    command: str
    """The command that makes these figures, without this machine's paths."""
    results: tuple[Result, ...]
    """In the plan's order, models side by side."""
    diverged: Mapping[str, str]
    """What was said of those that came to nothing, by experiment and model."""
    best: Result
    """The best on the validation rows."""


def run_experiments(
    options: ExperimentOptions,
    out: Path,
    reporter: Reporter,
    *,
    data: Path | None = None,
    cache: Path | None = None,
) -> Results:
    """Train and measure a plan's experiments; after a kill at any moment the same call goes on.

    What is finished is not trained again, and what the plan has changed since is trained anew.

    Args:
        options: What to run.
        out: Folder for `results.csv`, `.json` and `.md`, `plots/`, `bundle/` and `dataset/` of the best
            (none where films are drawn: `training.experiments.labelling.NOT_EXPORTED`), and `runs/` with
            a folder for each fitted model.
        reporter: Shows the progress.
        data: A folder or zip with the ratings, instead of fetching them.
        cache: Where fetched files are kept; by default in the user's cache folder.

    Raises:
        DataError, SourceError: If the ratings cannot be had or read.
        RunError: If an option is not known, the folder is another's, there are too few ratings, or all
            experiments diverged.
    """
    from training.experiments.report import write_report  # which brings Matplotlib along

    plan = options.plan.labelled(options.labelling)
    experiments = chosen_experiments(plan, options.only)
    models = chosen_models(options.models, plan.models)
    with opened(out, "experiments", plan, options, reporter, data=data, cache=cache) as runs:
        pairs = [(experiment, model) for experiment in experiments for model in models]
        results, diverged = [], {}
        for place, (experiment, model) in enumerate(pairs, start=1):
            label = f"{experiment.name}, {model}"
            reporter.stage(f"Experiment {label} ({place} of {len(pairs)})")
            try:
                outcome = runs.fit(model, capped(experiment.options, options.epochs))
            except DivergedError as error:
                diverged[label] = str(error)
                reporter.note(f"{label}: {error}")
                continue
            results.append(Result(experiment, outcome))
            reporter.note(f"{label}: {_in_words(plan, outcome)}")
        if not results:
            raise RunError(
                "At least one experiment should end in a model; all diverged. "
                f"{next(iter(diverged.values()))}"
            )
        best = choose(plan, results)
        found = Results(
            options,
            plan,
            runs.prepared.facts(),
            options.command_line(data),
            tuple(results),
            diverged,
            best,
        )
        told = {
            "plan": plan.name,
            "experiment": best.experiment.name,
            "dataset": options.dataset,
            "seed": options.seed,
        }
        # Before the export, which may fail: then the table is there all the same.
        plots = write_report(out, found)
        reporter.note(
            f"Wrote {out / 'results.md'}, .csv and .json beside it{', and plots' if plots else ''}"
        )
        export_best(out, best.outcome, told, plan=plan, runs=runs, reporter=reporter)
    return found


@contextmanager
def opened(
    out: Path,
    work: str,
    plan: Plan,
    options: ExperimentOptions,
    reporter: Reporter,
    *,
    data: Path | None,
    cache: Path | None,
) -> Iterator[Runs]:
    """Have a folder for oneself, with what the plan's models are fitted and measured on.

    Args:
        out: The folder.
        work: As for `own_folder`.
        plan: The plan as it is run: with the labelling that was asked for.
        options: The data set and the seed.
        reporter: Shows the progress.
        data: As for `run_experiments`.
        cache: As for `run_experiments`.

    Raises:
        DataError, SourceError: If the ratings cannot be had or read.
        RunError: If the folder holds work of another kind, or a bundle where none is exported, or there
            are too few ratings.
    """
    with own_folder(out, work, reporter):
        check_exportable(out, plan)
        ratings = sources.load(options.dataset, data, reporter, cache)
        reporter.stage("Encoding")
        yield Runs(out / "runs", prepare(plan, ratings), plan.weights, options.seed, reporter)


def chosen_experiments(plan: Plan, only: str | None) -> tuple[Experiment, ...]:
    """The experiments of these names, in the plan's order; all without names.

    Raises:
        RunError: If a name is not the plan's, or it has no experiments.
    """
    if not plan.experiments:
        raise RunError(
            f"The plan {plan.name} should have experiments; it has none. Search it instead."
        )
    known = [experiment.name for experiment in plan.experiments]
    names = known if only is None else names_in(only, known, "--only")
    return tuple(experiment for experiment in plan.experiments if experiment.name in names)


def chosen_models(models: str | None, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The models of these names; the usual ones without names.

    Raises:
        RunError: If a name is not a key of `training.presets.MODELS`.
    """
    return usual if models is None else names_in(models, MODELS, "--models")


def capped(options: Mapping[str, Any], epochs: int | None) -> Mapping[str, Any]:
    """The options with at most this many epochs."""
    if epochs is None:
        return options
    return {**options, "epochs": min(epochs, options.get("epochs", FitOptions.epochs))}


def _in_words(plan: Plan, outcome: Outcome) -> str:
    shown = {
        f"validation {plan.chosen_by}": outcome.validation[plan.chosen_by],
        plan.metrics[0]: outcome.test[plan.metrics[0]],
    }
    told = ", ".join(f"{name.replace('_', ' ')} {value:.5f}" for name, value in shown.items())
    return f"{told}, {outcome.seconds:.0f} s"
