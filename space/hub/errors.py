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

from space.errors import Detail, PreparationError, Said
from space.hub.repository import Kind, Repository

_LOGIN = Said("hub_login")
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
        reason: Why, as a clause that other sentences hold.
        by_will: Whether the user has asked for this.
    """

    def __init__(self, reason: Said, *, by_will: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
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
        raise _translated(error, kind.the(repository), repository) from None


def _translated(error: BaseException, what: Said, repository: Repository) -> Exception:
    if isinstance(error, OfflineModeIsEnabled):
        return HubUnreachableError(Said("hub_offline"), by_will=True)
    if isinstance(error, HfHubHTTPError):
        return _refusal(error, what, repository)
    if isinstance(error, LocalTokenNotFoundError):
        return PreparationError(Said("hub_token_missing", what=what, login=_LOGIN))
    if isinstance(error, httpx.LocalProtocolError | UnicodeError):
        return PreparationError(Said("hub_token_malformed", what=what, login=_LOGIN))
    if isinstance(error, httpx.TimeoutException):
        return HubUnreachableError(Said("hub_slow"))
    if isinstance(error, httpx.HTTPError | XetDownloadError):
        return HubUnreachableError(Said("hub_connection"))
    if isinstance(error, FileMetadataError):
        return _no_hub(what)
    if isinstance(error, LocalEntryNotFoundError):
        # What the client says in the end, having tried again for a while.
        if error.__cause__ is not None:
            return _translated(error.__cause__, what, repository)
        return HubUnreachableError(Said("hub_connection"))
    if isinstance(error, OSError):
        if error.errno is None:
            return HubUnreachableError(Said("hub_incomplete"))
        if error.errno in _FULL:
            return PreparationError(Said("disk_full", what=what))
        return PreparationError(Said("disk_refused", what=what, reason=Detail(error.strerror)))
    if isinstance(error, RuntimeError | AttributeError):
        return HubUnreachableError(Said("hub_connection"))
    if isinstance(error.__cause__, _CLIENT_ERRORS):
        return _translated(error.__cause__, what, repository)
    return _no_hub(what)


def _refusal(error: HfHubHTTPError, what: Said, repository: Repository) -> Exception:
    status = error.response.status_code
    if status >= 500 or status in _BUSY:
        return HubUnreachableError(
            Said("hub_busy") if status == 429 else Said("hub_answered", status=status)
        )
    if isinstance(error, GatedRepoError):
        return PreparationError(Said("hub_gated", what=what, login=_LOGIN))
    if isinstance(error, RevisionNotFoundError):
        return PreparationError(Said("hub_revision", what=what, revision=repository.revision))
    if isinstance(error, RemoteEntryNotFoundError):
        return PreparationError(Said("hub_file", what=what))
    if isinstance(error, DisabledRepoError):
        return PreparationError(Said("hub_disabled", what=what))
    if isinstance(error, RepositoryNotFoundError):
        return PreparationError(Said("hub_repository", what=what, login=_LOGIN))
    if status == 401:
        return PreparationError(Said("hub_token_invalid", what=what, login=_LOGIN))
    if status == 403:
        return PreparationError(Said("hub_token_refused", what=what, login=_LOGIN))
    if status == 404:
        return _no_hub(what)
    return PreparationError(Said("hub_refused", what=what, status=status))


def _no_hub(what: Said) -> PreparationError:
    return PreparationError(Said("hub_none", what=what, endpoint=constants.ENDPOINT))
