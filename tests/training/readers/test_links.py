"""Ids of films on other sites, from `links.csv` and from the Hub."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from space.bundle import MOVIES
from tests.builders import (
    tiny_movielens,
    with_half_stars,
    with_links,
    without_demographics,
    write_csv_edition,
    write_files,
    zipped,
)
from tests.exports import export_tiny
from tests.hub import HubServer
from tests.space.publishing import files_of
from training.errors import DataError
from training.ratings import HALF_STARS, MovieLens, Table, assemble
from training.readers import hub as hub_reader
from training.readers import read

DATA = without_demographics(with_half_stars(tiny_movielens(users=6, movies=20)))

EDITION = {
    "ratings.csv": "userId,movieId,rating,timestamp\n1,1,4.0,964982703\n",
    "movies.csv": "movieId,title,genres\n1,Toy Story (1995),Comedy\n2,Heat (1995),Crime\n",
}


def edition(folder: Path, *links: str) -> Path:
    lines = ["movieId,imdbId,tmdbId", *links]
    return write_files(folder / "ml", {**EDITION, "links.csv": "\n".join(lines) + "\n"})


def assert_same(found: MovieLens, expected: MovieLens) -> None:
    pd.testing.assert_frame_equal(found.movies, expected.movies)
    pd.testing.assert_frame_equal(found.ratings, expected.ratings)


def test_links_are_padded_and_may_be_missing(tmp_path: Path) -> None:
    movies = read(edition(tmp_path, "2,10113277,", "1,114709,862")).movies
    assert movies["imdb_id"].tolist() == ["tt0114709", "tt10113277"]
    assert movies["tmdb_id"].tolist() == [862, pd.NA]
    assert movies["tmdb_id"].dtype == "Int64"


def test_a_film_that_the_links_leave_out_has_none(tmp_path: Path) -> None:
    movies = read(edition(tmp_path, "2,,949")).movies
    assert movies["imdb_id"].isna().all()
    assert movies["tmdb_id"].tolist() == [pd.NA, 949]


@pytest.mark.parametrize("pack", [lambda folder: folder, zipped])
def test_an_edition_with_links_gives_the_internal_form(tmp_path: Path, pack: Any) -> None:
    (tmp_path / "ml").mkdir()
    write_csv_edition(with_links(DATA), tmp_path / "ml")
    assert_same(read(pack(tmp_path / "ml")), with_links(DATA))


def test_an_edition_without_links_has_no_columns_for_them(tmp_path: Path) -> None:
    (tmp_path / "ml").mkdir()
    write_csv_edition(DATA, tmp_path / "ml")
    assert list(read(tmp_path / "ml").movies) == MOVIES.names


@pytest.mark.parametrize(
    ("line", "expected", "value"),
    [
        ("2,113277", "3 columns (movie_id, imdb_id, tmdb_id)", "2,113277"),
        ("x,113277,949", "a whole number as movie_id", "x"),
        ("2,113277,x", "a whole number as tmdb_id", "x"),
        ("2,113277,1.5", "a whole number as tmdb_id", "1.5"),
        ("2,113277,0", "as tmdb_id a whole number from 1 to 2147483647", 0),
        ("2,113277,-3", "as tmdb_id a whole number from 1 to 2147483647", -3),
        ("2,113277,2147483648", "as tmdb_id a whole number from 1 to 2147483647", 2**31),
        ("2,x,949", 'as imdb_id an id of IMDb such as "tt0114709"', "x"),
        ("2,0,949", 'as imdb_id an id of IMDb such as "tt0114709"', "tt0000000"),
        ("2,-5,949", 'as imdb_id an id of IMDb such as "tt0114709"', "-5"),
        ("2,12345678901,949", 'as imdb_id an id of IMDb such as "tt0114709"', "tt12345678901"),
        ("1,113277,949", "a movie_id that is not listed before", 1),
        ("3,113277,949", "a movie listed in ml/movies.csv", 3),
    ],
)
def test_a_bad_link_is_named_with_its_line(
    tmp_path: Path, line: str, expected: str, value: Any
) -> None:
    with pytest.raises(DataError) as caught:
        read(edition(tmp_path, "1,114709,862", line))
    assert str(caught.value).split("\n") == [
        "ml/links.csv: 1 bad line",
        f"  line 3: expected {expected}, found {value!r}",
    ]


def test_links_with_another_header_are_refused(tmp_path: Path) -> None:
    folder = edition(tmp_path, "1,114709,862")
    (folder / "links.csv").write_text("movieId,imdb,tmdb\n1,114709,862\n")
    with pytest.raises(DataError, match=r"ml/links\.csv: line 1: expected the header movieId,imdb"):
        read(folder)


def test_the_fingerprint_does_not_depend_on_links() -> None:
    assert with_links(DATA).fingerprint() == DATA.fingerprint()


@pytest.mark.parametrize(("column", "bad"), [("imdb_id", "0114709"), ("tmdb_id", -1)])
def test_ids_of_any_source_are_checked(column: str, bad: Any) -> None:
    movies = with_links(DATA).movies
    movies.loc[4, column] = bad
    with pytest.raises(DataError, match=rf"here: 1 bad line\n  line 5: expected as {column}"):
        assemble(Table(DATA.ratings, "r"), Table(movies, "here"), None, HALF_STARS, {})


def test_links_make_the_round_trip_through_the_hub(hub: HubServer, tmp_path: Path) -> None:
    whole = replace(DATA, facts={"name": "tiny"})
    for name, data in (("linked", with_links(whole)), ("plain", whole)):
        made = export_tiny(tmp_path / name, data, ranked=False)
        files = files_of(made.dataset)
        configs = "".join(
            f"- config_name: {table}\n  data_files: {table}.parquet\n"
            for table in ("ratings", "movies", "users")
        )
        files["README.md"] = f"---\nconfigs:\n{configs}---\n".encode()
        hub.add("datasets", f"owner/{name}", files)
        found = hub_reader.read(f"owner/{name}")
        assert_same(found, data)
        assert found.fingerprint() == whole.fingerprint()
