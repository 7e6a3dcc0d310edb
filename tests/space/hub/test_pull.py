"""Pulling from a Hub that answers: what comes down."""

from __future__ import annotations

from pathlib import Path

import pytest

from space.hub.repository import DATASET, MODEL, Kind
from tests.exports import Run
from tests.hub import HubServer
from tests.space.publishing import (
    files_asked,
    files_of,
    infos,
    newer,
    publish,
    pulled,
    shas_asked,
)


@pytest.mark.parametrize(("name", "kind"), [("ada/model", MODEL), ("ada/data", DATASET)])
def test_only_the_files_that_serving_needs_come_down_each_once(
    hub: HubServer, run: Run, hub_cache: Path, name: str, kind: Kind
) -> None:
    model, data = publish(hub, run)
    files = (model if kind is MODEL else data).download()
    assert kind is DATASET or {"model.weights.h5", "plots/roc.png"} < files.keys() - kind.files
    snapshot = pulled(hub_cache, name, kind)
    assert files_of(snapshot.folder) == {path: files[path] for path in kind.files}
    assert sorted(files_asked(hub.requests, "HEAD")) == sorted(kind.files)
    contents = [request for request in hub.requests if request.method == "GET"]
    assert len(contents) == 1 + len(kind.files)
    assert len(infos(hub.requests)) == 1


def test_all_files_are_of_one_commit_though_another_comes_meanwhile(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    model, _ = publish(hub, run)
    first = model.head()
    old = model.download()
    hub.faults.call("HEAD", "resolve", lambda _: model.commit(newer(old)), nth=3)
    snapshot = pulled(hub_cache)
    assert model.head() != first
    assert snapshot.sha == first
    assert shas_asked(hub.requests) == {first}
    assert files_of(snapshot.folder)["metrics.json"] == old["metrics.json"]


def test_a_revision_is_a_branch_a_tag_or_a_commit(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    model, _ = publish(hub, run)
    first, files = model.head(), model.download()
    model.tags["v1"] = first
    second = model.commit(newer(files))
    third = model.commit(newer(files, "trial"), branch="trial/a")
    expected = {"": second, "@main": second, "@v1": first, "@trial/a": third, f"@{first}": first}
    for revision, sha in expected.items():
        snapshot = pulled(hub_cache, f"ada/model{revision}")
        assert snapshot.sha == sha
        assert files_of(snapshot.folder)["metrics.json"] == model.download(sha)["metrics.json"]
        assert snapshot.url == f"{hub.address}/ada/model/tree/{sha}"


def test_what_is_cached_costs_one_question_and_a_commit_none(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    sha = pulled(hub_cache).sha
    hub.requests.clear()
    assert pulled(hub_cache).sha == sha
    assert [request.path for request in hub.requests] == ["/api/models/ada/model/revision/main"]
    hub.requests.clear()
    assert pulled(hub_cache, f"ada/model@{sha}").sha == sha
    assert hub.requests == []


def test_of_a_new_commit_only_the_files_that_changed_come_down(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    model, _ = publish(hub, run)
    pulled(hub_cache)
    model.commit(newer(model.download()))
    hub.requests.clear()
    pulled(hub_cache)
    assert sorted(files_asked(hub.requests)) == ["manifest.json", "metrics.json"]


def test_progress_is_told_in_bytes_and_comes_to_its_end(
    hub: HubServer, run: Run, hub_cache: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    publish(hub, run)
    told: list[tuple[float | None, str]] = []
    pulled(hub_cache, report=lambda *event: told.append(event))
    fractions = [fraction for fraction, _ in told if fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert told[0] == (None, "Asking the Hub for ada/model")
    assert told[-1] == (None, "Checking ada/model")
    assert any("Fetching ada/model: " in text and " kB of " in text for _, text in told)
    assert capfd.readouterr() == ("", ""), "the client's own bars should not be shown"
