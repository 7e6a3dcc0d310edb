"""`after_epoch` of `fit`: when it is called, and what happens to what it raises."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.test_fit import new_model, planted
from training.fit import FitState, fit
from training.presets import FitOptions


class EnoughError(Exception):
    """Ends a fit."""


def run(folder: Path, epochs: int, calls: list[FitState], enough: int = 99) -> FitState:
    """Fit with a hook that keeps what it gets, and raises at the end of an epoch."""

    def after_epoch(state: FitState) -> None:
        calls.append(state)
        assert (folder / f"epoch-{state.epoch:04d}" / "state.json").exists()
        if state.epoch == enough:
            raise EnoughError

    return fit(
        new_model(),
        planted(100, 0),
        planted(50, 1),
        FitOptions(epochs=epochs, batch_size=64, patience=9),
        checkpoints=folder,
        seed=3,
        reporter=_Silent(),
        after_epoch=after_epoch,
    )


class _Silent:
    def stage(self, name: str) -> None:
        """Not shown."""

    def update(self, fraction: float | None, text: str = "") -> None:
        """Not shown."""

    def note(self, text: str) -> None:
        """Not shown."""

    def close(self) -> None:
        """Nothing to do."""


def test_it_is_called_after_each_epoch_and_for_what_is_gone_on_from(tmp_path: Path) -> None:
    calls: list[FitState] = []
    state = run(tmp_path, 2, calls)
    assert [call.epoch for call in calls] == [1, 2]
    assert [len(call.history) for call in calls] == [1, 2]
    assert calls[-1] == state
    calls.clear()
    run(tmp_path, 3, calls)
    assert [call.epoch for call in calls] == [2, 3]
    calls.clear()
    run(tmp_path, 3, calls)
    assert [call.epoch for call in calls] == [3]


def test_what_it_raises_ends_the_fit_and_the_checkpoint_stays(tmp_path: Path) -> None:
    calls: list[FitState] = []
    with pytest.raises(EnoughError):
        run(tmp_path, 3, calls, enough=2)
    assert [call.epoch for call in calls] == [1, 2]
    calls.clear()
    run(tmp_path, 3, calls)
    assert [call.epoch for call in calls] == [2, 3]
