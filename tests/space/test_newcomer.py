"""Somebody of whom nothing is known, and a data set that comes later."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from space.bundle import read_dataset
from space.filters import Match
from space.recommender import MAX_K, MovieRecommender
from tests.builders import GENRES
from tests.exports import STRANGER, Run


@pytest.fixture(scope="module")
def run(old_run: Run) -> Run:
    """Here without a ranking model: lists are ordered by the logit and the likes."""
    return old_run


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    return MovieRecommender.load(run.bundle, run.dataset)


@pytest.fixture(scope="module")
def alone(run: Run) -> MovieRecommender:
    return MovieRecommender.load(run.bundle)


def expected(run: Run, movies: list[int], year: int, month: int) -> dict[int, tuple[float, float]]:
    """Keras's key in the order and probability of each film, for a user whose every field is 0."""
    rows = run.rows(1, movies, year, month)
    names = [field.name for field in run.encoder.fields if field.source == "user"]
    for name in names:
        rows[:, [field.name for field in run.encoder.fields].index(name)] = 0
    assert set(names) == {"user_id", "gender", "age", "occupation", "zip"}
    logits, likes = run.logits(rows), run.training_likes()
    return {
        movie: (float(logit + 2 * np.log(1 + likes[movie])), float(expit(logit)))
        for movie, logit in zip(movies, logits, strict=True)
    }


@settings(deadline=None, max_examples=30)
@given(
    genres=st.lists(st.sampled_from(GENRES), unique=True, max_size=3),
    match=st.sampled_from(["any", "all"]),
    k=st.integers(1, MAX_K),
    unseen=st.booleans(),
    moment=st.tuples(st.integers(1998, 2006), st.integers(1, 12)),
)
def test_the_list_is_that_of_a_user_with_unknown_features_and_nothing_is_left_out(
    run: Run,
    recommender: MovieRecommender,
    genres: list[str],
    match: Match,
    k: int,
    unseen: bool,
    moment: tuple[int, int],
) -> None:
    year, month = moment
    shown = recommender.recommend(
        genres=genres, match=match, k=k, year=year, month=month, exclude_seen=unseen
    )
    quantifier = any if match == "any" else all
    movies = [
        int(movie)
        for movie, own in zip(run.data.movies["movie_id"], run.data.movies["genres"], strict=True)
        if not genres or quantifier(genre in own for genre in genres)
    ]
    keras = expected(run, movies, year, month) if movies else {}
    listed = shown["movie_id"].tolist()
    assert len(set(listed)) == len(listed) == min(k, len(movies))
    # Keys that differ by less than the two engines do may change places.
    best = sorted((key for key, _ in keras.values()), reverse=True)[:k]
    assert np.allclose([keras[movie][0] for movie in listed], best, rtol=0, atol=2e-5)
    assert np.allclose(shown["score"], [keras[movie][1] for movie in listed], rtol=0, atol=1e-5)


def test_a_data_set_makes_no_difference_to_somebody_new(
    recommender: MovieRecommender, alone: MovieRecommender
) -> None:
    assert recommender.recommend(k=MAX_K).equals(alone.recommend(k=MAX_K))
    assert recommender.recommend(None, k=MAX_K).equals(recommender.recommend(k=MAX_K))
    assert not recommender.recommend(k=5).equals(recommender.recommend(1, k=5))


def test_only_the_users_features_are_unknown(recommender: MovieRecommender) -> None:
    fields = recommender.bundle.schema.fields
    nobody, user = recommender.encode(None, [0, 1]), recommender.encode(1, [0, 1])
    of_user = np.array([field.source == "user" for field in fields])
    assert (nobody[:, of_user] == 0).all()
    assert (user[:, of_user] > 0).all()
    assert (nobody[:, ~of_user] == user[:, ~of_user]).all()


@pytest.mark.parametrize("ask", [MovieRecommender.profile, MovieRecommender.liked])
def test_somebody_new_has_neither_profile_nor_liked_films(
    recommender: MovieRecommender, ask: Any
) -> None:
    with pytest.raises(ValueError, match=r"`user_id` should be a whole number. Received: None"):
        ask(recommender, None)


def test_a_data_set_can_come_later_and_the_model_is_shared(
    run: Run, recommender: MovieRecommender, alone: MovieRecommender
) -> None:
    before = alone.user_ids
    assert alone.genres == recommender.genres
    later = alone.with_dataset(read_dataset(run.dataset, alone.bundle))
    assert later.user_ids == recommender.user_ids == (*range(1, 31), STRANGER)
    for user in (None, 1, STRANGER):
        assert later.recommend(user, k=MAX_K).equals(recommender.recommend(user, k=MAX_K))
    assert later.liked(3).equals(recommender.liked(3))
    assert later.bundle is alone.bundle
    assert alone.dataset is None
    assert alone.user_ids == before
    with pytest.raises(ValueError, match="`user_id` should be one of"):
        alone.recommend(STRANGER)


def test_a_data_set_that_comes_later_has_nothing_of_the_model_read_again(
    run: Run, recommender: MovieRecommender, tmp_path: Path
) -> None:
    moved = MovieRecommender.load(shutil.copytree(run.bundle, tmp_path / "bundle"))
    shutil.rmtree(tmp_path / "bundle")
    later = moved.with_dataset(read_dataset(run.dataset, moved.bundle))
    assert later.recommend(1, k=MAX_K).equals(recommender.recommend(1, k=MAX_K))
