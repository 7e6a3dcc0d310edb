"""The files of a data set, whether they lie in a folder or in a zip."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from training.errors import DataError


class Archive:
    """Reads files by name from a folder or a zip, without unpacking it.

    Args:
        path: The folder or the zip.

    Raises:
        DataError: If it does not exist, is neither, is truncated, or has an entry that points
            outside of it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.is_dir():
            self.names = sorted(
                file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()
            )
        elif path.is_file():
            try:
                with zipfile.ZipFile(path) as archive:
                    self.names = [
                        entry.filename for entry in archive.infolist() if not entry.is_dir()
                    ]
            except (zipfile.BadZipFile, OSError) as error:
                raise DataError(
                    f"{path}: expected a whole zip file or a folder ({error}). Fetch it again."
                ) from error
            outside = [name for name in self.names if _points_outside(name)]
            if outside:
                raise DataError(f"{path}: the entry {outside[0]!r} points outside of the zip.")
        else:
            raise DataError(f"{path}: there is no such file or folder.")

    def find(self, names: Iterable[str]) -> dict[str, str] | None:
        """The entries with these file names that lie in one folder together.

        Args:
            names: File names, such as `ratings.dat`.

        Returns:
            For each name its entry, or `None` if no folder holds them all. Of several folders the
            one nearest the top, then the first by name.
        """
        wanted = list(names)
        folders = {PurePosixPath(name).parent for name in self.names}
        for folder in sorted(folders, key=lambda folder: (len(folder.parts), folder)):
            entries = {name: (folder / name).as_posix() for name in wanted}
            if all(entry in self.names for entry in entries.values()):
                return entries
        return None

    def label(self, entry: str) -> str:
        """How to name an entry to the user."""
        return f"{self.path.name}/{entry}"

    def read(self, entry: str) -> bytes:
        """The content of an entry.

        Raises:
            DataError: If it is damaged.
        """
        try:
            if self.path.is_dir():
                return (self.path / entry).read_bytes()
            with zipfile.ZipFile(self.path) as archive:
                return archive.read(entry)
        except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
            raise DataError(
                # RuntimeError: an entry that is encrypted, or packed in a way that is not known.
                f"{self.label(entry)}: it cannot be read ({error}). Fetch it again."
            ) from error


def _points_outside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1])
