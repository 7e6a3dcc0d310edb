"""The seconds of a method whose measuring was interrupted hold the epochs before the interruption."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.training.told import Told
from training.progress import Reporter
from training.protocols.evaluation import EvaluateOptions, evaluate
from training.protocols.methods import RANKERS, Method
from training.protocols.ranker import Fitting, People

LONG = 5000.0


class StoppedError(Exception):
    """Ends an evaluation as a kill does."""


class Interrupting(Told):
    """A reporter that interrupts before the second checkpoint."""

    def note(self, text: str) -> None:
        super().note(text)
        if text.startswith("epoch 2"):
            raise StoppedError


def lengthen(checkpoints: Path) -> None:
    """Have the epochs that are over taken long."""
    (state,) = checkpoints.glob("epoch-*/state.json")
    known: dict[str, Any] = json.loads(state.read_text())
    for entry in known["history"]:
        entry["seconds"] = LONG
    state.write_text(json.dumps(known))


def test_a_model_of_likes(ratings: Path, tmp_path: Path) -> None:
    options = EvaluateOptions("original", "tiny", "default", seeds=1, epochs=2)
    with pytest.raises(StoppedError):
        evaluate(options, tmp_path, Interrupting(), data=ratings)
    lengthen(tmp_path / "methods" / "default-42" / "checkpoints")
    told = Told()
    (result,) = evaluate(options, tmp_path, told, data=ratings)
    assert [note.split(":")[0] for note in told.notes if note.startswith("epoch")] == ["epoch 2"]
    assert LONG < result.seconds < 1.5 * LONG
    assert result.fit_seconds == result.seconds


class Halting:
    """A ranker with one epoch in its first call, in which it is interrupted."""

    parameters = 1

    def fit(self, fitting: Fitting, *, seed: int, folder: Path, reporter: Reporter) -> None:
        """Leave a checkpoint and stop; with a checkpoint there is nothing to do."""
        state = folder / "checkpoints" / "epoch-0001" / "state.json"
        if not state.exists():
            state.parent.mkdir(parents=True)
            state.write_text(json.dumps({"history": [{"epoch": 1, "seconds": LONG}]}))
            raise StoppedError
        self._films = len(fitting.axes.film_ids)

    def scores(self, people: People) -> npt.NDArray[np.floating]:
        return np.zeros((len(people.users), self._films))


def test_a_ranker(ratings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RANKERS, "halting", Method(Halting, seeded=True))  # type: ignore[arg-type]
    options = EvaluateOptions("topn", "tiny", "halting", seeds=1)
    with pytest.raises(StoppedError):
        evaluate(options, tmp_path, Told(), data=ratings)
    (result,) = evaluate(options, tmp_path, Told(), data=ratings)
    assert LONG < result.fit_seconds <= result.seconds < 1.5 * LONG
