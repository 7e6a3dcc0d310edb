"""Failures of training that a user can do something about. Their messages are shown as they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

SHOWN = 5


class DataError(Exception):
    """A file of ratings is not what its layout says."""


class SourceError(Exception):
    """A data set could not be fetched."""


class RunError(Exception):
    """A run cannot be started, resumed or exported as asked."""


class Problems:
    """Bad lines of one file, collected so that one error can show them together.

    Args:
        file: The file's name, as the user knows it.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[tuple[int, str, Any]] = []
        self._count = 0
        self._lines: set[int] = set()

    def add(self, expected: str, lines: Iterable[int], values: Iterable[Any]) -> None:
        """Note that each of these lines (counted from 1) holds this value instead of `expected`."""
        for line, value in zip(lines, values, strict=True):
            self._count += 1
            self._lines.add(int(line))
            self._found.append((int(line), expected, value))
        self._found = sorted(self._found, key=lambda found: found[0])[:SHOWN]

    def raise_if_any(self) -> None:
        """Raise what was collected.

        Raises:
            DataError: Naming the file and, for the first five, the line, the value and what was
                expected, and how many more there are.
        """
        if not self._count:
            return
        shown = [
            f"  line {line:,}: expected {expected}, found {value!r}"
            for line, expected, value in self._found
        ]
        if self._count > len(shown):
            shown.append(f"  and {self._count - len(shown):,} more")
        noun = "line" if len(self._lines) == 1 else "lines"
        raise DataError("\n".join([f"{self.file}: {len(self._lines):,} bad {noun}", *shown]))
