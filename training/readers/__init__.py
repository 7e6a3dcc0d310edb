"""Reading any layout of MovieLens into the internal form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from training.errors import DataError
from training.ratings import MovieLens
from training.readers import csv_edition, dat, ml_100k, recbole
from training.readers.archive import Archive

_BESIDE = {dat: dat.USERS, csv_edition: csv_edition.LINKS}
"""A file that not every edition of a layout has."""


def read(path: Path, facts: dict[str, str] | None = None) -> MovieLens:
    """Read a data set, whose layout is told by the names of its files.

    Args:
        path: A folder or a zip. The files may lie in a folder inside of it.
        facts: Name, licence and citation to keep with the data.

    Raises:
        DataError: If no layout fits, or a file is not what its layout says.
    """
    archive = Archive(path)
    facts = {"name": path.name} if facts is None else facts
    for layout in (ml_100k, dat, csv_edition):
        entries = archive.find(layout.FILES)
        if entries is None:
            continue
        if layout in _BESIDE:
            entries |= archive.find((*layout.FILES, _BESIDE[layout])) or {}
        read_layout: Callable[..., MovieLens] = layout.read
        return read_layout(archive, entries, facts)
    entries = _atomic_files(archive)
    if entries is not None:
        return recbole.read(archive, entries, facts)
    raise DataError(
        f"{path}: expected u.data, u.item and u.user; or ratings.dat and movies.dat; or ratings.csv "
        f"and movies.csv; or NAME.inter and NAME.item. Found: {', '.join(archive.names[:10])}"
        f"{', …' if len(archive.names) > 10 else ''}"
    )


def _atomic_files(archive: Archive) -> dict[str, str] | None:
    for name in archive.names:
        stem = PurePosixPath(name)
        if stem.suffix != ".inter":
            continue
        entries = {
            ending: stem.with_suffix(ending).as_posix() for ending in (".inter", ".item", ".user")
        }
        present = {ending: entry for ending, entry in entries.items() if entry in archive.names}
        if ".item" in present:
            return present
    return None
