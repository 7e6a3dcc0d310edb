"""Checkpoints: a model's state between two epochs, on disk."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training.errors import RunError
from training.presets import FitOptions


@dataclass
class FitState:
    """What is known between two epochs, beside the weights."""

    epoch: int = 0
    """Epochs that have ended."""
    best_epoch: int = 0
    """The epoch, counted from 1, with the lowest validation log loss."""
    history: list[dict[str, float]] = field(default_factory=list)
    """For each epoch: `loss`, `validation_log_loss`, `validation_auc`, `seconds`, `rows_per_second`."""

    def stops(self, options: FitOptions) -> bool:
        """Whether fitting is over."""
        waited = self.epoch - self.best_epoch
        return self.epoch >= options.epochs or (self.epoch > 0 and waited >= options.patience)


def save(model: keras.Model, state: FitState, folder: Path) -> None:
    """Write a checkpoint whole: what is half written has another name and is never read."""
    folder.mkdir(parents=True, exist_ok=True)
    if state.best_epoch == state.epoch:
        partial = folder / "partial.weights.h5"
        model.save_weights(partial)
        partial.replace(folder / "best.weights.h5")
    partial = folder / "partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    np.savez(partial / "variables.npz", *(keras.ops.convert_to_numpy(v) for v in _variables(model)))
    (partial / "state.json").write_text(json.dumps(asdict(state)))
    partial.rename(folder / f"epoch-{state.epoch:04d}")
    for old in sorted(folder.glob("epoch-*"))[:-1]:
        shutil.rmtree(old)


def restore(model: keras.Model, folder: Path) -> FitState:
    """Give a compiled model the state of the last checkpoint, if there is one.

    Raises:
        RunError: If the checkpoints are another model's.
    """
    found = sorted(folder.glob("epoch-*"))
    if not found:
        return FitState()
    with np.load(found[-1] / "variables.npz", allow_pickle=False) as saved:
        variables = _variables(model)
        if [v.shape for v in variables] != [saved[name].shape for name in saved.files]:
            raise RunError(
                f"{folder} holds the checkpoints of another model. Choose another --out, or delete it."
            )
        for variable, name in zip(variables, saved.files, strict=True):
            variable.assign(saved[name])
    return FitState(**json.loads((found[-1] / "state.json").read_text()))


def _variables(model: keras.Model) -> list[Any]:
    """Weights, the states of the random generators, and the optimizer's state."""
    return [*model.variables, *model.optimizer.variables]
