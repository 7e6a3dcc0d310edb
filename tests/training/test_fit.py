from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from training.errors import RunError
from training.fit import Batches, FitState, fit, predict
from training.model import AutoInt, AutoIntPlus
from training.presets import FitOptions

Part = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]
SIZES = (9, 9, 3)
NOTHING: Part = (np.empty((0, 3), "int32"), np.empty(0, "float32"))


@dataclass
class Recorder:
    """Keeps what is reported."""

    fractions: list[float | None] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def stage(self, name: str) -> None:
        """Not kept."""

    def update(self, fraction: float | None, text: str = "") -> None:
        self.fractions.append(fraction)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def close(self) -> None:
        """Nothing to do."""


def planted(count: int, seed: int) -> Part:
    """Rows liked where just one of the first two fields is above 4: no field tells it alone."""
    rows = np.random.default_rng(seed).integers(1, SIZES, size=(count, 3)).astype("int32")
    return rows, ((rows[:, 0] > 4) ^ (rows[:, 1] > 4)).astype("float32")


def turned(part: Part) -> Part:
    """The same rows with the opposite labels: the more is learned, the worse it fits them."""
    return part[0], 1 - part[1]


def new_model(cls: type[AutoInt] = AutoInt) -> Any:
    """The same untrained model each time."""
    keras.utils.set_random_seed(11)
    model = cls(SIZES, embed_dim=8, layers=1, heads=2, width=16)
    model.build((None, 3))
    return model


def run(
    folder: Path,
    model: Any = None,
    train: Part | None = None,
    validation: Part | None = None,
    seed: int = 3,
    reporter: Any = None,
    **options: Any,
) -> tuple[Any, FitState]:
    """Fit a model, a new one if none is given, and return it with its state."""
    model = new_model() if model is None else model
    state = fit(
        model,
        planted(600, 0) if train is None else train,
        planted(200, 1) if validation is None else validation,
        FitOptions(**{"epochs": 3, "batch_size": 64, "learning_rate": 0.02, **options}),
        checkpoints=folder,
        seed=seed,
        reporter=Recorder() if reporter is None else reporter,
    )
    return model, state


def same_weights(first: Any, second: Any, tolerance: float = 1e-5) -> bool:
    """Whether two models hold the same weights."""
    pairs = zip(first.get_weights(), second.get_weights(), strict=True)
    return all(np.allclose(ours, theirs, rtol=0, atol=tolerance) for ours, theirs in pairs)


@pytest.mark.parametrize("cls", [AutoInt, AutoIntPlus])
def test_fitting_learns_a_planted_interaction_of_two_fields(
    cls: type[AutoInt], tmp_path: Path
) -> None:
    rows, labels = planted(400, 2)
    model, _ = run(tmp_path, new_model(cls), epochs=12, patience=12)
    assert roc_auc_score(labels, predict(new_model(cls), rows)) < 0.7
    assert roc_auc_score(labels, predict(model, rows)) > 0.95


def test_fitting_stops_after_patience_epochs_without_a_better_validation_loss(
    tmp_path: Path,
) -> None:
    _, state = run(tmp_path, validation=turned(planted(200, 1)), epochs=20, patience=3)
    losses = [entry["validation_log_loss"] for entry in state.history]
    assert state.best_epoch == 1 + int(np.argmin(losses))
    assert state.epoch == len(losses) == state.best_epoch + 3 < 20


def test_the_model_ends_with_the_weights_of_the_best_epoch(tmp_path: Path) -> None:
    rows, labels = turned(planted(200, 1))
    model, state = run(tmp_path, validation=(rows, labels), epochs=20, patience=3)
    losses = [entry["validation_log_loss"] for entry in state.history]
    assert log_loss(labels, predict(model, rows)) == pytest.approx(min(losses), abs=1e-6)
    assert losses[-1] > min(losses) + 0.01


def test_fitting_ends_after_the_given_epochs_while_it_gets_better(tmp_path: Path) -> None:
    _, state = run(tmp_path, epochs=4)
    assert (state.epoch, state.best_epoch) == (4, 4)


def test_without_validation_rows_the_last_epoch_counts(tmp_path: Path) -> None:
    model, state = run(tmp_path / "none", validation=NOTHING, epochs=4, patience=1)
    assert (state.epoch, state.best_epoch) == (4, 4)
    assert "validation_log_loss" not in state.history[0]
    other, _ = run(tmp_path / "some", validation=planted(200, 1), epochs=4, patience=4)
    assert same_weights(model, other)


def test_validation_rows_of_one_class_have_a_log_loss_and_no_auc(tmp_path: Path) -> None:
    rows, _ = planted(50, 1)
    _, state = run(tmp_path, validation=(rows, np.ones(50, "float32")), epochs=1)
    assert state.history[0]["validation_log_loss"] > 0
    assert "validation_auc" not in state.history[0]


def test_the_history_holds_what_was_measured_at_each_epoch(tmp_path: Path) -> None:
    rows, labels = planted(200, 1)
    model, state = run(tmp_path, validation=(rows, labels), epochs=3)
    assert [entry["epoch"] for entry in state.history] == [1, 2, 3]
    last = state.history[-1]
    assert state.best_epoch == 3
    assert last["validation_auc"] == pytest.approx(roc_auc_score(labels, predict(model, rows)))
    assert last["validation_log_loss"] == pytest.approx(log_loss(labels, predict(model, rows)))
    assert last["rows_per_second"] == pytest.approx(600 / last["seconds"])
    assert last["loss"] < state.history[0]["loss"]


def test_decay_shrinks_the_step_size_after_each_epoch(tmp_path: Path) -> None:
    model, _ = run(tmp_path, epochs=3, decay=0.5)
    # 0.02 in the first epoch, 0.01 in the second, 0.005 in the third.
    assert float(model.optimizer.learning_rate) == pytest.approx(0.005)


def test_progress_rises_to_1_with_one_note_an_epoch(tmp_path: Path) -> None:
    recorder = Recorder()
    run(tmp_path, reporter=recorder, epochs=3)
    assert recorder.fractions == sorted(recorder.fractions)
    assert recorder.fractions[-1] == 1
    assert {1 / 3, 2 / 3, 1.0} <= set(recorder.fractions)
    assert [note.split(":")[0] for note in recorder.notes] == ["epoch 1", "epoch 2", "epoch 3"]


def test_an_epochs_batches_hold_every_row_once_with_its_own_label() -> None:
    rows, labels = np.arange(150, dtype="int32").reshape(50, 3), np.arange(50, dtype="float32")
    batches = Batches(rows, labels, batch_size=16, seed=3, epoch=1)
    drawn = [batches[index] for index in range(len(batches))]
    assert [len(fields) for fields, _ in drawn] == [16, 16, 16, 2]
    fields = np.concatenate([fields for fields, _ in drawn])
    targets = np.concatenate([target["logit"] for _, target in drawn])
    assert np.array_equal(fields[:, 0] // 3, targets)
    assert sorted(targets) == labels.tolist()


def test_the_order_of_rows_is_the_seeds_and_the_epochs() -> None:
    def order(seed: int, epoch: int) -> list[float]:
        batches = Batches(
            np.zeros((50, 3), "int32"), np.arange(50, dtype="float32"), 50, seed, epoch
        )
        return batches[0][1]["logit"].tolist()

    assert order(3, 1) == order(3, 1)
    assert order(3, 1) != order(3, 2)
    assert order(3, 1) != order(4, 1)


def test_the_order_of_batches_does_not_depend_on_pythons_random_numbers(tmp_path: Path) -> None:
    models = []
    for draws in (0, 1):
        model = new_model()
        random.seed(draws)
        models.append(run(tmp_path / str(draws), model, epochs=1)[0])
    assert same_weights(*models)


def test_one_seed_makes_a_fit_repeatable_and_another_one_differs(tmp_path: Path) -> None:
    first, again, other = (
        run(tmp_path / name, seed=seed, epochs=2)[0]
        for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert same_weights(first, again)
    assert not same_weights(first, other, tolerance=1e-3)


def test_a_finished_fit_started_again_trains_no_more(tmp_path: Path) -> None:
    options = {"validation": turned(planted(200, 1)), "epochs": 20}
    model, state = run(tmp_path, **options)
    recorder = Recorder()
    again, state_again = run(tmp_path, reporter=recorder, **options)
    assert state_again == state
    assert same_weights(again, model, tolerance=0)
    assert recorder.notes == []


def test_a_fit_of_more_epochs_goes_on_where_a_shorter_one_ended(tmp_path: Path) -> None:
    run(tmp_path / "parts", epochs=2)
    recorder = Recorder()
    model, state = run(tmp_path / "parts", epochs=4, reporter=recorder)
    whole, whole_state = run(tmp_path / "whole", epochs=4)
    assert [note.split(":")[0] for note in recorder.notes] == ["epoch 3", "epoch 4"]
    assert same_weights(model, whole)
    for entry, expected in zip(state.history, whole_state.history, strict=True):
        assert entry["validation_auc"] == pytest.approx(expected["validation_auc"], abs=1e-5)


def test_a_half_written_checkpoint_is_ignored(tmp_path: Path) -> None:
    whole, whole_state = run(tmp_path / "whole", epochs=2)
    run(tmp_path / "begun", epochs=1)
    for name in ("begun", "fresh"):
        folder = tmp_path / name
        (folder / "partial").mkdir(parents=True)
        (folder / "partial" / "variables.npz").write_bytes(b"PK\x03\x04 half")
        (folder / "partial.weights.h5").write_bytes(b"\x89HDF half")
        model, state = run(folder, epochs=2)
        assert same_weights(model, whole)
        assert state.best_epoch == whole_state.best_epoch
        assert not list(folder.glob("partial*"))


def test_only_the_newest_checkpoint_is_kept(tmp_path: Path) -> None:
    run(tmp_path, epochs=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best.weights.h5", "epoch-0002"]


def test_predict_gives_one_probability_a_row_in_their_order() -> None:
    model, (rows, _) = new_model(), planted(40, 1)
    expected = np.asarray(model(rows)["probability"])
    assert np.allclose(predict(model, rows), expected, atol=1e-6)
    assert np.allclose(predict(model, rows[::-1]), expected[::-1], atol=1e-6)


def test_predict_of_no_rows_is_empty() -> None:
    assert predict(new_model(), NOTHING[0]).shape == (0,)


def test_the_checkpoints_of_another_model_are_refused(tmp_path: Path) -> None:
    run(tmp_path, new_model(AutoInt))
    with pytest.raises(RunError, match="checkpoints of another model"):
        run(tmp_path, new_model(AutoIntPlus))
