"""ML-100K: `u.data` (tabs), `u.item` and `u.user` (bars)."""

from __future__ import annotations

import pandas as pd

from training.errors import Problems
from training.ratings import WHOLE_STARS, MovieLens, Table, assemble
from training.readers.archive import Archive
from training.readers.normalise import age_groups, known_or_unknown, split_title
from training.readers.tables import read_delimited, to_numbers

FILES = ("u.data", "u.item", "u.user")

GENRES = (
    "unknown",
    "Action",
    "Adventure",
    "Animation",
    "Children's",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
)
"""The genre of each flag at the end of a line of `u.item`."""


def read(archive: Archive, entries: dict[str, str], facts: dict[str, str]) -> MovieLens:
    """Read the layout; `entries` are the archive's entries for `FILES`."""
    ratings = to_numbers(
        read_delimited(
            archive.read(entries["u.data"]),
            archive.label(entries["u.data"]),
            ("user_id", "movie_id", "rating", "timestamp"),
            delimiter="\t",
        ),
        {"user_id": int, "movie_id": int, "rating": float, "timestamp": int},
    )
    return assemble(
        ratings, _movies(archive, entries), _users(archive, entries), WHOLE_STARS, facts
    )


def _movies(archive: Archive, entries: dict[str, str]) -> Table:
    table = to_numbers(
        read_delimited(
            archive.read(entries["u.item"]),
            archive.label(entries["u.item"]),
            ("movie_id", "title", "released", "video_released", "url", *GENRES),
            delimiter="|",
        ),
        {"movie_id": int},
    )
    flags = table.rows[list(GENRES)]
    problems = Problems(table.file)
    odd = ~flags.isin(["0", "1"]).all(axis=1).to_numpy()
    problems.add(
        "genre flags of 0 or 1", table.lines(odd), ["|".join(row) for row in flags[odd].to_numpy()]
    )
    problems.raise_if_any()
    genres = [
        [name for name, flag in zip(GENRES[1:], row, strict=True) if flag == "1"]
        for row in flags[list(GENRES[1:])].to_numpy()
    ]
    rows = split_title(table.rows["title"])
    rows.insert(0, "movie_id", table.rows["movie_id"])
    rows["genres"] = pd.Series(genres, dtype=object)
    return Table(rows, table.file)


def _users(archive: Archive, entries: dict[str, str]) -> Table:
    table = to_numbers(
        read_delimited(
            archive.read(entries["u.user"]),
            archive.label(entries["u.user"]),
            ("user_id", "age", "gender", "occupation", "zip"),
            delimiter="|",
        ),
        {"user_id": int, "age": "Int64"},
    )
    rows = pd.DataFrame(
        {
            "user_id": table.rows["user_id"],
            "gender": known_or_unknown(table.rows["gender"]),
            "age": age_groups(table.rows["age"]),
            "occupation": known_or_unknown(table.rows["occupation"]),
            "zip": known_or_unknown(table.rows["zip"]),
        }
    )
    return Table(rows, table.file)
