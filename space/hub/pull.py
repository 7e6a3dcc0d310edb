"""Pulling a model or a data set from the Hub: one commit's files, checked before they are used.

A commit is remembered as its branch's (in the cache's `refs`, as the Hub's own libraries do) only after
its files have been read without fault, so that what stands in for the Hub is always whole.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from huggingface_hub import HfApi

from space.errors import BundleError, DamagedError, PreparationError
from space.hub.cache import (
    Access,
    complete,
    named,
    needed,
    remember,
    remembered,
    snapshot_of,
)
from space.hub.errors import HubUnreachableError, told
from space.hub.repository import Kind, Repository, Snapshot, is_commit
from space.hub.transfer import Report, Transfer, amount
from space.manifest import MANIFEST, faults

logger = logging.getLogger(__name__)

T = TypeVar("T")

_INFO_SECONDS = 10


@dataclass(frozen=True)
class Commit:
    """What the Hub says of a revision."""

    sha: str
    """The commit that it stands for now."""
    sizes: Mapping[str, int]
    """The files, and the bytes of each; 0 where that is not told."""


def pull(
    repository: Repository,
    kind: Kind,
    read: Callable[[Snapshot], T],
    access: Access,
    report: Report,
) -> T:
    """Fetch what is not in the cache, check and read it.

    Where the Hub cannot be asked, the commit that was last read without fault stands in, and the
    snapshot's note says so. Only the files of `kind` are ever fetched: a repository with gigabytes of
    others costs no more.

    Args:
        repository: Where from.
        kind: What is expected there.
        read: Reads the files, checking them against their manifest. It may be called twice.
        access: Token and cache.
        report: Told how far it has come.

    Returns:
        What `read` gives.

    Raises:
        BundleError: If what lies there is not ours, too large, damaged or of a newer format.
        PreparationError: If it cannot be had, saying why and what to do.
    """
    if access.local_files_only:
        why = HubUnreachableError("`local_files_only` is set", by_will=True)
        return _from_cache(repository, kind, read, access, why)
    cached = remembered(repository, kind, access) if repository.pinned else None
    if cached is not None and complete(cached, kind):
        # What a commit holds never changes, so there is nothing to ask.
        try:
            with named(access):
                return read(cached)
        except DamagedError as error:
            logger.warning("Fetching a cached file anew: %s", error)
    try:
        report(None, f"Asking the Hub for {repository}")
        return fetch(repository, kind, resolve(repository, kind, access), read, access, report)
    except HubUnreachableError as why:
        return _from_cache(repository, kind, read, access, why)


def resolve(repository: Repository, kind: Kind, access: Access) -> Commit:
    """Ask the Hub which commit a revision stands for, and what is in it.

    Raises:
        HubUnreachableError, PreparationError: As `space.hub.errors.told` raises them.
    """
    with told(repository, kind):
        api = HfApi(token=access.token)
        ask = api.model_info if kind.type == "model" else api.dataset_info
        info = ask(
            repository.id,
            revision=repository.revision,
            timeout=_INFO_SECONDS,
            files_metadata=True,
        )
        sha = str(info.sha)
        if not is_commit(sha):
            raise ValueError("a commit's id was expected")
        sizes = {entry.rfilename: int(entry.size or 0) for entry in info.siblings or ()}
        return Commit(sha, sizes)


def fetch(
    repository: Repository,
    kind: Kind,
    commit: Commit,
    read: Callable[[Snapshot], T],
    access: Access,
    report: Report,
) -> T:
    """Fetch what is not in the cache of one commit, check and read it, and remember the commit.

    A cached file that turns out damaged is fetched anew, once.

    Args:
        repository: As for `pull`.
        kind: As for `pull`.
        commit: What `resolve` gave.
        read: As for `pull`.
        access: As for `pull`.
        report: As for `pull`.

    Returns:
        What `read` gives.

    Raises:
        HubUnreachableError: If the Hub stops answering.
        BundleError, PreparationError: As for `pull`.
    """
    _check_listing(repository, kind, commit)
    snapshot = snapshot_of(repository, kind, access, commit.sha)
    transfer = Transfer(snapshot, kind, commit.sizes, access, report)
    with named(access):
        transfer.fetch(kind.marks)
        try:
            files = _needed(snapshot, kind)
        except DamagedError:
            transfer.fetch(kind.marks, anew=True)
            files = _needed(snapshot, kind)
        missing = sorted(files - set(commit.sizes))
        if missing:
            raise BundleError(
                f"{repository} ({snapshot.short_sha}): {', '.join(missing)} should be in it and is "
                f"not. Push the {kind.noun} again."
            )
        transfer.fetch(files)
        report(None, f"Checking {repository}")
        try:
            result = read(snapshot)
        except DamagedError as error:
            logger.warning("Fetching what is damaged anew: %s", error)
            transfer.fetch(kind.marks, anew=True)
            damaged = {name for name, _ in faults(snapshot.folder, files - {MANIFEST})}
            transfer.fetch(damaged & set(commit.sizes), anew=True)
            result = read(snapshot)
    remember(snapshot, kind, access)
    return result


def _check_listing(repository: Repository, kind: Kind, commit: Commit) -> None:
    if not kind.marks <= set(commit.sizes):
        marks = " and ".join(sorted(kind.marks))
        raise BundleError(
            f"{repository} is not a {kind.noun} of this program: it should have {marks} at its root. "
            "Name one that autoint-movies has pushed."
        )
    size = sum(commit.sizes.get(name, 0) for name in kind.files)
    if size > kind.limit:
        raise BundleError(
            f"{repository}: the files that serving needs have {amount(size)}, and at most "
            f"{amount(kind.limit)} is fetched. Check that it is the repository that you mean."
        )


def _needed(snapshot: Snapshot, kind: Kind) -> frozenset[str]:
    """What serving needs of this commit's format; a newer one is refused before more is fetched."""
    for name, said in faults(snapshot.folder, {kind.facts}):
        if name == kind.facts:
            raise DamagedError(said)
    return needed(snapshot, kind)


def _from_cache(
    repository: Repository,
    kind: Kind,
    read: Callable[[Snapshot], T],
    access: Access,
    why: HubUnreachableError,
) -> T:
    reason = str(why) if why.by_will else f"the Hub could not be reached ({why})"
    snapshot = remembered(repository, kind, access)
    if snapshot is None:
        raise PreparationError(
            f"The {kind.noun} {repository} is not in the cache, and {reason}. "
            + ("Let it be fetched once." if why.by_will else "Try again later.")
        )
    if not why.by_will:
        note = f"The Hub could not be reached ({why}); this is {snapshot.short_sha} from the cache."
        snapshot = replace(snapshot, note=note)
    try:
        with named(access):
            return read(snapshot)
    except BundleError as error:
        raise BundleError(
            f"{reason[0].upper()}{reason[1:]}, and what is in the cache cannot be used: {error}"
        ) from None
