"""Ratings that a visitor brings: matched with films, and made into picks."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from space.arguments import MAX_PICKS
from space.recommender import MovieRecommender
from space.titles.own_ratings import (
    MAX_CANDIDATES,
    MAX_ROWS,
    Matches,
    OwnRating,
    Picks,
    match_ratings,
    picks,
    read_csv,
)
from space.titles.search import FilmSearch
from tests.builders import movie_table
from tests.exports import Run
from tests.space.titles.known_films import FILMS, known_search


@pytest.fixture(scope="module")
def search() -> FilmSearch:
    return known_search()


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
        ("Heat", 1997, [3]),
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
        ("Heat", 1989),
        ("Three Colours: Red", 2014),
        ("The Empire Strikes Back", 1982),
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
    table = films[["title", "year"]].assign(rating=stars).to_csv(index=False)
    found = match_ratings(recommender.search, read_csv(table.encode()))
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
