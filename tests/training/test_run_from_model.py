"""Runs that go on from a model that is there."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from hub_upload import publications
from space.bundle import read_bundle
from space.manifest import MANIFEST, sha256
from space.recommender import MovieRecommender
from tests.builders import tiny_movielens, write_csv_edition
from tests.exports import Run, edit_json
from tests.hub import HubServer
from tests.training.test_run import Recorder
from tests.training.test_start import files_of, with_weights
from training.errors import RunError
from training.licences import LICENCES
from training.presets import PRESETS
from training.run import RunOptions, train
from training.vocabularies import encode_ratings

OPTIONS = RunOptions(dataset="mine", preset="paper", epochs=1)


@dataclass(frozen=True)
class Continued:
    """A run that went on from the shared bundle with other ratings."""

    out: Path
    data: Path
    label: str
    recorder: Recorder
    metrics: dict[str, Any]


@pytest.fixture(scope="module")
def ratings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ratings of more users and movies than the model knows, without demographics."""
    folder = tmp_path_factory.mktemp("ratings")
    write_csv_edition(tiny_movielens(users=45, movies=60, seed=3), folder)
    return folder


@pytest.fixture(scope="module")
def continued(run: Run, ratings: Path, tmp_path_factory: pytest.TempPathFactory) -> Continued:
    """A finished run, which no test may change."""
    out, recorder = tmp_path_factory.mktemp("runs") / "run", Recorder()
    options = replace(OPTIONS, init_from=str(run.bundle))
    metrics = train(options, out, recorder, data=ratings)
    label = f"bundle@{sha256(run.bundle / MANIFEST)}"
    return Continued(out, ratings, label, recorder, metrics)


def weights(folder: Path) -> Any:
    """The embeddings of a bundle's model."""
    return np.asarray(keras.saving.load_model(folder).embedding.get_weights()[0])


def test_the_model_and_its_vocabularies_come_from_the_bundle(
    continued: Continued, run: Run
) -> None:
    bundle = read_bundle(continued.out / "bundle")
    assert bundle.encoder.vocabularies == run.encoder.vocabularies
    config = json.loads((bundle.folder / "config.json").read_text())["config"]
    before = json.loads((run.bundle / "config.json").read_text())["config"]
    assert config == before
    assert config["embed_dim"] != PRESETS["paper"].model_options["embed_dim"]


def test_the_weights_are_those_of_the_bundle_a_few_steps_on(continued: Continued, run: Run) -> None:
    before, after = weights(run.bundle), weights(continued.out / "bundle")
    moved = np.abs(after - before).max()
    assert 0 < moved < 0.05
    assert np.abs(before).max() > 1


def test_values_that_are_new_to_the_model_are_unknown(continued: Continued) -> None:
    bundle = read_bundle(continued.out / "bundle")
    data = tiny_movielens(users=45, movies=60, seed=3)
    rows = encode_ratings(bundle.encoder, data, data.ratings)
    users = rows[:, bundle.schema.names().index("user_id")]
    known = data.ratings["user_id"] <= 30
    assert ((users == 0) == ~known).all()


def test_what_a_run_went_on_from_is_recorded_and_told(continued: Continued) -> None:
    record = json.loads((continued.out / "run.json").read_text())
    assert record["init_from"] == continued.label
    split = read_bundle(continued.out / "bundle").schema.split
    assert (split["init_from"], split["vocabularies"]) == (continued.label, "init_from")
    told = json.loads((continued.out / "bundle" / "training.json").read_text())
    options = {**asdict(OPTIONS), "init_from": continued.label}
    del options["fields"], options["vocabularies"]
    fitted = replace(PRESETS["paper"].fit, epochs=1)
    assert told == {"options": options, "model": "autoint+", "fit": asdict(fitted)}
    assert f"Going on from {continued.label}; the fields" in "\n".join(continued.recorder.notes)
    assert continued.recorder.stages[0] == "Reading the model to go on from"


def test_the_licences_of_all_that_a_model_was_trained_on_stay_with_it(
    bundle_copy: Path, ratings: Path, tmp_path: Path
) -> None:
    first = {"name": "ml-100k", **LICENCES["ml-100k"].facts()}
    second = {"name": "ml-latest-small", **LICENCES["ml-latest-small"].facts()}
    edit_json(bundle_copy / "schema.json", lambda content: content["dataset"].update(first))
    start, recorder = bundle_copy, Recorder()
    for name, before in (("ml-latest-small", [first]), ("mine", [second, first])):
        out = tmp_path / name
        train(replace(OPTIONS, dataset=name, init_from=str(start)), out, recorder, data=ratings)
        facts = json.loads((out / "bundle" / "schema.json").read_text())["dataset"]
        assert (facts["name"], facts["also_trained_on"]) == (name, before)
        # The ratings themselves are those of the run alone.
        assert "also_trained_on" not in json.loads((out / "dataset" / "dataset.json").read_text())
        start = out / "bundle"
        what = publications.model(start, "ada/films")
        assert all(entry["licence"] in what.notices[0] for entry in before)
        assert "may be passed on under" not in what.card
        assert recorder.notes.count(
            f"The licence of ml-100k that it was trained on stays with it: {first['licence']}"
        ) == len(before)


def test_nothing_that_is_published_tells_of_this_machine(continued: Continued, run: Run) -> None:
    for folder in ("bundle", "dataset"):
        for path in (continued.out / folder).rglob("*.json"):
            assert str(run.bundle.parent) not in path.read_text(), path.name


def test_what_it_exports_can_be_served(continued: Continued) -> None:
    recommender = MovieRecommender.load(continued.out / "bundle", continued.out / "dataset")
    assert len(recommender.recommend(45)) == 10


def test_the_finished_run_needs_the_bundle_no_more(continued: Continued, run: Run) -> None:
    recorder = Recorder()
    options = replace(OPTIONS, init_from=str(run.bundle))
    assert train(options, continued.out, recorder, data=continued.data) == continued.metrics
    assert recorder.stages == []


def test_another_start_is_another_run(continued: Continued) -> None:
    with pytest.raises(RunError, match=r"other options \(init_from '.*bundle', not None\)"):
        train(OPTIONS, continued.out, Recorder(), data=continued.data)


def test_a_run_goes_on_from_the_commit_that_it_began_with(
    run: Run, ratings: Path, hub: HubServer, bundle_copy: Path, tmp_path: Path
) -> None:
    published = hub.add("models", "owner/model", files_of(run.bundle))
    label = f"owner/model@{published.head()}"
    options = replace(OPTIONS, init_from="owner/model")
    train(options, tmp_path / "run", Recorder(), data=ratings)
    record = tmp_path / "run" / "run.json"
    assert json.loads(record.read_text())["init_from"] == label
    before = weights(tmp_path / "run" / "bundle")

    # As if it had been stopped after its first epoch.
    record.write_text(json.dumps({**json.loads(record.read_text()), "finished": False}))
    published.commit(files_of(with_weights(bundle_copy, seed=1)))
    train(options, tmp_path / "run", Recorder(), data=ratings)
    assert json.loads(record.read_text())["init_from"] == label
    assert read_bundle(tmp_path / "run" / "bundle").schema.split["init_from"] == label
    assert np.array_equal(weights(tmp_path / "run" / "bundle"), before)


def test_a_start_that_cannot_be_had_leaves_a_folder_that_can_be_used(
    ratings: Path, tmp_path: Path
) -> None:
    options = replace(OPTIONS, init_from=str(tmp_path / "no/such/bundle"))
    with pytest.raises(RunError, match="there is no such folder"):
        train(options, tmp_path / "run", Recorder(), data=ratings)
    assert not (tmp_path / "run" / "run.json").exists()
