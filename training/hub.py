"""Repositories on the Hub: the commit that a name stands for, and failures as errors of training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from huggingface_hub import HfApi, constants
from huggingface_hub.errors import (
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RevisionResolutionError,
)
from huggingface_hub.utils import httpx  # type: ignore[attr-defined]

from space.errors import PreparationError
from space.hub.errors import HubUnreachableError, told
from space.hub.repository import Kind, Repository
from training.errors import SourceError

_SECONDS = 15


def parse(text: str) -> Repository | None:
    """The repository that a text names as `owner/name` or `owner/name@revision`, if it does."""
    try:
        return Repository.parse(text)
    except ValueError:
        return None


def resolve(repository: Repository, kind: Kind) -> Repository:
    """The repository at the commit that its revision stands for now.

    Where HF_HUB_OFFLINE is set, the cache tells what the commit was last time.

    Raises:
        SourceError: If there is no such repository or revision, or nobody to ask.
    """
    name, revision = repository.id, repository.revision
    with in_words(repository, kind):
        if not repository.pinned and not constants.HF_HUB_OFFLINE:
            # The next call would go on with an old commit, unasked, where the Hub cannot be reached.
            HfApi().repo_info(name, repo_type=kind.type, revision=revision, timeout=_SECONDS)
        try:
            found = HfApi().resolve_revision(name, repo_type=kind.type, revision=revision)
        except RevisionResolutionError as error:
            raise error.__cause__ or error from None
    return replace(repository, revision=found.resolved)


def client_error(error: BaseException | None) -> Exception | None:
    """What the Hub's client failed with, where a library built on it gives another reason."""
    while error is not None:
        if isinstance(error, httpx.HTTPError | LocalEntryNotFoundError | OfflineModeIsEnabled):
            return error
        error = error.__cause__ or error.__context__
    return None


@contextmanager
def in_words(repository: Repository, kind: Kind) -> Iterator[None]:
    """Within it, failures of the Hub's client become sentences that say what to do.

    Raises:
        SourceError: In place of them.
    """
    try:
        with told(repository, kind):
            yield
    except HubUnreachableError as error:
        what = f"The {kind.noun} {repository}"
        raise SourceError(
            f"{what} is not in the cache, and {error}. Unset that once, so that it is fetched."
            if error.by_will
            else f"{what} could not be fetched: the Hub cannot be reached ({error}). Give the same "
            "command again later, or set HF_HUB_OFFLINE=1 to take what the cache holds."
        ) from None
    except PreparationError as error:
        raise SourceError(str(error)) from None
