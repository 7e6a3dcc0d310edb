"""A process that fits a tiny model and may kill itself: the tests of `fit` start it.

    python -m tests.training.fit_worker CHECKPOINTS RESULT [first-step | EVENT NAME]

With `first-step` it is killed by SIGKILL when the first step is reported, and with an audit event of
Python (`os.rename`, `shutil.rmtree`) and a name, just before that happens to a file of this name.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.training.models import build_plus
from training.fit import fit, predict
from training.presets import FitOptions
from training.progress import JsonReporter

OPTIONS = FitOptions(epochs=4, batch_size=16, learning_rate=0.01, decay=0.8, patience=9)
SEED = 3


class DyingReporter(JsonReporter):
    """Kills the process when the first step is reported."""

    def update(self, fraction: float | None, text: str = "") -> None:
        super().update(fraction, text)
        os.kill(os.getpid(), signal.SIGKILL)


def die_at(event: str, name: str) -> None:
    """Kill the process just before this happens to a file of this name."""

    def watch(happens: str, arguments: tuple[Any, ...]) -> None:
        if happens == event and any(Path(str(argument)).name == name for argument in arguments):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def rows_and_labels(count: int, seed: int) -> tuple[Any, Any]:
    """Random rows whose label depends on two fields, and now and then on nothing."""
    generator = np.random.default_rng(seed)
    rows = generator.integers(0, (5, 3, 4), size=(count, 3)).astype("int32")
    labels = (rows[:, 0] > 2) ^ (rows[:, 1] > 0) ^ (generator.random(count) < 0.1)
    return rows, labels.astype("float32")


def main(checkpoints: str, result: str, *kill: str) -> None:
    """Fit, and write the history and the weights."""
    tf.config.experimental.enable_op_determinism()
    model = build_plus(dnn_dropout=0.2, embedding_dropout=0.1, unknown_rate=0.05)
    keras.utils.set_random_seed(SEED)
    reporter = DyingReporter() if kill == ("first-step",) else JsonReporter()
    if len(kill) == 2:
        die_at(*kill)
    train, validation = rows_and_labels(200, 0), rows_and_labels(80, 1)
    state = fit(
        model,
        train,
        validation,
        OPTIONS,
        checkpoints=Path(checkpoints),
        seed=SEED,
        reporter=reporter,
    )
    history = [
        {name: value for name, value in entry.items() if "second" not in name}
        for entry in state.history
    ]
    np.savez(
        result,
        history=json.dumps(history),
        best_epoch=state.best_epoch,
        probabilities=predict(model, validation[0]),
        **{f"weight_{index}": weight for index, weight in enumerate(model.get_weights())},
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
