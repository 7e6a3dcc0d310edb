"""RecBole's atomic files: `*.inter`, `*.item` and, where there is one, `*.user`, with tabs."""

from __future__ import annotations

import logging

import pandas as pd

from space.features import UNKNOWN
from training.errors import DataError
from training.ratings import HALF_STARS, MovieLens, Table, assemble
from training.readers.archive import Archive
from training.readers.normalise import (
    OCCUPATIONS,
    age_groups,
    known_or_unknown,
    split_genres,
    split_title,
)
from training.readers.tables import read_delimited, read_header, to_numbers

logger = logging.getLogger(__name__)

_TITLES = ("movie_title:token_seq", "movie_title:token", "title:token_seq")
_GENRES = ("class:token_seq", "genre:token_seq", "genres:token_seq")


def read(archive: Archive, entries: dict[str, str], facts: dict[str, str]) -> MovieLens:
    """Read the layout; `entries` are the archive's entries for `.inter`, `.item` and `.user`.

    Columns are found by the names in a file's header; columns of other names are not used.
    """
    ratings = _pick(
        _read(archive, entries[".inter"]),
        {
            "user_id": ("user_id:token",),
            "movie_id": ("item_id:token",),
            "rating": ("rating:float",),
            "timestamp": ("timestamp:float",),
        },
    )
    ratings = to_numbers(
        ratings, {"user_id": int, "movie_id": int, "rating": float, "timestamp": float}
    )
    rows = ratings.rows.assign(timestamp=ratings.rows["timestamp"].astype("int64"))
    users = _users(archive, entries[".user"]) if ".user" in entries else None
    movies = _movies(archive, entries[".item"])
    return assemble(Table(rows, ratings.file, 2), movies, users, HALF_STARS, facts)


def _read(archive: Archive, entry: str) -> Table:
    content, file = archive.read(entry), archive.label(entry)
    return read_delimited(content, file, read_header(content, "\t"), delimiter="\t", header=True)


def _pick(table: Table, columns: dict[str, tuple[str, ...]]) -> Table:
    picked = {}
    for name, spellings in columns.items():
        found = [spelling for spelling in spellings if spelling in table.rows]
        if not found:
            raise DataError(
                f"{table.file}: line 1: expected a column {' or '.join(spellings)}, found "
                f"{', '.join(table.rows.columns)!r}."
            )
        picked[name] = table.rows[found[0]]
    return Table(pd.DataFrame(picked), table.file, table.first_line)


def _movies(archive: Archive, entry: str) -> Table:
    table = _read(archive, entry)
    picked = to_numbers(
        _pick(table, {"movie_id": ("item_id:token",), "title": _TITLES, "genres": _GENRES}),
        {"movie_id": int},
    )
    rows = split_title(picked.rows["title"])
    rows.insert(0, "movie_id", picked.rows["movie_id"])
    if "release_year:token" in table.rows:
        # Some files hold a word where the year is not known.
        years = pd.to_numeric(table.rows["release_year:token"], errors="coerce")
        years = years.where(years.between(1800, 2200) & (years % 1 == 0))
        lost = table.rows["release_year:token"][
            years.isna() & (table.rows["release_year:token"] != "")
        ]
        if len(lost):
            logger.warning(
                "%s: %s release years are no years, such as %r; they count as unknown",
                table.file,
                f"{len(lost):,}",
                lost.iloc[0],
            )
        rows["year"] = years.astype("Int64").fillna(rows["year"])
    rows["genres"] = split_genres(picked.rows["genres"], " ")
    return Table(rows, table.file, 2)


def _users(archive: Archive, entry: str) -> Table:
    table = _read(archive, entry)
    users = to_numbers(_pick(table, {"user_id": ("user_id:token",)}), {"user_id": int}).rows

    def text(column: str) -> pd.Series:
        if column not in table.rows:
            return pd.Series(UNKNOWN, index=table.rows.index)
        return known_or_unknown(table.rows[column])

    if "age:token" in table.rows:
        ages = to_numbers(_pick(table, {"age": ("age:token",)}), {"age": "Int64"}).rows["age"]
        users["age"] = age_groups(ages)
    else:
        users["age"] = UNKNOWN
    codes = {str(code): name for code, name in enumerate(OCCUPATIONS)}
    users["gender"] = text("gender:token")
    users["occupation"] = text("occupation:token").replace(codes)
    users["zip"] = text("zip_code:token")
    return Table(users[["user_id", "gender", "age", "occupation", "zip"]], table.file, 2)
