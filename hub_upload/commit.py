"""One atomic commit that brings a repository to the state of some files."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError
from huggingface_hub.hf_api import RepoFile
from huggingface_hub.utils import httpx  # type: ignore[attr-defined]

from hub_upload.errors import CLIENT_ERRORS

Kind = Literal["model", "dataset", "space"]
Content = Path | bytes
Status = Literal["new", "changed", "same", "gone"]


@dataclass(frozen=True)
class Change:
    """What a push does to one file."""

    path: str
    """Where it is in the repository."""
    size: int
    """Bytes of the file that goes up, or of the one that goes away."""
    status: Status
    """How it compares with what is on the Hub."""


@dataclass(frozen=True)
class Plan:
    """What a push would do."""

    head: str | None
    """The commit it builds on; none where the repository does not exist yet."""
    changes: tuple[Change, ...]
    """All files, those that stay as they are too."""
    new_branch: bool = False
    """Whether the branch does not exist yet: it begins at `head`, the main branch's last commit."""

    @property
    def empty(self) -> bool:
        """Whether everything is there already."""
        return all(change.status == "same" for change in self.changes)


def plan(
    api: HfApi,
    kind: Kind,
    repo_id: str,
    files: Mapping[str, Content],
    branch: str,
    owned: frozenset[str],
) -> Plan:
    """Compare files with what a branch holds.

    Args:
        api: The client.
        kind: The repository's kind.
        repo_id: `owner/name`.
        files: What should be there, by path.
        branch: The branch.
        owned: Paths that an earlier push may have left: they go away where `files` lacks them. Those
            ending in a slash stand for all that is below. Other files are somebody else's and stay.
    """
    head, new_branch = _head(api, kind, repo_id, branch)
    there: dict[str, RepoFile] = {}
    if head is not None:
        tree = api.list_repo_tree(repo_id, repo_type=kind, revision=head, recursive=True)
        there = {entry.path: entry for entry in tree if isinstance(entry, RepoFile)}
    changes = []
    for path, content in sorted(files.items()):
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        status: Status = "new"
        if path in there:
            status = "same" if _same(content, size, there[path]) else "changed"
        changes.append(Change(path, size, status))
    gone = sorted(path for path in there if path not in files and _is_owned(path, owned))
    changes += [Change(path, there[path].size, "gone") for path in gone]
    return Plan(head, tuple(changes), new_branch)


def commit(
    api: HfApi,
    kind: Kind,
    repo_id: str,
    files: Mapping[str, Content],
    planned: Plan,
    branch: str,
    message: str,
) -> str:
    """Carry out a plan in one commit on top of the commit that it was made for.

    Returns:
        The new commit's id.

    Raises:
        HfHubHTTPError: With status 412 if the branch has moved since; nothing is overwritten then.
        httpx.HTTPError: If the Hub cannot be reached, or refuses.
    """
    operations: list[CommitOperationAdd | CommitOperationDelete] = []
    for change in planned.changes:
        if change.status == "gone":
            operations.append(CommitOperationDelete(change.path, is_folder=False))
        elif change.status != "same":
            content = files[change.path]
            operations.append(
                CommitOperationAdd(
                    change.path, content if isinstance(content, bytes) else str(content)
                )
            )
    try:
        with warnings.catch_warnings():
            # A bundle's catalogue of films is meant to be in a model repository.
            warnings.filterwarnings("ignore", message=".*commit a data file")
            done = api.create_commit(
                repo_id,
                operations,
                commit_message=message,
                repo_type=kind,
                revision=branch,
                parent_commit=planned.head,
            )
    except httpx.HTTPError as error:
        if not _may_be_done(error):
            raise
        try:
            gone = frozenset(change.path for change in planned.changes if change.status == "gone")
            now = plan(api, kind, repo_id, files, branch, gone)
        except CLIENT_ERRORS:
            raise error from None
        if not now.empty or now.head is None:
            raise
        return now.head
    return str(done.oid)


def _head(api: HfApi, kind: Kind, repo_id: str, branch: str) -> tuple[str | None, bool]:
    """The commit that a push builds on, and whether the branch is still to be made from it."""
    try:
        return api.repo_info(repo_id, repo_type=kind, revision=branch).sha, False
    except RepositoryNotFoundError:
        return None, False
    except RevisionNotFoundError:
        return api.repo_info(repo_id, repo_type=kind).sha, True


def _may_be_done(error: httpx.HTTPError) -> bool:
    """Whether a commit may have been made all the same, its answer having been lost on the way."""
    if not isinstance(error, HfHubHTTPError):
        return True
    return error.response.status_code == 412 or error.response.status_code >= 500


def _is_owned(path: str, owned: frozenset[str]) -> bool:
    return path in owned or any(path.startswith(root) for root in owned if root.endswith("/"))


def _same(content: Content, size: int, there: RepoFile) -> bool:
    """Whether a file is what the Hub has: by SHA-256 where it is kept apart, else by git's id."""
    if size != there.size:
        return False
    data = content if isinstance(content, bytes) else content.read_bytes()
    if there.lfs is not None:
        return hashlib.sha256(data).hexdigest() == there.lfs.sha256
    header = b"blob %d\0" % size
    return hashlib.sha1(header + data, usedforsecurity=False).hexdigest() == there.blob_id
