"""Ratings in a CSV, such as Letterboxd and IMDb export."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from space.errors import ArgumentError
from space.titles.rating_rows import MAX_BYTES, MAX_ROWS, OwnRating
from space.titles.rating_tables import read_csv

LETTERBOXD = """\
Date,Name,Year,Letterboxd URI,Rating
2023-01-05,Seven,1995,https://boxd.it/2a0U,4.5
2024-02-01,"City of Lost Children, The",1995,https://boxd.it/29Tc,5
2023-01-05,Dune,2021,https://boxd.it/c6Wg,4
2022-12-31,Heat,1995,https://boxd.it/29nK,
"""

IMDB = """\
Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year
tt0113277,5,2020-05-01,Heat,Heat,https://www.imdb.com/title/tt0113277,Movie,8.3,170,1995
tt0133093,4,2021-05-01,The Matrix,The Matrix,https://www.imdb.com/title/tt0133093,Movie,8.7,136,1999
"""


def written(rows: list[tuple[object, ...]], delimiter: str = ",") -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue()


def test_as_many_films_as_are_allowed_are_read() -> None:
    assert len(read_csv("Name\n" + "Heat\n" * MAX_ROWS)) == MAX_ROWS


def test_letterboxds_ratings_are_read_the_latest_first() -> None:
    assert read_csv(LETTERBOXD) == [
        OwnRating("City of Lost Children, The", 1995, 5),
        OwnRating("Seven", 1995, 4.5),
        OwnRating("Dune", 2021, 4),
        OwnRating("Heat", 1995, None),
    ]


def test_letterboxds_watched_films_have_no_ratings() -> None:
    content = "Date,Name,Year,Letterboxd URI\n2023-01-05,Heat,1995,https://boxd.it/29nK\n"
    assert read_csv(content) == [OwnRating("Heat", 1995)]


def test_letterboxds_lists_have_a_table_above_that_of_the_films() -> None:
    content = (
        "Letterboxd list export v7\nDate,Name,Tags,URL,Description\n"
        '2024-01-01,My list,,https://boxd.it/x,"Two\nlines"\n\n'
        "Position,Name,Year,URL,Description\n1,Heat,1995,https://boxd.it/29nK,\n"
    )
    assert read_csv(content) == [OwnRating("Heat", 1995)]


def test_imdbs_ratings_are_out_of_ten_however_low_they_are() -> None:
    assert read_csv(IMDB) == [OwnRating("The Matrix", 1999, 2.0), OwnRating("Heat", 1995, 2.5)]


@pytest.mark.parametrize(
    ("content", "stars"),
    [
        ("movie;year;score\nHeat;1995;4,5", 4.5),
        ("TITLE\tYear\tStars\nHeat\t1995\t★★★★½", 4.5),
        ("Film,Release Year,rating\nHeat,1995.0,4.5", 4.5),
        ('"Name","Year","Rating"\n"Heat","1995","9/10"', 4.5),
        ("Title,Rating\nHeat (1995),4.5", 4.5),
        ("Rating10,Title,Year\n3,Heat,1995", 1.5),
        ("Name,Year,Rating\nHeat,1995,8\nDune,1984,3", 4),
        ("Name,Year,Rating\nHeat,1995,80\nDune,1984,30", 4),
        ("Name,Year,Rating\nHeat,1995,0", None),
        ("Name,Year,Rating\nHeat,1995,N/A", None),
        ("Name,Year,Rating\nHeat,1995", None),
        ("\n\nName,Year,Rating\n\n,,\nHeat,1995,\n", None),
        ("name ,YEAR, Rating\r\nHeat,1995,4.5\r\n", 4.5),
    ],
)
def test_other_tables_are_read(content: str, stars: float | None) -> None:
    assert read_csv(content)[0] == OwnRating("Heat", 1995, stars)


def test_what_is_no_year_counts_as_none() -> None:
    years = ["", "n.d.", "199", "19950", "1995-1998", "3000"]
    rows = read_csv(written([("Name", "Year"), *(("Heat", year) for year in years)]))
    assert [row.year for row in rows] == [None, None, None, None, 1995, None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_accents_are_read_in_each_encoding(encoding: str) -> None:
    content = "Name,Year,Rating\nCérémonie,1995,4\n".encode(encoding)
    assert read_csv(content) == [OwnRating("Cérémonie", 1995, 4)]


def test_bytes_that_no_windows_program_writes_are_latin_1() -> None:
    assert read_csv(b"Name\nCaf\xe9 \x81\n") == [OwnRating("Café \x81")]
    assert read_csv(b"Name\n\x93Caf\xe9\x94\n") == [OwnRating("“Café”")]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "should begin with a header"),
        ("Heat,1995,4", "should begin with a header .* Received: 'Heat, 1995, 4'"),
        ("Year,Rating\n1995,4", "should begin with a header"),
        ("x" * 5000, "should begin with a header"),
        ("Name,Rating\nHeat,4\nDune,good", "Line 3 should have a number or nothing .* 'good'"),
        ("Name,Rating\nHeat,-1", "Line 2 should have a number or nothing"),
        ("Name,Rating\nHeat,=1+1", "Line 2 should have a number or nothing"),
        ("Name,Your Rating\nHeat,11", "Line 2 should have a rating from 0 to 10"),
        ('Name\n"' + "x" * 200_000, "should be a row of a CSV"),
        ("Name\n" + "Heat\n" * (MAX_ROWS + 1), "at most 5,000 films"),
        (b"x" * (MAX_BYTES + 1), "`content` should have at most 1,000,000 bytes"),
        (7, "`content` should be text or bytes. Received: int"),
    ],
)
def test_a_file_that_is_none_is_refused(content: bytes | str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as refused:
        read_csv(content)
    assert len(str(refused.value)) < 300


@given(st.text(st.characters()) | st.text("Heat,;\t\n\r\"'()19950★½/-0"))
def test_whatever_stands_below_a_header_is_read_or_refused_in_words(text: str) -> None:
    rows: list[OwnRating] = []
    words = "read"
    try:
        rows = read_csv(f"Name,Year,Rating\n{text}")
    except ArgumentError as error:
        words = str(error)
    assert 0 < len(words) < 500
    assert all(0 < len(row.title) <= 200 for row in rows)


@given(
    st.lists(
        st.tuples(
            st.text(max_size=200).map(lambda title: " ".join(title.split())).filter(bool),
            st.integers(1870, 2100),
            st.none() | st.integers(1, 10).map(lambda halves: halves / 2),
        ),
        max_size=20,
    ),
    st.sampled_from(",;\t"),
)
def test_what_is_written_as_a_table_reads_back(
    rows: list[tuple[str, int, float | None]], delimiter: str
) -> None:
    content = written([("Name", "Year", "Rating"), *rows], delimiter)
    expected = [OwnRating(*row) for row in rows]
    assert read_csv(content) == expected
    assert read_csv(content.encode()) == expected
    assert read_csv(content.encode("utf-8-sig")) == expected
