"""What the failures of the Hub's client mean for us, in words.

The client's own messages are never passed on: they hold addresses, and an illegal token is quoted in
one of them.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from huggingface_hub import constants
from huggingface_hub.errors import (
    DisabledRepoError,
    FileMetadataError,
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    LocalTokenNotFoundError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
    XetDownloadError,
)
from huggingface_hub.utils import httpx  # type: ignore[attr-defined]

from space.errors import PreparationError
from space.hub.repository import Kind, Repository

HOW_TO_LOG_IN = "HF_TOKEN, or hf auth login"
"""How a server comes to hold a token."""

_CLIENT_ERRORS = (
    httpx.HTTPError,
    httpx.InvalidURL,
    XetDownloadError,
    OSError,
    # A session that another thread closed, before it was used or while, and the Xet client's faults.
    AttributeError,
    RuntimeError,
    # An answer that is not the Hub's; the client does not check it.
    ValueError,
    KeyError,
    TypeError,
)

_BUSY = (408, 429)

_FULL = (errno.ENOSPC, errno.EDQUOT)


class HubUnreachableError(Exception):
    """The Hub cannot be asked now: a copy in the cache may stand in for it.

    Args:
        reason: Why, as a clause.
        by_will: Whether the user has asked for this.
    """

    def __init__(self, reason: str, *, by_will: bool = False) -> None:
        super().__init__(reason)
        self.by_will = by_will


@contextmanager
def told(repository: Repository, kind: Kind) -> Iterator[None]:
    """Within it, failures of the Hub's client become this program's.

    Raises:
        HubUnreachableError: If the Hub does not answer, or not now.
        PreparationError: If it refuses, or its answer or the disk is at fault.
    """
    try:
        yield
    except _CLIENT_ERRORS as error:
        # Not `from error`: logs would then hold the client's own messages.
        raise _translated(error, f"The {kind.noun} {repository}", repository) from None


def _translated(error: BaseException, what: str, repository: Repository) -> Exception:
    if isinstance(error, OfflineModeIsEnabled):
        return HubUnreachableError("HF_HUB_OFFLINE is set", by_will=True)
    if isinstance(error, HfHubHTTPError):
        return _refusal(error, what, repository)
    if isinstance(error, LocalTokenNotFoundError):
        return PreparationError(f"{what}: a token is asked for and none is set ({HOW_TO_LOG_IN}).")
    if isinstance(error, httpx.LocalProtocolError | UnicodeError):
        return PreparationError(
            f"{what}: the request could not be sent. A token should be one line of plain letters; "
            f"check it ({HOW_TO_LOG_IN})."
        )
    if isinstance(error, httpx.TimeoutException):
        return HubUnreachableError("it did not answer in time")
    if isinstance(error, httpx.HTTPError | XetDownloadError):
        return HubUnreachableError("the connection failed")
    if isinstance(error, FileMetadataError):
        return _no_hub(what)
    if isinstance(error, LocalEntryNotFoundError):
        # What the client says in the end, having tried again for a while.
        if error.__cause__ is not None:
            return _translated(error.__cause__, what, repository)
        return HubUnreachableError("the connection failed")
    if isinstance(error, OSError):
        if error.errno is None:
            return HubUnreachableError("a file came incomplete")
        full = error.errno in _FULL
        reason = "the disk is full" if full else error.strerror
        remedy = "Make room there, or" if full else "Its folder cannot be written;"
        return PreparationError(
            f"{what} could not be kept in the cache ({reason}). {remedy} name another folder by "
            "HF_HOME or `cache_dir`."
        )
    if isinstance(error, RuntimeError | AttributeError):
        return HubUnreachableError("the connection failed")
    if isinstance(error.__cause__, _CLIENT_ERRORS):
        return _translated(error.__cause__, what, repository)
    return _no_hub(what)


def _refusal(error: HfHubHTTPError, what: str, repository: Repository) -> Exception:
    status = error.response.status_code
    if status >= 500 or status in _BUSY:
        return HubUnreachableError(
            "it asks for fewer requests" if status == 429 else f"it answered {status}"
        )
    if isinstance(error, GatedRepoError):
        return PreparationError(
            f"{what} is gated. Ask for access on its page on the Hub, and set a token of the account "
            f"that has it ({HOW_TO_LOG_IN})."
        )
    if isinstance(error, RevisionNotFoundError):
        return PreparationError(
            f"{what}: the repository has no revision {repository.revision}. Name a branch, a tag or a "
            "commit of it."
        )
    if isinstance(error, RemoteEntryNotFoundError):
        return PreparationError(f"{what}: a file went missing on the Hub meanwhile. Try again.")
    if isinstance(error, DisabledRepoError):
        return PreparationError(f"{what} has been disabled on the Hub.")
    if isinstance(error, RepositoryNotFoundError):
        return PreparationError(
            f"{what} does not exist, or it is private and no token that may read it is set "
            f"({HOW_TO_LOG_IN})."
        )
    if status == 401:
        return PreparationError(
            f"{what} cannot be read: the Hub wants a valid token. Set one ({HOW_TO_LOG_IN})."
        )
    if status == 403:
        return PreparationError(
            f"{what} may not be read with the token that is set. Set one that may ({HOW_TO_LOG_IN})."
        )
    if status == 404:
        return _no_hub(what)
    return PreparationError(f"{what} could not be asked for: the Hub answered {status}.")


def _no_hub(what: str) -> PreparationError:
    return PreparationError(
        f"{what} could not be asked for: {constants.ENDPOINT} does not answer as a Hub does. Check "
        "HF_ENDPOINT and the network's proxy."
    )
