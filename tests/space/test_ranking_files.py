"""The ranking model's files of a bundle: read, and refused where they do not fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from space.bundle import read_bundle
from space.errors import BundleError
from space.manifest import write_manifest
from tests.exports import LIKE, Run, edit_json


def refused(folder: Path) -> str:
    with pytest.raises(BundleError) as caught:
        read_bundle(folder)
    message = str(caught.value)
    assert "again" in message
    return message


def test_the_models_are_read_as_they_were_exported(run: Run) -> None:
    ranking = read_bundle(run.bundle).ranking
    assert ranking is not None
    assert run.ranking is not None
    assert ranking.graph == run.bundle / "ranking.onnx"
    assert ranking.like_threshold == LIKE
    read, made = ranking.models, run.ranking.models
    assert read.matrices.keys() == made.matrices.keys()
    for name, matrix in made.matrices.items():
        for ours, expected in zip(read.matrices[name].entries(), matrix.entries(), strict=True):
            assert np.array_equal(ours, expected)
        assert read.matrices[name].indices.itemsize == read.matrices[name].weights.itemsize == 2
    assert np.array_equal(read.likes, made.likes)
    assert np.array_equal(read.ratings, made.ratings)
    assert np.array_equal(read.years, made.years)
    assert np.array_equal(read.genres, made.genres)


def test_weights_that_two_bytes_do_not_hold_are_read_whole(bundle_copy: Path) -> None:
    path = bundle_copy / "items.parquet"
    items = pd.read_parquet(path).assign(weight=np.float32(0.1))
    items.to_parquet(path)
    write_manifest(bundle_copy)
    ranking = read_bundle(bundle_copy).ranking
    assert ranking is not None
    assert {float(w) for m in ranking.models.matrices.values() for w in m.weights} == {
        float(np.float32(0.1))
    }


def test_a_bundle_of_version_1_has_no_ranking_model(old_run: Run) -> None:
    assert read_bundle(old_run.bundle).ranking is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c.pop("affinities"), "its affinities should be"),
        (lambda c: c["affinities"].pop(), "its affinities should be"),
        (lambda c: c["affinities"].reverse(), "its affinities should be"),
        (lambda c: c.update(person=["gender"]), "its person should be gender, age"),
        (lambda c: c.update(lists={"liked": 3}), "its lists should be liked of 100"),
        (lambda c: c["lists"].update(liked="100"), "its lists should be liked of 100"),
        (lambda c: c.update(like_threshold=3.5), "its like_threshold should be 4.0; it is 3.5"),
        (lambda c: c.update(like_threshold=True), "its like_threshold should be 4.0; it is True"),
        (lambda c: c.update(affinities="x" * 10_000), "its affinities should be"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(
    bundle_copy: Path, change: Callable[[Any], object], said: str
) -> None:
    edit_json(bundle_copy / "ranking.json", change)
    message = refused(bundle_copy)
    assert f"ranking.json: {said}" in message
    assert len(message) < 1500


@pytest.mark.parametrize("content", ["[]", "3", "null", '"text"'])
def test_a_description_that_is_none_is_refused(bundle_copy: Path, content: str) -> None:
    (bundle_copy / "ranking.json").write_text(content)
    write_manifest(bundle_copy)
    assert "ranking.json: it should describe a ranking model" in refused(bundle_copy)


@pytest.mark.parametrize(
    ("name", "column", "value", "said"),
    [
        ("items.parquet", "source", -1, "an entry is not among the"),
        ("items.parquet", "target", 42, "an entry is not among the"),
        ("items.parquet", "target", 65_536, "an entry is not among the"),
        ("items.parquet", "weight", np.inf, "a weight is not finite"),
        ("items.parquet", "weight", np.nan, "every value should be there"),
        ("items.parquet", "weight", "x", "it should be a parquet file with the columns"),
        ("items.parquet", "source", 2**40, "it should be a parquet file with the columns"),
        ("audiences.parquet", "film", 42, "a film is not among the"),
        ("audiences.parquet", "film", -1, "its films and counts should be whole numbers from 0"),
        ("audiences.parquet", "likes", -1, "its films and counts should be whole numbers from 0"),
        ("audiences.parquet", "ratings", None, "its films and counts should be whole numbers"),
        ("items.parquet", "weight", None, "every value should be there"),
        ("items.parquet", "source", None, "every value should be there"),
        ("audiences.parquet", "likes", "x", "it should be a parquet file with the columns"),
    ],
)
def test_a_table_whose_values_do_not_fit_is_refused(
    bundle_copy: Path, name: str, column: str, value: Any, said: str
) -> None:
    path = bundle_copy / name
    table = pd.read_parquet(path)
    table[column] = [*table[column].tolist()[:-1], value] if value != "x" else "x"
    table.to_parquet(path)
    write_manifest(bundle_copy)
    message = refused(bundle_copy)
    assert name in message
    assert said in message


@pytest.mark.parametrize("name", ["items.parquet", "audiences.parquet"])
def test_a_table_that_is_no_parquet_or_lacks_a_column_is_refused(
    bundle_copy: Path, name: str
) -> None:
    path = bundle_copy / name
    table = pd.read_parquet(path)
    for column in table.columns:
        table.drop(columns=column).to_parquet(path)
        write_manifest(bundle_copy)
        assert f"missing: {column}" in refused(bundle_copy)
    path.write_bytes(b"PAR1 and no more")
    write_manifest(bundle_copy)
    assert f"{name}: it should be a parquet file" in refused(bundle_copy)
