"""What can go wrong with a publication, each kind with an exit code of its own."""

from __future__ import annotations

import errno
import re
from enum import IntEnum
from json import JSONDecodeError
from textwrap import shorten

from huggingface_hub.errors import (
    HfHubHTTPError,
    HFValidationError,
    LocalTokenNotFoundError,
    OfflineModeIsEnabled,
    OIDCError,
)
from huggingface_hub.utils import httpx  # type: ignore[attr-defined]

CLIENT_ERRORS = (
    AttributeError,  # of a session that another thread closed
    httpx.HTTPError,
    httpx.InvalidURL,
    OIDCError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What the client library raises where the Hub or the way to it fails, or refuses."""


class Failure(IntEnum):
    """Kinds of failure; the value is the exit code of the command. 2 is a wrong use of it."""

    REFUSED = 3
    """The files, the licence or the Hub's checks of the content forbid it."""
    TOKEN = 4
    """There is no token, or the Hub does not know it."""
    FORBIDDEN = 5
    """The token may not write there."""
    NOT_FOUND = 6
    """A repository, revision or folder that is named does not exist."""
    CONFLICT = 7
    """Somebody else changed the repository, or a name is taken."""
    PAYMENT = 8
    """The Hub wants a paid plan."""
    RATE_LIMIT = 9
    """The Hub wants to be asked less often."""
    UNREACHABLE = 10
    """The Hub does not answer, or answers with a fault of its own."""
    DISK = 11
    """The disk is full, or a file cannot be read or written."""
    SPACE = 12
    """The Space was pushed and does not run."""


class PublishError(Exception):
    """A publication ended before it was complete.

    Args:
        failure: What kind of failure it is.
        message: One sentence that says what happened and what to do.
    """

    def __init__(self, failure: Failure, message: str) -> None:
        super().__init__(redact(message))
        self.failure = failure


def redact(text: str) -> str:
    """The text without tokens, and without the queries of addresses, which can hold signatures."""
    text = re.sub(r"(hf|api_org)_[A-Za-z0-9_]{6,}", r"\1_…", text)
    text = re.sub(r"\b(Bearer )[^\s'\"\\]+", r"\1…", text, flags=re.IGNORECASE)
    return re.sub(r"(https?://[^\s?\"']+)\?[^\s\"']*", r"\1?…", text)


def explained(error: Exception, what: str) -> PublishError:
    """The error of a client library as one of ours.

    Args:
        error: What was raised.
        what: What was being done, as the beginning of a sentence: "The model a/b was not pushed".
    """
    if isinstance(error, PublishError):
        return error
    if isinstance(error, LocalTokenNotFoundError):
        return PublishError(
            Failure.TOKEN, f"{what}: no token was found; set HF_TOKEN or run `hf auth login`."
        )
    if isinstance(error, OIDCError):
        return PublishError(Failure.TOKEN, f"{what}: no token came from the identity provider.")
    if isinstance(error, OfflineModeIsEnabled):
        return PublishError(Failure.UNREACHABLE, f"{what}: HF_HUB_OFFLINE forbids it; unset it.")
    if isinstance(error, HfHubHTTPError):
        return _of_answer(error, what)
    if isinstance(error, HFValidationError):
        return PublishError(Failure.REFUSED, f"{what}: {_line(error)}.")
    if isinstance(error, (httpx.LocalProtocolError, UnicodeEncodeError)):
        # The client's message quotes the token.
        return PublishError(
            Failure.TOKEN,
            f"{what}: the token cannot be sent, it should be one line of plain letters; set HF_TOKEN "
            "to a valid one or run `hf auth login`.",
        )
    if isinstance(error, (httpx.HTTPError, httpx.InvalidURL, ConnectionError, TimeoutError)):
        return PublishError(
            Failure.UNREACHABLE,
            f"{what}: the connection to the Hub failed ({_line(error)}).",
        )
    if isinstance(error, OSError):
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = "the disk is full" if full else _line(error)
        return PublishError(Failure.DISK, f"{what}: {reason}.")
    if isinstance(
        error, RuntimeError | AttributeError
    ):  # the client's, after an upload that did not get through
        if isinstance(error.__cause__, CLIENT_ERRORS):
            return explained(error.__cause__, what)
        return PublishError(Failure.UNREACHABLE, f"{what}: the upload failed ({_line(error)}).")
    if isinstance(error, JSONDecodeError):
        said = "what answered is not the Hub, but something on the way to it; try later"
        return PublishError(Failure.UNREACHABLE, f"{what}: {said}.")
    if isinstance(error, ValueError):  # the Hub's verdict on the front matter of a card
        return PublishError(Failure.REFUSED, f"{what}: {' '.join(str(error).split()).rstrip('.')}.")
    raise error


def _of_answer(error: HfHubHTTPError, what: str) -> PublishError:
    """By the status of the Hub's answer."""
    status = error.response.status_code
    said = shorten(error.server_message or "", 300, placeholder=" …").rstrip(".")
    if said.startswith("<"):  # a page of something between us and the Hub
        said = ""
    answer = f"{status}, {said}" if said else str(status)
    if status == 401 and "RepoNotFound" not in error.response.headers.get("X-Error-Code", ""):
        return PublishError(
            Failure.TOKEN,
            f"{what}: the Hub does not know the token ({answer}); set HF_TOKEN to a valid one or run "
            "`hf auth login`.",
        )
    if status in (401, 404):
        return PublishError(
            Failure.NOT_FOUND,
            f"{what}: it does not exist, or the token may not see it ({answer}).",
        )
    if status == 402:
        return PublishError(
            Failure.PAYMENT,
            f"{what}: the Hub wants a paid plan for it ({answer}); see the owner's billing settings.",
        )
    if status == 403:
        return PublishError(
            Failure.FORBIDDEN,
            f"{what}: the token may not write there ({answer}); use a token with the role `write`.",
        )
    if status in (409, 412):
        return PublishError(
            Failure.CONFLICT,
            f"{what}: somebody else changed it at the same time ({answer}), and nothing was "
            "overwritten; look at their commit, for a new push replaces what they changed in the same "
            "files.",
        )
    if status == 429:
        wait = error.response.headers.get("Retry-After", "")
        after = f" for {wait} seconds" if wait.isdigit() else f" until {wait}" if wait else ""
        return PublishError(
            Failure.RATE_LIMIT,
            f"{what}: the Hub asks to wait{after} before the next request ({status}).",
        )
    if status >= 500:
        return PublishError(
            Failure.UNREACHABLE, f"{what}: the Hub has a fault of its own ({answer}); try later."
        )
    return PublishError(Failure.REFUSED, f"{what}: the Hub refused it ({answer}).")


def _line(error: Exception) -> str:
    """The first line of an error's text that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).rstrip(".")
