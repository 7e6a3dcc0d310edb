"""Who may read what, what is said where it fails, and that no token is ever shown."""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path
from typing import Any

import pytest

from space.errors import PreparationError
from space.hub.cache import Access
from space.hub.errors import told
from space.hub.repository import MODEL, Repository
from space.recommender import MovieRecommender
from tests.exports import Run
from tests.hub import HubServer
from tests.space.publishing import files_asked, files_of, publish, python

LOAD = """
import logging, sys
logging.basicConfig(level=logging.DEBUG)
from space.recommender import MovieRecommender
try:
    r = MovieRecommender.from_pretrained("ada/model", dataset="ada/data")
    print("loaded", len(r.user_ids))
except Exception as error:
    print(type(error).__name__, error)
    raise
"""


def refused(cache: Path, name: str = "ada/model", **arguments: Any) -> str:
    with pytest.raises(PreparationError) as caught:
        MovieRecommender.from_pretrained(name, cache_dir=cache, **arguments)
    return str(caught.value)


NOT_FOUND = (
    "does not exist, or it is private and no token that may read it is set "
    "(HF_TOKEN, or hf auth login)."
)


def test_a_repository_that_is_not_there_is_told_as_one_that_may_be_private(
    hub: HubServer, hub_cache: Path
) -> None:
    assert refused(hub_cache) == f"The model ada/model {NOT_FOUND}"
    assert refused(hub_cache, token=hub.token("ada")) == f"The model ada/model {NOT_FOUND}"


def test_a_private_repository_is_read_with_a_token_that_may_and_no_other(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    files = files_of(run.bundle)
    hub.add("models", "ada/model", files, private=True)
    hub.add("datasets", "ada/data", files_of(run.dataset), private=True)
    assert refused(hub_cache) == f"The model ada/model {NOT_FOUND}"
    assert refused(hub_cache, token=hub.token("bob")) == f"The model ada/model {NOT_FOUND}"
    assert files_asked(hub.requests) == []
    token = hub.token("ada", "read")
    recommender = MovieRecommender.from_pretrained(
        "ada/model", dataset="ada/data", cache_dir=hub_cache, token=token
    )
    assert len(recommender.user_ids) == 31
    with pytest.raises(PreparationError, match=r"The data set ada/data does not exist, or it is"):
        MovieRecommender.from_pretrained(run.bundle, dataset="ada/data", cache_dir=hub_cache)


def test_a_gated_repository_is_read_by_who_was_let_in(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    model = hub.add("models", "ada/model", files_of(run.bundle), gated=True)
    token = hub.token("bob", "read")
    for said in (refused(hub_cache), refused(hub_cache, token=token)):
        assert said.startswith("The model ada/model is gated. Ask for access on its page")
    model.granted.add("bob")
    MovieRecommender.from_pretrained("ada/model", cache_dir=hub_cache, token=token)


def test_a_revision_that_is_not_there_is_told(hub: HubServer, run: Run, hub_cache: Path) -> None:
    publish(hub, run)
    said = "The model ada/model@v9: the repository has no revision v9. Name a branch, a tag or a"
    assert refused(hub_cache, revision="v9").startswith(said)
    assert refused(hub_cache, "ada/model@" + "0" * 40).endswith("a commit of it.")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "could not be asked for: the Hub answered 400."),
        (401, "cannot be read: the Hub wants a valid token. Set one (HF_TOKEN"),
        (403, "may not be read with the token that is set. Set one that may (HF_TOKEN"),
        (404, "does not answer as a Hub does. Check HF_ENDPOINT"),
        (418, "could not be asked for: the Hub answered 418."),
        (429, "could not be reached (it asks for fewer requests). Try again later."),
        (503, "could not be reached (it answered 503). Try again later."),
    ],
)
def test_each_answer_of_the_hub_is_told_in_words(
    hub: HubServer, run: Run, hub_cache: Path, status: int, said: str
) -> None:
    publish(hub, run)
    hub.faults.status("GET", "/api/models", status)
    assert said in refused(hub_cache)
    if status != 429:  # the client waits and asks again for half a minute
        hub.faults.status("GET", "/resolve/.*/encoders", status)
        assert said in refused(hub_cache)


@pytest.mark.parametrize(
    "body", [b"<html>Log in</html>", b"[]", b"{}", b"null", b'{"id": "a/b", "sha": "../../x"}']
)
def test_a_server_that_is_no_hub_is_told(
    hub: HubServer, run: Run, hub_cache: Path, body: bytes
) -> None:
    hub.faults.status("GET", "/api/models", 200, body=body)
    assert f"{hub.address} does not answer as a Hub does" in refused(hub_cache)
    assert not hub_cache.exists()


def test_a_repository_that_was_disabled_is_told(hub: HubServer, run: Run, hub_cache: Path) -> None:
    publish(hub, run)
    message = "Access to this resource is disabled."
    hub.faults.status("GET", "/api/models", 403, headers={"X-Error-Message": message})
    assert refused(hub_cache) == "The model ada/model has been disabled on the Hub."


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("file", "Not a directory"),
        ("file/below", "Not a directory"),
        ("n" * 300, "File name too long"),
    ],
)
def test_a_cache_that_cannot_be_written_is_told(
    hub: HubServer, run: Run, tmp_path: Path, name: str, reason: str
) -> None:
    model, _ = publish(hub, run)
    (tmp_path / "file").write_text("a file in the place of the folder")
    for revision in (None, model.head()):
        said = refused(tmp_path / name, revision=revision)
        assert said.endswith(
            f" could not be kept in the cache ({reason}). Its folder cannot be written; name another "
            "folder by HF_HOME or `cache_dir`."
        )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "(the disk is full). Make room there, or name another folder by HF_HOME"),
        (errno.EDQUOT, "(the disk is full). Make room there, or name another folder by HF_HOME"),
        (errno.EACCES, "(Permission denied). Its folder cannot be written; name another folder"),
        (errno.EROFS, "(Read-only file system). Its folder cannot be written; name another folder"),
    ],
)
def test_only_of_a_full_disk_is_room_asked_for(number: int, said: str) -> None:
    with (
        pytest.raises(PreparationError) as caught,
        told(Repository("ada/model"), MODEL),
    ):
        raise OSError(number, os.strerror(number))
    assert f"The model ada/model could not be kept in the cache {said}" in str(caught.value)


def test_a_full_disk_is_told_and_what_came_is_kept(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    """A limit on a file's size stands in for the disk's."""
    publish(hub, run)
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000)){LOAD}"
    said, _ = python(limited, HF_HUB_CACHE=str(hub_cache))
    assert "The model ada/model could not be kept in the cache (File too large)." in said
    assert not list(hub_cache.rglob("*.incomplete"))
    said, _ = python(LOAD, HF_HUB_CACHE=str(hub_cache))
    assert said == "loaded 31\n"


def test_a_token_that_the_hub_does_not_know_is_told_without_being_shown(
    hub: HubServer, run: Run, hub_cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    publish(hub, run)
    token = "hf_not_of_this_hub_0123456789abcdef"
    with caplog.at_level(logging.DEBUG):
        said = refused(hub_cache, token=token)
    assert "the Hub wants a valid token" in said
    assert token not in said + caplog.text


@pytest.mark.parametrize("token", ["hf_two\nlines", "hf_kö", "hf_a b", ""])
def test_a_token_that_cannot_be_one_is_not_even_sent(
    hub: HubServer, run: Run, hub_cache: Path, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises(ValueError, match="`token` should") as caught,
    ):
        MovieRecommender.from_pretrained("ada/model", cache_dir=hub_cache, token=token)
    assert hub.requests == []
    assert not token or token not in str(caught.value) + caplog.text


def test_token_true_wants_one_that_is_set(hub: HubServer, run: Run, hub_cache: Path) -> None:
    publish(hub, run)
    assert "a token is asked for and none is set" in refused(hub_cache, token=True)


@pytest.mark.parametrize("way", ["HF_TOKEN", "hf auth login", "HF_TOKEN_PATH"])
def test_the_token_that_is_set_is_used_and_shown_nowhere(
    hub: HubServer, run: Run, tmp_path: Path, way: str
) -> None:
    hub.add("models", "ada/model", files_of(run.bundle), private=True)
    hub.add("datasets", "ada/data", files_of(run.dataset), private=True)
    token = hub.token("ada", "read")
    home = tmp_path / "home"
    home.mkdir()
    variables = {"HF_HOME": str(home)}
    if way == "HF_TOKEN":
        variables["HF_TOKEN"] = token
    elif way == "hf auth login":
        (home / "token").write_text(f"{token}\n")
    else:
        (tmp_path / "elsewhere").write_text(token)
        variables["HF_TOKEN_PATH"] = str(tmp_path / "elsewhere")
    said, complaint = python(LOAD, **variables)
    assert said == "loaded 31\n"
    assert (home / "hub" / "models--ada--model" / "refs" / "main").is_file()
    assert token not in said + complaint
    for path in home.rglob("*"):
        if path.is_file() and path != home / "token":
            assert token.encode() not in path.read_bytes()


def test_no_token_is_shown_where_it_fails(hub: HubServer, run: Run, tmp_path: Path) -> None:
    """With the traceback of the error, which holds the errors before it."""
    publish(hub, run)
    for token in (hub.token("bob"), "hf_unknown_0123456789abcdef", "hf_two lines\t0123456789"):
        hub.faults.status("GET", "resolve/.*/encoders", 403)
        said, complaint = python(LOAD, HF_HOME=str(tmp_path / "home"), HF_TOKEN=token)
        assert "PreparationError" in said
        assert "Traceback" in complaint
        assert token not in said + complaint
        hub.faults.clear()


def test_token_false_uses_none(hub: HubServer, run: Run, tmp_path: Path) -> None:
    hub.add("models", "ada/model", files_of(run.bundle), private=True)
    code = LOAD.replace('dataset="ada/data"', "token=False")
    said, _ = python(code, HF_HOME=str(tmp_path), HF_TOKEN=hub.token("ada"))
    assert NOT_FOUND in said
    assert not any("authorization" in request.headers for request in hub.requests)


def test_a_token_is_not_in_what_is_printed_of_its_holder() -> None:
    assert "hf_secret" not in repr(Access(token="hf_secret"))
