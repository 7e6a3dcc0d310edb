"""What names a repository of the Hub, and what this program expects to find in one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from huggingface_hub import constants
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

from space.bundle import DATASET_FILES, OPTIONAL_FILES, SERVING_FILES
from space.errors import Said
from space.manifest import MANIFEST
from space.ranking_files import RANKING_FILES, RANKING_SINCE

_GIB = 1 << 30

MODEL_LIMIT = _GIB
"""Bytes that the files of a model may have; more is refused before anything is fetched."""

DATASET_LIMIT = _GIB
"""Bytes that the files of a data set may have."""

# What git allows in the name of a branch or a tag; it becomes a part of a path in the cache.
_NO_REVISION = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|//|@\{|^/|/$|\.$|(^|/)\.|\.lock(/|$)|^-")


@dataclass(frozen=True)
class Repository:
    """A repository of the Hub, and which revision of it is wanted.

    Raises:
        ValueError: If it is not named as the Hub names repositories and revisions.
    """

    id: str
    """`owner/name`."""
    revision: str = constants.DEFAULT_REVISION
    """A branch, a tag or a commit."""

    def __post_init__(self) -> None:
        try:
            if self.id.count("/") != 1:
                raise HFValidationError("an owner and a name are needed")
            validate_repo_id(self.id)
        except HFValidationError:
            raise ValueError(
                "A repository of the Hub should be written owner/name or owner/name@revision. "
                f"Received: {self.id!r}"
            ) from None
        if not self.revision or len(self.revision) > 255 or _NO_REVISION.search(self.revision):
            raise ValueError(
                "A revision should be the name of a branch or a tag, or a commit's id. "
                f"Received: {self.revision!r}"
            )

    @classmethod
    def parse(cls, text: str, revision: str | None = None) -> Repository:
        """Read `owner/name` or `owner/name@revision`.

        Args:
            text: What was written.
            revision: The revision, where it is given apart.

        Raises:
            ValueError: Saying what was expected.
        """
        name, at, named = text.strip().partition("@")
        if at and revision is not None:
            raise ValueError(
                f"The revision should be given once. Received: {named!r} in {text!r}, and {revision!r}"
            )
        if at:
            return cls(name, named)
        return cls(name) if revision is None else cls(name, revision)

    @property
    def pinned(self) -> bool:
        """Whether the revision is a commit, which never changes."""
        return is_commit(self.revision)

    def __str__(self) -> str:
        default = self.revision == constants.DEFAULT_REVISION
        return self.id if default else f"{self.id}@{self.revision}"


@dataclass(frozen=True)
class Kind:
    """One of the two kinds of repository that this program reads."""

    noun: Said
    """What messages call it."""
    type: Literal["model", "dataset"]
    """What the Hub calls it."""
    facts: str
    """The file that tells its format; with the manifest it tells one of ours from others."""
    files: frozenset[str]
    """The files that serving reads of the newest format. Nothing else is ever fetched."""
    limit: int
    """Bytes that they may have together."""
    since: Mapping[str, int] = field(default_factory=dict)
    """For each file that the first format lacks: the version of the format that brought it."""
    optional: frozenset[str] = frozenset()
    """The files that any version may lack; they are needed where the manifest lists them."""

    @property
    def marks(self) -> frozenset[str]:
        """The files that are looked at before the others are fetched."""
        return frozenset({MANIFEST, self.facts})

    def the(self, repository: Repository) -> Said:
        """What messages call a repository of this kind."""
        return Said("the", noun=self.noun, repository=str(repository))

    def files_of(self, version: int, listed: Collection[str] = ()) -> frozenset[str]:
        """The files that serving needs of a repository.

        Args:
            version: The version of its format.
            listed: The files that its manifest lists.
        """
        missing = self.optional - set(listed)
        return frozenset(
            name for name in self.files - missing if self.since.get(name, 1) <= version
        )


MODEL = Kind(
    Said("model"),
    "model",
    "schema.json",
    SERVING_FILES | RANKING_FILES | OPTIONAL_FILES | {MANIFEST},
    MODEL_LIMIT,
    dict.fromkeys(RANKING_FILES, RANKING_SINCE),
    OPTIONAL_FILES,
)
DATASET = Kind(
    Said("dataset"), "dataset", "dataset.json", DATASET_FILES | {MANIFEST}, DATASET_LIMIT
)


@dataclass(frozen=True)
class Snapshot:
    """The files of one commit, on this machine."""

    folder: Path
    """Where they lie."""
    repository: Repository
    """Where they came from."""
    sha: str
    """The commit."""
    url: str
    """The page of the commit's files on the Hub."""
    note: str = ""
    """What a visitor should know of where they came from, in one sentence; usually nothing."""

    @property
    def short_sha(self) -> str:
        """The commit's id as people read it."""
        return self.sha[:7]


def is_commit(text: str) -> bool:
    """Whether this is the full id of a commit."""
    return re.fullmatch("[0-9a-f]{40}", text) is not None
