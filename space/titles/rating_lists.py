"""Ratings of one's own as a list of titles that somebody wrote."""

from __future__ import annotations

import re

from space.errors import ArgumentError
from space.titles.names import YEAR
from space.titles.rating_rows import NUMBER, OwnRating, Row, check_count, checked_text, scaled
from space.titles.rating_tables import is_table, read_csv
from space.titles.search import MAX_TITLE

_MAX_LINE = 2 * MAX_TITLE
"""The most characters of a line of a list: a title with its year, its rating and some space."""

_MARK = rf"★{{1,5}}½?☆*|{NUMBER}\s*/\s*(?:5|100?)"
"""A rating that says what it is out of."""
_APART = r"\s*[,;:|]\s*|\s+[-–—]\s+|\s+"

_BULLET = re.compile(r"^(?:[-*•–—]|\d{1,4}[.)])\s+")
_RATED = (
    re.compile(rf"(?P<film>.*?[^\s★])(?:{_APART}|(?=★))(?P<rating>{_MARK})"),
    re.compile(rf"(?P<film>.*(?:\({YEAR}\)|[,;]\s*{YEAR}))(?:{_APART})(?P<rating>{NUMBER}|½)"),
    re.compile(r"(?P<film>.*?\S)\s*[,;]\s*(?P<rating>10|\d(?:[.,]\d{1,2})?)"),
)
"""A film and a rating: one that says what it is out of; a number after a year; or after a comma."""

_DATED = re.compile(
    rf"(?P<title>.*?)\s*(?:\((?P<in_brackets>{YEAR})\)|[,;]\s*(?P<year>{YEAR}))[\s,;]*"
)


def read_titles(text: str | bytes) -> list[OwnRating]:
    """Read a list of films: one a line, with its year and rating or without.

    Understood are, with a bullet ("-", "*", "•") or a number ("1.") in front or without:

    - `Heat`, `Heat (1995)`, `Heat, 1995`;
    - a plain rating after the year or, up to 10, after a comma: `Heat (1995) 4.5`, `Heat (1995): 4,5`,
      `Heat, 1995, 4`, `Heat, 4`;
    - after all of these, a rating that says what it is out of: `Heat 4/5`, `Heat (1995) 8/10`,
      `Heat ★★★★½`.

    Commas may be semicolons or tabs. Plain ratings are out of 5; out of 10 if any is over 5, and out
    of 100 if any is over 10. A rating of 0 is none. A year without brackets or comma stays with the
    title: only the catalogue knows whether "Blade Runner 2049" has one. A list that begins with a
    header such as "Name,Year,Rating" is read as `read_csv` does.

    Args:
        text: The list, at most `MAX_BYTES` (of text: in UTF-8) and `MAX_ROWS` films.

    Returns:
        The films in the order of the list; empty lines are left out.

    Raises:
        ValueError: If it is too long, or, naming the line, if a line is longer than a film can be or its
            rating is above the scale.
    """
    listed = checked_text("text", text)
    if is_table(listed):
        return read_csv(listed)
    rows: list[Row] = []
    for number, line in enumerate(listed.splitlines(), start=1):
        film = _BULLET.sub("", " ".join(line.replace("\t", " , ").split()), count=1)
        if not film:
            continue
        if len(film) > _MAX_LINE:
            raise ArgumentError(
                "own_line", line=number, most=_MAX_LINE, count=len(film), received=repr(film[:100])
            )
        rows.append(_row(film, number))
        check_count(rows)
    return scaled(rows, None)


def _row(film: str, line: int) -> Row:
    """A line of a list, taken apart from its end."""
    rating = ""
    for pattern in _RATED:
        if rated := pattern.fullmatch(film):
            film, rating = rated["film"], rated["rating"]
            break
    dated = _DATED.fullmatch(film)
    if dated and dated["title"]:
        film, year = dated["title"], int(dated["in_brackets"] or dated["year"])
    else:
        year = None
    if len(film) > MAX_TITLE:
        raise ArgumentError(
            "own_title", line=line, most=MAX_TITLE, count=len(film), received=repr(film[:100])
        )
    return Row(film, year, rating, line)
