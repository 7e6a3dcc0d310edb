from __future__ import annotations

import numpy as np
import pytest

from space.order import Order
from space.person import newcomer
from space.recommender import MAX_K, MovieRecommender
from tests.exports import Run
from tests.space.ranked import LAST, agrees, catalogue, facts_of, keras_scores, order, rated_by


@pytest.mark.parametrize("name", ["run", "old_run"])
def test_the_ranking_of_all_films_is_the_whole_list(
    request: pytest.FixtureRequest, name: str
) -> None:
    run: Run = request.getfixturevalue(name)
    recommender = MovieRecommender.load(run.bundle, run.dataset)
    places = np.arange(len(recommender.bundle.movies))
    ids = recommender.bundle.movies["movie_id"].to_numpy()
    for user in (1, 7, 30):
        ranked = recommender.order.ranking(recommender.users.person(user), places, *LAST)
        shown = recommender.recommend(user, k=MAX_K, exclude_seen=False)
        assert ids[ranked].tolist() == shown["movie_id"].tolist()


def test_the_ranking_is_of_the_films_that_are_given_for_whatever_history(run: Run) -> None:
    bundle = MovieRecommender.load(run.bundle).bundle
    ids = bundle.movies["movie_id"].to_numpy()
    places = np.array([30, 2, 11, 5, 17])
    for liked in ([], [ids[7], ids[1]]):
        person = newcomer(bundle, liked=liked)
        ranked = Order(bundle).ranking(person, places, *LAST)
        scores = keras_scores(run, [(int(movie), 5.0) for movie in liked], {})
        given = {int(ids[place]): scores[int(ids[place])] for place in places}
        assert ids[ranked].tolist() == order(given)
        assert set(ids[ranked]) < set(catalogue(run))
    assert Order(bundle).ranking(person, places[:0], *LAST).shape == (0,)


def test_who_has_rated_many_has_films_by_score_and_likes_together(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    recommender = MovieRecommender.load(run.bundle, run.dataset)
    user, ids = 7, recommender.bundle.movies["movie_id"].to_numpy()
    rated, places = rated_by(run, user), np.arange(len(ids))
    assert recommender.like_weight(user) == 0  # a hundred are many
    monkeypatch.setattr("space.like_weight.MANY", len(rated) // 2)
    weight = 1 - (len(rated) // 2) / len(rated)
    assert recommender.like_weight(user) == pytest.approx(weight)
    logits = recommender.order.scorer.logits(recommender.encode(user, places))
    scores = keras_scores(run, rated, facts_of(run, user))
    together = {
        movie: scores[movie] + weight * float(logit)
        for movie, logit in zip(ids.tolist(), logits, strict=True)
    }
    shown = recommender.recommend(user, k=MAX_K)
    assert agrees(shown, together, without=[movie for movie, _ in rated])
    assert not agrees(shown, scores, without=[movie for movie, _ in rated])
    row_of = {movie: place for place, movie in enumerate(ids.tolist())}
    chances = 1 / (1 + np.exp(-logits[[row_of[movie] for movie in shown["movie_id"]]]))
    assert shown["score"].to_numpy() == pytest.approx(chances, abs=1e-6)
    # Of somebody new P(like) has not learned, however many films they pick.
    picked = newcomer(recommender.bundle, liked=[movie for movie, _ in rated])
    assert recommender.order.like_weight(picked) == 0


def test_where_no_ranking_model_is_nothing_is_added(old_run: Run) -> None:
    assert MovieRecommender.load(old_run.bundle, old_run.dataset).like_weight(7) == 0
