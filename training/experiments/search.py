"""Searching a plan's ranges for the model that is best on the validation rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna

from training.errors import RunError
from training.experiments.best import choose, export_best
from training.experiments.options import options_of
from training.experiments.plan import Plan, Search
from training.experiments.ranges import Range
from training.experiments.run import ExperimentOptions, chosen_models, opened
from training.experiments.runs import Outcome, measured
from training.experiments.study import FINISHED, Study, Tried, all_options
from training.progress import Reporter


@dataclass(frozen=True)
class Finished:
    """A trial that came to a model."""

    tried: Tried
    """The trial."""
    outcome: Outcome
    """The model."""


@dataclass(frozen=True)
class Searched:
    """What a search came to."""

    plan: Plan
    """The plan as it was searched."""
    search: Search
    """What was drawn."""
    facts: Mapping[str, Any]
    """Of the data set."""
    options: ExperimentOptions
    """What was asked for."""
    command: str
    """The command that makes these figures, without this machine's paths."""
    trials: tuple[Tried, ...]
    """All that are done, by model and number."""
    best: Finished
    """The best on the validation rows."""
    test: Mapping[str, float]
    """Metrics of the test rows, of the best alone."""

    @property
    def models(self) -> tuple[str, ...]:
        """The models that were searched for."""
        return tuple(dict.fromkeys(tried.model for tried in self.trials))

    @property
    def ranges(self) -> Mapping[str, Range]:
        """The ranges of the options that a trial has drawn."""
        named = {name for tried in self.trials for name in tried.drawn}
        return {name: drawn for name, drawn in self.search.ranges.items() if name in named}

    @property
    def fixed(self) -> Mapping[str, Any]:
        """The options that no trial has drawn and that have an effect on a model."""
        every = all_options(self.search, {}, self.options)
        told = {name for model in self.models for name in options_of(model, every)}
        return {
            name: value
            for name, value in every.items()
            if name in told and name not in self.search.ranges
        }

    def options_of_best(self) -> Mapping[str, Any]:
        """The options of the best that have an effect on it, drawn or not."""
        tried = self.best.tried
        return options_of(tried.model, all_options(self.search, tried.drawn, self.options))


def run_search(
    options: ExperimentOptions,
    out: Path,
    reporter: Reporter,
    *,
    trials: int | None = None,
    data: Path | None = None,
    cache: Path | None = None,
) -> Searched:
    """Search a plan's ranges; after a kill at any moment the same call goes on.

    Args:
        options: The plan and how to change it; `only` has no meaning here.
        out: Folder for `trials.csv`, `.json`, `.md` and `.png`, `bundle/` and `dataset/` of the best
            (none where films are drawn: `training.experiments.labelling.NOT_EXPORTED`), `study.db`, and
            `runs/` with a folder for each finished trial.
        reporter: Shows the progress.
        trials: How many trials there should be in the end, where not the plan's number.
        data: A folder or zip with the ratings, instead of fetching them.
        cache: Where fetched files are kept; by default in the user's cache folder.

    Raises:
        DataError, SourceError: If the ratings cannot be had or read.
        RunError: If the plan has no ranges, an option is not known, the folder is another's, there are
            too few ratings, or all trials failed.
    """
    from training.experiments.search_report import write_search  # which brings Matplotlib along

    plan = options.plan.labelled(options.labelling)
    if plan.search is None:
        raise RunError(
            f"The plan {plan.name} should have ranges to search, as [search.ranges]; it has none."
        )
    search = plan.search
    models = chosen_models(options.models, search.models)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with opened(out, "search", plan, options, reporter, data=data, cache=cache) as runs:
        found: list[Tried] = []
        for model in models:
            study = Study(out, plan, search, model, options, runs, reporter)
            found += study.run(trials or search.trials)
        finished = [
            Finished(
                tried,
                runs.fit(
                    tried.model, all_options(search, tried.drawn, options), measure_test=False
                ),
            )
            for tried in found
            if tried.state == FINISHED
        ]
        if not finished:
            raise RunError(
                "At least one trial should end in a model; all failed. Change the ranges."
            )
        best = choose(plan, finished)
        told = {
            "plan": plan.name,
            "trial": best.tried.number,
            "dataset": options.dataset,
            "seed": options.seed,
        }
        searched = Searched(
            plan,
            search,
            runs.prepared.facts(),
            options,
            options.command_line(data, trials=trials),
            tuple(found),
            best,
            measured(runs.load(best.outcome), runs.prepared.test),
        )
        write_search(out, searched)
        reporter.note(f"Wrote {out / 'trials.md'}, and .csv, .json and .png beside it")
        export_best(out, best.outcome, told, plan=plan, runs=runs, reporter=reporter)
    return searched
