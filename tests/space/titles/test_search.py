"""Films by what somebody types."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from space.recommender import MAX_K, MovieRecommender
from space.titles.names import names_of, normalised
from space.titles.search import MAX_TITLE, FilmSearch
from tests.builders import movie_table
from tests.exports import Run
from tests.space.titles.known_films import FILMS, known_movies, known_search

WORDS = ("Film", "Day", "Blue", "of", "and", "Café", "II", "L'Été", "A", "The", "2000", "No. 5")
TITLES = st.builds(
    lambda words, article, other: " ".join(words) + article + other,
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
    st.sampled_from(["", "", ", The", ", Les", ", L'", ", Das"]),
    st.sampled_from(["", "", " (Jour, Le)", " (a.k.a. Blue Day)"]),
)


@pytest.fixture(scope="module")
def search() -> FilmSearch:
    return known_search()


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    return MovieRecommender.load(run.bundle)


def found(search: FilmSearch, query: str, k: int = 10) -> list[int]:
    return search.best(query, k)["movie_id"].tolist()


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("matrix", [6]),
        ("the matrix", [6]),
        ("Matrix, The (1999)", [6]),
        ("heat", [3, 4, 5]),
        ("Heat 1995", [3, 4, 5]),
        ("Heat (1995)", [3]),
        ("titanic", [7, 8]),
        ("titanic 1953", [8, 7]),
        ("titanic (1954)", [8, 7]),
        ("se7en", [9]),
        ("seven", [9]),
        ("la cité des enfants", [10]),
        ("cite des enfants perdus", [10]),
        ("leon", [11]),
        ("Léon: The Professional", [11]),
        ("star wars", [12, 13]),
        ("star wars 1980", [13, 12]),
        ("empire strikes", [13]),
        ("rocky 2", [15]),
        ("rocky", [14, 15]),
        ("alien 3", [16]),
        ("la confidential", [17]),
        ("Blade Runner 2049", [18]),
        ("the postman", [19, 20]),
        ("avventura", [21]),
        ("les miserables", [22, 23]),
        ("les misérables 1995", [23, 22]),
        ("das boot", [24]),
        ("boat", [24]),
        ("8½", [25]),
        ("2001", [26]),
        ("toy st", [1, 2]),
        ("toy stroy 2", [2]),
        ("romeo and juliet", [35]),
        ("romeo and julliet", [35]),
        ("king kong godzilla", [29]),
        ("dollars", [34]),
        ("$", [34]),
        ("mash", [37]),
        ("m", [38]),
        ("Toy Story (La historia)", [1, 2]),
        ("qqqqqqqq", []),
        ("", []),
        (" ... ", []),
        ("기생충", []),
    ],
)
def test_what_is_found_first(search: FilmSearch, query: str, first: list[int]) -> None:
    shown = found(search, query)
    assert shown[: len(first)] == first
    assert first or not shown


def test_a_title_that_ends_in_a_year_is_found_by_it_all() -> None:
    movies = known_movies().head(2).assign(title=["Death Race 2000", "Death Race"])
    assert found(FilmSearch(movies.assign(year=[1975, 2000])), "death race 2000") == [1, 2]


def test_among_films_of_one_name_the_one_with_more_ratings_is_first(search: FilmSearch) -> None:
    assert found(search, "chasing amy") == [32, 31]


def test_a_name_in_brackets_comes_behind_the_own_name(search: FilmSearch) -> None:
    # The film with more ratings has the name in brackets only.
    assert found(search, "postman, the", 1) == [19]


def test_a_short_name_is_not_found_in_a_long_query(search: FilmSearch) -> None:
    assert 38 not in found(search, "the matrix", 40)


@pytest.mark.parametrize(("movie_id", "title", "year"), [film[:3] for film in FILMS])
def test_each_film_finds_itself_first_by_title_and_year(
    search: FilmSearch, movie_id: int, title: str, year: int | None
) -> None:
    first = search.best(title if year is None else f"{title} ({year})", 1).iloc[0]
    assert first["title"] == title
    assert year is None or first["year"] == year
    if title != "Chasing Amy":
        assert first["movie_id"] == movie_id


@given(titles=st.lists(TITLES, min_size=1, max_size=12), data=st.data())
def test_a_title_with_its_year_finds_a_film_of_that_name_and_year_first(
    titles: list[str], data: st.DataObject
) -> None:
    rows = [
        {"movie_id": at + 1, "title": title, "year": 1990 + at, "genres": []}
        for at, title in enumerate(titles)
    ]
    counts = data.draw(st.lists(st.integers(0, 9), min_size=len(rows), max_size=len(rows)))
    search = FilmSearch(movie_table(rows).assign(rating_count=counts))
    row = data.draw(st.sampled_from(rows))
    query = f"{row['title']} ({row['year']})"
    # Else a film may bear the whole query as its name.
    assume(all(normalised(query) not in names_of(title) for title in titles))
    assert found(search, query, 1) == [row["movie_id"]]
    shown = search.best(row["title"], len(rows))
    assert row["movie_id"] in shown["movie_id"].tolist()
    own = {names_of(shown["title"].iloc[0])[0], normalised(shown["title"].iloc[0])}
    assert normalised(row["title"]) in own


@given(st.text(st.characters(), max_size=MAX_TITLE), st.integers(1, 45))
def test_any_text_gives_a_list_of_different_films(query: str, k: int) -> None:
    shown = known_search().best(query, k)
    assert shown.columns.tolist() == ["movie_id", "title", "year", "genres"]
    assert shown["movie_id"].is_unique
    assert len(shown) <= k
    assert all(isinstance(genres, tuple) for genres in shown["genres"])


@pytest.mark.parametrize("query", [None, 3, b"heat", ["heat"]])
def test_a_query_that_is_no_text_is_refused(search: FilmSearch, query: object) -> None:
    with pytest.raises(ValueError, match="`query` should be text"):
        search.best(query)  # type: ignore[arg-type]


def test_a_query_that_is_too_long_is_refused_in_few_words(search: FilmSearch) -> None:
    search.best("x" * 200)
    with pytest.raises(ValueError, match="at most 200 characters") as refused:
        search.best("x" * 1_000_000)
    assert len(str(refused.value)) < 250


def test_nearly_alike_titles_and_parts_are_close(search: FilmSearch) -> None:
    near, part, nothing = search.close(["Three Colours: Red", "The Empire Strikes Back", "Gigi"])
    assert [search.movie_ids[at] for at in near] == [30]
    assert 90 < min(near.values()) < 100
    assert [search.movie_ids[at] for at in part] == [13]
    assert nothing == {}


def test_close_films_are_given_in_the_order_of_their_scores(search: FilmSearch) -> None:
    (near,) = search.close(["Rocky III"])
    scores = list(near.values())
    assert [search.movie_ids[at] for at in near][:2] == [15, 14]
    assert scores == sorted(scores, reverse=True)


def test_many_titles_are_looked_up_as_each_alone(search: FilmSearch) -> None:
    titles = [f"{title}x" for _, title, *_ in FILMS] * 13
    assert len(titles) > 500
    alone = [search.close([title])[0] for title in titles[: len(FILMS)]]
    assert search.close(titles) == alone * 13


def test_the_recommender_searches_its_catalogue(run: Run, recommender: MovieRecommender) -> None:
    film = run.data.movies.dropna(subset="year").iloc[3]
    shown = recommender.search_movies(f"{film['title']} ({film['year']})", k=3)
    assert shown["movie_id"].iloc[0] == film["movie_id"]
    assert shown["title"].iloc[0] == film["title"]
    assert shown["genres"].iloc[0] == tuple(film["genres"])
    assert recommender.search_movies("film")["movie_id"].size == 10


@pytest.mark.parametrize("k", [0, -1, MAX_K + 1, 1.5, "3", None, True])
def test_a_length_that_is_none_is_refused(recommender: MovieRecommender, k: object) -> None:
    with pytest.raises(ValueError, match="`k` should be a whole number from 1 to 100"):
        recommender.search_movies("film", k=k)  # type: ignore[arg-type]


def test_threads_that_search_at_once_find_the_same() -> None:
    search = known_search()
    with ThreadPoolExecutor(8) as pool:
        shown = list(pool.map(lambda _: found(search, "star wars"), range(32)))
    assert shown == [[12, 13]] * 32


def test_nothing_is_made_before_the_first_search(monkeypatch: pytest.MonkeyPatch) -> None:
    # A catalogue without titles cannot be searched, and can be held.
    search = FilmSearch(pd.DataFrame({"movie_id": [1]}))
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    with pytest.raises(KeyError):
        search.best("heat")
    # What is found without likeness needs no rapidfuzz.
    assert found(known_search(), "heat", 3) == [3, 4, 5]
