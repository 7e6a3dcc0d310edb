"""What a push would do, and the one commit that does it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import httpx
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub_upload.commit import Change, Content, Plan, commit, plan
from tests.hub import DEFAULT_ATTRIBUTES, HubServer, Repository
from tests.hub_upload.conftest import MODEL, writes

NOTHING: frozenset[str] = frozenset()

PATHS = (
    "config.json",
    "training.json",
    "training.json.bak",
    "model.onnx",  # LFS
    "movies.parquet",  # LFS
    "LICENSE",
    "plots/roc.png",  # LFS
    "plots/deep/old.png",
    "plots.txt",
    "space/bundle.py",
    "space/page/views.py",
    "spaces/mine.py",
)
OWNED = ("plots/", "space/", "training.json", "absent.json", "plots/deep/")
BYTES = st.sampled_from([b"", b"a", b"b", b"version https://git-lfs\n"]) | st.binary(max_size=20)
FILES = st.dictionaries(st.sampled_from(PATHS), BYTES, max_size=len(PATHS))


@pytest.fixture
def api(writer: str) -> HfApi:
    return HfApi(token=writer)


def planned(
    api: HfApi,
    files: Mapping[str, Content],
    owned: frozenset[str] = NOTHING,
    *,
    branch: str = "main",
) -> Plan:
    return plan(api, "model", MODEL, files, branch, owned)


def push(api: HfApi, files: Mapping[str, Content], made: Plan, branch: str = "main") -> str:
    return commit(api, "model", MODEL, files, made, branch, "A push")


def repository(hub: HubServer, files: Mapping[str, bytes]) -> Repository:
    return hub.add("models", MODEL, {".gitattributes": DEFAULT_ATTRIBUTES, **files})


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(local=FILES, remote=FILES, owned=st.frozensets(st.sampled_from(OWNED)), paths=st.booleans())
@example(local={}, remote={"LICENSE": b"a"}, owned=NOTHING, paths=False)
@example(
    local=dict.fromkeys(PATHS, b"a"), remote=dict.fromkeys(PATHS, b"a"), owned=NOTHING, paths=True
)
@example(local={}, remote=dict.fromkeys(PATHS, b"a"), owned=frozenset(OWNED), paths=False)
def test_a_plan_tells_files_apart_and_its_commit_leaves_nothing_to_do(
    hub: HubServer,
    api: HfApi,
    tmp_path: Path,
    local: dict[str, bytes],
    remote: dict[str, bytes],
    owned: frozenset[str],
    *,
    paths: bool,
) -> None:
    there = repository(hub, remote)
    head = there.head()
    files: dict[str, Content] = dict(local)
    if paths:
        for number, (path, data) in enumerate(local.items()):
            files[path] = tmp_path / str(number)
            (tmp_path / str(number)).write_bytes(data)
    roots = tuple(root for root in owned if root.endswith("/"))
    gone = {
        path
        for path in remote.keys() - local.keys()
        if path in owned or path.startswith(roots or ("\0",))
    }

    made = planned(api, files, owned)

    assert made.head == head
    assert not made.new_branch
    assert {change.path: (change.size, change.status) for change in made.changes} == {
        **{path: (len(data), "new") for path, data in local.items() if path not in remote},
        **{
            path: (len(data), "same" if data == remote[path] else "changed")
            for path, data in local.items()
            if path in remote
        },
        **{path: (len(remote[path]), "gone") for path in gone},
    }
    assert len(made.changes) == len({change.path for change in made.changes})
    assert made.empty == (not gone and local.items() <= remote.items())

    if not made.empty:
        assert push(api, files, made) == there.head()
        assert [entry.id for entry in there.history()] == [there.head(), head]
    expected = {**remote, **local, ".gitattributes": DEFAULT_ATTRIBUTES}
    assert there.download() == {path: expected[path] for path in expected.keys() - gone}
    assert planned(api, files, owned).empty


def test_a_file_that_is_stored_apart_for_its_size_is_recognised(hub: HubServer, api: HfApi) -> None:
    large = {"metrics.json": b"1" * (10 * 2**20 + 1)}
    there = repository(hub, large)
    assert there.find().apart == {"metrics.json"}
    assert planned(api, large).empty
    altered = {"metrics.json": large["metrics.json"][:-1] + b"2"}
    assert planned(api, altered).changes == (Change("metrics.json", 10 * 2**20 + 1, "changed"),)


def test_changes_are_in_order_and_the_files_that_go_away_last(hub: HubServer, api: HfApi) -> None:
    repository(hub, {"b": b"", "plots/z": b"12", "plots/a": b"1"})
    made = planned(api, {"c": b"new", "b": b"", "a": b"newer"}, frozenset({"plots/"}))
    assert made.changes == (
        Change("a", 5, "new"),
        Change("b", 0, "same"),
        Change("c", 3, "new"),
        Change("plots/a", 1, "gone"),
        Change("plots/z", 2, "gone"),
    )


def test_all_pages_of_a_long_list_of_files_count(hub: HubServer, api: HfApi) -> None:
    hub.page_size = 2
    files = {f"plots/{number}.png": b"x" for number in range(9)}
    repository(hub, files)
    assert planned(api, files).empty
    assert len(planned(api, {}, frozenset({"plots/"})).changes) == 9


def test_a_plan_for_what_is_not_there_yet(hub: HubServer, api: HfApi) -> None:
    files = {"config.json": b"{}", "LICENSE": b"a"}
    assert planned(api, files) == Plan(
        None, (Change("LICENSE", 1, "new"), Change("config.json", 2, "new"))
    )
    there = repository(hub, {"LICENSE": b"a"})
    # A branch begins with what the main branch has.
    assert planned(api, files, branch="next") == Plan(
        there.head(), (Change("LICENSE", 1, "same"), Change("config.json", 2, "new")), True
    )
    assert writes(hub) == []


def test_another_branch_has_files_of_its_own(hub: HubServer, api: HfApi) -> None:
    there = repository(hub, {"LICENSE": b"a"})
    there.commit({"config.json": b"{}"}, branch="big/next")
    made = planned(api, {"config.json": b"{}"}, branch="big/next")
    assert made.empty
    assert made.head == there.head("big/next")


def test_a_commit_names_its_parent(hub: HubServer, api: HfApi) -> None:
    there = repository(hub, {"LICENSE": b"a", "training.json": b"{}"})
    head = there.head()
    files = {"config.json": b"{}", "model.onnx": b"\x08"}
    push(api, files, planned(api, files, frozenset({"training.json"})))
    (sent,) = [request for request in hub.requests if "/commit/" in request.path]
    header, *operations = [json.loads(line) for line in sent.body.splitlines()]
    assert header["value"]["parentCommit"] == head
    assert {(line["key"], line["value"]["path"]) for line in operations} == {
        ("file", "config.json"),
        ("lfsFile", "model.onnx"),
        ("deletedFile", "training.json"),
    }
    assert there.history()[0].title == "A push"


def test_only_what_changed_is_sent(hub: HubServer, api: HfApi) -> None:
    repository(hub, {"a.json": b"1", "b.json": b"2", "c.onnx": b"3"})
    files = {"a.json": b"1", "b.json": b"3", "c.onnx": b"3"}
    push(api, files, planned(api, files))
    (sent,) = [request for request in hub.requests if "/commit/" in request.path]
    paths = [json.loads(line)["value"].get("path") for line in sent.body.splitlines()[1:]]
    assert paths == ["b.json"]


def test_a_commit_in_between_is_an_error_and_stays(hub: HubServer, api: HfApi) -> None:
    there = repository(hub, {"LICENSE": b"a"})
    theirs = {"LICENSE": b"theirs", "config.json": b"theirs"}
    hub.faults.call("POST", "/commit/main", lambda request: there.commit(theirs))
    files = {"config.json": b"{}"}
    with pytest.raises(HfHubHTTPError) as caught:
        push(api, files, planned(api, files))
    assert caught.value.response.status_code == 412
    assert there.download() == theirs
    assert len(there.commits) == 2


def test_the_same_commit_by_somebody_else_in_between_is_as_good(hub: HubServer, api: HfApi) -> None:
    there = repository(hub, {"LICENSE": b"a"})
    files = {"config.json": b"{}"}
    hub.faults.call("POST", "/commit/main", lambda request: there.commit({**files, "x": b"x"}))
    assert push(api, files, planned(api, files)) == there.head()
    assert len(there.commits) == 2


LOST: Mapping[str, Callable[[HubServer, bool], object]] = {
    "connection": lambda hub, done: hub.faults.drop("POST", "/commit/", handled=done),
    **{
        str(status): lambda hub, done, status=status: hub.faults.status(
            "POST", "/commit/", status, handled=done
        )
        for status in (500, 502, 503, 504)
    },
}
"""Ways in which the answer to a commit can get lost, given whether it was carried out."""


@pytest.mark.parametrize("lost", LOST)
def test_an_answer_lost_after_the_commit_ends_well(hub: HubServer, api: HfApi, lost: str) -> None:
    there = repository(hub, {"LICENSE": b"a", "plots/old.png": b"old"})
    files = {"config.json": b"{}", "model.onnx": b"\x08"}
    LOST[lost](hub, True)
    assert push(api, files, planned(api, files, frozenset({"plots/"}))) == there.head()
    assert there.download().keys() == {".gitattributes", "LICENSE", *files}
    assert len(there.commits) == 2


@pytest.mark.parametrize("lost", LOST)
def test_a_commit_that_was_not_carried_out_is_an_error(
    hub: HubServer, api: HfApi, lost: str
) -> None:
    there = repository(hub, {"LICENSE": b"a"})
    files = {"config.json": b"{}"}
    LOST[lost](hub, False)
    with pytest.raises(httpx.HTTPError):
        push(api, files, planned(api, files))
    assert len(there.commits) == 1
    assert push(api, files, planned(api, files)) == there.head()
    assert len(there.commits) == 2


def test_a_hub_that_dies_after_the_commit(hub: HubServer, api: HfApi) -> None:
    there = repository(hub, {"LICENSE": b"a"})
    files = {"config.json": b"{}"}
    hub.faults.die("POST", "/commit/", handled=True)
    with pytest.raises(httpx.HTTPError):
        push(api, files, planned(api, files))
    hub.revive()
    assert planned(api, files).empty
    assert len(there.commits) == 2
