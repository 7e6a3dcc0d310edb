"""The CSV editions (latest-small, 20M, 25M, 32M): `ratings.csv` and `movies.csv`, no users."""

from __future__ import annotations

from training.errors import DataError
from training.ratings import HALF_STARS, MovieLens, Table, assemble
from training.readers.archive import Archive
from training.readers.normalise import split_genres, split_title
from training.readers.tables import read_delimited, read_header, to_numbers

FILES = ("ratings.csv", "movies.csv")


def read(archive: Archive, entries: dict[str, str], facts: dict[str, str]) -> MovieLens:
    """Read the layout; `entries` are the archive's entries for `FILES`."""
    ratings = to_numbers(
        _read(
            archive,
            entries["ratings.csv"],
            {
                "userId": "user_id",
                "movieId": "movie_id",
                "rating": "rating",
                "timestamp": "timestamp",
            },
        ),
        {"user_id": int, "movie_id": int, "rating": float, "timestamp": int},
    )
    movies = to_numbers(
        _read(
            archive,
            entries["movies.csv"],
            {"movieId": "movie_id", "title": "title", "genres": "genres"},
        ),
        {"movie_id": int},
    )
    rows = split_title(movies.rows["title"])
    rows.insert(0, "movie_id", movies.rows["movie_id"])
    rows["genres"] = split_genres(movies.rows["genres"], "|")
    return assemble(ratings, Table(rows, movies.file, 2), None, HALF_STARS, facts)


def _read(archive: Archive, entry: str, columns: dict[str, str]) -> Table:
    content, file = archive.read(entry), archive.label(entry)
    header = read_header(content, ",")
    if header != list(columns):
        raise DataError(
            f"{file}: line 1: expected the header {','.join(columns)}, found {','.join(header)!r}."
        )
    return read_delimited(
        content, file, tuple(columns.values()), delimiter=",", quoted=True, header=True
    )
