"""What is on the Hub and is not taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from space.errors import BundleError
from space.hub.repository import MODEL
from space.recommender import MovieRecommender
from tests.exports import Run
from tests.hub import HubServer
from tests.space.publishing import (
    changed,
    files_asked,
    files_of,
    infos,
    is_remembered,
    publish,
    pulled,
    resealed,
)


def refused(cache: Path, name: str = "ada/model", dataset: str | None = None) -> str:
    """What is said of a repository that is not taken."""
    with pytest.raises(BundleError) as caught:
        MovieRecommender.from_pretrained(name, dataset=dataset, cache_dir=cache)
    assert str(cache) not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"config.json": b"{}", "model.safetensors": b"x"},
        {"manifest.json": b"{}"},
        {"schema.json": b"{}"},
    ],
)
def test_a_repository_that_is_not_ours_is_refused_before_anything_comes_down(
    hub: HubServer, hub_cache: Path, files: Mapping[str, bytes]
) -> None:
    hub.add("models", "ada/model", files)
    said = refused(hub_cache)
    assert "ada/model is not a model of this program" in said
    assert "manifest.json and schema.json at its root" in said
    assert files_asked(hub.requests) == files_asked(hub.requests, "HEAD") == []


def test_a_data_set_that_is_not_ours_is_refused(hub: HubServer, run: Run, hub_cache: Path) -> None:
    publish(hub, run)
    hub.add("datasets", "ada/model", files_of(run.bundle))
    said = refused(hub_cache, dataset="ada/model")
    assert "ada/model is not a data set of this program" in said


@pytest.mark.parametrize(("kind", "facts"), [("models", "schema"), ("datasets", "dataset")])
def test_a_newer_format_is_refused_before_its_files_come_down(
    hub: HubServer, run: Run, hub_cache: Path, kind: str, facts: str
) -> None:
    model, data = publish(hub, run)
    repository = model if kind == "models" else data
    files = changed(
        repository.download(),
        f"{facts}.json",
        lambda content: content.update(format_version=99, something="new"),
    )
    files = resealed({name: files[name] for name in files if name != "movies.parquet"})
    repository.commit(files)
    said = refused(hub_cache, dataset="ada/data")
    assert "format version should be 1 to" in said
    assert "it is 99. Update autoint-movies" in said
    asked = [
        name for name in files_asked(hub.requests) if kind == "models" or name != "schema.json"
    ]
    assert "ratings.parquet" not in asked
    if kind == "models":
        assert sorted(asked) == ["manifest.json", "schema.json"]


def test_an_incomplete_repository_is_refused(hub: HubServer, run: Run, hub_cache: Path) -> None:
    files = files_of(run.bundle)
    del files["model.onnx"], files["encoders.json"]
    hub.add("models", "ada/model", files)
    said = refused(hub_cache)
    assert "encoders.json, model.onnx should be in it" in said
    assert "Push the model again" in said


def tell(hub: HubServer, run: Run, sizes: Mapping[str, int]) -> None:
    """Let the Hub tell that files of `ada/model` have other sizes."""
    model, _ = publish(hub, run)
    siblings = [
        {"rfilename": name, "size": sizes.get(name, len(data)), "blobId": "0" * 40}
        for name, data in model.download().items()
    ]
    told = {"id": "ada/model", "sha": model.head(), "siblings": siblings}
    hub.faults.status("GET", "/api/models/ada/model", 200, body=told, times=None)


def test_files_of_fifty_gigabytes_are_refused_before_anything_comes_down(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    tell(hub, run, {"model.onnx": 50 * 10**9})
    said = refused(hub_cache)
    assert "have 50.0 GB, and at most 1.1 GB is fetched" in said
    assert len(hub.requests) == len(infos(hub.requests)) == 1
    assert not hub_cache.exists()


def test_fifty_gigabytes_of_other_files_do_not_matter(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    tell(hub, run, {"model.weights.h5": 50 * 10**9})
    assert len(files_of(pulled(hub_cache).folder)) == len(MODEL.files)


def test_more_bytes_than_were_told_are_not_taken(hub: HubServer, run: Run, hub_cache: Path) -> None:
    tell(hub, run, dict.fromkeys(MODEL.files, 0))
    with pytest.raises(BundleError, match="more came than the Hub had told, over 10 kB"):
        pulled(hub_cache, kind=replace(MODEL, limit=10_000))
    assert not is_remembered(hub_cache)


@pytest.mark.parametrize("name", sorted(MODEL.files - {"manifest.json"}))
def test_a_file_that_is_damaged_on_the_hub_is_refused_by_its_name(
    hub: HubServer, run: Run, hub_cache: Path, name: str
) -> None:
    model, _ = publish(hub, run)
    good = model.download()
    model.commit({**good, name: good[name][:-9] + b"123456789"})
    said = refused(hub_cache)
    assert said.startswith(f"ada/model ({model.head()[:7]}) {name}: its SHA-256 is not")
    assert not is_remembered(hub_cache)
    model.commit(good)
    assert files_of(pulled(hub_cache).folder) == {path: good[path] for path in MODEL.files}


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b'{"files": {}}', b'{"files": {"x": 1}}'])
def test_a_manifest_that_is_none_is_refused(
    hub: HubServer, run: Run, hub_cache: Path, manifest: bytes
) -> None:
    hub.add("models", "ada/model", {**files_of(run.bundle), "manifest.json": manifest})
    assert "manifest.json" in refused(hub_cache)
    assert not is_remembered(hub_cache)


@pytest.mark.parametrize("path", ["../config.json", "/etc/passwd", "a\\b"])
def test_a_manifest_that_points_outside_is_refused(
    hub: HubServer, run: Run, hub_cache: Path, path: str
) -> None:
    files = changed(
        files_of(run.bundle), "manifest.json", lambda content: content["files"].update(x={})
    )
    listed = json.loads(files["manifest.json"])
    listed["files"][path] = {"size": 1, "sha256": "0"}
    hub.add("models", "ada/model", {**files, "manifest.json": json.dumps(listed).encode()})
    assert "points outside the folder" in refused(hub_cache)


def test_files_at_odds_with_each_other_are_refused_and_never_remembered(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    model, _ = publish(hub, run)
    wrong = changed(
        model.download(), "encoders.json", lambda content: content["vocabularies"]["age"].pop()
    )
    model.commit(wrong)
    assert f"ada/model ({model.head()[:7]}) encoders.json: the vocabulary" in refused(hub_cache)
    assert not is_remembered(hub_cache)


def test_another_models_data_set_is_refused(
    hub: HubServer, run: Run, other_run: Run, hub_cache: Path
) -> None:
    model, _ = publish(hub, run)
    data = hub.add("datasets", "ada/data", files_of(other_run.dataset))
    said = refused(hub_cache, dataset="ada/data")
    assert f"ada/data ({data.head()[:7]}): this data set does not belong" in said
    assert f"to the bundle ada/model ({model.head()[:7]}): its fingerprint" in said
