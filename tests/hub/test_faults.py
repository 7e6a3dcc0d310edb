"""What goes wrong on demand, as the unmodified client meets it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from threading import Timer

import httpx
import pytest
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import httpx as client_httpx

from tests.hub import HubServer, Repository

LARGE = bytes(range(256)) * 20_000
FILES = {"config.json": b"{}", "model.h5": LARGE}


@pytest.fixture
def api(writer: str) -> HfApi:
    return HfApi(token=writer)


@pytest.fixture
def repository(hub: HubServer) -> Repository:
    return hub.add("models", "ada/model", FILES)


def push(api: HfApi, data: bytes = b"new", name: str = "new.h5") -> str:
    return api.upload_file(path_or_fileobj=data, path_in_repo=name, repo_id="ada/model").oid


def test_a_status_is_answered_as_often_as_told(
    hub: HubServer, api: HfApi, repository: Repository
) -> None:
    hub.faults.status("GET", r"/api/models/ada/model$", 503, nth=2, times=2, body={"error": "Full"})
    api.model_info("ada/model")
    for _ in range(2):
        with pytest.raises(HfHubHTTPError, match="Full"):
            api.model_info("ada/model")
    api.model_info("ada/model")


def test_the_client_waits_as_long_as_the_header_says(
    hub: HubServer, api: HfApi, repository: Repository
) -> None:
    hub.faults.status("POST", "/preupload/", 429, headers={"Retry-After": "0"})
    begin = time.monotonic()
    push(api)
    assert 0.9 < time.monotonic() - begin < 3


def test_an_answer_is_late(hub: HubServer, api: HfApi, repository: Repository) -> None:
    hub.faults.delay("GET", "/api/models/", 0.3)
    begin = time.monotonic()
    api.model_info("ada/model")
    assert 0.3 <= time.monotonic() - begin < 2


def test_a_cut_download_is_carried_on(hub: HubServer) -> None:
    data, kept = bytes(12 * 2**20), 10 * 2**20  # the client keeps whole chunks only
    hub.add("models", "ada/model", {"model.h5": data})
    hub.faults.cut("GET", "/models/ada/model/", 11 * 2**20)
    path = hf_hub_download("ada/model", "model.h5")
    assert Path(path).read_bytes() == data
    ranges = [r.headers.get("range") for r in hub.requests if r.origin == "storage"]
    assert ranges == [None, f"bytes={kept}-"]


def test_a_dropped_connection_gives_no_answer(
    hub: HubServer, api: HfApi, repository: Repository
) -> None:
    before = repository.head()
    hub.faults.drop("POST", ".*/commit/.*")
    with pytest.raises(client_httpx.TransportError):
        push(api)
    assert repository.head() == before
    push(api)


def test_a_commit_can_be_made_although_its_answer_is_lost(
    hub: HubServer, api: HfApi, repository: Repository
) -> None:
    hub.faults.drop("POST", "/commit/", handled=True)
    with pytest.raises(client_httpx.TransportError):
        push(api)
    assert repository.download()["new.h5"] == b"new"
    hub.faults.status("POST", "/commit/", 504, handled=True)
    with pytest.raises(HfHubHTTPError, match="504"):
        push(api, b"newer")
    assert repository.download()["new.h5"] == b"newer"


def test_somebody_else_can_be_faster(hub: HubServer, api: HfApi, repository: Repository) -> None:
    parent = repository.head()
    hub.faults.call("POST", "/commit/", lambda _: repository.commit({**FILES, "theirs": b"theirs"}))
    with pytest.raises(HfHubHTTPError, match="412"):
        api.upload_file(
            path_or_fileobj=b"mine",
            path_in_repo="mine",
            repo_id="ada/model",
            parent_commit=parent,
        )
    assert set(repository.download()) == {*FILES, "theirs"}


def test_the_client_can_be_killed_at_a_request(
    hub: HubServer, writer: str, repository: Repository
) -> None:
    code = (
        "import sys, huggingface_hub as h; h.upload_file(repo_id='ada/model', path_in_repo='a.h5',"
        " path_or_fileobj=b'mine', token=sys.argv[1])"
    )
    clients: list[subprocess.Popen[bytes]] = []
    hub.faults.call("PUT", "/models/ada/model/", lambda _: clients[0].kill())
    clients.append(subprocess.Popen([sys.executable, "-c", code, writer]))
    assert clients[0].wait(60) < 0
    assert set(repository.download()) == set(FILES)


def test_a_dead_hub_comes_back_with_all_that_it_had(
    hub: HubServer, api: HfApi, repository: Repository
) -> None:
    before, ports = repository.head(), (hub.address, hub.storage_address)
    with httpx.Client() as idle:
        assert idle.get(hub.address).status_code == 200
        hub.faults.die("POST", "/commit/")
        with pytest.raises(client_httpx.TransportError):
            push(api)
        assert not hub.alive
        for address in (hub.address, hub.storage_address):
            with pytest.raises(httpx.TransportError):  # refused, or ended before an answer
                idle.get(address)
        hub.revive()
        assert idle.get(hub.address).status_code == 200
    assert (hub.address, hub.storage_address) == ports
    assert repository.head() == before
    hub.requests.clear()
    push(api)
    assert repository.download()["new.h5"] == b"new"
    assert "PUT" not in {request.method for request in hub.requests}  # it was there already


@pytest.mark.parametrize("at", [1, 3])
def test_it_dies_at_the_request_that_is_named(
    hub: HubServer, repository: Repository, at: int
) -> None:
    hub.faults.die(at=at)
    address = f"{hub.address}/ada/model/resolve/main/config.json"
    with httpx.Client() as client:
        for _ in range(at - 1):
            assert client.get(address).content == b"{}"
        with pytest.raises(httpx.TransportError):
            client.get(address)
    assert len(hub.requests) == at


def test_a_push_outlives_a_restart_of_the_hub(
    hub: HubServer, api: HfApi, repository: Repository
) -> None:
    hub.faults.die("PUT", "")
    revival = Timer(0.5, hub.revive)
    revival.start()
    push(api, LARGE[::-1])
    revival.join()
    assert repository.download()["new.h5"] == LARGE[::-1]


def test_content_that_is_not_what_was_announced_is_refused(
    hub: HubServer, writer: str, repository: Repository
) -> None:
    asked = {"Authorization": f"Bearer {writer}"}
    oid = "0" * 64
    content = {"operation": "upload", "objects": [{"oid": oid, "size": 3}]}
    address = f"{hub.address}/ada/model.git/info/lfs/objects"
    told = httpx.post(f"{address}/batch", json=content, headers=asked).json()["objects"][0]
    assert httpx.put(told["actions"]["upload"]["href"], content=b"abc").status_code == 400
    verified = {"oid": oid, "size": 3}
    assert httpx.post(f"{address}/verify", json=verified, headers=asked).status_code == 404
    line = {"key": "lfsFile", "value": {"path": "a.h5", "oid": oid, "size": 3}}
    commit = f"{hub.address}/api/models/ada/model/commit/main"
    assert httpx.post(commit, json=line, headers=asked).status_code == 400
    assert set(repository.download()) == set(FILES)


def test_what_is_not_understood_is_noted(hub: HubServer) -> None:
    assert httpx.get(f"{hub.address}/api/models/ada/model/unheard-of").status_code == 404
    assert hub.not_understood == ["GET /api/models/ada/model/unheard-of"]
    hub.not_understood.clear()


def test_no_fault_is_left(hub: HubServer, api: HfApi, repository: Repository) -> None:
    hub.faults.status(".*", ".*", 500, times=None)
    with pytest.raises(HfHubHTTPError):
        api.model_info("ada/model")
    hub.faults.clear()
    api.model_info("ada/model")
