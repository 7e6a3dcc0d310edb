"""ML-1M and ML-10M: `ratings.dat`, `movies.dat` and, in ML-1M, `users.dat`, all with `::`."""

from __future__ import annotations

import pandas as pd

from training.errors import Problems
from training.ratings import HALF_STARS, WHOLE_STARS, MovieLens, Table, assemble
from training.readers.archive import Archive
from training.readers.normalise import (
    OCCUPATIONS,
    age_groups,
    known_or_unknown,
    split_genres,
    split_title,
)
from training.readers.tables import read_delimited, to_numbers

FILES = ("ratings.dat", "movies.dat")
USERS = "users.dat"


def read(archive: Archive, entries: dict[str, str], facts: dict[str, str]) -> MovieLens:
    """Read the layout; `entries` are the archive's entries for `FILES`, and for `USERS` if there."""
    ratings = to_numbers(
        _read(archive, entries["ratings.dat"], ("user_id", "movie_id", "rating", "timestamp")),
        {"user_id": int, "movie_id": int, "rating": float, "timestamp": int},
    )
    movies = to_numbers(
        _read(archive, entries["movies.dat"], ("movie_id", "title", "genres")), {"movie_id": int}
    )
    rows = split_title(movies.rows["title"])
    rows.insert(0, "movie_id", movies.rows["movie_id"])
    rows["genres"] = split_genres(movies.rows["genres"], "|")

    users = _users(archive, entries[USERS]) if USERS in entries else None
    # ML-10M, the edition without users, has half stars.
    scale = WHOLE_STARS if users is not None else HALF_STARS
    return assemble(ratings, Table(rows, movies.file), users, scale, facts)


def _read(archive: Archive, entry: str, columns: tuple[str, ...]) -> Table:
    return read_delimited(archive.read(entry), archive.label(entry), columns, delimiter="::")


def _users(archive: Archive, entry: str) -> Table:
    table = to_numbers(
        _read(archive, entry, ("user_id", "gender", "age", "occupation", "zip")),
        {"user_id": int, "age": "Int64", "occupation": "Int64"},
    )
    codes = table.rows["occupation"]
    problems = Problems(table.file)
    odd = (codes.notna() & ~codes.isin(range(len(OCCUPATIONS)))).to_numpy(dtype=bool)
    problems.add(
        f"an occupation from 0 to {len(OCCUPATIONS) - 1}", table.lines(odd), codes[odd].tolist()
    )
    problems.raise_if_any()
    rows = pd.DataFrame(
        {
            "user_id": table.rows["user_id"],
            "gender": known_or_unknown(table.rows["gender"]),
            "age": age_groups(table.rows["age"]),
            "occupation": codes.map(dict(enumerate(OCCUPATIONS))).fillna("unknown").astype("str"),
            "zip": known_or_unknown(table.rows["zip"]),
        }
    )
    return Table(rows, table.file)
