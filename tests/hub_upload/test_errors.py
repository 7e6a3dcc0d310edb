"""What the failures of the client mean for us, and that they give nothing away."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import (
    HFValidationError,
    LocalTokenNotFoundError,
    OfflineModeIsEnabled,
)
from huggingface_hub.utils import httpx
from hypothesis import example, given
from hypothesis import strategies as st

from hub_upload.errors import CLIENT_ERRORS, Failure, PublishError, explained, redact
from tests.hub import HubServer
from tests.hub_upload.conftest import MODEL

WHAT = "The model ada/model was not pushed"


def check(error: PublishError, failure: Failure) -> str:
    """One sentence on one line, which begins with what was being done."""
    message = str(error)
    assert error.failure is failure, message
    assert message.startswith(f"{WHAT}: ")
    assert message.endswith(".")
    assert not message.endswith("..")
    assert "\n" not in message
    return message


def asked(hub: HubServer, status: int, headers: Mapping[str, str] | None = None) -> PublishError:
    """What becomes of the Hub's answer to a question."""
    hub.faults.status(
        "GET", "/api/models/", status, headers=headers, body={"error": "A reason\nof two lines."}
    )
    with pytest.raises(CLIENT_ERRORS) as caught:
        HfApi(token=hub.token("ada")).repo_info(MODEL)
    return explained(caught.value, WHAT)


@pytest.mark.parametrize(
    ("status", "failure", "said"),
    [
        (400, Failure.REFUSED, "refused"),
        (402, Failure.PAYMENT, "paid plan"),
        (403, Failure.FORBIDDEN, "role `write`"),
        (404, Failure.NOT_FOUND, "does not exist"),
        (409, Failure.CONFLICT, "nothing was overwritten"),
        (412, Failure.CONFLICT, "nothing was overwritten"),
        (413, Failure.REFUSED, "refused"),
        (429, Failure.RATE_LIMIT, "asks to wait before the next request"),
        (500, Failure.UNREACHABLE, "try later"),
        (502, Failure.UNREACHABLE, "try later"),
        (503, Failure.UNREACHABLE, "try later"),
        (504, Failure.UNREACHABLE, "try later"),
    ],
)
def test_a_status(hub: HubServer, status: int, failure: Failure, said: str) -> None:
    message = check(asked(hub, status), failure)
    assert said in message
    assert str(status) in message
    assert status == 429 or "A reason of two lines" in message


def test_a_status_without_a_reason(hub: HubServer) -> None:
    hub.faults.status("GET", "/api/models/", 500, body=b"")
    with pytest.raises(CLIENT_ERRORS) as caught:
        HfApi(token=hub.token("ada")).repo_info(MODEL)
    assert "(500)" in check(explained(caught.value, WHAT), Failure.UNREACHABLE)


def test_a_token_that_is_not_known_and_a_repository_that_is_not_there(hub: HubServer) -> None:
    with pytest.raises(CLIENT_ERRORS) as caught:
        HfApi(token="hf_unknown").whoami()
    assert "HF_TOKEN" in check(explained(caught.value, WHAT), Failure.TOKEN)
    assert "HF_TOKEN" in check(asked(hub, 401), Failure.TOKEN)
    with pytest.raises(CLIENT_ERRORS) as caught:
        HfApi().repo_info(MODEL)
    check(explained(caught.value, WHAT), Failure.NOT_FOUND)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("30", "wait for 30 seconds before"),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "wait until Wed, 21 Oct 2026 07:28:00 GMT before"),
    ],
)
def test_how_long_to_wait(hub: HubServer, told: str, said: str) -> None:
    assert said in check(asked(hub, 429, {"Retry-After": told}), Failure.RATE_LIMIT)


@pytest.mark.parametrize(
    ("error", "failure", "said"),
    [
        (LocalTokenNotFoundError("long"), Failure.TOKEN, "hf auth login"),
        (httpx.LocalProtocolError("Illegal header value b'Bearer x'"), Failure.TOKEN, "one line"),
        ("ü".encode, Failure.TOKEN, "one line"),
        (OfflineModeIsEnabled("long"), Failure.UNREACHABLE, "HF_HUB_OFFLINE"),
        (httpx.ConnectError("no route\nto host"), Failure.UNREACHABLE, "(no route)"),
        (httpx.ConnectTimeout("timed out"), Failure.UNREACHABLE, "timed out"),
        (httpx.ReadTimeout(""), Failure.UNREACHABLE, "ReadTimeout"),
        (httpx.RemoteProtocolError("ended"), Failure.UNREACHABLE, "ended"),
        (httpx.InvalidURL("Invalid port"), Failure.UNREACHABLE, "Invalid port"),
        (ConnectionResetError(errno.ECONNRESET, "reset"), Failure.UNREACHABLE, "reset"),
        (TimeoutError("timed out"), Failure.UNREACHABLE, "timed out"),
        (OSError(errno.ENOSPC, "No space left"), Failure.DISK, "disk is full"),
        (OSError(errno.EDQUOT, "Quota exceeded"), Failure.DISK, "disk is full"),
        (PermissionError(errno.EACCES, "denied", "a.png"), Failure.DISK, "a.png"),
        (FileNotFoundError(errno.ENOENT, "gone", "a.png"), Failure.DISK, "a.png"),
        (RuntimeError("Error while uploading 'a.h5'"), Failure.UNREACHABLE, "a.h5"),
        (HFValidationError("Repo id must be short."), Failure.REFUSED, "Repo id must be short."),
        (ValueError("Invalid.\n- license\n- tags."), Failure.REFUSED, "Invalid. - license - tags."),
    ],
)
def test_what_the_client_raises_on_its_own(error: Exception, failure: Failure, said: str) -> None:
    if not isinstance(error, Exception):
        with pytest.raises(UnicodeEncodeError) as caught:
            error("ascii")
        error = caught.value
    assert isinstance(error, CLIENT_ERRORS)
    assert said in check(explained(error, WHAT), failure)


@pytest.mark.parametrize(
    ("cause", "failure"),
    [
        (httpx.ConnectError("no route"), Failure.UNREACHABLE),
        (OSError(errno.ENOSPC, "No space left"), Failure.DISK),
        (FileNotFoundError(errno.ENOENT, "gone", "a.h5"), Failure.DISK),
    ],
)
def test_the_cause_of_an_upload_that_failed(cause: Exception, failure: Failure) -> None:
    error = RuntimeError("Error while uploading 'a.h5'")
    error.__cause__ = cause
    check(explained(error, WHAT), failure)


def test_a_hub_that_is_not_there(hub: HubServer) -> None:
    api = HfApi(token=hub.token("ada"))
    hub.die()
    with pytest.raises(CLIENT_ERRORS) as caught:
        api.repo_info(MODEL)
    assert "connection" in check(explained(caught.value, WHAT), Failure.UNREACHABLE)


@pytest.mark.parametrize("address", ["http://127.0.0.1:x", "http://[", "nothing"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(CLIENT_ERRORS) as caught:
        HfApi(endpoint=address, token="hf_unknown").repo_info(MODEL)
    check(explained(caught.value, WHAT), Failure.UNREACHABLE)


def test_what_was_explained_stays_and_what_is_not_the_clients_is_raised() -> None:
    known = PublishError(Failure.PAYMENT, "Known.")
    assert explained(known, WHAT) is known
    with pytest.raises(KeyError):
        explained(KeyError("a"), WHAT)


def test_the_exit_codes_differ_from_those_of_the_shell_and_of_wrong_use() -> None:
    assert len(set(Failure)) == len(Failure) == 10
    assert all(2 < failure < 126 for failure in Failure)


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
TOKENS = st.builds(
    "{}_{}".format,
    st.sampled_from(["hf", "api_org"]),
    st.text(alphabet=LETTERS, min_size=20, max_size=40),
)


@given(before=st.text(), token=TOKENS, after=st.text())
@example(before=r"b'Bearer x\n", token="hf_" + "a" * 34, after="'")
@example(before="https://ada:", token="hf_" + "a" * 34, after="@huggingface.co/ada/model")
@example(before="HF_TOKEN=", token="hf_" + "a" * 34, after=" HF_TOKEN=hf_" + "b" * 34)
@example(before="Bearer%20", token="hf_" + "a" * 34, after="%0A")
def test_no_token_gets_through(before: str, token: str, after: str) -> None:
    for text in (redact(before + token + after), redact(f"{before} {token} {after}")):
        assert token not in text
        assert re.search(f"(hf|api_org)_[{LETTERS}]{{6}}", text) is None
    assert token not in str(PublishError(Failure.TOKEN, before + token + after))
    assert token not in repr(PublishError(Failure.TOKEN, before + token + after))


@given(query=st.text(alphabet=LETTERS + "=&%-_.", min_size=1))
def test_no_query_gets_through(query: str) -> None:
    text = redact(f"GET https://storage.example/a/b.h5?{query} gave 403")
    assert text == "GET https://storage.example/a/b.h5?… gave 403"


@pytest.mark.parametrize(
    "text",
    [
        "The model ada/model was not pushed: set HF_TOKEN or run `hf auth login`.",
        "https://huggingface.co/ada/model",
        "Is it private? Yes.",
        "hf_hub is short",
    ],
)
def test_the_rest_stays(text: str) -> None:
    assert redact(text) == text


def test_a_bearer_of_another_form_does_not_get_through() -> None:
    assert redact("Illegal header value b'Bearer eyJh.bGci\\n'") == (
        "Illegal header value b'Bearer …\\n'"
    )
