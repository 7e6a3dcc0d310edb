"""How the held-out films of a user rank."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from space.insights.held_out import held_out, ndcg
from space.recommender import MovieRecommender
from tests.exports import LIKE, STRANGER, TWINS, Run
from tests.space.ranked import LAST, catalogue, facts_of, keras_scores
from training.ranking.measure import list_metrics

USERS = (1, 2, 7, 30)


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    return MovieRecommender.load(run.bundle, run.dataset)


def parts_of(run: Run, user: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The user's training rows and the others, newest first each."""
    rows = run.data.ratings.assign(trained=run.split.part_of_rows() == "train")
    own = rows[rows["user_id"] == user].sort_values("timestamp", ascending=False, kind="stable")
    return own[own["trained"]], own[~own["trained"]]


def month_of(seconds: int) -> tuple[int, int]:
    when = pd.Timestamp(seconds, unit="s")
    return when.year, when.month


@pytest.mark.parametrize("user", USERS)
def test_the_model_ranks_by_the_training_rows_alone_all_films_that_anybody_rated(
    run: Run, recommender: MovieRecommender, user: int
) -> None:
    found = held_out(recommender, user)
    known, later = parts_of(run, user)
    moment = month_of(later["timestamp"].min())
    rated = list(zip(known["movie_id"].tolist(), known["rating"].tolist(), strict=True))
    scores = keras_scores(run, rated, facts_of(run, user), moment)
    candidates = set(run.data.ratings["movie_id"]) - set(known["movie_id"])
    assert not candidates.intersection(TWINS)
    assert found.moment == moment
    assert found.candidates == len(candidates)
    assert sorted(found.films["movie_id"]) == sorted(later["movie_id"])
    assert found.films["rank"].is_monotonic_increasing
    for movie, rank in zip(found.films["movie_id"], found.films["rank"], strict=True):
        above = [scores[other] for other in candidates if scores[other] > scores[movie] + 2e-5]
        level = [scores[other] for other in candidates if scores[other] >= scores[movie] - 2e-5]
        assert len(above) < rank <= len(level)


@pytest.mark.parametrize("user", USERS)
def test_popularity_ranks_the_same_films_by_training_likes(
    run: Run, recommender: MovieRecommender, user: int
) -> None:
    found = held_out(recommender, user).films.set_index("movie_id")["popularity_rank"]
    known, _ = parts_of(run, user)
    likes = run.training_likes()
    candidates = set(run.data.ratings["movie_id"]) - set(known["movie_id"])
    order = sorted(candidates, key=lambda movie: (-likes[movie], movie))
    assert found.to_dict() == {movie: order.index(movie) + 1 for movie in found.index}


@pytest.mark.parametrize("k", [1, 3, 10, 100])
def test_the_figures_are_those_of_the_liked_films_among_the_first(
    recommender: MovieRecommender, k: int
) -> None:
    for user in USERS:
        found = held_out(recommender, user, k)
        liked = found.films[found.films["rating"] >= LIKE]
        assert (found.k, found.likes) == (k, len(liked))
        for order, column in ((found.model, "rank"), (found.popularity, "popularity_rank")):
            assert order.hits == (liked[column] <= k).sum()
            assert order.ndcg == ndcg(liked[column].tolist(), k)


def test_the_rows_tell_of_the_films_and_of_the_ratings(
    run: Run, recommender: MovieRecommender
) -> None:
    films = held_out(recommender, 7).films
    assert list(films) == [
        *("movie_id", "title", "year", "genres", "rating", "timestamp"),
        *("rank", "popularity_rank"),
    ]
    movies = run.data.movies.set_index("movie_id")
    _, later = parts_of(run, 7)
    rated = later.set_index("movie_id")
    for row in films.to_dict("records"):
        movie = row["movie_id"]
        assert row["title"] == movies["title"][movie]
        assert row["genres"] == tuple(movies["genres"][movie])
        assert (row["rating"], row["timestamp"]) == tuple(
            rated.loc[movie, ["rating", "timestamp"]].tolist()
        )


def test_what_was_held_out_does_not_help_to_rank_it(
    run: Run, recommender: MovieRecommender
) -> None:
    assert recommender.dataset is not None
    ratings = recommender.dataset.ratings.copy()
    later = ratings["part"] != "train"
    ratings.loc[later, "rating"] = np.where(ratings["rating"][later] >= LIKE, 1, 5)
    other = recommender.with_dataset(replace(recommender.dataset, ratings=ratings))
    for user in USERS:
        plain, turned = held_out(recommender, user).films, held_out(other, user).films
        assert (plain["rating"] >= LIKE).tolist() == (turned["rating"] < LIKE).tolist()
        assert plain["rank"].tolist() == turned["rank"].tolist()
        assert plain["popularity_rank"].tolist() == turned["popularity_rank"].tolist()


def test_with_a_random_split_the_held_out_films_may_be_older(
    recommender: MovieRecommender,
) -> None:
    assert recommender.dataset is not None
    ratings = recommender.dataset.ratings
    parts = np.random.default_rng(0).choice(["train", "test"], len(ratings), p=[0.7, 0.3])
    shuffled = replace(recommender.dataset, ratings=ratings.assign(part=pd.Categorical(parts)))
    found = held_out(recommender.with_dataset(shuffled), 7)
    own = ratings[(ratings["user_id"] == 7) & (parts == "test")]
    known = (ratings["user_id"] == 7) & (parts == "train")
    assert sorted(found.films["movie_id"]) == sorted(own["movie_id"])
    assert found.candidates == ratings["movie_id"].nunique() - known.sum()
    assert own["timestamp"].min() < ratings["timestamp"][known].max()
    assert found.moment == month_of(int(own["timestamp"].min()))


def test_without_a_ranker_the_order_is_that_of_the_list(old_run: Run) -> None:
    found = held_out(MovieRecommender.load(old_run.bundle, old_run.dataset), 7)
    known, _ = parts_of(old_run, 7)
    likes = old_run.training_likes()
    candidates = sorted(set(old_run.data.ratings["movie_id"]) - set(known["movie_id"]))
    rows = old_run.rows(7, candidates, *found.moment)
    scores = old_run.logits(rows) + 2 * np.log1p([likes[movie] for movie in candidates])
    order = [movie for _, movie in sorted(zip(-scores, candidates, strict=True))]
    assert found.films["rank"].tolist() == [
        order.index(movie) + 1 for movie in found.films["movie_id"]
    ]


def test_of_whom_nothing_is_held_out_nothing_is_found(
    run: Run, recommender: MovieRecommender
) -> None:
    found = held_out(recommender, STRANGER)
    assert found.films.empty
    assert list(found.films)[-2:] == ["rank", "popularity_rank"]
    assert found.moment == LAST
    assert found.candidates == len(catalogue(run)) - len(TWINS)
    assert (found.likes, found.model.hits, found.popularity.hits) == (0, 0, 0)
    assert found.model.ndcg is None
    assert found.popularity.ndcg is None


@pytest.mark.parametrize(
    ("ranks", "k", "expected"),
    [
        ([1, 3], 10, 1.5 / (1 + 0.63093)),
        ([2], 10, 0.63093),
        ([10], 10, 0.28906),
        ([11], 10, 0),
        ([2], 1, 0),
        ([1, 2, 50], 2, 1),
        ([1, 50, 60], 2, 1 / (1 + 0.63093)),
        ([3, 1, 40], 10, 1.5 / (1 + 0.63093 + 0.5)),
    ],
)
def test_ndcg_by_hand(ranks: list[int], k: int, expected: float) -> None:
    assert ndcg(ranks, k) == pytest.approx(expected, abs=1e-5)


def test_there_is_no_ndcg_of_nothing() -> None:
    assert ndcg([], 10) is None


@given(ranks=st.sets(st.integers(1, 40), min_size=1))
def test_ndcg_is_the_one_that_training_measures(ranks: set[int]) -> None:
    shown, liked = np.arange(1, 41), np.array(sorted(ranks))
    measured = list_metrics([shown], [liked], 40)["ndcg_at_10"]
    assert ndcg(sorted(ranks), 10) == pytest.approx(measured)


@pytest.mark.parametrize("k", [0, 101, 2.5, "10", None, True])
def test_a_length_that_is_none_is_refused(recommender: MovieRecommender, k: Any) -> None:
    with pytest.raises(ValueError, match="`k` should be a whole number from 1 to 100"):
        held_out(recommender, 7, k)


@pytest.mark.parametrize("user", [0, "7", None])
def test_a_user_who_is_not_one_is_refused(recommender: MovieRecommender, user: Any) -> None:
    with pytest.raises(ValueError, match="`user_id` should be"):
        held_out(recommender, user)


def test_without_a_data_set_it_says_what_to_do(run: Run) -> None:
    with pytest.raises(ValueError, match="without its data set"):
        held_out(MovieRecommender.load(run.bundle), 7)
