from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pytest

from space.affinities import AFFINITIES
from space.bundle import read_bundle, read_dataset
from space.manifest import sha256, verify_manifest
from space.schema import FIELD_PRESETS
from tests.builders import movie_table, rating_table, tiny_movielens, user_table
from tests.exports import LIKE, Run, export_tiny
from tests.training.models import SIZES, build, build_plus, randomize
from training.errors import RunError
from training.export import (
    catalogue,
    check_onnx,
    export_bundle,
    export_dataset,
    export_onnx,
    library_versions,
)
from training.ratings import MovieLens
from training.splits import Split


@pytest.fixture(scope="module")
def model() -> Any:
    """A tiny AutoInt+."""
    return build_plus()


@pytest.fixture(scope="module")
def graph(model: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model's graph."""
    path = tmp_path_factory.mktemp("graph") / "model.onnx"
    export_onnx(model, path)
    return path


def content_of(folder: Path) -> dict[str, str]:
    """The hash of every file at any depth."""
    return {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_graph_takes_any_number_of_rows_and_gives_all_outputs(model: Any, graph: Path) -> None:
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    assert [(entry.name, entry.shape[1:]) for entry in session.get_inputs()] == [("fields", [3])]
    names = {"logit", "probability", "attention", "logit_as_first"}
    assert {entry.name for entry in session.get_outputs()} == names
    for count in (1, 2, 300):
        rows = np.random.default_rng(count).integers(0, SIZES, (count, 3)).astype("int32")
        expected = model(rows, return_attention=True)
        for name in names:
            actual = session.run([name], {"fields": rows})[0]
            assert np.allclose(actual, np.asarray(expected[name]), rtol=0, atol=1e-5), name


def test_the_graph_of_a_model_agrees_with_it(model: Any, graph: Path) -> None:
    check_onnx(model, graph)


def test_the_graph_of_another_model_is_refused(graph: Path) -> None:
    with pytest.raises(RunError, match=r"differs from Keras by .* in logit; at most 1e-05"):
        check_onnx(randomize(build_plus(), seed=1), graph)


def test_a_graph_that_differs_in_its_attention_alone_is_refused(tmp_path: Path) -> None:
    ours, theirs = build(), build()
    for model, sign in ((ours, 1.0), (theirs, -1.0)):
        # Nothing of the attention reaches the logit.
        model.attention_logit.kernel.assign(np.zeros(model.attention_logit.kernel.shape))
        model.embedding.set_weights([sign * weight for weight in model.embedding.get_weights()])
        model.interacting[0].set_weights(
            [
                np.linspace(-1, sign, weight.size).reshape(weight.shape)
                for weight in model.interacting[0].get_weights()
            ]
        )
    export_onnx(theirs, tmp_path / "model.onnx")
    check_onnx(theirs, tmp_path / "model.onnx", rows=100)
    with pytest.raises(RunError, match="in attention; at most"):
        check_onnx(ours, tmp_path / "model.onnx", rows=100)


def test_a_graph_that_calibrates_each_row_as_its_own_in_all_outputs_is_refused(
    tmp_path: Path,
) -> None:
    model, path = build(newcomer_columns=[0], nobody_columns=[0, 2]), tmp_path / "model.onnx"
    model.newcomer_calibration.set(low=0.2, high=1.8, intercept=-1.2)
    export_onnx(model, path)
    check_onnx(model, path)
    content = onnx.load(path)
    for node in content.graph.node:
        for place, name in enumerate(node.output):
            if name == "logit_as_first":
                node.output[place] = "nowhere"
    own = onnx.helper.make_node("Identity", ["logit"], ["logit_as_first"])
    content.graph.node.append(own)
    onnx.save(content, path)
    with pytest.raises(RunError, match=r"differs from Keras by .* in logit_as_first; at most"):
        check_onnx(model, path)


def test_a_model_that_gives_nan_is_refused(tmp_path: Path) -> None:
    broken = build()
    broken.attention_logit.kernel.assign(np.full(broken.attention_logit.kernel.shape, np.nan))
    export_onnx(broken, tmp_path / "model.onnx")
    with pytest.raises(RunError, match="differs from Keras by nan"):
        check_onnx(broken, tmp_path / "model.onnx", rows=100)


def test_the_weights_in_a_bundle_load_and_predict_the_same(run: Run) -> None:
    loaded = keras.saving.load_model(run.bundle)
    sizes = run.encoder.vocabulary_sizes
    rows = np.random.default_rng(0).integers(0, sizes, (50, len(sizes))).astype("int32")
    assert type(loaded) is type(run.model)
    assert np.array_equal(np.asarray(loaded(rows)["logit"]), np.asarray(run.model(rows)["logit"]))


def test_a_bundle_holds_no_pickle_and_no_code(run: Run) -> None:
    suffixes = {Path(name).suffix for name in content_of(run.bundle)}
    assert suffixes == {".json", ".onnx", ".h5", ".parquet", ".png"}
    suffixes = {Path(name).suffix for name in content_of(run.dataset)}
    assert suffixes == {".json", ".parquet"}
    for folder in (run.bundle, run.dataset):
        for path in folder.rglob("*"):
            # What pickles of protocol 2 and later begin with.
            assert path.is_dir() or not path.read_bytes().startswith(b"\x80")


def test_both_folders_carry_the_fingerprint_of_the_data(run: Run) -> None:
    schema = json.loads((run.bundle / "schema.json").read_text())
    dataset = json.loads((run.dataset / "dataset.json").read_text())
    assert schema["dataset"]["fingerprint"] == dataset["fingerprint"] == run.data.fingerprint()


def test_the_schema_says_what_was_trained_on_and_how(run: Run) -> None:
    schema = read_bundle(run.bundle).schema
    assert schema.names() == FIELD_PRESETS["original"]
    assert schema.vocabulary_sizes == run.encoder.vocabulary_sizes
    assert schema.split == {
        "name": "user-time",
        "vocabularies": "train",
        "rows": {
            "train": len(run.split.train),
            "validation": len(run.split.validation),
            "test": len(run.split.test),
        },
    }
    assert schema.versions == library_versions()
    assert schema.versions["keras"] == keras.__version__
    counts = {name: schema.dataset[name] for name in ("users", "movies", "ratings")}
    assert counts == {
        "users": len(run.data.users),
        "movies": len(run.data.movies),
        "ratings": len(run.data.ratings),
    }


def test_the_manifests_fit_all_files(run: Run) -> None:
    for folder in (run.bundle, run.dataset):
        verify_manifest(folder, content_of(folder).keys() - {"manifest.json"})


def test_metrics_that_are_not_defined_become_null(tmp_path: Path) -> None:
    nan = float("nan")
    metrics = {"test": {"auc": nan, "rows": 3}, "history": [{"loss": float("inf")}, (nan, 1.5)]}
    exported = export_tiny(tmp_path, tiny_movielens(users=4, movies=6), metrics=metrics)
    text = (exported.bundle / "metrics.json").read_text()
    assert "NaN" not in text
    assert "Infinity" not in text
    assert json.loads(text) == {
        "test": {"auc": None, "rows": 3},
        "history": [{"loss": None}, [None, 1.5]],
    }


def test_what_a_model_was_made_with_is_listed_and_not_needed_for_serving(
    run: Run, tmp_path: Path
) -> None:
    told = {"options": {"seed": 3, "dataset": "Fälle"}, "model": "autoint+", "fit": {}}
    small = tiny_movielens(users=4, movies=6)
    exported = export_tiny(tmp_path, small, training=told)
    path = exported.bundle / "training.json"
    assert json.loads(path.read_text(encoding="utf-8")) == told
    verify_manifest(exported.bundle, ["training.json"])
    path.unlink()
    assert read_bundle(exported.bundle).encoder.vocabularies == exported.encoder.vocabularies
    assert not (run.bundle / "training.json").exists()


@pytest.fixture
def five_ratings() -> tuple[MovieLens, Split]:
    """Five ratings of three movies, the last two of them held out."""
    movies = [
        {"movie_id": movie, "title": f"M{movie}", "year": 1990, "genres": ["War"]}
        for movie in (1, 2, 3)
    ]
    ratings = [(1, 1, 5.0, 10), (1, 2, 3.5, 20), (2, 1, 4.0, 30), (2, 2, 5.0, 40), (2, 3, 5.0, 50)]
    data = MovieLens(
        user_table([{"user_id": 1}, {"user_id": 2}]), movie_table(movies), rating_table(ratings)
    )
    return data, Split(np.array([0, 1, 2]), np.array([3]), np.array([4]))


def test_the_catalogue_counts_training_rows_only(five_ratings: tuple[MovieLens, Split]) -> None:
    counted = catalogue(*five_ratings, like_threshold=4.0).set_index("movie_id")
    assert counted["rating_count"].to_dict() == {1: 2, 2: 1, 3: 0}
    assert counted["likes"].to_dict() == {1: 2, 2: 0, 3: 0}
    assert counted["rating_mean"][1] == 4.5
    assert counted["rating_mean"][2] == 3.5
    assert pd.isna(counted["rating_mean"][3])


def test_a_like_in_the_catalogue_is_the_label_rules(five_ratings: tuple[MovieLens, Split]) -> None:
    for threshold, likes in ((3.5, [2, 1, 0]), (4.0, [2, 0, 0]), (4.5, [1, 0, 0])):
        assert catalogue(*five_ratings, like_threshold=threshold)["likes"].tolist() == likes


def test_the_catalogue_of_a_bundle_has_the_likes_of_its_split(run: Run) -> None:
    movies = read_bundle(run.bundle).movies
    assert dict(zip(movies["movie_id"], movies["likes"], strict=True)) == run.training_likes()
    every_like = int((run.data.ratings["rating"] >= LIKE).sum())
    assert 0 < movies["likes"].sum() < every_like


def test_a_data_set_tells_each_ratings_part(run: Run) -> None:
    ratings = pd.read_parquet(run.dataset / "ratings.parquet")
    for part in ("train", "validation", "test"):
        rows = np.flatnonzero(ratings["part"] == part)
        assert np.array_equal(rows, np.sort(getattr(run.split, part)))
    columns = ["user_id", "movie_id", "rating", "timestamp"]
    pd.testing.assert_frame_equal(ratings[columns], run.data.ratings[columns], check_dtype=False)


@pytest.fixture
def exported(tmp_path: Path) -> Iterator[Run]:
    """A run of its own, and a check that nothing else is left beside it."""
    yield export_tiny(tmp_path, tiny_movielens(users=4, movies=6))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle", "dataset", "plots"]


def test_a_folder_that_is_there_is_replaced_whole(exported: Run) -> None:
    for folder in (exported.bundle, exported.dataset):
        (folder / "left.json").write_text("{}")
    again = export_tiny(exported.bundle.parent, tiny_movielens(users=4, movies=6, seed=1))
    for folder in (exported.bundle, exported.dataset):
        assert not (folder / "left.json").exists()
    bundle = read_bundle(exported.bundle)
    assert bundle.schema.dataset["fingerprint"] == again.data.fingerprint()
    assert len(read_dataset(exported.dataset, bundle).ratings) == len(again.data.ratings)


def test_a_failed_export_leaves_what_was_there(exported: Run) -> None:
    before = content_of(exported.bundle)
    broken = build_plus(sizes=exported.encoder.vocabulary_sizes)
    broken.attention_logit.kernel.assign(np.full(broken.attention_logit.kernel.shape, np.nan))
    with pytest.raises(RunError, match="Nothing was exported"):
        export_bundle(
            exported.bundle,
            model=broken,
            encoder=exported.encoder,
            data=exported.data,
            split=exported.split,
            split_facts={},
            like_threshold=LIKE,
            metrics={},
        )
    assert content_of(exported.bundle) == before


def test_a_data_set_exported_twice_is_the_same_in_every_byte(run: Run, tmp_path: Path) -> None:
    export_dataset(tmp_path / "a" / "deeper" / "dataset", run.data, run.split)
    assert content_of(tmp_path / "a" / "deeper" / "dataset") == content_of(run.dataset)


def test_an_exported_folder_can_be_moved(run: Run, tmp_path: Path) -> None:
    shutil.copytree(run.bundle, tmp_path / "elsewhere")
    assert read_bundle(tmp_path / "elsewhere").schema == read_bundle(run.bundle).schema


def test_a_bundle_without_a_ranker_is_of_the_first_format_version(tmp_path: Path) -> None:
    made = export_tiny(tmp_path, tiny_movielens(users=8, movies=15), ranked=False)
    assert json.loads((made.bundle / "schema.json").read_text())["format_version"] == 1
    listed = json.loads((made.bundle / "manifest.json").read_text())["files"]
    assert not {"ranking.onnx", "ranking.json", "items.parquet", "audiences.parquet"} & set(listed)


def test_a_bundle_with_a_ranker_has_its_four_files(tmp_path: Path) -> None:
    made = export_tiny(tmp_path, tiny_movielens(users=8, movies=15))
    assert json.loads((made.bundle / "schema.json").read_text())["format_version"] == 3
    facts = json.loads((made.bundle / "ranking.json").read_text())
    assert facts["affinities"] == list(AFFINITIES)
    assert facts["person"] == ["gender", "age", "occupation", "rating_year", "rating_month"]
    assert facts["lists"] == {"liked": 100, "recent": 20, "disliked": 50}
    assert facts["like_threshold"] == 4.0
