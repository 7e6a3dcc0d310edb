"""A Hub that is away, goes away, or is not to be asked."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from space.errors import BundleError, PreparationError
from space.hub.repository import MODEL
from space.recommender import MovieRecommender
from tests.exports import Run
from tests.hub import HubServer, sha256
from tests.space.publishing import (
    changed,
    files_asked,
    files_of,
    newer,
    publish,
    python,
    start_python,
)

LOAD = """
from space.recommender import MovieRecommender
try:
    r = MovieRecommender.from_pretrained("ada/model", cache_dir={cache!r})
    print("loaded", r.origin.sha, r.origin.note)
except Exception as error:
    print(type(error).__name__, error)
"""


LOAD_TWICE = """
import sys
from space.recommender import MovieRecommender
for _ in range(2):
    try:
        r = MovieRecommender.from_pretrained("ada/model", cache_dir={cache!r})
        print("loaded", r.origin.sha, flush=True)
    except Exception as error:
        print(type(error).__name__, error, flush=True)
    sys.stdin.readline()
"""
"""Tries, waits for a line, and tries again."""


def load(cache: Path, name: str = "ada/model", **arguments: object) -> MovieRecommender:
    return MovieRecommender.from_pretrained(name, cache_dir=cache, **arguments)  # type: ignore[arg-type]


def origin(cache: Path, name: str = "ada/model", **arguments: object) -> tuple[str, str]:
    """Commit and note of a model that is loaded."""
    found = load(cache, name, **arguments).origin
    assert found is not None
    return found.sha, found.note


def snapshots(cache: Path) -> list[dict[str, bytes]]:
    return [files_of(folder) for folder in sorted(cache.glob("models--*/snapshots/*"))]


def test_without_hub_the_cached_copy_is_served_and_it_is_said(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    model, _ = publish(hub, run)
    expected = load(hub_cache, dataset="ada/data").recommend(7)
    hub.die()
    recommender = load(hub_cache, dataset="ada/data")
    assert recommender.recommend(7).equals(expected)
    for found in (recommender.origin, recommender.dataset_origin):
        assert found is not None
        assert found.note == (
            "The Hub could not be reached (the connection failed); "
            f"this is {found.sha[:7]} from the cache."
        )
    hub.revive()
    assert origin(hub_cache) == (model.head(), "")


def test_without_hub_and_cache_it_is_said_what_to_do_at_once(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    hub.die()
    start = time.monotonic()
    with pytest.raises(PreparationError) as caught:
        load(hub_cache)
    assert time.monotonic() - start < 5
    assert str(caught.value) == (
        "The model ada/model is not in the cache, and the Hub could not be reached (the connection "
        "failed). Try again later."
    )


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_hub_that_is_out_of_order_is_as_one_that_is_away(
    hub: HubServer, run: Run, hub_cache: Path, status: int
) -> None:
    model, _ = publish(hub, run)
    load(hub_cache)
    hub.faults.status("GET", "/api/models", status)
    sha, note = origin(hub_cache)
    assert sha == model.head()
    assert "asks for fewer requests" in note or f"answered {status}" in note


def test_a_hub_that_does_not_answer_in_time_is_as_one_that_is_away(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    load(hub_cache)
    hub.faults.delay("GET", "/api/models", 12)
    assert "did not answer in time" in origin(hub_cache)[1]


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "RepoNotFound"), (404, "RepoNotFound"), (403, "GatedRepo"), (401, "")],
)
def test_a_refusal_is_no_outage_and_the_cached_copy_is_not_served(
    hub: HubServer, run: Run, hub_cache: Path, status: int, code: str
) -> None:
    publish(hub, run)
    load(hub_cache)
    headers = {"X-Error-Code": code} if code else {}
    hub.faults.status("GET", "/api/models", status, headers=headers)
    with pytest.raises(PreparationError, match="HF_TOKEN, or hf auth login"):
        load(hub_cache)


def test_what_stands_in_is_the_last_commit_that_was_whole(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    model, _ = publish(hub, run)
    good = model.download()
    first = origin(hub_cache)[0]
    model.commit(newer(good))
    hub.faults.status("GET", "resolve/.*/metrics.json", 503)
    assert origin(hub_cache)[0] == first
    assert len(snapshots(hub_cache)) == 2, "the newest should have come in part"
    hub.die()
    assert origin(hub_cache)[0] == first
    hub.revive()
    model.commit(changed(good, "encoders.json", lambda c: c["vocabularies"]["age"].pop()))
    with pytest.raises(BundleError):
        load(hub_cache)
    hub.die()
    assert origin(hub_cache)[0] == first


def test_a_branch_that_was_never_read_has_no_stand_in(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    model, _ = publish(hub, run)
    sha = origin(hub_cache)[0]
    model.tags["v1"] = sha
    hub.die()
    with pytest.raises(PreparationError, match="ada/model@v1 is not in the cache"):
        load(hub_cache, "ada/model@v1")
    assert origin(hub_cache, revision=sha) == (sha, "")


def test_a_damaged_copy_is_not_served_in_place_of_the_hub(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    recommender = load(hub_cache)
    assert recommender.origin is not None
    (recommender.origin.folder / "encoders.json").resolve().write_bytes(b"{}")
    hub.die()
    with pytest.raises(
        BundleError, match="what is in the cache cannot be used: ada/model"
    ) as caught:
        load(hub_cache)
    assert str(hub_cache) not in str(caught.value)
    hub.revive()
    load(hub_cache)


@pytest.mark.parametrize("content", ["", "main", "../../../x", "0" * 40])
def test_a_reference_that_somebody_altered_leads_nowhere(
    hub: HubServer, run: Run, hub_cache: Path, content: str
) -> None:
    publish(hub, run)
    load(hub_cache)
    (hub_cache / "models--ada--model" / "refs" / "main").write_text(content)
    with pytest.raises(PreparationError, match="not in the cache"):
        load(hub_cache, local_files_only=True)
    load(hub_cache)
    load(hub_cache, local_files_only=True)


def test_with_local_files_only_nothing_is_asked(hub: HubServer, run: Run, hub_cache: Path) -> None:
    publish(hub, run)
    with pytest.raises(PreparationError, match="not in the cache, and `local_files_only` is set"):
        load(hub_cache, local_files_only=True)
    load(hub_cache, dataset="ada/data")
    hub.requests.clear()
    found = load(hub_cache, dataset="ada/data", local_files_only=True)
    assert found.dataset is not None
    assert origin(hub_cache, local_files_only=True)[1] == "", "it is so by will"
    assert hub.requests == []


def test_with_hf_hub_offline_nothing_is_asked(hub: HubServer, run: Run, hub_cache: Path) -> None:
    model, _ = publish(hub, run)
    code = LOAD.format(cache=str(hub_cache))
    said, _ = python(code, HF_HUB_OFFLINE="1")
    assert said == (
        "PreparationError The model ada/model is not in the cache, and HF_HUB_OFFLINE is set. "
        "Let it be fetched once.\n"
    )
    load(hub_cache)
    hub.requests.clear()
    said, _ = python(code, HF_HUB_OFFLINE="1")
    assert said.split() == ["loaded", model.head()]
    assert hub.requests == []


def test_the_death_of_the_hub_at_any_request_leaves_a_cache_that_can_be_used(
    run: Run, tmp_path: Path
) -> None:
    """Each death has its own Hub and process, since the client tries for half a minute."""
    files = files_of(run.bundle)
    requests = 1 + 2 * len(MODEL.files)
    hubs = [HubServer() for _ in range(requests)]
    processes = []
    for at, hub in enumerate(hubs, start=1):
        hub.start()
        hub.add("models", "ada/model", files)
        hub.faults.die(r"GET|HEAD", r"^/(api/models|ada|models)/", at=at)
        code = LOAD_TWICE.format(cache=str(tmp_path / str(at)))
        processes.append(start_python(code, HF_ENDPOINT=hub.address))
    for at, (hub, process) in enumerate(zip(hubs, processes, strict=True), start=1):
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith("PreparationError The model ada/model is not in the cache"), said
        cache = tmp_path / str(at)
        assert not (cache / "models--ada--model" / "refs" / "main").exists()
        whole = [dict(found.items() & files.items()) == found for found in snapshots(cache)]
        assert all(whole), "what is in place should be whole"
        assert not list(cache.rglob("*.incomplete"))
        hub.revive()
        hub.requests.clear()
        kept = {name for found in snapshots(cache) for name in found}
        said, complaint = process.communicate("again\n\n", timeout=200)
        assert "Traceback" not in complaint
        assert said.split() == ["loaded", hub.repositories["models", "ada/model"].head()]
        assert snapshots(cache) == [{name: files[name] for name in MODEL.files}]
        assert not kept & set(files_asked(hub.requests)), "finished files should be kept"
        hub.stop()


@pytest.mark.parametrize("at", [1, 2, 4, 7, 9, 12, 15])
def test_a_process_that_is_killed_at_any_request_leaves_a_cache_that_can_be_used(
    hub: HubServer, run: Run, hub_cache: Path, at: int
) -> None:
    model, _ = publish(hub, run)
    code = LOAD.format(cache=str(hub_cache))
    process = start_python(code)
    hub.faults.call("GET|HEAD", "/(api/models|ada|models)/", lambda _: process.kill(), nth=at)
    said, _ = process.communicate(timeout=60)
    assert said == ""
    hub.faults.clear()
    assert origin(hub_cache) == (model.head(), "")
    good = model.download()
    assert snapshots(hub_cache) == [{name: good[name] for name in MODEL.files}]


@pytest.mark.parametrize("name", ["schema.json", "encoders.json", "movies.parquet"])
@pytest.mark.parametrize("after", [0, 1, 700])
def test_a_connection_that_breaks_within_a_file_is_taken_up_again(
    hub: HubServer, run: Run, hub_cache: Path, name: str, after: int
) -> None:
    model, _ = publish(hub, run)
    hub.faults.cut("GET", _lying(model.download()[name], name), after)
    load(hub_cache)
    good = model.download()
    assert snapshots(hub_cache) == [{path: good[path] for path in MODEL.files}]


def test_a_connection_that_always_breaks_is_told_and_leaves_no_half_file(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    hub.faults.cut("GET", "resolve/.*/encoders.json", 100, times=None)
    with pytest.raises(PreparationError, match="the Hub could not be reached"):
        load(hub_cache)
    assert not list(hub_cache.rglob("*.incomplete"))
    hub.faults.clear()
    load(hub_cache)


def _lying(data: bytes, name: str) -> str:
    """Where a file's content is: parquet files lie in the storage, by their hash."""
    return sha256(data) if name.endswith(".parquet") else f"resolve/.*/{name}"
