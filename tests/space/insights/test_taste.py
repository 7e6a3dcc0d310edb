"""A user's taste beside everybody's."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import sleep
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from space.bundle import Dataset, read_bundle, read_dataset
from space.insights import totals
from space.insights.taste import Taste, taste
from space.insights.totals import Totals
from space.recommender import MovieRecommender
from tests.builders import movie_table, rating_table
from tests.exports import STRANGER, TWINS_GENRE, Run


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    return MovieRecommender.load(run.bundle, run.dataset)


def by_genre(run: Run, user: int | None = None) -> pd.Series:
    """For each genre the stars of the films with it, by a merge of all rows."""
    rated = run.data.ratings
    rated = rated if user is None else rated[rated["user_id"] == user]
    rows = rated.merge(run.data.movies, on="movie_id").explode("genres").dropna(subset="genres")
    return rows.groupby("genres")["rating"]


@pytest.mark.parametrize("user", [1, 7, 30])
def test_genres_are_the_share_of_ratings_of_films_that_have_them_and_their_mean(
    run: Run, recommender: MovieRecommender, user: int
) -> None:
    found = taste(recommender, user).genres.set_index("genre")
    own, everybody = by_genre(run, user), by_genre(run)
    count = (run.data.ratings["user_id"] == user).sum()
    assert found.index.tolist() == sorted(everybody.groups)
    assert TWINS_GENRE not in found.index, "nobody rated the twins"
    for genre in found.index:
        rated = own.get_group(genre) if genre in own.groups else pd.Series([], dtype=float)
        assert found["share"][genre] == pytest.approx(len(rated) / count)
        assert found["mean"][genre] == pytest.approx(rated.mean(), nan_ok=True)
        of_all = everybody.get_group(genre)
        assert found["share_all"][genre] == pytest.approx(len(of_all) / len(run.data.ratings))
        assert found["mean_all"][genre] == pytest.approx(of_all.mean())
    assert found["share"].sum() > 1, "films have several genres"


@pytest.mark.parametrize("user", [1, 7, 30])
def test_decades_are_shares_of_the_films_whose_year_is_known(
    run: Run, recommender: MovieRecommender, user: int
) -> None:
    found = taste(recommender, user).decades
    rows = run.data.ratings.merge(run.data.movies, on="movie_id").dropna(subset="year")
    assert len(rows) < len(run.data.ratings), "some years are not known"
    decades = rows["year"].astype("int64") // 10 * 10
    everybody = decades.value_counts(normalize=True).sort_index()
    own = decades[rows["user_id"] == user].value_counts(normalize=True)
    assert found["decade"].tolist() == everybody.index.tolist()
    assert np.allclose(found["share_all"], everybody)
    assert np.allclose(found["share"], own.reindex(everybody.index).fillna(0))


@pytest.mark.parametrize("user", [1, 7, 30])
def test_stars_are_shares_of_all_ratings(
    run: Run, recommender: MovieRecommender, user: int
) -> None:
    found = taste(recommender, user).stars
    ratings = run.data.ratings
    everybody = ratings["rating"].value_counts(normalize=True).sort_index()
    own = ratings["rating"][ratings["user_id"] == user].value_counts(normalize=True)
    assert found["rating"].tolist() == everybody.index.tolist()
    assert np.allclose(found["share_all"], everybody)
    assert np.allclose(found["share"], own.reindex(everybody.index).fillna(0))


@pytest.mark.parametrize("user", [1, 30])
def test_the_timeline_has_the_months_in_which_the_user_rated(
    run: Run, recommender: MovieRecommender, user: int
) -> None:
    found = taste(recommender, user).timeline
    rated = run.data.ratings[run.data.ratings["user_id"] == user]
    when = pd.to_datetime(rated["timestamp"], unit="s")
    expected: dict[tuple[int, int], list[float]] = {}
    for year, month, stars in sorted(
        zip(when.dt.year, when.dt.month, rated["rating"], strict=True)
    ):
        expected.setdefault((year, month), []).append(stars)
    assert list(zip(found["year"], found["month"], strict=True)) == list(expected)
    assert found["ratings"].tolist() == [len(stars) for stars in expected.values()]
    assert np.allclose(found["mean"], [np.mean(stars) for stars in expected.values()])


def of_ratings(recommender: MovieRecommender, rows: list[tuple[int, int, float, int]]) -> Taste:
    """The taste of user 1 where these are all ratings."""
    assert recommender.dataset is not None
    ratings = rating_table(rows).assign(part="train")
    return taste(recommender.with_dataset(replace(recommender.dataset, ratings=ratings)), 1)


def test_a_case_worked_out_by_hand(run: Run, recommender: MovieRecommender) -> None:
    # Film 1 has a year and some genres, and film 22 is one of those without a year.
    movies = run.data.movies.set_index("movie_id")
    assert pd.isna(movies["year"][22])
    genre, decade = movies["genres"][1][0], movies["year"][1] // 10 * 10
    assert genre not in movies["genres"][22], "so that it tells the two apart"
    found = of_ratings(recommender, [(1, 1, 4.5, 0), (1, 22, 2, 0), (2, 1, 3.5, 0), (2, 1, 1, 0)])
    assert found.genres.set_index("genre").loc[genre].tolist() == [0.5, 0.75, 4.5, 3.0]
    assert found.decades.to_numpy().tolist() == [[decade, 1, 1]]
    assert found.stars.to_numpy().tolist() == [
        [1, 0, 0.25],
        [2, 0.5, 0.25],
        [3.5, 0, 0.25],
        [4.5, 0.5, 0.25],
    ]
    assert found.timeline.to_numpy().tolist() == [[1970, 1, 2, 3.25]]


def test_who_rated_nothing_has_shares_of_0_and_no_means(recommender: MovieRecommender) -> None:
    found = taste(recommender, STRANGER)
    for frame in (found.genres, found.decades, found.stars):
        assert (frame["share"] == 0).all()
        assert (frame["share_all"] > 0).all()
    assert found.genres["mean"].isna().all()
    assert found.timeline.empty
    assert list(found.timeline) == ["year", "month", "ratings", "mean"]


@given(
    rows=st.lists(
        st.tuples(
            st.just(1),
            st.sampled_from([1, 4, 7, 10, 99]),
            st.sampled_from([0.5, 1, 3, 4.5, 5]),
            st.just(0),
        ),
        max_size=30,
    ),
    size=st.integers(1, 7),
)
def test_counts_do_not_depend_on_how_many_are_counted_at_a_time(
    rows: list[tuple[int, int, float, int]], size: int
) -> None:
    films = pd.Index([1, 4, 7, 10])
    movies = movie_table(
        {"movie_id": movie, "title": "", "year": year, "genres": genres}
        for movie, year, genres in zip(
            films,
            [1990, None, 1999, 2001],
            [["Drama"], ["Drama", "War"], [], ["War"]],
            strict=True,
        )
    )
    table = rating_table(rows).astype({"rating": "float16"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(totals, "_CHUNK_ROWS", size)
        counted = Totals.of(table, movies, films)
    known = [(movie, stars) for _, movie, stars, _ in rows if movie != 99]
    assert counted.ratings == len(known)
    assert counted.films.tolist() == [sum(movie == film for movie, _ in known) for film in films]
    drama = [stars for movie, stars in known if movie in (1, 4)]
    assert counted.genres["ratings"].get("Drama", 0) == len(drama)
    if drama:
        assert counted.genres["mean"]["Drama"] == pytest.approx(np.mean(drama))
    nineties = sum(movie in (1, 7) for movie, _ in known)
    assert counted.decades.get(1990, 0) == nineties
    assert counted.stars.to_dict() == {s: [t for _, t in known].count(s) for _, s in known}


def test_everybody_is_counted_once_whoever_asks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    recommender = MovieRecommender.load(run.bundle, run.dataset)
    assert recommender.dataset is not None
    counted: list[int] = []
    plain = Totals.of

    def noted(ratings: pd.DataFrame, *rest: Any) -> Totals:
        counted.append(len(ratings))
        sleep(0.02)  # so that the others come meanwhile
        return plain(ratings, *rest)

    monkeypatch.setattr(Totals, "of", noted)
    with ThreadPoolExecutor(8) as visitors:
        found = list(visitors.map(lambda _: taste(recommender, 7), range(16)))
    assert counted.count(len(recommender.dataset.ratings)) == 1
    assert all(each.genres.equals(found[0].genres) for each in found)


def test_what_is_counted_is_of_the_recommenders_own_data_set_and_goes_with_it(run: Run) -> None:
    bundle = read_bundle(run.bundle)
    dataset = read_dataset(run.dataset, bundle)
    first = MovieRecommender(bundle, dataset)
    before = taste(first, 7).stars
    fewer = Dataset(dataset.users, dataset.ratings[dataset.ratings["user_id"] == 7])
    second = first.with_dataset(fewer)
    alone = taste(second, 7).stars
    assert alone["share"].equals(alone["share_all"])
    assert taste(first, 7).stars.equals(before)
    gone = weakref.ref(second.users.everybody)
    del second
    gc.collect()
    assert gone() is None


def test_without_a_data_set_it_says_what_to_do(run: Run) -> None:
    with pytest.raises(ValueError, match="without its data set"):
        taste(MovieRecommender.load(run.bundle), 7)


@pytest.mark.parametrize("user", [0, "7", 7.0, None, [7]])
def test_a_user_who_is_not_one_is_refused(recommender: MovieRecommender, user: Any) -> None:
    with pytest.raises(ValueError, match="`user_id` should be"):
        taste(recommender, user)
