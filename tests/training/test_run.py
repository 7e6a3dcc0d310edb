from __future__ import annotations

import json
import shutil
import threading
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import filelock
import keras
import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from space.bundle import read_bundle, read_dataset
from space.manifest import sha256
from space.recommender import MovieRecommender
from space.schema import FIELD_PRESETS
from tests.builders import (
    movie_table,
    rating_table,
    tiny_movielens,
    user_table,
    write_csv_edition,
    write_ml_100k,
)
from training import readers
from training.errors import DataError, RunError, SourceError
from training.licences import LICENCES
from training.plots import plot_run
from training.presets import PRESETS
from training.ratings import MovieLens
from training.run import RunOptions, train
from training.splits import user_time_split
from training.vocabularies import encode_ratings

OPTIONS = RunOptions(epochs=2)
ALL = RunOptions(
    dataset="mine",
    preset="paper",
    fields="no-demographics",
    split="random",
    vocabularies="all",
    like_threshold=3.0,
    epochs=1,
    seed=1,
)
"""Another value than the default for every option but one."""


@dataclass
class Recorder:
    """Keeps what is reported."""

    stages: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)

    def stage(self, name: str) -> None:
        self.stages.append(name)
        self.begun.set()

    def update(self, fraction: float | None, text: str = "") -> None:
        """Not kept."""

    def note(self, text: str) -> None:
        self.notes.append(text)

    def close(self) -> None:
        """Nothing to do."""


@dataclass(frozen=True)
class Trained:
    """A run, what it read, gave back and said."""

    out: Path
    data: Path
    metrics: dict[str, Any]
    recorder: Recorder


@pytest.fixture(scope="module")
def ratings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny data set in ML-100K's layout."""
    folder = tmp_path_factory.mktemp("ratings")
    write_ml_100k(tiny_movielens(), folder)
    return folder


@pytest.fixture(scope="module")
def trained(ratings: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A finished run, which no test may change."""
    out, recorder = tmp_path_factory.mktemp("runs") / "deeper" / "run", Recorder()
    return Trained(out, ratings, train(OPTIONS, out, recorder, data=ratings), recorder)


@pytest.fixture
def copy(trained: Trained, tmp_path: Path) -> Path:
    """A copy of the finished run that a test may change."""
    return Path(shutil.copytree(trained.out, tmp_path / "run"))


def epochs_in(recorder: Recorder) -> list[str]:
    return [note.split(":")[0] for note in recorder.notes if note.startswith("epoch")]


def test_a_run_leaves_its_folders_and_a_record_that_it_is_finished(trained: Trained) -> None:
    record = json.loads((trained.out / "run.json").read_text())
    assert record["finished"] is True
    assert record["options"] == asdict(OPTIONS)
    assert record["fingerprint"] == readers.read(trained.data).fingerprint()
    for name in ("bundle", "bundle/plots", "dataset", "checkpoints"):
        assert (trained.out / name).is_dir()
    pictures = {path.name for path in (trained.out / "bundle" / "plots").iterdir()}
    assert pictures == {"learning_curves.png", "roc.png", "calibration.png", "scores.png"}


def test_a_run_tells_its_stages_in_order(trained: Trained) -> None:
    assert trained.recorder.stages == [
        "Reading ratings",
        "Training",
        "Measuring",
        "Ranking",
        "Exporting",
    ]
    assert epochs_in(trained.recorder) == ["epoch 1", "epoch 2"]


def test_a_run_shows_size_licence_and_citation_of_the_data(trained: Trained) -> None:
    size, licence, citation = trained.recorder.notes[:3]
    assert size.startswith("ml-100k: ")
    assert size.endswith("ratings of 40 movies by 30 users")
    assert licence == f"Licence: {LICENCES['ml-100k'].facts()['licence']}"
    assert citation.startswith("Citation: F. Maxwell Harper")


def test_an_exported_run_can_be_served(trained: Trained) -> None:
    recommender = MovieRecommender.load(trained.out / "bundle", trained.out / "dataset")
    assert len(recommender.recommend(1)) == 10


def test_the_metrics_are_those_of_the_exported_model_on_the_held_out_rows(
    trained: Trained,
) -> None:
    data, model = readers.read(trained.data), keras.saving.load_model(trained.out / "bundle")
    rows = encode_ratings(read_bundle(trained.out / "bundle").encoder, data, data.ratings)
    probabilities = np.asarray(model(rows)["probability"], dtype="float64")
    labels = (data.ratings["rating"] >= 4).to_numpy(dtype=int)
    split = user_time_split(data.ratings)
    for part in ("validation", "test"):
        picked, metrics = getattr(split, part), trained.metrics[part]
        assert metrics["rows"] == len(picked)
        expected = roc_auc_score(labels[picked], probabilities[picked])
        assert metrics["auc"] == pytest.approx(expected, abs=1e-3)
        expected = log_loss(labels[picked], probabilities[picked])
        assert metrics["log_loss"] == pytest.approx(expected, abs=1e-5)


def test_the_metrics_are_kept_in_the_bundle(trained: Trained) -> None:
    assert json.loads((trained.out / "bundle" / "metrics.json").read_text()) == trained.metrics
    assert [entry["epoch"] for entry in trained.metrics["history"]] == [1, 2]
    losses = [entry["validation_log_loss"] for entry in trained.metrics["history"]]
    assert trained.metrics["best_epoch"] == 1 + int(np.argmin(losses))
    model = keras.saving.load_model(trained.out / "bundle")
    assert trained.metrics["parameters"] == sum(weight.numpy().size for weight in model.weights)


def test_the_learning_curves_mark_the_epoch_whose_weights_were_kept(
    trained: Trained, tmp_path: Path
) -> None:
    plot_run(
        tmp_path,
        trained.metrics["history"],
        np.array([0, 1]),
        np.array([0.4, 0.6]),
        kept=trained.metrics["best_epoch"],
    )
    exported = trained.out / "bundle" / "plots" / "learning_curves.png"
    assert sha256(exported) == sha256(tmp_path / "learning_curves.png")


def test_a_bundle_tells_how_it_was_trained(trained: Trained) -> None:
    told = json.loads((trained.out / "bundle" / "training.json").read_text())
    fitted = replace(PRESETS["default"].fit, epochs=2)
    assert told == {"options": asdict(OPTIONS), "model": "autoint+", "fit": asdict(fitted)}


def test_the_licence_of_the_data_is_kept_wherever_they_are_named(trained: Trained) -> None:
    expected = {"name": "ml-100k", **LICENCES["ml-100k"].facts()}
    for file, part in (("bundle/schema", "dataset"), ("dataset/dataset", ""), ("run", "data")):
        content = json.loads((trained.out / f"{file}.json").read_text())
        found = content[part] if part else content
        assert {name: found[name] for name in expected} == expected, file


def test_vocabularies_hold_values_of_training_rows_only(trained: Trained) -> None:
    data = readers.read(trained.data)
    rated = data.ratings.iloc[user_time_split(data.ratings).train]
    known = read_bundle(trained.out / "bundle").encoder.vocabularies["movie_id"]
    assert set(known) == {str(movie) for movie in rated["movie_id"]}


def test_every_option_reaches_the_bundle(tmp_path: Path) -> None:
    write_csv_edition(tiny_movielens(), tmp_path)
    metrics = train(ALL, tmp_path / "run", Recorder(), data=tmp_path)
    bundle = read_bundle(tmp_path / "run" / "bundle")
    data = read_dataset(tmp_path / "run" / "dataset", bundle)
    assert bundle.schema.dataset["name"] == "mine"
    assert bundle.schema.names() == FIELD_PRESETS["no-demographics"]
    assert bundle.schema.like_threshold == 3.0
    assert bundle.schema.split["name"] == "random"
    assert bundle.schema.split["vocabularies"] == "all"
    assert bundle.schema.split["rows"]["test"] == -(-len(data.ratings) // 5)
    every_movie = {str(movie) for movie in data.ratings["movie_id"]}
    assert set(bundle.encoder.vocabularies["movie_id"]) == every_movie
    config = json.loads((bundle.folder / "config.json").read_text())["config"]
    assert config["dnn_units"] == [32, 32]
    assert len(metrics["history"]) == 1


def test_a_finished_run_started_again_does_nothing(copy: Path, trained: Trained) -> None:
    before = {path: sha256(path) for path in copy.rglob("*") if path.is_file()}
    recorder = Recorder()
    metrics = train(OPTIONS, copy, recorder, data=trained.data)
    assert metrics == trained.metrics
    assert recorder.stages == []
    assert recorder.notes == [f"{copy} holds this run already, finished."]
    assert {path: sha256(path) for path in copy.rglob("*") if path.is_file()} == before


def test_a_finished_run_that_lost_its_bundle_exports_it_again_without_training(
    copy: Path, trained: Trained
) -> None:
    shutil.rmtree(copy / "bundle")
    recorder = Recorder()
    metrics = train(OPTIONS, copy, recorder, data=trained.data)
    assert epochs_in(recorder) == []
    assert metrics["test"] == trained.metrics["test"]
    assert MovieRecommender.load(copy / "bundle", copy / "dataset").user_ids[0] == 1


def test_changed_options_are_refused_and_named(copy: Path, trained: Trained) -> None:
    changed = replace(OPTIONS, epochs=3, split="random")
    with pytest.raises(RunError) as caught:
        train(changed, copy, Recorder(), data=trained.data)
    assert "split 'user-time', not 'random'; epochs 2, not 3" in str(caught.value)
    assert "Choose another --out, or delete that folder." in str(caught.value)


def test_a_run_begun_with_other_ratings_is_refused(tmp_path: Path, ratings: Path) -> None:
    begun = {"options": asdict(OPTIONS), "fingerprint": "another", "finished": False}
    (tmp_path / "run.json").write_text(json.dumps(begun))
    with pytest.raises(RunError, match=r"started with other ratings than these. Choose another"):
        train(OPTIONS, tmp_path, Recorder(), data=ratings)


def test_too_few_ratings_are_refused(tmp_path: Path) -> None:
    one_each = MovieLens(
        user_table(
            [
                {"user_id": user, "gender": "F", "age": "18-24", "occupation": "artist"}
                for user in (1, 2)
            ]
        ),
        movie_table([{"movie_id": 1, "title": "One", "year": 1990, "genres": ["Drama"]}]),
        rating_table([(1, 1, 5.0, 10), (2, 1, 1.0, 20)]),
    )
    write_ml_100k(one_each, tmp_path)
    with pytest.raises(RunError, match="2 ratings are too few to split into train and test"):
        train(OPTIONS, tmp_path / "run", Recorder(), data=tmp_path)


def test_ratings_that_cannot_be_read_leave_a_folder_that_can_be_used(
    tmp_path: Path, trained: Trained
) -> None:
    with pytest.raises(DataError, match="there is no such file or folder"):
        train(OPTIONS, tmp_path / "run", Recorder(), data=tmp_path / "nowhere")
    with pytest.raises(SourceError, match=r"--dataset should be one of .*Received: 'ml-3'"):
        train(RunOptions(dataset="ml-3"), tmp_path / "run", Recorder())
    assert not (tmp_path / "run" / "run.json").exists()


def test_a_second_process_waits_until_the_first_has_left_the_folder(
    copy: Path, trained: Trained
) -> None:
    recorder, metrics = Recorder(), []
    second = threading.Thread(
        target=lambda: metrics.append(train(OPTIONS, copy, recorder, data=trained.data))
    )
    with filelock.FileLock(copy / ".lock"):
        second.start()
        assert recorder.begun.wait(timeout=30)
        assert recorder.stages == ["Waiting for another process that trains in the same folder"]
        assert metrics == []
    second.join(timeout=30)
    assert metrics == [trained.metrics]
