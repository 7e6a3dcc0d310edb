"""Models fitted one after another, each remembered by what decides its result."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training.checkpoints import FitState, restore
from training.errors import RunError
from training.experiments.options import preset_of
from training.experiments.prepare import Prepared
from training.fit import fit, predict
from training.folder import claim, locked, read_json, write_json
from training.measuring import Part
from training.metrics import evaluate
from training.presets import Preset
from training.progress import Reporter

RESULT_VERSION = 1
"""Raised when a change of the code makes other figures out of equal plans."""

_WEIGHTS = "model.weights.h5"

# TensorFlow warns of new graphs without end; each model here has a graph of its own.
logging.getLogger("tensorflow").addFilter(lambda record: "retracing" not in record.getMessage())


class DivergedError(RunError):
    """Fitting led to weights with which nothing can be predicted."""


class NoModelError(RunError):
    """Options, each of them allowed, of which no model can be made together."""


@dataclass(frozen=True)
class Outcome:
    """What a fitted model came to."""

    key: str
    """The name of its folder, which depends on all that decides the figures."""
    model: str
    """A key of `training.presets.MODELS`."""
    options: dict[str, Any]
    """The options that have an effect on it."""
    validation: dict[str, float]
    """Metrics of the validation rows."""
    test: dict[str, float]
    """Metrics of the test rows; empty for a trial of a search, which is measured on them only if it is
    the best."""
    epoch: int
    """The epoch whose weights it has."""
    parameters: int
    """How many numbers were fitted."""
    seconds: float
    """Time in epochs, those before an interruption included."""
    history: list[dict[str, float]] = field(default_factory=list)
    """Each epoch, as `training.checkpoints.FitState.history` has it."""


class Runs:
    """A folder with a folder for each fitted model.

    Args:
        folder: Where they lie.
        prepared: What they are fitted and measured on; an attribute too.
        weights: Whose weights are measured: of the "last" epoch, or of the "best".
        seed: Seed of the weights, the dropout and the order of rows.
        reporter: Shows the progress.
    """

    def __init__(
        self, folder: Path, prepared: Prepared, weights: str, seed: int, reporter: Reporter
    ) -> None:
        self.prepared = prepared
        self._folder, self._weights = folder, weights
        self._seed, self._reporter = seed, reporter

    def key(self, model: str, options: Mapping[str, Any]) -> str:
        """The name of the folder of a model with these options."""
        return f"{model}-{identity_hash(self._decides(model, options))}"

    def fit(
        self,
        model: str,
        options: Mapping[str, Any],
        *,
        measure_test: bool = True,
        after_epoch: Callable[[FitState], None] | None = None,
    ) -> Outcome:
        """Fit and measure a model, or give what is known of it since an earlier call.

        After a kill at any moment the same call goes on from the last epoch.

        Args:
            model: A key of `training.presets.MODELS`.
            options: As `training.experiments.options.OPTIONS` describes them.
            measure_test: Whether the test rows are measured too; the same at each call for one folder.
            after_epoch: As for `training.fit.fit`.

        Raises:
            DivergedError: If the model predicts no numbers any more.
            NoModelError: If the options do not make a model.
        """
        decides, key = self._decides(model, options), self.key(model, options)
        folder = self._folder / key
        record = folder / "result.json"
        if record.exists() and (folder / _WEIGHTS).exists():
            # Of a kill between the result and the end of this method.
            shutil.rmtree(folder / "checkpoints", ignore_errors=True)
            return Outcome(**read_json(record))
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "key.json", decides)
        preset, prepared = preset_of(model, options), self.prepared
        network = self._new(preset)
        state = self._fit(network, preset, folder / "checkpoints", after_epoch)
        last = self._weights == "last"
        if last:  # `fit` ends with the best ones
            restore(network, folder / "checkpoints")
        outcome = Outcome(
            key=key,
            model=model,
            options=decides["options"],
            validation=measured(network, prepared.validation),
            test=measured(network, prepared.test) if measure_test else {},
            epoch=state.epoch if last else state.best_epoch,
            parameters=int(network.count_params()),
            seconds=sum(entry["seconds"] for entry in state.history),
            history=state.history,
        )
        partial = folder / f"partial.{_WEIGHTS}"
        network.save_weights(partial)
        partial.replace(folder / _WEIGHTS)
        write_json(record, asdict(outcome))
        shutil.rmtree(folder / "checkpoints")
        return outcome

    def forget(self, model: str, options: Mapping[str, Any]) -> None:
        """Remove what a model that was given up has left."""
        shutil.rmtree(self._folder / self.key(model, options), ignore_errors=True)

    def load(self, outcome: Outcome) -> keras.Model:
        """The fitted model of an outcome."""
        network = self._new(preset_of(outcome.model, outcome.options))
        network.load_weights(self._folder / outcome.key / _WEIGHTS)
        return network

    def _decides(self, model: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """All that decides a result, as plain values."""
        preset = preset_of(model, options)
        decides = {
            "version": RESULT_VERSION,
            "model": model,
            "options": {**asdict(preset.fit), **preset.model_options},
            "weights": self._weights,
            "seed": self._seed,
            **self.prepared.identity,
        }
        del decides["options"]["patience"]
        plain: dict[str, Any] = json.loads(json.dumps(decides))
        return plain

    def _new(self, preset: Preset) -> keras.Model:
        # Else the graphs of all models before it would stay in memory.
        keras.utils.clear_session()
        keras.utils.set_random_seed(self._seed)
        try:
            return preset.build(self.prepared.encoder.vocabulary_sizes)
        except ValueError as error:
            raise NoModelError(
                f"The options {preset.model_options} should make a model of {preset.model}: {error}. "
                "Change the plan."
            ) from error

    def _fit(
        self,
        network: keras.Model,
        preset: Preset,
        checkpoints: Path,
        after_epoch: Callable[[FitState], None] | None,
    ) -> FitState:
        prepared = self.prepared
        try:
            return fit(
                network,
                prepared.train.examples,
                prepared.validation.examples,
                preset.fit,
                checkpoints=checkpoints,
                seed=self._seed,
                reporter=self._reporter,
                after_epoch=after_epoch,
            )
        except ValueError as error:
            if np.isfinite(predict(network, prepared.validation.rows)).all():
                raise
            raise DivergedError(
                f"Fitting {preset.model} with {preset.model_options} and a learning rate of "
                f"{preset.fit.learning_rate:g} should end in finite weights; it diverged. Lower the "
                "learning rate in the plan."
            ) from error


def measured(network: keras.Model, part: Part) -> dict[str, float]:
    """All metrics of a part of the split."""
    probabilities = predict(network, part.rows)
    return evaluate(part.labels.astype(int), probabilities, part.user_ids)


def identity_hash(decides: Mapping[str, Any]) -> str:
    """A short name for a thing, from all that decides it."""
    text = json.dumps(decides, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@contextmanager
def own_folder(out: Path, work: str, reporter: Reporter) -> Iterator[None]:
    """Have a folder for oneself, and for one kind of work alone.

    Args:
        out: The folder; it is made.
        work: What kind of work it is for: "experiments" or "search".
        reporter: Is told of waiting for another process.

    Raises:
        RunError: If it holds work of another kind.
    """
    with locked(out, "works", reporter):
        claim(out, {"work": work})
        for left in out.glob(".export-*"):  # of an export that was killed
            shutil.rmtree(left)
        yield
