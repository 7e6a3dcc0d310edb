"""Ratings of one's own in a CSV, such as Letterboxd and IMDb export."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence

from space.errors import ArgumentError
from space.titles.names import YEAR
from space.titles.rating_rows import OwnRating, Row, check_count, checked_text, scaled
from space.titles.search import MAX_TITLE

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "movie title", "film title", "movie", "film", "name"),
    "year": ("year", "release year", "release_year"),
    "rating": ("your rating", "rating", "my rating", "stars", "score", "rating10"),
    "date": ("date rated", "watched date", "date"),
}
"""The headers that each column may have, in small letters, the one to prefer first."""

_OUT_OF_TEN = ("your rating", "rating10")
"""Headers of ratings out of ten, whatever the highest is: of IMDb, and of what Letterboxd imports."""

_IN_BRACKETS = re.compile(rf"(?P<title>.*\S)\s*\((?P<year>{YEAR})\)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def read_csv(content: bytes | str) -> list[OwnRating]:
    """Read a CSV with a header, such as Letterboxd (`ratings.csv`, `watched.csv`) and IMDb export.

    The columns are found by their names, in any case and order, and others are passed over: "Name",
    "Title", "Movie" or "Film"; "Year"; "Rating", "Your Rating", "Stars" or "Score". Commas may be
    semicolons or tabs. A title may have its year in brackets where there is no other. A cell that
    holds no year counts as none; an empty rating, or one of 0, as not rated.

    Ratings are out of 10 in the columns "Your Rating" (IMDb) and "Rating10". In others they are out of
    5; out of 10 if any is over 5, and out of 100 if any is over 10. "4/5" and "★★★★" are understood.

    Args:
        content: The file, at most `MAX_BYTES` and `MAX_ROWS` films: text, or bytes in UTF-8 (with a
            byte order mark or without), UTF-16 with the mark, or else Windows-1252 or Latin-1.

    Returns:
        The films in the file's order, or, where it says on which day each was rated or watched ("Date",
        "Date Rated", "Watched Date", as 2024-12-31), the latest first. Rows without a title are left
        out, and what a title has over `MAX_TITLE` characters.

    Raises:
        ValueError: If it is no CSV, too large, has no column of titles, or a rating is none, naming the
            line.
    """
    return _read_table(checked_text("content", content))


def is_table(text: str) -> bool:
    """Whether a text begins with a header of titles and of years or ratings."""
    header = text.lstrip().partition("\n")[0]
    columns = _columns(header.split(_separator(text)))
    return "title" in columns and ("year" in columns or "rating" in columns)


def _read_table(text: str) -> list[OwnRating]:
    if text.startswith("Letterboxd list export"):
        # The list's own name and date stand in a table above that of its films.
        text = text[text.find("\nPosition,") + 1 :]
    table = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    try:
        header = next(filter(any, table), [])
        columns = _columns(header)
        if "title" not in columns:
            raise ArgumentError("own_header", received=repr(", ".join(header)[:100]))
        rows = []
        for cells in table:
            row = _cells(cells, columns, table.line_num)
            if row.title:
                rows.append(row)
                check_count(rows)
    except csv.Error as error:
        raise ArgumentError("own_csv", line=table.line_num, error=error) from error
    # Sorting keeps the order of rows of one day.
    rows.sort(key=lambda row: row.day, reverse=True)
    named = header[columns["rating"]] if "rating" in columns else ""
    return scaled(rows, 10 if _plain(named) in _OUT_OF_TEN else None)


def _separator(text: str) -> str:
    """What the header has most of: a comma, a semicolon or a tab."""
    header = text.lstrip().partition("\n")[0]
    return max(",;\t", key=header.count)


def _columns(header: Sequence[str]) -> dict[str, int]:
    """The place of each column that is known, by what it holds."""
    places = {_plain(name): place for place, name in reversed(list(enumerate(header)))}
    return {
        column: places[next(name for name in names if name in places)]
        for column, names in _COLUMNS.items()
        if not places.keys().isdisjoint(names)
    }


def _plain(header: str) -> str:
    return " ".join(header.strip(' "').casefold().split())


def _cells(cells: Sequence[str], columns: Mapping[str, int], line: int) -> Row:
    held = {
        column: " ".join(cells[place].split()) if place < len(cells) else ""
        for column, place in columns.items()
    }
    title, year = held["title"], re.match(YEAR + r"(?!\d)", held.get("year", ""))
    dated = None if year else _IN_BRACKETS.fullmatch(title)
    if dated:
        title, year = dated["title"], re.match(YEAR, dated["year"])
    day = _DAY.match(held.get("date", ""))
    return Row(
        title[:MAX_TITLE].strip(),
        int(year[0]) if year else None,
        held.get("rating", ""),
        line,
        day[0] if day else "",
    )
