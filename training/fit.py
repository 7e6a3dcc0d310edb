"""Fitting a model: epochs, early stopping, checkpoints and progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from sklearn.metrics import log_loss, roc_auc_score

from training.checkpoints import FitState, restore, save
from training.presets import FitOptions
from training.progress import Reporter
from training.steps import ReportSteps

PREDICT_ROWS = 16384
"""Rows predicted at a time; has no effect on the result."""


Floats = npt.NDArray[np.float32]
Inputs = npt.NDArray[np.int32] | Mapping[str, npt.NDArray[Any]]
"""A model's inputs: encoded rows `(rows, fields)`, or a dict of them as `fields` and of `numbers`."""


def rows_of(inputs: Inputs, picked: npt.NDArray[np.integer]) -> Any:
    """Some rows of a model's inputs."""
    if isinstance(inputs, Mapping):
        return {name: values[picked] for name, values in inputs.items()}
    return inputs[picked]


class Batches(keras.utils.PyDataset):
    """The training rows of one epoch, in an order that the seed and the epoch alone decide.

    Args:
        rows: The model's inputs.
        labels: `(rows,)`, or with several outputs `(rows, outputs)`.
        batch_size: Rows of a batch; the last one may be smaller.
        seed: Seed of the run.
        epoch: The epoch's number.
    """

    def __init__(
        self,
        rows: Inputs,
        labels: Floats,
        batch_size: int,
        seed: int,
        epoch: int,
    ) -> None:
        super().__init__()
        self._rows = rows
        self._labels = labels
        self._batch_size = batch_size
        self._name = output_of(labels)
        self._order = np.random.default_rng([seed, epoch]).permutation(len(labels))

    def __len__(self) -> int:
        return -(-len(self._order) // self._batch_size)

    def __getitem__(self, index: int) -> tuple[Any, dict[str, Any]]:
        start = index * self._batch_size
        picked = self._order[start : start + self._batch_size]
        return rows_of(self._rows, picked), {self._name: self._labels[picked]}


def output_of(labels: Floats) -> str:
    """The model's output that labels of this shape are for."""
    return "logit" if labels.ndim == 1 else "logits"


def fit(
    model: keras.Model,
    train: tuple[Inputs, Floats],
    validation: tuple[Inputs, Floats],
    options: FitOptions,
    *,
    checkpoints: Path,
    seed: int,
    reporter: Reporter,
    after_epoch: Callable[[FitState], None] | None = None,
) -> FitState:
    """Fit a model, going on from the last checkpoint if there is one.

    The model ends with the weights of the epoch with the lowest validation log loss. After a kill at
    any moment the same call goes on, and ends as an uninterrupted one does: a checkpoint holds the
    weights, the optimizer's and the random generators' states, and the order of the rows depends on
    the seed and the epoch alone.

    Args:
        model: A built model whose outputs have a `logit`, and with ordinal targets `logits`.
        train: The model's inputs, and labels `(rows,)`, or targets `(rows, outputs)`.
        validation: The inputs, and labels `(rows,)`, for early stopping; may be empty, then the last
            epoch counts.
        options: How to fit.
        checkpoints: Folder for the checkpoints.
        seed: Seed of the order of rows.
        reporter: Shows the progress.
        after_epoch: Called with the state as soon as an epoch's checkpoint is on disk, and once with
            the state of a checkpoint that is gone on from. What it raises ends the fit.

    Returns:
        The history, and which epoch was best.

    Raises:
        RunError: If the checkpoints are another model's.
    """
    step_size = options.learning_rate
    if options.cosine:
        steps = -(-len(train[1]) // options.batch_size) * options.epochs
        step_size = keras.optimizers.schedules.CosineDecay(step_size, steps)
    model.compile(
        optimizer=keras.optimizers.Adam(step_size),
        loss={output_of(train[1]): keras.losses.BinaryCrossentropy(from_logits=True)},
        jit_compile=False,
    )
    model.optimizer.build(model.trainable_variables)
    state = restore(model, checkpoints)
    if after_epoch is not None and state.epoch:
        after_epoch(state)
    while not state.stops(options):
        state = _run_epoch(model, train, validation, options, state, seed, reporter)
        save(model, state, checkpoints)
        if after_epoch is not None:
            after_epoch(state)
    if state.best_epoch and state.best_epoch != state.epoch:
        model.load_weights(checkpoints / "best.weights.h5")
    return state


def predict(model: keras.Model, rows: Inputs) -> npt.NDArray[np.float64]:
    """Probabilities of a like, `(rows,)`, for a model's inputs."""
    if not len(rows["fields"] if isinstance(rows, Mapping) else rows):
        return np.empty(0)
    outputs = model.predict(rows, batch_size=PREDICT_ROWS, verbose=0)
    return np.asarray(outputs["probability"], dtype=np.float64)


def _run_epoch(
    model: keras.Model,
    train: tuple[Inputs, Floats],
    validation: tuple[Inputs, Floats],
    options: FitOptions,
    state: FitState,
    seed: int,
    reporter: Reporter,
) -> FitState:
    epoch = state.epoch + 1
    batches = Batches(*train, options.batch_size, seed, epoch)
    if not options.cosine:
        model.optimizer.learning_rate = options.learning_rate * options.decay ** (epoch - 1)
    start = time.perf_counter()

    def report(step: int, loss: float) -> None:
        rate = min(step * options.batch_size, len(train[1])) / (time.perf_counter() - start)
        done = (state.epoch + step / len(batches)) / options.epochs
        left = (1 - done) * options.epochs * len(train[1]) / rate
        reporter.update(
            done,
            f"epoch {epoch} of at most {options.epochs}, loss {loss:.4f}, {rate:,.0f} rows/s, "
            f"at most {left:,.0f} s left",
        )

    # Keras would shuffle the batches again, with random numbers that no checkpoint holds.
    steps = ReportSteps(len(batches), report)
    history = model.fit(batches, epochs=1, verbose=0, shuffle=False, callbacks=[steps])
    seconds = time.perf_counter() - start
    entry = {
        "epoch": epoch,
        "loss": float(history.history["loss"][0]),
        "seconds": seconds,
        "rows_per_second": len(train[1]) / seconds,
    }
    if len(validation[1]):
        probabilities = predict(model, validation[0])
        entry["validation_log_loss"] = float(log_loss(validation[1], probabilities, labels=[0, 1]))
        if len(np.unique(validation[1])) == 2:
            entry["validation_auc"] = float(roc_auc_score(validation[1], probabilities))
    entries = [*state.history, entry]
    best = min(entries, key=lambda past: past.get("validation_log_loss", -past["epoch"]))
    reporter.note(
        f"epoch {epoch}: loss {entry['loss']:.4f}"
        + "".join(
            f", {name.replace('_', ' ')} {entry[name]:.4f}"
            for name in ("validation_log_loss", "validation_auc")
            if name in entry
        )
        + f", {entry['rows_per_second']:,.0f} rows/s"
    )
    return FitState(epoch, int(best["epoch"]), entries)
