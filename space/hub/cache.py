"""The cache that all programs share: where a commit's files lie, and which was last read whole."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from huggingface_hub import constants
from huggingface_hub.file_download import repo_folder_name

from space.errors import BundleError, said_by, with_each
from space.hub.repository import Kind, Repository, Snapshot, is_commit
from space.manifest import listed, read_json
from space.schema import check_format

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Access:
    """How the Hub and its cache are used. The names mean what they mean in the Hub's libraries.

    Raises:
        ValueError: If the token cannot be one. Were it sent, the client's log would show it.
    """

    token: str | bool | None = field(default=None, repr=False)
    """A token; `None` takes the one that is set (HF_TOKEN, `hf auth login`), `False` takes none."""
    cache_dir: str | Path | None = None
    """The cache's folder; by default HF_HUB_CACHE, which is in HF_HOME."""
    local_files_only: bool = False
    """Ask the Hub for nothing, and use what is in the cache."""

    def __post_init__(self) -> None:
        if isinstance(self.token, str) and not re.fullmatch(r"[!-~]+", self.token):
            raise ValueError("`token` should be one word of plain letters, digits and signs.")

    @property
    def cache(self) -> Path:
        """The cache's folder."""
        return Path(self.cache_dir or constants.HF_HUB_CACHE).expanduser().resolve()


def snapshot_of(repository: Repository, kind: Kind, access: Access, sha: str) -> Snapshot:
    """Where a commit's files lie, or will."""
    prefix = "" if kind.type == "model" else f"{kind.type}s/"
    return Snapshot(
        folder=_storage(repository, kind, access) / "snapshots" / sha,
        repository=repository,
        sha=sha,
        url=f"{constants.ENDPOINT}/{prefix}{repository.id}/tree/{sha}",
    )


def remembered(repository: Repository, kind: Kind, access: Access) -> Snapshot | None:
    """The commit that a revision last stood for and that is in the cache, if there is one."""
    sha = repository.revision
    try:
        if not repository.pinned:
            sha = _ref(repository, kind, access).read_text(encoding="utf-8").strip()
        if not is_commit(sha):
            return None
        snapshot = snapshot_of(repository, kind, access, sha)
        return snapshot if snapshot.folder.is_dir() else None
    except (OSError, ValueError):
        return None


def remember(snapshot: Snapshot, kind: Kind, access: Access) -> None:
    """Note that a revision stands for this commit. A cache that cannot be written stays as it is."""
    if snapshot.repository.pinned:
        return
    ref = _ref(snapshot.repository, kind, access)
    try:
        if ref.is_file() and ref.read_text(encoding="utf-8") == snapshot.sha:
            return
        ref.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and moved, so that no reader ever finds half of it.
        written = ref.with_name(f"{ref.name}.{uuid4().hex[:8]}.tmp")
        written.write_text(snapshot.sha, encoding="utf-8")
        written.replace(ref)
    except OSError as error:
        logger.warning("The cache could not note the commit of %s: %s", snapshot.repository, error)


def version_of(snapshot: Snapshot, kind: Kind) -> int:
    """The format version of a commit's files, as the one that tells it says.

    Raises:
        BundleError: If that file is missing or damaged, or tells of a newer format.
    """
    path = snapshot.folder / kind.facts
    content = read_json(path)
    version = content.get("format_version") if isinstance(content, dict) else None
    return check_format(version, str(path), "bundle" if kind.type == "model" else "dataset")


def needed(snapshot: Snapshot, kind: Kind) -> frozenset[str]:
    """The files that serving needs of a commit, as its format and its manifest say.

    Raises:
        BundleError: As `version_of`, and if the manifest is missing or damaged.
    """
    return kind.files_of(version_of(snapshot, kind), listed(snapshot.folder))


def complete(snapshot: Snapshot, kind: Kind) -> bool:
    """Whether all files that serving needs are there."""
    try:
        files = needed(snapshot, kind)
    except BundleError:
        return False
    return all((snapshot.folder / name).is_file() for name in files)


@contextmanager
def named(access: Access) -> Iterator[None]:
    """Within it, errors call files of the cache by their repositories instead of their paths.

    Raises:
        BundleError: The same error, with another message.
    """
    try:
        yield
    except BundleError as error:
        path = (
            rf"{re.escape(str(access.cache))}[/\\](?:model|dataset)s--([^/\\\s]+?)--([^/\\\s]+)"
            r"[/\\]snapshots[/\\]([0-9a-f]{7})[0-9a-f]{33}([/\\]?)"
        )

        def without_path(text: str) -> str:
            return re.sub(
                path,
                lambda found: f"{found[1]}/{found[2]} ({found[3]}){' ' if found[4] else ''}",
                text,
            )

        raise type(error)(with_each(said_by(error), without_path)) from None


def _storage(repository: Repository, kind: Kind, access: Access) -> Path:
    return access.cache / str(repo_folder_name(repo_id=repository.id, repo_type=kind.type))


def _ref(repository: Repository, kind: Kind, access: Access) -> Path:
    return _storage(repository, kind, access).joinpath("refs", *repository.revision.split("/"))
