"""A repository with its history, and what runs if it is a Space."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import RLock

from tests.hub.content import Files, apart_of, blob_id, sha256
from tests.hub.http import HubError


@dataclass(frozen=True)
class Commit:
    """One state of a repository's files."""

    id: str
    parent: str | None
    title: str
    message: str
    author: str
    date: str
    files: Files = field(repr=False)
    apart: frozenset[str]
    """The files of it that are stored apart (LFS)."""


@dataclass
class Space:
    """What the Hub would run from a Space's files."""

    sdk: str = "gradio"
    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    """Their values: a test may read them, no client can."""
    descriptions: dict[str, str] = field(default_factory=dict)
    hardware: str = "cpu-basic"
    sleep_time: int | None = None
    stages: Sequence[str] = ("BUILDING", "APP_STARTING", "RUNNING")
    """What one question after the other for the runtime is told; the last stays. A commit, a
    restart, or assigning `step = 0` begins anew."""
    step: int = 0
    error_message: str | None = None
    """Told with stages whose name ends in ERROR."""
    sha: str | None = None
    """The commit that is said to run; None for the last one."""
    build_log: list[str] = field(default_factory=list)
    run_log: list[str] = field(default_factory=list)
    restarts: int = 0


@dataclass
class Repository:
    """One repository with its history."""

    kind: str = "models"
    """"models", "datasets" or "spaces"."""
    name: str = ""
    """`owner/name`."""
    private: bool = False
    gated: str | bool = False
    """False, "auto" or "manual"."""
    granted: set[str] = field(default_factory=set)
    """Accounts that may read although it is gated."""
    commits: dict[str, Commit] = field(default_factory=dict, repr=False)
    """By their ids, oldest first."""
    branches: dict[str, str] = field(default_factory=dict)
    """The last commit of each branch."""
    tags: dict[str, str] = field(default_factory=dict)
    """The commit of each tag."""
    objects: dict[str, bytes] = field(default_factory=dict, repr=False)
    """What was uploaded to be stored apart, by SHA-256, committed or not."""
    space: Space | None = None
    lock: RLock = field(default_factory=RLock, repr=False)

    @property
    def namespace(self) -> str:
        """The account or organisation it belongs to."""
        return self.name.partition("/")[0]

    @property
    def files(self) -> Mapping[str, Files]:
        """The files of each commit, by its id."""
        return {commit.id: commit.files for commit in self.commits.values()}

    def commit(
        self,
        files: Files,
        branch: str = "main",
        title: str = "Change the files",
        message: str = "",
        author: str = "",
        apart: frozenset[str] | None = None,
    ) -> str:
        """Make these, and no others, the files of a branch.

        Args:
            files: All files of the new commit.
            branch: Begins with this commit if it is not there.
            title: The first line of the commit's message.
            message: The rest of it.
            author: The owner if it is not given.
            apart: Which are stored apart; by default by name and size.

        Returns:
            The new commit's id.
        """
        with self.lock:
            parent = self.branches.get(branch)
            content = sorted((path, blob_id(data)) for path, data in files.items())
            known = json.dumps([self.name, content, branch, parent, len(self.commits)])
            commit = Commit(
                hashlib.sha1(known.encode()).hexdigest(),
                parent,
                title,
                message,
                author or self.namespace,
                now(),
                dict(files),
                apart_of(files) if apart is None else apart,
            )
            for path in commit.apart:
                self.objects[sha256(files[path])] = files[path]
            self.commits[commit.id] = commit
            self.branches[branch] = commit.id
            if self.space is not None:
                self.space.step = 0
            return commit.id

    def head(self, branch: str = "main") -> str:
        """The id of a branch's last commit."""
        return self.branches[branch]

    def find(self, revision: str = "main") -> Commit:
        """The commit that a branch, a tag or a commit id stands for.

        Raises:
            HubError: If there is none.
        """
        commit = self.branches.get(revision) or self.tags.get(revision) or revision
        if commit not in self.commits:
            raise HubError(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return self.commits[commit]

    def download(self, revision: str = "main") -> dict[str, bytes]:
        """All files of a revision."""
        return dict(self.find(revision).files)

    def history(self, revision: str = "main") -> list[Commit]:
        """The commits that lead to a revision, newest first."""
        commits = [self.find(revision)]
        while commits[-1].parent is not None:
            commits.append(self.commits[commits[-1].parent])
        return commits


def now() -> str:
    """The time, as the Hub writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
