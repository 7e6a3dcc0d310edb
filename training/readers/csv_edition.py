"""The CSV editions (latest-small, 20M, 25M, 32M): `ratings.csv`, `movies.csv`, `links.csv`, no users."""

from __future__ import annotations

import pandas as pd

from space.links import IMDB, TMDB
from training.errors import DataError, Problems
from training.ratings import HALF_STARS, MovieLens, Table, assemble, check_links
from training.readers.archive import Archive
from training.readers.normalise import imdb_ids, split_genres, split_title
from training.readers.tables import read_delimited, read_header, to_numbers

FILES = ("ratings.csv", "movies.csv")
LINKS = "links.csv"
"""The films' ids on other sites; a copy of an edition may lack it."""


def read(archive: Archive, entries: dict[str, str], facts: dict[str, str]) -> MovieLens:
    """Read the layout; `entries` are the archive's entries for `FILES`, and for `LINKS` if there."""
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
    if LINKS in entries:
        links = _links(archive, entries[LINKS], movies)
        rows = rows.merge(links, on="movie_id", how="left", validate="many_to_one")
    return assemble(ratings, Table(rows, movies.file, 2), None, HALF_STARS, facts)


def _links(archive: Archive, entry: str, movies: Table) -> pd.DataFrame:
    """`movie_id` and the two columns of `space.links.LINKS` for each line of `links.csv`."""
    table = to_numbers(
        _read(archive, entry, {"movieId": "movie_id", "imdbId": IMDB, "tmdbId": TMDB}),
        {"movie_id": int, TMDB: "Int64"},
    )
    known = table.rows["movie_id"]
    twice, stray = known.duplicated(), ~known.isin(movies.rows["movie_id"])
    problems = Problems(table.file)
    for expected, bad in (
        ("a movie_id that is not listed before", twice),
        (f"a movie listed in {movies.file}", stray),
    ):
        problems.add(expected, table.lines(bad.to_numpy()), known[bad].tolist())
    problems.raise_if_any()
    links = Table(table.rows.assign(**{IMDB: imdb_ids(table.rows[IMDB])}), table.file, 2)
    check_links(links)
    return links.rows


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
