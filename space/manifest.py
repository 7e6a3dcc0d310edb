"""The list of a folder's files with their sizes and hashes, and the check against it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from space.errors import BundleError, DamagedError, Detail, Said

MANIFEST = "manifest.json"
"""Name of the manifest in its folder."""

UNLISTED = frozenset({MANIFEST, "README.md", ".gitattributes"})
"""Files that belong to the Hub's side of a repository, and the manifest itself."""


def write_manifest(folder: Path) -> None:
    """List every file of the folder, at any depth, in its `manifest.json`."""
    files = {
        path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).as_posix() not in UNLISTED
    }
    (folder / MANIFEST).write_text(json.dumps({"files": files}, indent=2) + "\n")


def verify_manifest(folder: Path, required: Collection[str]) -> None:
    """Check a folder against its manifest before anything in it is used.

    Args:
        folder: The folder that holds `manifest.json`.
        required: Names that should be listed and present. Other listed files may be absent, as they
            are after a download of what serving needs; those that are present are checked too.

    Raises:
        DamagedError: Naming the first file that is missing, unlisted or altered.
    """
    for _, said in faults(folder, required):
        raise DamagedError(said)


def verify_listed(folder: Path, required: Collection[str]) -> None:
    """Check that files are listed and present; what is in them, `verify_manifest` has checked.

    Args:
        folder: The folder that holds `manifest.json`.
        required: Names that should be listed and present.

    Raises:
        DamagedError: Naming the first file that is missing or unlisted.
    """
    for _, said in _absent(folder, _read(folder), required):
        raise DamagedError(said)


def listed(folder: Path) -> frozenset[str]:
    """The names of the files that a folder's manifest lists.

    Raises:
        BundleError: If the manifest cannot be read.
    """
    return frozenset(_read(folder))


def faults(folder: Path, required: Collection[str]) -> Iterator[tuple[str, Said]]:
    """The files of a folder that are not as its manifest says, each with what is wrong with it.

    Args:
        folder: As for `verify_manifest`.
        required: As for `verify_manifest`.

    Raises:
        BundleError: If the manifest itself cannot be read.
    """
    files = _read(folder)
    yield from _absent(folder, files, required)
    for name, facts in files.items():
        path = folder / name
        if not path.is_file():
            continue
        size = path.stat().st_size
        if size != facts["size"]:
            yield name, Said("file_size", path=str(path), expected=facts["size"], size=size)
        elif sha256(path) != facts["sha256"]:
            yield name, Said("file_hash", path=str(path), manifest=MANIFEST)


def sha256(path: Path) -> str:
    """The file's SHA-256 in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_json(path: Path) -> Any:
    """The content of a JSON file.

    Raises:
        DamagedError: If it is missing or is no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DamagedError(Said("file_missing", path=str(path))) from None
    except (OSError, ValueError) as error:
        raise DamagedError(Said("file_json", path=str(path), error=Detail(error))) from error


def _absent(
    folder: Path, files: Collection[str], required: Collection[str]
) -> Iterator[tuple[str, Said]]:
    for name in sorted(required):
        if name not in files:
            yield name, Said("manifest_lacking", path=str(folder / MANIFEST), name=name)
        elif not (folder / name).is_file():
            yield name, Said("file_missing", path=str(folder / name))


def _read(folder: Path) -> dict[str, dict[str, Any]]:
    if not folder.is_dir():
        raise BundleError(Said("folder_missing", folder=str(folder)))
    content = read_json(folder / MANIFEST)
    try:
        files = {
            str(name): {"size": int(facts["size"]), "sha256": str(facts["sha256"])}
            for name, facts in content["files"].items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DamagedError(
            Said("manifest_part", path=str(folder / MANIFEST), error=Detail(repr(error)))
        ) from error
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name:
            raise DamagedError(
                Said("manifest_outside", path=str(folder / MANIFEST), name=repr(name))
            )
    return files
