from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from space.bundle import (
    CATALOGUE,
    DATASET_FILES,
    OPTIONAL_FILES,
    SERVING_FILES,
    USERS,
    read_bundle,
    read_dataset,
    read_table,
)
from space.errors import BundleError
from space.manifest import write_manifest
from space.ranking_files import RANKING_FILES
from space.recommender import MovieRecommender
from space.schema import FORMAT_VERSION
from tests.builders import tiny_movielens
from tests.exports import LIKE, Run, edit_json
from training.export import export_dataset

DATA = Path(__file__).resolve().parent.parent / "data"

RECOMMENDED_V1 = [1, 25, 10, 31]
SCORES_V1 = [0.14975, 0.09029, 0.21452, 0.11701]
"""The first four movies for user 1 and their scores, as version 1 gave them."""

NOT_SERVED = {"metadata.json", "model.weights.h5", "plots/roc.png"}
"""Files of a bundle that serving does not read."""


def refused(folder: Path, names: str) -> str:
    """The message with which a bundle is refused, which tells what to do and names a file."""
    with pytest.raises(BundleError) as caught:
        read_bundle(folder)
    message = str(caught.value)
    assert names in message
    assert any(word in message for word in ("again", "Update", "Give"))
    return message


def test_a_bundle_is_read_as_it_was_exported(run: Run) -> None:
    bundle = read_bundle(run.bundle)
    assert bundle.schema.fields == run.encoder.fields
    assert bundle.encoder.vocabularies == run.encoder.vocabularies
    assert bundle.schema.like_threshold == LIKE
    assert bundle.metrics == {"test": {"auc": 0.5}}
    assert bundle.movies["movie_id"].tolist() == sorted(run.data.movies["movie_id"])
    assert list(bundle.movies.columns) == CATALOGUE.names


def test_a_bundle_lists_what_serving_reads_and_little_else(run: Run) -> None:
    listed = json.loads((run.bundle / "manifest.json").read_text())["files"]
    assert set(listed) == SERVING_FILES | RANKING_FILES | OPTIONAL_FILES | NOT_SERVED
    listed = json.loads((run.dataset / "manifest.json").read_text())["files"]
    assert set(listed) == DATASET_FILES


@pytest.mark.parametrize(
    "name", sorted(SERVING_FILES | RANKING_FILES | OPTIONAL_FILES | NOT_SERVED)
)
@pytest.mark.parametrize("harm", ["one flipped bit", "truncated"])
def test_damage_to_any_file_of_a_bundle_is_found(bundle_copy: Path, name: str, harm: str) -> None:
    content = bytearray((bundle_copy / name).read_bytes())
    if harm == "truncated":
        content.pop()
    else:
        content[len(content) // 2] ^= 1
    (bundle_copy / name).write_bytes(content)
    assert "export or fetch it again" in refused(bundle_copy, name)


@pytest.mark.parametrize("name", sorted(SERVING_FILES | RANKING_FILES))
def test_every_file_that_serving_reads_should_be_present(bundle_copy: Path, name: str) -> None:
    (bundle_copy / name).unlink()
    assert "the file is missing" in refused(bundle_copy, name)


def test_weights_and_plots_may_be_absent(bundle_copy: Path, dataset_copy: Path) -> None:
    shutil.rmtree(bundle_copy / "plots")
    (bundle_copy / "model.weights.h5").unlink()
    (bundle_copy / "metadata.json").unlink()
    assert len(MovieRecommender.load(bundle_copy, dataset_copy).recommend(1)) == 10


def test_a_newer_format_is_refused_with_the_advice_to_update(bundle_copy: Path) -> None:
    edit_json(bundle_copy / "schema.json", lambda c: c.update(format_version=FORMAT_VERSION + 1))
    message = refused(bundle_copy, "schema.json")
    assert f"should be 1 to {FORMAT_VERSION}, it is {FORMAT_VERSION + 1}" in message
    assert "Update autoint-movies" in message


@pytest.mark.parametrize("version", [0, -1, "1", None, 1.5])
def test_a_format_version_that_never_was_is_refused(bundle_copy: Path, version: Any) -> None:
    edit_json(bundle_copy / "schema.json", lambda c: c.update(format_version=version))
    assert f"it is {version!r}" in refused(bundle_copy, "schema.json")


@pytest.mark.parametrize("version", range(1, FORMAT_VERSION + 1))
def test_a_bundle_of_every_older_format_still_loads(version: int) -> None:
    recommender = MovieRecommender.load(DATA / f"bundle-v{version}", DATA / f"dataset-v{version}")
    assert recommender.user_ids == tuple(range(1, 9))
    assert recommender.last_month == (2003, 12)
    seen = set(recommender.dataset.ratings["movie_id"]) if recommender.dataset else set()
    assert seen <= set(recommender.bundle.movies["movie_id"])


def test_the_bundle_of_version_1_still_recommends_what_it_did() -> None:
    recommender = MovieRecommender.load(DATA / "bundle-v1", DATA / "dataset-v1")
    recommended = recommender.recommend(1, exclude_seen=False, k=4)
    assert recommended["movie_id"].tolist() == RECOMMENDED_V1
    assert recommended["score"].tolist() == pytest.approx(SCORES_V1, abs=1e-4)


@pytest.mark.parametrize("version", range(1, FORMAT_VERSION + 1))
def test_the_committed_bundles_are_small(version: int) -> None:
    sizes = [path.stat().st_size for path in DATA.rglob(f"*-v{version}/**/*") if path.is_file()]
    assert 0 < sum(sizes) < 160_000


def drop_a_value(content: Any) -> None:
    content["vocabularies"]["zip"].pop()


def drop_a_vocabulary(content: Any) -> None:
    del content["vocabularies"]["zip"]


def double_a_value(content: Any) -> None:
    content["vocabularies"]["zip"][0] = content["vocabularies"]["zip"][1]


def grow_a_field(content: Any) -> None:
    content["fields"][0]["vocabulary_size"] += 1


def shrink_the_model(content: Any) -> None:
    content["config"]["vocabulary_sizes"][0] -= 1


def drop_a_field(content: Any) -> None:
    content["fields"].pop()


def name_a_field_twice(content: Any) -> None:
    content["fields"][1] = content["fields"][0]


def invent_a_field(content: Any) -> None:
    content["fields"][0]["name"] = "shoe_size"


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("encoders.json", drop_a_value, "encoders.json: the vocabulary of zip should have"),
        ("encoders.json", drop_a_vocabulary, "encoders.json: Every field should have a vocabul"),
        ("encoders.json", double_a_value, "encoders.json: The vocabulary of zip should hold"),
        ("encoders.json", dict.clear, "encoders.json: "),
        ("schema.json", grow_a_field, "encoders.json: the vocabulary of user_id should have"),
        ("schema.json", drop_a_field, "config.json: the model's vocabulary sizes"),
        ("schema.json", name_a_field_twice, "schema.json: a field is named twice"),
        ("schema.json", invent_a_field, "schema.json: the field 'shoe_size' from 'user'"),
        ("schema.json", lambda c: c["fields"].clear(), "schema.json: it should name at least one"),
        ("schema.json", lambda c: c.pop("label"), "schema.json: a part is missing"),
        ("schema.json", lambda c: c.update(dataset=3), "schema.json: a part is missing"),
        ("config.json", shrink_the_model, "config.json: the model's vocabulary sizes"),
        ("config.json", lambda c: c.pop("config"), "config.json: it should be the configuration"),
    ],
)
def test_files_at_odds_with_each_other_are_refused_though_the_manifest_fits(
    bundle_copy: Path, name: str, change: Callable[[Any], object], said: str
) -> None:
    edit_json(bundle_copy / name, change)
    refused(bundle_copy, said)


@pytest.mark.parametrize("name", ["schema.json", "encoders.json", "config.json", "metrics.json"])
def test_a_file_that_is_no_json_is_refused_though_the_manifest_fits(
    bundle_copy: Path, name: str
) -> None:
    (bundle_copy / name).write_text("{'python': True}")
    write_manifest(bundle_copy)
    refused(bundle_copy, f"{name}: it should be JSON")


@pytest.mark.parametrize("content", [b"", b"movie_id,title\n1,Heat\n", "half"], ids=repr)
def test_a_table_that_is_no_parquet_is_refused(bundle_copy: Path, content: bytes | str) -> None:
    path = bundle_copy / "movies.parquet"
    whole = path.read_bytes()
    path.write_bytes(content if isinstance(content, bytes) else whole[: len(whole) // 2])
    write_manifest(bundle_copy)
    refused(bundle_copy, "movies.parquet: it should be a parquet file with the columns movie_id")


@pytest.mark.parametrize("column", CATALOGUE.names)
def test_a_table_that_lacks_a_column_is_refused(bundle_copy: Path, column: str) -> None:
    path = bundle_copy / "movies.parquet"
    pd.read_parquet(path).drop(columns=column).to_parquet(path)
    write_manifest(bundle_copy)
    assert f"missing: {column}" in refused(bundle_copy, "movies.parquet")


@pytest.mark.parametrize(
    ("column", "values"),
    [("movie_id", "many"), ("year", 1995.5), ("genres", "Drama"), ("likes", "x")],
)
def test_a_column_of_another_type_is_refused(
    bundle_copy: Path, column: str, values: object
) -> None:
    path = bundle_copy / "movies.parquet"
    pd.read_parquet(path).assign(**{column: values}).to_parquet(path)
    write_manifest(bundle_copy)
    refused(bundle_copy, "movies.parquet: it should be a parquet file")


def test_a_catalogue_that_lists_a_movie_twice_is_refused(bundle_copy: Path) -> None:
    path = bundle_copy / "movies.parquet"
    movies = pd.read_parquet(path)
    pd.concat([movies, movies.head(1)]).to_parquet(path)
    write_manifest(bundle_copy)
    refused(bundle_copy, "movies.parquet: the column movie_id should hold every value once")


def test_columns_that_are_not_asked_for_are_not_read(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1], "b": [2]}).to_parquet(tmp_path / "t.parquet")
    wanted = pa.schema([("b", pa.int64())])
    assert list(read_table(tmp_path / "t.parquet", wanted).columns) == ["b"]


def test_a_data_set_is_read_as_it_was_exported(run: Run) -> None:
    dataset = read_dataset(run.dataset, read_bundle(run.bundle))
    assert dataset.users.index.tolist() == sorted(run.data.users["user_id"])
    expected = run.data.users.set_index("user_id", drop=False).sort_index()
    assert dataset.users[USERS.names].equals(expected[USERS.names])
    ratings = dataset.ratings
    assert len(ratings) == len(run.data.ratings)
    parts = ratings["part"].value_counts().to_dict()
    assert parts == {
        "train": len(run.split.train),
        "validation": len(run.split.validation),
        "test": len(run.split.test),
    }


def test_the_ratings_are_by_user_and_newest_first(run: Run) -> None:
    ratings = read_dataset(run.dataset, read_bundle(run.bundle)).ratings
    keys = list(zip(ratings["user_id"], -ratings["timestamp"], strict=True))
    assert keys == sorted(keys)


def test_of_ratings_in_the_same_second_the_later_row_is_the_newer(
    run: Run, dataset_copy: Path
) -> None:
    path = dataset_copy / "ratings.parquet"
    table = pd.read_parquet(path)
    rows = table[table["user_id"] == 7]["movie_id"].tolist()
    schema = pa.parquet.read_schema(path)
    same = pa.Table.from_pandas(table.assign(timestamp=10**9), schema=schema, preserve_index=False)
    pa.parquet.write_table(same, path)
    write_manifest(dataset_copy)
    ratings = read_dataset(dataset_copy, read_bundle(run.bundle)).ratings
    assert ratings.loc[ratings["user_id"] == 7, "movie_id"].tolist() == rows[::-1]


@pytest.mark.parametrize("name", sorted(DATASET_FILES))
def test_damage_to_any_file_of_a_data_set_is_found(run: Run, dataset_copy: Path, name: str) -> None:
    bundle, content = read_bundle(run.bundle), bytearray((dataset_copy / name).read_bytes())
    content[-1] ^= 1
    (dataset_copy / name).write_bytes(content)
    with pytest.raises(BundleError, match=rf"{name}: its SHA-256.*export or fetch it again"):
        read_dataset(dataset_copy, bundle)
    (dataset_copy / name).unlink()
    with pytest.raises(BundleError, match=rf"{name}: the file is missing. Export or fetch"):
        read_dataset(dataset_copy, bundle)


def test_the_data_set_of_another_bundle_is_refused(run: Run, tmp_path: Path) -> None:
    ratings = run.data.ratings.copy()
    ratings.loc[0, "timestamp"] += 1
    export_dataset(tmp_path / "dataset", replace(run.data, ratings=ratings), run.split)
    with pytest.raises(BundleError, match=r"does not belong to the bundle .*Give the data set"):
        read_dataset(tmp_path / "dataset", read_bundle(run.bundle))


def test_the_tiny_data_sets_of_two_seeds_have_two_fingerprints() -> None:
    prints = {tiny_movielens(5, 6, seed).fingerprint() for seed in (0, 0, 1)}
    assert len(prints) == 2


@pytest.mark.parametrize("version", [FORMAT_VERSION + 1, 0, None, "1"])
def test_a_data_set_of_a_newer_format_is_refused(
    run: Run, dataset_copy: Path, version: Any
) -> None:
    edit_json(dataset_copy / "dataset.json", lambda c: c.update(format_version=version))
    with pytest.raises(BundleError, match=r"dataset\.json: the format version .*Update autoint"):
        read_dataset(dataset_copy, read_bundle(run.bundle))


@pytest.mark.parametrize(
    ("name", "column"),
    [("users.parquet", "zip"), ("ratings.parquet", "part"), ("ratings.parquet", "timestamp")],
)
def test_a_table_of_a_data_set_that_lacks_a_column_is_refused(
    run: Run, dataset_copy: Path, name: str, column: str
) -> None:
    path = dataset_copy / name
    pd.read_parquet(path).drop(columns=column).to_parquet(path)
    write_manifest(dataset_copy)
    with pytest.raises(BundleError, match=rf"{name}: .*missing: {column}"):
        read_dataset(dataset_copy, read_bundle(run.bundle))
