"""Tiny MovieLens data sets in the internal form, and each layout of MovieLens written to a folder."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training.ratings import MovieLens

FLAG_OF_GENRE = {
    "Action": 1,
    "Children's": 4,
    "Comedy": 5,
    "Drama": 8,
    "Sci-Fi": 15,
    "Thriller": 16,
}
"""Some genres, with their places among ML-100K's 19 flags; flag 0 is "unknown"."""

GENRES = tuple(FLAG_OF_GENRE)

OCCUPATION_CODES = {"artist": 2, "lawyer": 11, "programmer": 12, "retired": 13, "writer": 20}
"""Occupations that ML-100K and ML-1M call the same, with ML-1M's codes."""

AGE_CODES = {
    "Under 18": 1,
    "18-24": 18,
    "25-34": 25,
    "35-44": 35,
    "45-49": 45,
    "50-55": 50,
    "56+": 56,
}

_START, _END = 946_684_800, 1_072_915_200  # 2000-01-01 and 2004-01-01


def tiny_movielens(users: int = 30, movies: int = 40, seed: int = 0) -> MovieLens:
    """A random data set that is the same for the same arguments.

    Each user rates about 20 movies, over four years, and rates one genre higher than the others.
    Movie ids have gaps; some movies have no year or no genre.
    """
    random = np.random.default_rng(seed)
    movie_ids = 3 * np.arange(movies) + 1
    genres = [_some_genres(random) for _ in range(movies)]
    years = [None if i % 11 == 7 else int(random.integers(1935, 2001)) for i in range(movies)]
    favourites = random.choice(GENRES, users)
    ratings = []
    for user, favourite in enumerate(favourites):
        count = min(movies, int(random.integers(17, 24)))
        for movie in random.choice(movies, count, replace=False):
            stars = 2.5 + 1.5 * (favourite in genres[movie]) + random.normal(0, 0.8)
            rating = float(np.clip(np.round(stars), 1, 5))
            time = int(random.integers(_START, _END))
            ratings.append((user + 1, movie_ids[movie], rating, time))
    return MovieLens(
        users=user_table(
            {
                "user_id": user + 1,
                "gender": random.choice(["F", "M"]),
                "age": random.choice(list(AGE_CODES)),
                "occupation": random.choice(list(OCCUPATION_CODES)),
                "zip": f"{random.integers(100_000):05d}",
            }
            for user in range(users)
        ),
        movies=movie_table(
            {"movie_id": movie_id, "title": _title(movie_id), "year": year, "genres": names}
            for movie_id, year, names in zip(movie_ids, years, genres, strict=True)
        ),
        ratings=rating_table(ratings),
        facts={"name": "tiny"},
    )


def rating_table(rows: Iterable[tuple[int, int, float, int]]) -> pd.DataFrame:
    """Ratings from rows of user, movie, stars and seconds."""
    table = pd.DataFrame(list(rows), columns=["user_id", "movie_id", "rating", "timestamp"])
    return table.astype(
        {"user_id": "int64", "movie_id": "int64", "rating": "float64", "timestamp": "int64"}
    )


def user_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Users from rows of their columns; a column that a row leaves out is "unknown"."""
    table = pd.DataFrame(
        [
            {"gender": "unknown", "age": "unknown", "occupation": "unknown", "zip": "unknown"} | row
            for row in rows
        ]
    )
    table = table[["user_id", "gender", "age", "occupation", "zip"]]
    text = dict.fromkeys(("gender", "age", "occupation", "zip"), "str")
    return table.astype({"user_id": "int64", **text})


def movie_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Movies from rows of `movie_id`, `title`, `year` (or `None`) and `genres`."""
    listed = list(rows)
    return pd.DataFrame(
        {
            "movie_id": pd.Series([row["movie_id"] for row in listed], dtype="int64"),
            "title": pd.Series([row["title"] for row in listed], dtype="str"),
            "year": pd.Series([row["year"] for row in listed], dtype="Int64"),
            "genres": pd.Series([list(row["genres"]) for row in listed], dtype=object),
        }
    )


def with_half_stars(data: MovieLens) -> MovieLens:
    """The same data with every other rating half a star lower."""
    ratings = data.ratings.copy()
    ratings.loc[::2, "rating"] -= 0.5
    return replace(data, ratings=ratings)


def without_demographics(data: MovieLens) -> MovieLens:
    """The same data as an edition without users has it."""
    return replace(data, users=user_table({"user_id": user} for user in data.users["user_id"]))


def with_links(data: MovieLens) -> MovieLens:
    """The same data with ids of its films on other sites, of which some are missing."""
    ids = data.movies["movie_id"]
    imdb = "tt" + (1000 * ids).astype("str").str.zfill(7)
    links = {
        "imdb_id": imdb.where(ids % 7 != 0),
        "tmdb_id": ids.astype("Int64").where(ids % 5 != 0),
    }
    return replace(data, movies=data.movies.assign(**links))


def write_ml_100k(data: MovieLens, folder: Path) -> None:
    """Write `u.data`, `u.item` and `u.user`, in latin-1."""
    _write(folder / "u.data", data.ratings, lambda row: "\t".join(_rating(row)))
    _write(
        folder / "u.item",
        data.movies,
        lambda row: "|".join(
            [
                str(row["movie_id"]),
                _dated(row),
                "01-Jan-1995",
                "",
                "http://example.org/film",
                _flags(row["genres"]),
            ]
        ),
        encoding="latin-1",
    )
    _write(
        folder / "u.user",
        data.users,
        lambda row: (
            f"{row['user_id']}|{AGE_CODES[row['age']]}|{row['gender']}|{row['occupation']}|{row['zip']}"
        ),
    )


def write_ml_1m(data: MovieLens, folder: Path) -> None:
    """Write `ratings.dat`, `movies.dat` and `users.dat`, in latin-1."""
    write_ml_10m(data, folder, encoding="latin-1")
    _write(
        folder / "users.dat",
        data.users,
        lambda row: "::".join(
            [
                str(row["user_id"]),
                row["gender"],
                str(AGE_CODES[row["age"]]),
                str(OCCUPATION_CODES[row["occupation"]]),
                row["zip"],
            ]
        ),
    )


def write_ml_10m(data: MovieLens, folder: Path, encoding: str = "utf-8") -> None:
    """Write `ratings.dat` and `movies.dat`."""
    _write(folder / "ratings.dat", data.ratings, lambda row: "::".join(_rating(row)))
    _write(
        folder / "movies.dat",
        data.movies,
        lambda row: f"{row['movie_id']}::{_dated(row)}::{_genres(row, '|')}",
        encoding=encoding,
    )


def write_csv_edition(data: MovieLens, folder: Path) -> None:
    """Write `ratings.csv`, `movies.csv` and, for data with links, `links.csv`, quoted where needed."""
    ratings = [["userId", "movieId", "rating", "timestamp"]]
    ratings += [_rating(row) for row in data.ratings.to_dict("records")]
    movies = [["movieId", "title", "genres"]]
    movies += [
        [str(row["movie_id"]), _dated(row), _genres(row, "|")]
        for row in data.movies.to_dict("records")
    ]
    files = {"ratings.csv": ratings, "movies.csv": movies}
    if "imdb_id" in data.movies:
        files["links.csv"] = [["movieId", "imdbId", "tmdbId"]]
        files["links.csv"] += [
            [
                str(row["movie_id"]),
                "" if pd.isna(row["imdb_id"]) else row["imdb_id"].removeprefix("tt"),
                "" if pd.isna(row["tmdb_id"]) else str(row["tmdb_id"]),
            ]
            for row in data.movies.to_dict("records")
        ]
    for name, rows in files.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


def write_recbole(data: MovieLens, folder: Path) -> None:
    """Write `tiny.inter`, `tiny.item` and `tiny.user`."""
    _write(
        folder / "tiny.inter",
        data.ratings,
        lambda row: "\t".join(_rating(row)),
        header="user_id:token\titem_id:token\trating:float\ttimestamp:float",
    )
    _write(
        folder / "tiny.item",
        data.movies,
        lambda row: "\t".join(
            [
                str(row["movie_id"]),
                _written(row["title"]),
                "" if pd.isna(row["year"]) else str(row["year"]),
                _genres(row, " "),
            ]
        ),
        header="item_id:token\tmovie_title:token_seq\trelease_year:token\tgenre:token_seq",
    )
    _write(
        folder / "tiny.user",
        data.users,
        lambda row: "\t".join(
            [
                str(row["user_id"]),
                str(AGE_CODES[row["age"]]),
                row["gender"],
                str(OCCUPATION_CODES[row["occupation"]]),
                row["zip"],
            ]
        ),
        header="user_id:token\tage:token\tgender:token\toccupation:token\tzip_code:token",
    )


LAYOUTS: Mapping[str, Callable[[MovieLens, Path], None]] = {
    "ml-100k": write_ml_100k,
    "ml-1m": write_ml_1m,
    "ml-10m": write_ml_10m,
    "csv": write_csv_edition,
    "recbole": write_recbole,
}
"""What writes each layout into an existing folder."""


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    """Write texts under their names into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def zipped(folder: Path) -> Path:
    """A zip of what is in a folder, beside it."""
    return Path(shutil.make_archive(str(folder), "zip", root_dir=folder))


def _write(
    path: Path,
    table: pd.DataFrame,
    line: Callable[[dict[str, Any]], str],
    *,
    header: str = "",
    encoding: str = "utf-8",
) -> None:
    lines = ([header] if header else []) + [line(row) for row in table.to_dict("records")]
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))


def _rating(row: Mapping[str, Any]) -> list[str]:
    return [str(row["user_id"]), str(row["movie_id"]), f"{row['rating']:g}", str(row["timestamp"])]


def _dated(row: Mapping[str, Any]) -> str:
    title = _written(row["title"])
    return title if pd.isna(row["year"]) else f"{title} ({row['year']})"


def _written(title: str) -> str:
    """A title as MovieLens writes it, with its article behind it."""
    return f"{title.removeprefix('The ')}, The" if title.startswith("The Film") else title


def _genres(row: Mapping[str, Any], separator: str) -> str:
    return separator.join(row["genres"]) or "(no genres listed)"


def _flags(genres: list[str]) -> str:
    raised = {FLAG_OF_GENRE[name] for name in genres} or {0}
    return "|".join("1" if flag in raised else "0" for flag in range(19))


def _some_genres(random: np.random.Generator) -> list[str]:
    count = int(random.choice(5, p=[0.05, 0.3, 0.3, 0.2, 0.15]))
    return [GENRES[i] for i in sorted(random.choice(len(GENRES), count, replace=False))]


def _title(movie_id: int) -> str:
    shapes = ("Film {}", "The Film {}", 'The "Film" {}', "Café {}", "Film {} (Le film)")
    return shapes[movie_id % len(shapes)].format(movie_id)
