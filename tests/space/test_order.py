from __future__ import annotations

import numpy as np
import pytest

from space.order import Order
from space.person import newcomer
from space.recommender import MAX_K, MovieRecommender
from tests.exports import Run
from tests.space.ranked import LAST, catalogue, keras_scores, order


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
