"""The same data in any layout, folder or zip gives the same internal form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.builders import (
    LAYOUTS,
    movie_table,
    rating_table,
    tiny_movielens,
    user_table,
    with_half_stars,
    without_demographics,
    write_files,
    write_ml_1m,
    write_ml_10m,
    zipped,
)
from training.errors import DataError
from training.ratings import MovieLens
from training.readers import read

DATA = tiny_movielens(users=8, movies=30)

EXPECTED = {
    "ml-100k": DATA,
    "ml-1m": DATA,
    "ml-10m": without_demographics(with_half_stars(DATA)),
    "csv": without_demographics(with_half_stars(DATA)),
    "recbole": with_half_stars(DATA),
}


def folder_of(folder: Path) -> Path:
    return folder


def nested_folder_of(folder: Path) -> Path:
    return folder.parent


def zip_of(folder: Path) -> Path:
    return zipped(folder)


def nested_zip_of(folder: Path) -> Path:
    return zipped(folder.parent)


def assert_same(found: MovieLens, expected: MovieLens) -> None:
    """Compare values, order and types."""
    pd.testing.assert_frame_equal(found.users, expected.users)
    pd.testing.assert_frame_equal(found.movies, expected.movies)
    pd.testing.assert_frame_equal(found.ratings, expected.ratings)


@pytest.mark.parametrize("packed", [folder_of, nested_folder_of, zip_of, nested_zip_of])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_internal_form(
    tmp_path: Path, layout: str, packed: Callable[[Path], Path]
) -> None:
    folder = tmp_path / "download" / "data"
    folder.mkdir(parents=True)
    LAYOUTS[layout](EXPECTED[layout], folder)
    assert_same(read(packed(folder)), EXPECTED[layout])


def test_the_fingerprint_does_not_depend_on_the_layout(tmp_path: Path) -> None:
    fingerprints = set()
    for layout in ("ml-100k", "ml-1m", "recbole"):
        folder = tmp_path / layout
        folder.mkdir()
        LAYOUTS[layout](DATA, folder)
        fingerprints.add(read(folder).fingerprint())
    assert fingerprints == {DATA.fingerprint()}
    assert with_half_stars(DATA).fingerprint() not in fingerprints


def test_ml_100k_is_read_as_documented(tmp_path: Path) -> None:
    unknown_genre = "1" + "|0" * 18
    # Animation, Children's and Comedy are the flags 3, 4 and 5, counted from 0.
    toy_story_genres = "0|0|0|1|1|1" + "|0" * 13
    folder = write_files(
        tmp_path,
        {
            "u.data": "196\t267\t3\t881250949\n186\t1\t5\t891717742\n",
            "u.item": (
                f"1|Toy Story (1995)|01-Jan-1995||http://example.org/1|{toy_story_genres}\n"
                f"267|unknown||||{unknown_genre}\n"
            ),
            "u.user": "186|17|F|student|85711\n196|60|M|technician|T8H1N\n",
        },
    )
    expected = MovieLens(
        users=user_table(
            [
                {
                    "user_id": 186,
                    "gender": "F",
                    "age": "Under 18",
                    "occupation": "student",
                    "zip": "85711",
                },
                {
                    "user_id": 196,
                    "gender": "M",
                    "age": "56+",
                    "occupation": "technician",
                    "zip": "T8H1N",
                },
            ]
        ),
        movies=movie_table(
            [
                {
                    "movie_id": 1,
                    "title": "Toy Story",
                    "year": 1995,
                    "genres": ["Animation", "Children's", "Comedy"],
                },
                {"movie_id": 267, "title": "unknown", "year": None, "genres": []},
            ]
        ),
        ratings=rating_table([(196, 267, 3, 881250949), (186, 1, 5, 891717742)]),
    )
    assert_same(read(folder), expected)


def test_ml_1m_is_read_as_latin_1_with_codes_spelt_out(tmp_path: Path) -> None:
    (tmp_path / "movies.dat").write_bytes(
        "73::Misérables, Les (1995)::Drama|Musical\n".encode("latin-1")
    )
    write_files(
        tmp_path,
        {"ratings.dat": "1::73::5::978300760\n", "users.dat": "1::F::1::10::48067\n"},
    )
    data = read(tmp_path)
    assert data.movies.to_dict("records") == [
        {"movie_id": 73, "title": "Les Misérables", "year": 1995, "genres": ["Drama", "Musical"]}
    ]
    assert data.users.to_dict("records") == [
        {
            "user_id": 1,
            "gender": "F",
            "age": "Under 18",
            "occupation": "K-12 student",
            "zip": "48067",
        }
    ]


def test_ml_10m_is_read_as_utf_8_with_half_stars_and_unknown_users(tmp_path: Path) -> None:
    folder = write_files(
        tmp_path,
        {
            "ratings.dat": "7::73::0.5::838985046\n2::73::4.5::838983525\n",
            "movies.dat": "73::Misérables, Les (1995)::Drama|War\n",
        },
    )
    data = read(folder)
    assert data.movies["title"].tolist() == ["Les Misérables"]
    assert data.ratings["rating"].tolist() == [0.5, 4.5]
    pd.testing.assert_frame_equal(data.users, user_table([{"user_id": 2}, {"user_id": 7}]))


def test_csv_editions_quote_titles_and_may_lack_year_and_genres(tmp_path: Path) -> None:
    folder = write_files(
        tmp_path,
        {
            "ratings.csv": "userId,movieId,rating,timestamp\n1,11,4.0,964982703\n1,3,2.5,964981247\n",
            "movies.csv": (
                "movieId,title,genres\n"
                '11,"American President, The (1995)",Comedy|Drama\n'
                '3,"""Great Performances"" Cats (1998)",Musical\n'
                "5,Babylon 5,(no genres listed)\n"
            ),
        },
    )
    data = read(folder)
    assert data.movies["title"].tolist() == [
        "The American President",
        '"Great Performances" Cats',
        "Babylon 5",
    ]
    assert data.movies["year"].tolist() == [1995, 1998, pd.NA]
    assert data.movies["genres"].tolist() == [["Comedy", "Drama"], ["Musical"], []]
    assert data.ratings["rating"].tolist() == [4.0, 2.5]


def test_a_csv_edition_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path: Path) -> None:
    texts = {
        "ratings.csv": "\ufeffuserId,movieId,rating,timestamp\r\n1,11,4.0,964982703\r\n",
        "movies.csv": "\ufeffmovieId,title,genres\r\n11,Heat (1995),Action|Crime\r\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text.encode())
    data = read(tmp_path)
    assert data.ratings["timestamp"].tolist() == [964982703]
    assert data.movies["genres"].tolist() == [["Action", "Crime"]]


INTER = "user_id:token\titem_id:token\trating:float\ttimestamp:float\n1\t4\t3.0\t8.5e8\n"


def test_recbole_columns_are_found_by_name_in_any_order(tmp_path: Path) -> None:
    folder = write_files(
        tmp_path,
        {
            "x.inter": INTER,
            "x.item": (
                "class:token_seq\tnote:token\titem_id:token\tmovie_title:token_seq\n"
                "Drama War\tseen\t4\tHeat (1995)\n"
            ),
        },
    )
    data = read(folder)
    assert data.movies.to_dict("records") == [
        {"movie_id": 4, "title": "Heat", "year": 1995, "genres": ["Drama", "War"]}
    ]
    assert data.ratings["timestamp"].tolist() == [850_000_000]
    pd.testing.assert_frame_equal(data.users, user_table([{"user_id": 1}]))


@pytest.mark.parametrize("word", ["V", "", "1995.5", "19"])
def test_a_recbole_release_year_that_is_no_year_is_missing(tmp_path: Path, word: str) -> None:
    header = "item_id:token\tmovie_title:token_seq\trelease_year:token\tgenre:token_seq"
    folder = write_files(
        tmp_path,
        {"x.inter": INTER, "x.item": f"{header}\n4\tHeat\t{word}\tDrama\n9\tJaws\t1975\t\n"},
    )
    assert read(folder).movies["year"].tolist() == [pd.NA, 1975]


def test_recbole_users_may_have_any_of_the_columns(tmp_path: Path) -> None:
    folder = write_files(
        tmp_path,
        {
            "x.inter": INTER,
            "x.item": "item_id:token\tmovie_title:token_seq\tgenre:token_seq\n4\tHeat\tDrama\n",
            "x.user": "user_id:token\toccupation:token\n1\ttechnician\n",
        },
    )
    expected = user_table([{"user_id": 1, "occupation": "technician"}])
    pd.testing.assert_frame_equal(read(folder).users, expected)


def test_of_several_data_sets_the_one_nearest_the_top_is_read(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "deep"
    shallow = tmp_path / "z"
    deep.mkdir(parents=True)
    shallow.mkdir()
    write_ml_10m(tiny_movielens(users=3, movies=5), deep)
    write_ml_10m(tiny_movielens(users=4, movies=5), shallow)
    assert len(read(tmp_path).users) == 4


def test_the_name_of_the_source_is_kept_unless_facts_are_given(tmp_path: Path) -> None:
    folder = tmp_path / "ml-1m"
    folder.mkdir()
    write_ml_1m(DATA, folder)
    assert read(folder).facts == {"name": "ml-1m"}
    assert read(folder, {"name": "MovieLens 1M", "licence": "GroupLens"}).facts == {
        "name": "MovieLens 1M",
        "licence": "GroupLens",
    }


def test_an_unknown_layout_is_told_what_was_found(tmp_path: Path) -> None:
    write_files(tmp_path, {f"{i:02}.txt": "x" for i in range(11)} | {"ratings.dat": "1::1::1::1\n"})
    with pytest.raises(DataError, match=r"ratings\.dat and movies\.dat.*Found: 00\.txt, .*, …$"):
        read(tmp_path)


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"ml-0m: there is no such file or folder"):
        read(tmp_path / "ml-0m")
