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

from space.errors import BundleError, DamagedError, PreparationError, Said, said_by
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
from space.stages import Stage

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
        why = HubUnreachableError(Said("hub_local"), by_will=True)
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
        report(None, Stage("asking", repository=str(repository)))
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
                Said(
                    "hub_lacking",
                    repository=str(repository),
                    commit=snapshot.short_sha,
                    missing=missing,
                    noun=kind.noun,
                )
            )
        transfer.fetch(files)
        report(None, Stage("checking", repository=str(repository)))
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
        first, second = sorted(kind.marks)
        raise BundleError(
            Said(
                "hub_other",
                repository=str(repository),
                noun=kind.noun,
                first=first,
                second=second,
            )
        )
    size = sum(commit.sizes.get(name, 0) for name in kind.files)
    if size > kind.limit:
        raise BundleError(
            Said(
                "hub_large",
                repository=str(repository),
                size=amount(size),
                limit=amount(kind.limit),
            )
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
    snapshot = remembered(repository, kind, access)
    if snapshot is None:
        code = "hub_uncached_by_will" if why.by_will else "hub_uncached"
        raise PreparationError(Said(code, what=kind.the(repository), why=why.reason))
    if not why.by_will:
        note = Said("hub_cached", why=why.reason, commit=snapshot.short_sha)
        snapshot = replace(snapshot, note=note)
    try:
        with named(access):
            return read(snapshot)
    except BundleError as error:
        code = "hub_unusable_by_will" if why.by_will else "hub_unusable"
        raise BundleError(Said(code, why=why.reason, error=said_by(error))) from None
