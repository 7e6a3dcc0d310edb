"""Who may do what."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from huggingface_hub import HfApi, hf_hub_download, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    LocalTokenNotFoundError,
    RepositoryNotFoundError,
)

from tests.hub import HubServer
from tests.hub.state import READ, WRITE

FILES = {"config.json": b"{}", "model.h5": b"weights"}


def status_of(call: Callable[[], object]) -> int:
    with pytest.raises(HfHubHTTPError) as caught:
        call()
    return caught.value.response.status_code


def test_the_account_and_the_role_are_told(hub: HubServer) -> None:
    hub.account("ada", orgs={"lab": "write", "readers": "read"})
    told = HfApi(token=hub.token("ada", "read")).whoami()
    assert (told["type"], told["name"]) == ("user", "ada")
    assert [(org["name"], org["roleInOrg"]) for org in told["orgs"]] == [
        ("lab", "write"),
        ("readers", "read"),
    ]
    assert told["auth"]["accessToken"]["role"] == "read"


def test_what_a_fine_grained_token_may_do_is_told(hub: HubServer) -> None:
    told = HfApi(token=hub.token("ada", "fineGrained", {"ada/model": [READ]})).whoami()
    scoped = told["auth"]["accessToken"]["fineGrained"]["scoped"]
    assert scoped == [{"entity": {"type": "model", "name": "ada/model"}, "permissions": [READ]}]


def test_a_token_that_is_not_known_is_refused(hub: HubServer) -> None:
    hub.add("models", "ada/model", FILES)
    wrong = HfApi(token="hf_wrong")
    with pytest.raises(HfHubHTTPError, match="Invalid user token"):
        wrong.whoami()
    assert status_of(lambda: wrong.model_info("ada/model")) == 401
    with pytest.raises(LocalTokenNotFoundError):
        HfApi().whoami()
    assert httpx.get(f"{hub.address}/api/whoami-v2").status_code == 401


def test_what_is_private_is_as_if_it_were_not_there(hub: HubServer, writer: str) -> None:
    hub.add("models", "ada/model", FILES, private=True)
    for token in (False, hub.token("bob", "write")):
        with pytest.raises(RepositoryNotFoundError):
            HfApi(token=token).model_info("ada/model")
        with pytest.raises(RepositoryNotFoundError):
            hf_hub_download("ada/model", "config.json", token=token)
        with pytest.raises(RepositoryNotFoundError):
            HfApi(token=token).create_tag("ada/model", tag="v1")
    for name in ("ada/model", "ada/absent"):
        address = f"{hub.address}/api/models/{name}"
        assert httpx.get(address).status_code == 401
        other = {"Authorization": f"Bearer {hub.token('bob')}"}
        assert httpx.get(address, headers=other).status_code == 404
    hub.account("eve", orgs={"ada": "read"})
    for token in (writer, hub.token("ada", "read"), hub.token("eve", "read")):
        snapshot_download("ada/model", token=token, force_download=True)


def test_a_gate_keeps_the_files(hub: HubServer, writer: str) -> None:
    repository = hub.add("models", "ada/model", FILES, gated=True)
    bob = hub.token("bob", "read")
    assert HfApi(token=False).model_info("ada/model").gated == "auto"
    for token, status in ((False, 401), (bob, 403)):
        with pytest.raises(GatedRepoError) as caught:
            hf_hub_download("ada/model", "config.json", token=token)
        assert caught.value.response.status_code == status
        with pytest.raises(GatedRepoError):
            HfApi(token=token).auth_check("ada/model")
    repository.granted.add("bob")
    for token in (bob, writer):
        HfApi(token=token).auth_check("ada/model")
        hf_hub_download("ada/model", "model.h5", token=token, force_download=True)


@pytest.mark.parametrize("who", ["a reader's token", "another account", "a reader of the org"])
def test_who_may_not_write_is_told(hub: HubServer, who: str) -> None:
    hub.account("eve", orgs={"lab": "read"})
    tokens = {
        "a reader's token": hub.token("ada", "read"),
        "another account": hub.token("bob"),
        "a reader of the org": hub.token("eve"),
    }
    namespace = "lab" if who == "a reader of the org" else "ada"
    name = f"{namespace}/model"
    repository = hub.add("models", name, FILES)
    before, api = repository.head(), HfApi(token=tokens[who])
    calls = [
        lambda: api.create_repo(f"{namespace}/new"),
        lambda: api.upload_file(path_or_fileobj=b"x", path_in_repo="x", repo_id=name),
        lambda: api.create_tag(name, tag="v1"),
        lambda: api.delete_repo(name),
        lambda: api.update_repo_settings(name, private=True),
        lambda: api.auth_check(name, write=True),
    ]
    assert [status_of(call) for call in calls] == [403] * len(calls)
    assert (repository.head(), repository.private, repository.tags) == (before, False, {})
    assert set(hub.repositories) == {("models", name)}


def test_without_a_token_nothing_is_written(hub: HubServer) -> None:
    hub.add("models", "ada/model", FILES)
    api = HfApi(token=False)
    assert status_of(lambda: api.create_repo("ada/new")) == 401
    with pytest.raises(RepositoryNotFoundError):
        api.upload_file(path_or_fileobj=b"x", path_in_repo="x", repo_id="ada/model")


def test_a_fine_grained_token_writes_where_it_may(hub: HubServer) -> None:
    hub.add("models", "ada/one", FILES, private=True)
    hub.add("models", "ada/two", FILES, private=True)
    api = HfApi(token=hub.token("ada", "fineGrained", {"ada/one": [READ, WRITE]}))
    api.create_tag("ada/one", tag="v1")
    with pytest.raises(RepositoryNotFoundError):
        api.create_tag("ada/two", tag="v1")
    assert status_of(lambda: api.create_repo("ada/three")) == 403


def test_a_member_writes_for_the_organisation(hub: HubServer) -> None:
    hub.account("ada", orgs={"lab": "write"})
    api = HfApi(token=hub.token("ada"))
    api.create_repo("lab/model", private=True)
    api.upload_file(path_or_fileobj=b"x", path_in_repo="x.bin", repo_id="lab/model")
    assert hub.repositories["models", "lab/model"].download()["x.bin"] == b"x"


def test_a_file_apart_needs_its_signed_address_and_no_token(hub: HubServer, writer: str) -> None:
    hub.add("models", "ada/model", FILES, private=True)
    asked = {"Authorization": f"Bearer {writer}"}
    told = httpx.head(f"{hub.address}/ada/model/resolve/main/model.h5", headers=asked)
    address = told.headers["Location"]
    assert httpx.get(address).content == b"weights"
    assert httpx.get(address.partition("?")[0]).status_code == 403
    assert hub.leaks == []
    assert httpx.get(address, headers=asked).status_code == 400
    assert len(hub.leaks) == 1
    hub.requests.clear()
