"""What a list or a table of somebody's own ratings is read into, and the scale of its ratings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from space.errors import Argument, ArgumentError

MAX_BYTES = 1_000_000
"""The most bytes of a list or a file."""

MAX_ROWS = 5_000
"""The most films of a list or a file."""

MOST_STARS, FEWEST_STARS = 5.0, 0.5

NUMBER = r"\d{1,3}(?:[.,]\d{1,2})?"
"""A pattern of plain ratings."""

_SCALES = (5, 10, 100)
"""What ratings may be out of; of plain numbers, the least that the highest of them fits."""

_NOT_RATED = ("", "-", "n/a", "na", "none", "null", "nan")
_STARS = re.compile(r"(?P<whole>★{0,5})(?P<half>½?)☆*")
_FIGURE = re.compile(rf"(?P<number>{NUMBER})(?:\s*/\s*(?P<scale>5|100?))?")


@dataclass(frozen=True)
class OwnRating:
    """A film as somebody wrote it, and their rating."""

    title: str
    """Its title, without the year, at most `MAX_TITLE` characters."""
    year: int | None = None
    """Its release year, if it is given."""
    stars: float | None = None
    """The rating on the scale of the data, 0.5 to 5, if it is rated."""


@dataclass(frozen=True)
class Row:
    """A film, with its rating as it is written."""

    title: str
    year: int | None
    rating: str
    line: int
    """Where it stands."""
    day: str = ""
    """When it was rated or watched, as 2024-12-31, if that is known."""


def checked_text(name: str, content: Any) -> str:
    """The text of text or bytes that are of no more than the size allowed.

    Args:
        name: What it is called.
        content: Text, or bytes in UTF-8, UTF-16 with its mark, Windows-1252 or Latin-1.

    Raises:
        ValueError: If it is neither, or over `MAX_BYTES`.
    """
    if not isinstance(content, str | bytes):
        raise ArgumentError("own_content", name=Argument(name), received=type(content).__name__)
    # A text has at least as many bytes as characters: a long one is not encoded to be measured.
    measured = content[: MAX_BYTES + 1]
    size = len(measured if isinstance(measured, bytes) else measured.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        raise ArgumentError("own_bytes", name=Argument(name), most=MAX_BYTES)
    return (content if isinstance(content, str) else _decoded(content)).removeprefix("\ufeff")


def _decoded(content: bytes) -> str:
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def check_count(rows: Sequence[Row]) -> None:
    """Refuse more films than are allowed.

    Raises:
        ValueError: If there are over `MAX_ROWS`.
    """
    if len(rows) > MAX_ROWS:
        raise ArgumentError("own_count", most=MAX_ROWS)


def scaled(rows: Sequence[Row], scale: int | None) -> list[OwnRating]:
    """The rows with their ratings as stars.

    Args:
        rows: The rows, with ratings as they are written.
        scale: What plain numbers are out of, if that is known; else what the highest of them fits.

    Raises:
        ValueError: If a rating is none or above its scale, naming the line.
    """
    figures = [_figure(row) for row in rows]
    highest = max((number for number, out_of in figures if out_of is None), default=0.0)
    plain = scale or next((most for most in _SCALES if highest <= most), _SCALES[-1])
    ratings = []
    for row, (number, out_of) in zip(rows, figures, strict=True):
        most = out_of or plain
        if number > most:
            raise ArgumentError(
                "own_scale", line=row.line, most=most, received=f"{row.rating!r:.100}"
            )
        stars = max(FEWEST_STARS, MOST_STARS * number / most) if number else None
        ratings.append(OwnRating(row.title, row.year, stars))
    return ratings


def _figure(row: Row) -> tuple[float, int | None]:
    """A rating's number, 0 for none, and what it says that it is out of."""
    if row.rating.casefold() in _NOT_RATED:
        return 0.0, None
    if drawn := _STARS.fullmatch(row.rating):
        return len(drawn["whole"]) + 0.5 * len(drawn["half"]), 5
    if written := _FIGURE.fullmatch(row.rating):
        scale = written["scale"]
        return float(written["number"].replace(",", ".")), int(scale) if scale else None
    raise ArgumentError("own_rating", line=row.line, received=f"{row.rating!r:.100}")
