"""Ratings that a visitor brings: read, matched with films, made into picks."""

from __future__ import annotations

import csv
import io
import random
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from space.arguments import MAX_PICKS
from space.errors import ArgumentError
from space.own_ratings import (
    MAX_BYTES,
    MAX_CANDIDATES,
    MAX_ROWS,
    Matches,
    OwnRating,
    Picks,
    match_ratings,
    picks,
    read_csv,
    read_titles,
)
from space.recommender import MovieRecommender
from space.search import FilmSearch
from tests.builders import movie_table
from tests.exports import Run
from tests.space.known_films import FILMS, known_search

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


@pytest.fixture(scope="module")
def search() -> FilmSearch:
    return known_search()


def written(rows: list[tuple[object, ...]], delimiter: str = ",") -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize(
    ("line", "title", "year", "stars"),
    [
        ("Heat", "Heat", None, None),
        ("  Heat  ", "Heat", None, None),
        ("Heat (1995)", "Heat", 1995, None),
        ("Heat(1995)", "Heat", 1995, None),
        ("Heat, 1995", "Heat", 1995, None),
        ("Heat (1995) 4.5", "Heat", 1995, 4.5),
        ("Heat (1995), 4", "Heat", 1995, 4),
        ("Heat (1995): 4,5", "Heat", 1995, 4.5),
        ("Heat (1995) - 4", "Heat", 1995, 4),
        ("Heat (1995) ½", "Heat", 1995, 0.5),
        ("Heat, 1995, 4", "Heat", 1995, 4),
        ("Heat,1995,4,5", "Heat", 1995, 4.5),
        ("Heat; 1995; 4", "Heat", 1995, 4),
        ("Heat\t1995\t4", "Heat", 1995, 4),
        ("Heat, 4", "Heat", None, 4),
        ("Heat, 10", "Heat", None, 5),
        ("Heat 4/5", "Heat", None, 4),
        ("Heat (1995) 8/10", "Heat", 1995, 4),
        ("Heat, 1995: 70/100", "Heat", 1995, 3.5),
        ("Heat ★★★★½", "Heat", None, 4.5),
        ("Heat★★★☆☆", "Heat", None, 3),
        ("Heat (1995) 0", "Heat", 1995, None),
        ("- Heat (1995) 4", "Heat", 1995, 4),
        ("* Heat", "Heat", None, None),
        ("• Heat", "Heat", None, None),
        ("12. Heat", "Heat", None, None),
        ("3) Heat", "Heat", None, None),
        # What looks like a year or a rating and is the title's.
        ("Heat 1995", "Heat 1995", None, None),
        ("Blade Runner 2049", "Blade Runner 2049", None, None),
        ("Blade Runner 2049 (2017) 5", "Blade Runner 2049", 2017, 5),
        ("1984 (1984)", "1984", 1984, None),
        ("1984", "1984", None, None),
        ("2001: A Space Odyssey, 1968, 5", "2001: A Space Odyssey", 1968, 5),
        ("Toy Story 2", "Toy Story 2", None, None),
        ("Toy Story 2, 4", "Toy Story 2", None, 4),
        ("10 Things I Hate About You", "10 Things I Hate About You", None, None),
        ("Fahrenheit 9/11", "Fahrenheit 9/11", None, None),
        ("8 ½", "8 ½", None, None),
        ("Naked Gun 33 1/3", "Naked Gun 33 1/3", None, None),
        ("Matrix, The", "Matrix, The", None, None),
        ("Matrix, The (1999) 4", "Matrix, The", 1999, 4),
        ("*batteries not included", "*batteries not included", None, None),
        ('=HYPERLINK("http://x")', '=HYPERLINK("http://x")', None, None),
        ("<b>Heat</b>", "<b>Heat</b>", None, None),
    ],
)
def test_a_line_of_a_list_is_read(
    line: str, title: str, year: int | None, stars: float | None
) -> None:
    assert read_titles(line) == [OwnRating(title, year, stars)]


def test_a_list_keeps_its_order_and_leaves_out_empty_lines() -> None:
    listed = read_titles("\ufeffHeat\r\n\r\n   \n- Dune (1984)\nGigi")
    assert listed == [OwnRating("Heat"), OwnRating("Dune", 1984), OwnRating("Gigi")]


@pytest.mark.parametrize(("highest", "stars"), [("5", 4.0), ("6", 2.0), ("11", 0.5)])
def test_plain_ratings_are_out_of_the_least_scale_that_fits(highest: str, stars: float) -> None:
    # 4 is four of 5, two of 5 if out of 10, and less than the least there is if out of 100.
    listed = read_titles(f"Heat (1995) 4\nDune (1984) {highest}\nGigi (1958) 4/5")
    assert [row.stars for row in listed][::2] == [stars, 4.0]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Heat\nDune 7/5", "Line 2 should have a rating from 0 to 5. Received: '7/5'"),
        ("Heat (1995) 101", "Line 1 should have a rating from 0 to 100"),
        ("Heat\n" + "x" * 401, "Line 2 should be one film, at most 400 characters"),
        ("x" * 201, "Line 1 should have a title of at most 200 characters"),
        ("Heat\n" * (MAX_ROWS + 1), "at most 5,000 films"),
        ("x" * (MAX_BYTES + 1), "`text` should have at most 1,000,000 bytes"),
        ("é" * (MAX_BYTES // 2 + 1), "`text` should have at most 1,000,000 bytes"),
        (None, "`text` should be text or bytes. Received: NoneType"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint.replace("(", r"\(")) as refused:
        read_titles(text)
    assert len(str(refused.value)) < 250


def test_as_many_films_as_are_allowed_are_read() -> None:
    assert len(read_titles("Heat\n" * MAX_ROWS)) == MAX_ROWS
    assert len(read_csv("Name\n" + "Heat\n" * MAX_ROWS)) == MAX_ROWS


def test_a_table_that_is_pasted_as_a_list_is_read_as_a_table() -> None:
    assert read_titles(LETTERBOXD) == read_csv(LETTERBOXD)
    assert read_titles("Name\tYear\nHeat\t1995") == [OwnRating("Heat", 1995)]


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


def outcome(
    content: str | bytes, read: Callable[[str | bytes], list[OwnRating]]
) -> tuple[list[OwnRating], str | None]:
    """What is read, and the words in which it is refused."""
    try:
        return read(content), None
    except ArgumentError as error:
        return [], str(error)


HOSTILE = st.text(st.characters()) | st.text("Heat,;\t\n\r\"'()19950★½/-0")


@given(HOSTILE | st.binary(), st.sampled_from([read_csv, read_titles]))
@example(b"\xff\xfe\x00", read_csv)
@example("Name,Rating\nHeat,\u0664/\u0665", read_csv)
@example("Name\n\x00", read_csv)
def test_whatever_comes_is_read_or_refused_in_words(
    content: str | bytes, read: Callable[[str | bytes], list[OwnRating]]
) -> None:
    rows, refused = outcome(content, read)
    assert refused is None or 0 < len(refused) < 500
    assert all(0 < len(row.title) <= 200 for row in rows)
    assert all(row.stars is None or 0.5 <= row.stars <= 5 for row in rows)


@given(HOSTILE)
def test_whatever_stands_below_a_header_is_read_or_refused_in_words(text: str) -> None:
    rows, refused = outcome(f"Name,Year,Rating\n{text}", read_csv)
    assert refused is None or 0 < len(refused) < 500
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


@given(
    st.lists(
        st.tuples(
            st.sampled_from([title for _, title, *_ in FILMS]),
            st.integers(1870, 2100),
            st.integers(1, 10).map(lambda halves: halves / 2),
        ),
        min_size=1,
    ),
    st.sampled_from(["{} ({}) {}", "- {}, {}, {}", "{}\t{}\t{}", "7. {} ({}): {}/5"]),
)
def test_what_is_written_as_a_list_reads_back(
    rows: list[tuple[str, int, float]], line: str
) -> None:
    listed = "\n".join(line.format(title, year, f"{stars:g}") for title, year, stars in rows)
    assert read_titles(listed) == [OwnRating(*row) for row in rows]


def matched(search: FilmSearch, *rows: OwnRating) -> Matches:
    return match_ratings(search, rows)


@pytest.mark.parametrize(
    ("title", "year", "movie_id"),
    [
        ("Heat", None, 3),
        ("heat", 1995, 3),
        ("HEAT", 1996, 3),
        ("Heat 1995", None, 3),
        ("The Matrix", 1999, 6),
        ("Matrix", 1999, 6),
        ("Matrix, The", None, 6),
        ("Titanic", 1996, 7),
        ("Titanic", 1953, 8),
        ("Se7en", 1995, 9),
        ("Seven (Se7en)", 1995, 9),
        ("La Cité des enfants perdus", 1995, 10),
        ("Cite des enfants perdus, La", None, 10),
        ("Léon: The Professional", 1994, 11),
        ("Alien 3", 1992, 16),
        ("Rocky 2", None, 15),
        ("LA Confidential", 1997, 17),
        ("The Postman", 1997, 19),
        ("The Postman", 1994, 20),
        ("Il Postino", 1994, 20),
        ("L'avventura", 1960, 21),
        ("Les Misérables", 1998, 22),
        ("Das Boot", 1981, 24),
        ("8½", 1963, 25),
        ("Romeo and Juliet", 1996, 35),
        ("The Godfather Part II", 1974, 36),
        ("Toy Story (La historia)", 1995, 1),
        ("Unknown Year", None, 33),
    ],
)
def test_a_film_of_the_title_and_year_is_certain(
    search: FilmSearch, title: str, year: int | None, movie_id: int
) -> None:
    row = OwnRating(title, year, 4.0)
    assert matched(search, row) == Matches((row,), ((row, movie_id),), (), ())


@pytest.mark.parametrize(
    ("title", "year", "movie_ids"),
    [
        # Several films of the title.
        ("Titanic", None, [7, 8]),
        ("Chasing Amy", 1997, [32, 31]),
        ("The Postman", None, [20, 19]),
        ("Misérables", None, [22, 23]),
        # Another year, or none to compare with.
        ("Heat", 1990, [3]),
        ("Unknown Year", 1990, [33]),
        # Nearly the title.
        ("Three Colours: Red", 1994, [30]),
        ("The Matirx", None, [6]),
        ("Roky II", 1979, [15]),
        # A part of the title.
        ("The Empire Strikes Back", 1980, [13]),
        ("Star Wars", 1977, [12]),
        ("Star Wars", None, [12, 13]),
        ("Rocky: The Beginning", 1976, [14]),
    ],
)
def test_what_is_not_certain_is_given_to_choose_from(
    search: FilmSearch, title: str, year: int | None, movie_ids: list[int]
) -> None:
    found = matched(search, row := OwnRating(title, year))
    assert found.certain == ()
    assert found.unknown == ()
    ((doubtful, candidates),) = found.doubtful
    assert doubtful == row
    assert [candidate.movie_id for candidate in candidates] == movie_ids
    scores = [candidate.score for candidate in candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 100 for score in scores)


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("Gigi", 1958),
        ("Dune", 2021),
        ("Heat", 1986),
        ("Three Colours: Red", 2014),
        ("The Empire Strikes Back", 1990),
        ("Blade Runner 2049", None),
        ("...", None),
        ("기생충", 2019),
        ("Hard", None),
    ],
)
def test_a_film_that_the_catalogue_has_not_is_unknown(
    search: FilmSearch, title: str, year: int | None
) -> None:
    row = OwnRating(title, year)
    assert matched(search, row) == Matches((row,), (), (), (row,))


def test_at_most_five_films_are_given_to_choose_from() -> None:
    rows = [
        {"movie_id": at, "title": "Hamlet", "year": 1900 + 10 * at, "genres": []}
        for at in range(1, 9)
    ]
    search = FilmSearch(movie_table(rows).assign(rating_count=range(8)))
    ((_, candidates),) = matched(search, OwnRating("Hamlet")).doubtful
    assert [candidate.movie_id for candidate in candidates] == [8, 7, 6, 5, 4]
    assert len(candidates) == MAX_CANDIDATES


TITLED = st.sampled_from([title for _, title, *_ in FILMS]) | st.text(max_size=30)
ROWS = st.lists(
    st.builds(
        OwnRating,
        TITLED,
        st.none() | st.integers(1950, 2000),
        st.none() | st.sampled_from([0.5, 2.5, 3.0, 4.0, 5.0]),
    ),
    max_size=15,
)


@given(ROWS)
def test_each_row_is_certain_or_doubtful_or_unknown(rows: list[OwnRating]) -> None:
    found = match_ratings(known_search(), rows)
    sorted_out = [row for row, _ in found.certain] + [row for row, _ in found.doubtful]
    assert sorted([*sorted_out, *found.unknown], key=repr) == sorted(rows, key=repr)
    assert found.rows == tuple(rows)


@given(ROWS, st.randoms(use_true_random=False))
def test_a_row_is_matched_alike_whatever_stands_beside_it(
    rows: list[OwnRating], order: random.Random
) -> None:
    search = known_search()
    shuffled = order.sample(rows, len(rows))
    assert set(match_ratings(search, rows).certain) == set(match_ratings(search, shuffled).certain)
    for row in rows[:2]:
        assert (row in match_ratings(search, rows).unknown) == bool(matched(search, row).unknown)


def test_too_many_rows_and_too_long_titles_are_refused(search: FilmSearch) -> None:
    with pytest.raises(ValueError, match="`rows` should be at most 5,000"):
        match_ratings(search, [OwnRating("Heat")] * (MAX_ROWS + 1))
    with pytest.raises(ValueError, match="`title` should have at most 200 characters"):
        match_ratings(search, [OwnRating("x" * 1_000_000)])


def test_what_is_chosen_stands_where_its_row_stood(search: FilmSearch) -> None:
    rows = [OwnRating("Titanic"), OwnRating("Gigi"), OwnRating("Heat"), OwnRating("Star Wars")]
    found = match_ratings(search, rows)
    assert found.chosen() == [(rows[2], 3)]
    assert found.chosen([8, 12]) == [(rows[0], 8), (rows[2], 3), (rows[3], 12)]
    assert found.chosen([None, 13]) == [(rows[2], 3), (rows[3], 13)]


@pytest.mark.parametrize("choices", [[7], [7, 12, 12], [3, 12], [7, "12"], [12, 7]])
def test_a_choice_that_was_not_given_is_refused(search: FilmSearch, choices: list[int]) -> None:
    found = matched(search, OwnRating("Titanic"), OwnRating("Star Wars"))
    with pytest.raises(ValueError, match="`choices` should"):
        found.chosen(choices)


def rated(*stars: float | None, start: int = 1) -> list[tuple[OwnRating, int]]:
    return [(OwnRating(f"Film {at}", None, given), at) for at, given in enumerate(stars, start)]


def test_films_at_the_threshold_are_liked_and_those_up_to_two_and_a_half_disliked() -> None:
    chosen = rated(4.0, 3.5, 2.5, 5.0, 0.5, None, 3.0)
    assert picks(chosen, 4.0) == Picks(liked=(1, 4, 6), disliked=(3, 5), between=2, left_out=0)
    assert picks(chosen, 3.5) == Picks(liked=(1, 2, 4, 6), disliked=(3, 5), between=1, left_out=0)
    # A film is never both.
    assert picks(chosen, 2).disliked == (5,)
    assert picks([], 4) == Picks((), (), 0, 0)


def test_a_film_that_is_there_twice_counts_once_by_the_first_rating() -> None:
    chosen = [
        (OwnRating("Seven"), 9),
        (OwnRating("Se7en", 1995, 1.0), 9),
        (OwnRating("Heat", None, 5.0), 3),
        (OwnRating("Seven", 1995, 5.0), 9),
    ]
    assert picks(chosen, 4) == Picks(liked=(3,), disliked=(9,), between=0, left_out=0)


def test_matches_count_by_what_is_certain(search: FilmSearch) -> None:
    found = matched(search, OwnRating("Titanic", None, 5), OwnRating("Heat", None, 5))
    assert picks(found, 4) == Picks(liked=(3,), disliked=(), between=0, left_out=0)


def test_of_too_many_the_best_rated_stay_and_then_the_first() -> None:
    shown = picks(rated(*[4.0] * 80, *[5.0] * 70), 4)
    assert shown.liked == (*range(1, 31), *range(81, 151))
    assert shown.left_out == 50


def test_of_too_many_disliked_films_the_worst_stay() -> None:
    shown = picks(rated(*[2.0] * 100, *[1.0] * 50), 4)
    assert shown.disliked == (*range(1, 51), *range(101, 151))


@pytest.mark.parametrize(
    ("liked", "disliked", "kept"),
    [
        (60, 40, (60, 40)),
        (150, 50, (75, 25)),
        (1000, 1, (99, 1)),
        (1, 1000, (1, 99)),
        (0, 101, (0, 100)),
        (101, 0, (100, 0)),
        (100, 0, (100, 0)),
        (1, 100, (1, 99)),
    ],
)
def test_of_too_many_liked_and_disliked_films_keep_their_shares(
    liked: int, disliked: int, kept: tuple[int, int]
) -> None:
    shown = picks(rated(*[5.0] * liked, *[1.0] * disliked), 4)
    assert (len(shown.liked), len(shown.disliked)) == kept
    assert shown.left_out == liked + disliked - sum(kept)


@given(st.lists(st.tuples(st.integers(1, 250), st.none() | st.floats(0.5, 5)), max_size=400))
def test_picks_are_within_their_limit_and_each_film_is_counted(
    rows: list[tuple[int, float | None]],
) -> None:
    chosen = [(OwnRating("Film", None, stars), film) for film, stars in rows]
    shown = picks(chosen, 4)
    both = shown.liked + shown.disliked
    assert len(set(both)) == len(both) <= MAX_PICKS
    assert len(both) + shown.between + shown.left_out == len({film for film, _ in rows})
    order = list(dict.fromkeys(film for film, _ in rows))
    assert list(shown.liked) == sorted(shown.liked, key=order.index)


@pytest.mark.parametrize("threshold", [0, 5.5, float("nan"), "4", None, True])
def test_a_threshold_that_is_none_is_refused(threshold: object) -> None:
    with pytest.raises(ValueError, match="`like_threshold` should be a number from 0"):
        picks([], threshold)  # type: ignore[arg-type]


def test_a_file_becomes_a_list_of_films(run: Run) -> None:
    recommender = MovieRecommender.load(run.bundle)
    films = run.data.movies.dropna(subset="year").head(6)
    stars = [5, 4.5, 1, 3, "", 2]
    content = written(
        [("Name", "Year", "Rating"), *zip(films["title"], films["year"], stars, strict=True)]
    )
    found = match_ratings(recommender.search, read_csv(content.encode()))
    shown = picks(found, recommender.bundle.schema.like_threshold)
    ids = films["movie_id"].tolist()
    assert shown == Picks((ids[0], ids[1], ids[4]), (ids[2], ids[5]), between=1, left_out=0)
    listed = recommender.recommend_for(liked=shown.liked, disliked=shown.disliked, k=20)
    assert not set(listed["movie_id"]) & {*shown.liked, *shown.disliked}


def test_a_thousand_misspelt_rows_are_matched_with_thousands_of_films_in_no_time() -> None:
    draw = random.Random(0)
    titles = [
        " ".join("".join(draw.choices("abcdefghij", k=6)) for _ in range(3)) for _ in range(3_900)
    ]
    movies = movie_table(
        {"movie_id": at, "title": title, "year": 1990, "genres": []}
        for at, title in enumerate(titles)
    )
    search = FilmSearch(movies.assign(rating_count=0))
    rows = [OwnRating(f"{title[:8]}x{title[9:]}", 1990) for title in titles[:1_000]]
    begun = time.perf_counter()
    found = match_ratings(search, rows)
    # Half a second on one core: this is to tell it from a minute.
    assert time.perf_counter() - begun < 10
    first = [candidates[0].movie_id for _, candidates in found.doubtful]
    assert first + [film for _, film in found.certain] == list(range(1_000))
