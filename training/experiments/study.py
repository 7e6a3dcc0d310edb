"""The trials of a search, by Optuna: given up early where they are worse, and kept through a kill.

The trials are kept in a database of SQLite, `study.db`. A kill at any moment leaves it as it was before
or after a write, while Optuna's other storage, a journal file, cannot be read any more once another line
follows half a line. A trial whose process was killed is still running by the database: the next call
takes it up again under its number, with its options, from its last epoch. Draws depend on the seed, on
the trial's number and on the trials before it, so that an interrupted search draws what an uninterrupted
one does.

Whether to give up is asked after each epoch but the last: the trial's best value so far is compared with
the median of the finished trials' values after as many epochs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import optuna
from optuna.trial import FrozenTrial, Trial, TrialState

from training.checkpoints import FitState
from training.experiments.options import options_of
from training.experiments.plan import Plan, Search
from training.experiments.run import ExperimentOptions, capped
from training.experiments.runs import DivergedError, NoModelError, Runs, identity_hash
from training.presets import FitOptions
from training.progress import Reporter

SEARCH_VERSION = 1
"""Raised when a change of the code makes other draws out of equal plans."""

FINISHED = "finished"
ENDED = {
    TrialState.COMPLETE: FINISHED,
    TrialState.PRUNED: "given up",
    TrialState.FAIL: "failed",
}
"""States of a trial that counts as done, and what they are called."""


@dataclass(frozen=True)
class Tried:
    """A trial that is done."""

    number: int
    """Its number in its study, from 0."""
    model: str
    """A key of `training.presets.MODELS`."""
    state: str
    """A value of `ENDED`."""
    drawn: dict[str, Any]
    """The options that were drawn."""
    values: list[float]
    """The plan's `chosen_by` on the validation rows after each epoch."""
    value: float | None
    """The same by which trials are compared: of the model it ended in; of a trial that ended in none
    after its last epoch, if it had any."""
    seconds: float
    """Time in epochs."""


class Study:
    """The trials of one model.

    What decides the trials decides the study's name as well: a changed plan begins a new one, and the
    old one stays.

    Args:
        out: Folder of the database.
        plan: The plan.
        search: What it searches.
        model: A key of `training.presets.MODELS`.
        options: The seed, and how the plan is changed.
        runs: Where the trials' models lie, and what they are fitted on.
        reporter: Shows the progress.
    """

    def __init__(
        self,
        out: Path,
        plan: Plan,
        search: Search,
        model: str,
        options: ExperimentOptions,
        runs: Runs,
        reporter: Reporter,
    ) -> None:
        self._plan, self._search, self._model = plan, search, model
        self._options, self._runs, self._reporter = options, runs, reporter
        self._ranges = options_of(model, search.ranges)
        decides = {
            "version": SEARCH_VERSION,
            "options": options_of(model, all_options(search, {}, options)),
            "ranges": {name: asdict(drawn) for name, drawn in self._ranges.items()},
            "epochs": options.epochs if "epochs" in self._ranges else None,
            "given up": [search.startup_trials, search.warmup_epochs],
            "chosen_by": plan.chosen_by,
            "weights": plan.weights,
            "seed": options.seed,
            **runs.prepared.identity,
        }
        self._study = optuna.create_study(
            storage=open_storage(out / "study.db"),
            study_name=f"{plan.name}-{model}-{identity_hash(decides)}",
            direction="maximize" if plan.better(1, 0) else "minimize",
            pruner=optuna.pruners.MedianPruner(
                n_startup_trials=search.startup_trials, n_warmup_steps=search.warmup_epochs
            ),
            load_if_exists=True,
        )

    def run(self, count: int) -> list[Tried]:
        """Go on until so many trials are done, and tell of all that are."""
        while len(done := self._trials(*ENDED)) < count:
            trial = self._interrupted() or self._study.ask()
            self._reporter.stage(
                f"Trial {trial.number}, {self._model} ({len(done) + 1} of {count})"
            )
            self._try(trial)
        return [self._told(trial) for trial in done]

    def _trials(self, *states: TrialState) -> list[FrozenTrial]:
        return self._study.get_trials(deepcopy=False, states=states)

    def _interrupted(self) -> Trial | None:
        """A trial that was running when its process ended; the folder's lock says that none is now."""
        for left in self._trials(TrialState.RUNNING):
            return Trial(self._study, left._trial_id)
        return None

    def _try(self, trial: Trial) -> None:
        drawn = {}
        for place, (name, range_) in enumerate(self._ranges.items()):
            seed = np.random.SeedSequence([self._options.seed, trial.number, place])
            self._study.sampler = optuna.samplers.TPESampler(seed=int(seed.generate_state(1)[0]))
            drawn[name] = range_.draw(trial, name)
        options = all_options(self._search, drawn, self._options)
        metric = f"validation_{self._plan.chosen_by}"
        reported = set(self._study.get_trials(deepcopy=False)[trial.number].intermediate_values)

        def after_epoch(state: FitState) -> None:
            # Also those of epochs before a kill between a checkpoint and this.
            for step, entry in enumerate(state.history):
                if step not in reported:
                    trial.report(entry[metric], step)
                    reported.add(step)
            trial.set_user_attr("seconds", sum(entry["seconds"] for entry in state.history))
            if state.epoch < options["epochs"] and trial.should_prune():
                raise optuna.TrialPruned

        told = ", ".join(
            f"{name.replace('_', ' ')} {_shown(value)}" for name, value in drawn.items()
        )
        self._reporter.note(f"Trial {trial.number}, {self._model}: {told}")
        try:
            outcome = self._runs.fit(
                self._model, options, measure_test=False, after_epoch=after_epoch
            )
        except optuna.TrialPruned:
            self._study.tell(trial, state=TrialState.PRUNED)
            self._runs.forget(self._model, options)
            self._reporter.note(f"Trial {trial.number} given up: worse than the median")
        except (DivergedError, NoModelError) as error:
            self._study.tell(trial, state=TrialState.FAIL)
            self._runs.forget(self._model, options)
            self._reporter.note(f"Trial {trial.number}: {error}")
        else:
            # Of an equal trial's model, or of one that a kill left finished, nothing is reported yet.
            for step, entry in enumerate(outcome.history):
                if step not in reported:
                    trial.report(entry[metric], step)
            trial.set_user_attr("seconds", outcome.seconds)
            value = outcome.validation[self._plan.chosen_by]
            self._study.tell(trial, value)
            self._reporter.note(f"Trial {trial.number}: {metric.replace('_', ' ')} {value:.5f}")

    def _told(self, trial: FrozenTrial) -> Tried:
        values = [trial.intermediate_values[step] for step in sorted(trial.intermediate_values)]
        last = values[-1] if values else None
        return Tried(
            trial.number,
            self._model,
            ENDED[trial.state],
            {name: self._ranges[name].drawn(value) for name, value in trial.params.items()},
            values,
            trial.value if trial.state is TrialState.COMPLETE else last,
            float(trial.user_attrs.get("seconds", 0.0)),
        )


def open_storage(path: Path) -> optuna.storages.RDBStorage:
    """The database of studies; a new one appears with all of its tables or not at all.

    Optuna makes tables and indices one by one. A kill between a table and its index would leave a
    database in which one name may stand for two studies, and Optuna never mends that.
    """
    if not path.exists():
        partial = path.with_name(f"{path.name}.partial")
        for left in (partial, partial.with_name(f"{partial.name}-journal")):
            left.unlink(missing_ok=True)
        _storage(partial).engine.dispose()
        partial.replace(path)
    return _storage(path)


def _storage(path: Path) -> optuna.storages.RDBStorage:
    return optuna.storages.RDBStorage(
        f"sqlite:///{quote(str(path.resolve()))}",
        # A process that was killed just now may hold it for a moment.
        engine_kwargs={"connect_args": {"timeout": 60}},
    )


def all_options(
    search: Search, drawn: Mapping[str, Any], options: ExperimentOptions
) -> Mapping[str, Any]:
    """Options that were drawn, with those that are not drawn."""
    every = {"epochs": FitOptions.epochs, **search.options, **drawn}
    return capped(every, options.epochs)


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
