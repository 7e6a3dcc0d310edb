from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from space.features import moments
from space.filters import Match
from space.recommender import MAX_K, MovieRecommender
from tests.builders import GENRES
from tests.exports import STRANGER, TWINS, TWINS_GENRE, Run

LAST = (2003, 12)
USERS = (1, 2, 7, 30, STRANGER)


@pytest.fixture(scope="module")
def run(old_run: Run) -> Run:
    """Here without a ranking model: lists are ordered by the logit and the likes."""
    return old_run


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    """The shared run, loaded with its data set."""
    return MovieRecommender.load(run.bundle, run.dataset)


def seen_by(run: Run, user: int) -> set[int]:
    ratings = run.data.ratings
    return set(ratings.loc[ratings["user_id"] == user, "movie_id"])


def genres_of(run: Run) -> dict[int, set[str]]:
    return dict(zip(run.data.movies["movie_id"], map(set, run.data.movies["genres"]), strict=True))


def passing(
    run: Run, user: int, genres: tuple[str, ...] = (), match: Match = "any", unseen: bool = True
) -> list[int]:
    """Ids of the films that pass the filters, worked out from the data set itself."""
    quantifier = any if match == "any" else all
    return [
        movie
        for movie, own in sorted(genres_of(run).items())
        if not (unseen and movie in seen_by(run, user))
        and (not genres or quantifier(genre in own for genre in genres))
    ]


def expected_list(
    run: Run, user: int, movies: list[int], moment: tuple[int, int] = LAST
) -> list[tuple[int, float]]:
    """All of these films with Keras's P(like), ordered by logit + 2 log(1 + likes), then id."""
    logits = run.logits(run.rows(user, movies, *moment))
    likes = run.training_likes()
    keyed = [
        # Rounded, so that only what is alike is a tie and not what differs by an ulp.
        (-round(logit + 2 * np.log(1 + likes[movie]), 5), movie, expit(logit))
        for movie, logit in zip(movies, logits, strict=True)
    ]
    return [(movie, score) for _, movie, score in sorted(keyed)]


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("unseen", [True, False])
def test_the_order_and_the_score_are_what_keras_and_the_likes_give(
    run: Run, recommender: MovieRecommender, user: int, unseen: bool
) -> None:
    recommended = recommender.recommend(user, k=MAX_K, exclude_seen=unseen)
    expected = expected_list(run, user, passing(run, user, unseen=unseen))
    assert recommended["movie_id"].tolist() == [movie for movie, _ in expected]
    assert np.allclose(recommended["score"], [score for _, score in expected], rtol=0, atol=1e-5)
    assert recommended["rank"].tolist() == list(range(1, len(expected) + 1))


def test_the_likes_change_the_order_that_the_score_alone_would_give(
    recommender: MovieRecommender,
) -> None:
    scores = recommender.recommend(1, k=MAX_K)["score"].tolist()
    assert scores != sorted(scores, reverse=True)


def test_a_row_has_the_films_own_title_year_and_genres(
    run: Run, recommender: MovieRecommender
) -> None:
    recommended = recommender.recommend(1, k=MAX_K, exclude_seen=False)
    assert list(recommended) == ["rank", "movie_id", "title", "year", "genres", "score"]
    movies = run.data.movies.set_index("movie_id").loc[recommended["movie_id"]]
    assert recommended["title"].tolist() == movies["title"].tolist()
    assert recommended["year"].astype("Int64").tolist() == movies["year"].tolist()
    assert recommended["genres"].tolist() == [tuple(row) for row in movies["genres"]]
    assert recommended["year"].isna().any(), "a film without year should be among them"


def test_films_alike_but_for_their_id_are_listed_by_id(recommender: MovieRecommender) -> None:
    twins = recommender.recommend(3, genres=[TWINS_GENRE])
    assert twins["movie_id"].tolist() == list(TWINS)
    assert twins["score"].nunique() == 1


def test_films_that_the_user_rated_in_any_part_are_left_out(
    run: Run, recommender: MovieRecommender
) -> None:
    for user in (1, 2, 30):
        assert len(seen_by(run, user)) > 10
        recommended = set(recommender.recommend(user, k=MAX_K)["movie_id"])
        assert recommended == set(genres_of(run)) - seen_by(run, user)


def test_seen_films_come_back_where_they_are_asked_for(
    run: Run, recommender: MovieRecommender
) -> None:
    recommended = recommender.recommend(1, k=MAX_K, exclude_seen=False)
    assert set(recommended["movie_id"]) == set(genres_of(run))


def test_filters_apply_before_the_list_is_cut(run: Run, recommender: MovieRecommender) -> None:
    first_five = recommender.recommend(1, k=5)["movie_id"]
    rare = next(
        genre for genre in GENRES if not all(genre in genres_of(run)[m] for m in first_five)
    )
    recommended = recommender.recommend(1, genres=[rare], k=5)
    assert len(recommended) == min(5, len(passing(run, 1, (rare,)))) > 1
    assert all(rare in genres for genres in recommended["genres"])


@settings(deadline=None, max_examples=60)
@given(
    user=st.sampled_from(USERS),
    genres=st.lists(st.sampled_from((*GENRES, TWINS_GENRE)), unique=True, max_size=4).map(tuple),
    match=st.sampled_from(["any", "all"]),
    k=st.integers(1, MAX_K),
    unseen=st.booleans(),
    moment=st.one_of(st.just(LAST), st.tuples(st.integers(1998, 2006), st.integers(1, 12))),
)
def test_whatever_the_filters_the_list_is_the_best_of_what_passes_them(
    run: Run,
    recommender: MovieRecommender,
    user: int,
    genres: tuple[str, ...],
    match: Match,
    k: int,
    unseen: bool,
    moment: tuple[int, int],
) -> None:
    recommended = recommender.recommend(
        user,
        year=moment[0],
        month=moment[1],
        genres=genres,
        match=match,
        k=k,
        exclude_seen=unseen,
    )
    movies = passing(run, user, genres, match, unseen)
    expected = expected_list(run, user, movies, moment)[:k] if movies else []
    assert recommended["movie_id"].tolist() == [movie for movie, _ in expected]
    assert np.allclose(recommended["score"], [score for _, score in expected], rtol=0, atol=1e-5)


def test_a_filter_that_no_film_passes_gives_an_empty_list(
    run: Run, recommender: MovieRecommender
) -> None:
    recommended = recommender.recommend(1, genres=[TWINS_GENRE, "Comedy"], match="all")
    assert len(recommended) == 0
    assert list(recommended) == ["rank", "movie_id", "title", "year", "genres", "score"]


def test_the_moment_defaults_to_the_datas_last_month(
    run: Run, recommender: MovieRecommender
) -> None:
    last = moments([run.data.ratings["timestamp"].max()]).iloc[0].tolist()
    assert recommender.last_month == tuple(last) == LAST
    for year, month in ((2003, 12), (2003, None), (None, 12)):
        named = recommender.recommend(1, year=year, month=month, k=MAX_K)
        assert named.equals(recommender.recommend(1, k=MAX_K))


@pytest.mark.parametrize("moment", [LAST, (2001, 3), (1994, 12)])
def test_serving_encodes_a_moment_as_training_does(
    run: Run, recommender: MovieRecommender, moment: tuple[int, int]
) -> None:
    movies = recommender.bundle.movies["movie_id"].tolist()
    rows = recommender.encode(2, np.arange(len(movies)), *moment)
    assert np.array_equal(rows, run.rows(2, movies, *moment))


def test_another_year_and_month_change_the_rows_and_the_scores(
    recommender: MovieRecommender,
) -> None:
    names = recommender.bundle.schema.names()
    default, other = recommender.encode(1, [0, 1]), recommender.encode(1, [0, 1], 2001, 3)
    differing = {
        name for name, column in zip(names, (default != other).T, strict=True) if all(column)
    }
    assert differing == {"rating_year", "rating_month"}
    ours, others = (
        recommender.recommend(1, year=year, month=month, k=MAX_K).set_index("movie_id")["score"]
        for year, month in (LAST, (2001, 3))
    )
    assert (ours - others.loc[ours.index]).abs().max() > 0.01


def test_two_users_get_different_lists(recommender: MovieRecommender) -> None:
    lists = [
        recommender.recommend(user, k=MAX_K, exclude_seen=False)["movie_id"].tolist()
        for user in (1, 2)
    ]
    assert sorted(lists[0]) == sorted(lists[1])
    assert lists[0] != lists[1]


def test_a_film_a_zip_and_a_year_that_training_never_saw_get_a_score(
    recommender: MovieRecommender,
) -> None:
    recommended = recommender.recommend(STRANGER, year=2100, month=6, k=MAX_K)
    assert set(TWINS) < set(recommended["movie_id"])
    assert np.isfinite(recommended["score"]).all()
    assert recommended["score"].between(0, 1).all()
    names = recommender.bundle.schema.names()
    newest = len(recommender.bundle.movies) - 1
    row = dict(zip(names, recommender.encode(STRANGER, [newest], 2100)[0], strict=True))
    never_seen = ("user_id", "movie_id", "movie_year", "zip", "rating_year", "rating_decade")
    assert {row[name] for name in never_seen} == {0}
    assert row["gender"] > 0


def test_many_threads_at_once_get_their_own_lists(recommender: MovieRecommender) -> None:
    users = [*recommender.user_ids] * 4
    alone = {user: recommender.recommend(user) for user in recommender.user_ids}
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(recommender.recommend, users))
    assert all(ours.equals(alone[user]) for user, ours in zip(users, together, strict=True))


def test_the_users_are_the_data_sets_and_the_genres_the_catalogues(
    run: Run, recommender: MovieRecommender
) -> None:
    assert recommender.user_ids == (*range(1, 31), STRANGER)
    assert recommender.genres == tuple(sorted((*GENRES, TWINS_GENRE)))


def test_a_numpy_integer_is_as_good_as_pythons(recommender: MovieRecommender) -> None:
    arguments: dict[str, Any] = {"year": np.int64(2001), "month": np.int32(3), "k": np.int64(4)}
    ours = recommender.recommend(np.int64(2), **arguments)
    assert ours.equals(recommender.recommend(2, year=2001, month=3, k=4))
