"""Whether a push would be let in."""

from __future__ import annotations

from pathlib import Path

import pytest
from huggingface_hub import HfApi

from hub_upload import check_access, push_dataset, push_model, push_space
from hub_upload.access import Account, sign_in
from hub_upload.errors import Failure
from tests.exports import Run
from tests.hub import HubServer
from tests.hub.state import READ, WRITE
from tests.hub_upload.conftest import DATASET, MODEL, SPACE, refusal, writes

MALFORMED = (
    "",
    "model",
    "/model",
    "ada/",
    "ada/a/b",
    "ada/a model",
    "ada/mo\ndel",
    "ada/a--b",
    "ada/a..b",
    "ada/..",
    "ada/model.git",
    "ada/-model",
    "ada/modèle",
    "ada/" + "x" * 97,
    "https://huggingface.co/ada/model",
)


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_name_is_refused_before_the_hub_is_asked(
    hub: HubServer, writer: str, free: Run, name: str
) -> None:
    for push in (
        lambda: push_model(free.bundle, name, token=writer),
        lambda: push_dataset(free.dataset, name, token=writer),
        lambda: push_space(name, model=MODEL, token=writer),
        lambda: push_space(SPACE, model=name, token=writer),
        lambda: push_space(SPACE, model=MODEL, dataset=name, token=writer),
        lambda: push_model(free.bundle, MODEL, dataset_repo=name, token=writer),
        lambda: push_dataset(free.dataset, DATASET, model_repo=name, token=writer),
    ):
        assert "owner/name" in refusal(Failure.REFUSED, push)
    assert hub.requests == []
    assert repr(name) in refusal(Failure.REFUSED, lambda: check_access(name, token=writer))
    assert writes(hub) == []


@pytest.mark.parametrize("name", ["ada@v1", "ada/model@", "ada/model@v 1", "ada/model@a..b"])
def test_a_space_is_set_up_for_proper_revisions_only(
    hub: HubServer, writer: str, name: str
) -> None:
    refusal(Failure.REFUSED, lambda: push_space(SPACE, model=name, token=writer))
    assert hub.requests == []


@pytest.mark.parametrize("name", ["", "v 1", "a..b", "v1.lock", "-v1", "/v1", "v1/", "v~1"])
def test_no_tag_or_branch_that_git_does_not_allow(
    hub: HubServer, writer: str, free: Run, name: str
) -> None:
    for push in (
        lambda: push_model(free.bundle, MODEL, token=writer, tag=name),
        lambda: push_model(free.bundle, MODEL, token=writer, revision=name),
        lambda: push_dataset(free.dataset, DATASET, token=writer, tag=name),
        lambda: push_dataset(free.dataset, DATASET, token=writer, revision=name),
        lambda: push_space(SPACE, model=MODEL, token=writer, tag=name),
        lambda: push_space(SPACE, model=MODEL, token=writer, revision=name),
    ):
        refusal(Failure.REFUSED, push)
    assert writes(hub) == []


def test_a_user_may_write_to_their_own(hub: HubServer, writer: str) -> None:
    check_access(MODEL, token=writer)
    assert writes(hub) == []


def test_a_read_only_token_is_refused(hub: HubServer, free: Run) -> None:
    token = hub.token("ada", "read")
    message = refusal(Failure.FORBIDDEN, lambda: check_access(MODEL, token=token))
    assert "role `write`" in message
    assert (
        refusal(Failure.FORBIDDEN, lambda: push_model(free.bundle, MODEL, token=token)) == message
    )
    assert writes(hub) == []


def test_another_owner_is_refused_with_those_that_there_are(hub: HubServer, free: Run) -> None:
    hub.account("ada", {"lab": "write", "club": "read"})
    token = hub.token("ada")
    message = refusal(Failure.FORBIDDEN, lambda: push_model(free.bundle, "bob/model", token=token))
    assert "ada or lab or club" in message
    assert writes(hub) == []


@pytest.mark.parametrize("role", ["write", "admin", "contributor"])
def test_an_organisation_in_which_one_may_write(hub: HubServer, free: Run, role: str) -> None:
    hub.account("ada", {"lab": role})
    assert push_model(free.bundle, "lab/model", token=hub.token("ada")).repo_id == "lab/model"
    assert "README.md" in hub.repositories["models", "lab/model"].download()


def test_an_organisation_in_which_one_may_only_read(hub: HubServer, free: Run) -> None:
    hub.account("ada", {"lab": "read"})
    token = hub.token("ada")
    message = refusal(Failure.FORBIDDEN, lambda: push_model(free.bundle, "lab/model", token=token))
    assert "`read` in lab" in message
    assert writes(hub) == []


def test_a_role_that_the_hub_does_not_tell_is_left_to_the_hub() -> None:
    Account("ada", {"lab": None}).check("lab/model")


@pytest.mark.parametrize("scope", ["ada", MODEL])
def test_a_fine_grained_token_for_the_owner_or_the_repository(
    hub: HubServer, free: Run, scope: str
) -> None:
    token = hub.token("ada", "fineGrained", {scope: (READ, WRITE)})
    check_access(MODEL, token=token)
    assert push_model(free.bundle, MODEL, token=token).changed


@pytest.mark.parametrize(
    "scopes", [{}, {"ada/other": (READ, WRITE)}, {"lab": (READ, WRITE)}, {"ada": (READ,)}]
)
def test_a_fine_grained_token_for_something_else(
    hub: HubServer, free: Run, scopes: dict[str, tuple[str, ...]]
) -> None:
    token = hub.token("ada", "fineGrained")
    hub.tokens[token] = type(hub.tokens[token])(token, hub.accounts["ada"], "fineGrained", scopes)
    message = refusal(Failure.FORBIDDEN, lambda: check_access(MODEL, token=token))
    assert "fine-grained" in message
    assert (
        refusal(Failure.FORBIDDEN, lambda: push_model(free.bundle, MODEL, token=token)) == message
    )
    assert writes(hub) == []


def test_no_token(hub: HubServer, free: Run) -> None:
    for push in (
        lambda: check_access(MODEL),
        lambda: push_model(free.bundle, MODEL),
        lambda: push_dataset(free.dataset, DATASET),
        lambda: push_space(SPACE, model=MODEL),
    ):
        message = refusal(Failure.TOKEN, push)
        assert "no token was found" in message
        assert "HF_TOKEN" in message
    assert hub.requests == []


def test_the_token_of_the_environment(
    hub: HubServer, writer: str, free: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", writer)
    assert push_model(free.bundle, MODEL).changed


@pytest.mark.parametrize(
    "token", ["hf_" + "x" * 34, "hf_" + "x" * 34 + "\nmore", "hf_" + "ü" * 34, "a word\n"]
)
def test_a_token_that_the_hub_does_not_know(hub: HubServer, free: Run, token: str) -> None:
    message = refusal(Failure.TOKEN, lambda: push_model(free.bundle, MODEL, token=token))
    assert "HF_TOKEN" in message
    assert "xxx" not in message
    assert "word" not in message
    assert writes(hub) == []


def test_a_hub_that_cannot_be_asked(hub: HubServer, writer: str, free: Run) -> None:
    for fault in (
        lambda: hub.faults.drop("GET", "whoami"),
        lambda: hub.faults.status("GET", "whoami", 500),
        lambda: hub.faults.cut("GET", "whoami", 5),
        hub.die,
    ):
        fault()
        refusal(Failure.UNREACHABLE, lambda: push_model(free.bundle, MODEL, token=writer))
    hub.revive()
    hub.faults.status("GET", "whoami", 429, headers={"Retry-After": "30"})
    assert "30 seconds" in refusal(Failure.RATE_LIMIT, lambda: check_access(MODEL, token=writer))
    assert writes(hub) == []


def test_who_signs_in(hub: HubServer) -> None:
    hub.account("ada", {"lab": "admin"})
    account = sign_in(HfApi(token=hub.token("ada")))
    assert account == Account("ada", {"lab": "admin"}, "write")
    scopes = {"Ada": (READ, WRITE), "lab": (READ,), "lab/x": (WRITE,)}
    limited = sign_in(HfApi(token=hub.token("ada", "fineGrained", scopes)))
    assert (limited.role, limited.writable) == ("fineGrained", {"ada", "lab/x"})


def test_a_folder_that_is_not_there(hub: HubServer, writer: str, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    for push in (
        lambda: push_model(missing, MODEL, token=writer),
        lambda: push_dataset(missing, DATASET, token=writer),
    ):
        assert str(missing) in refusal(Failure.REFUSED, push)
    assert hub.requests == []
