"""Wrong arguments, what is known of a user, and a recommender without a data set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from space.errors import BundleError
from space.recommender import MAX_K, MovieRecommender
from tests.builders import GENRES
from tests.exports import LIKE, STRANGER, TWINS_GENRE, Run, edit_json


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    """The shared run, loaded with its data set."""
    return MovieRecommender.load(run.bundle, run.dataset)


@pytest.fixture(scope="module")
def alone(run: Run) -> MovieRecommender:
    """The shared run, loaded without its data set."""
    return MovieRecommender.load(run.bundle)


GENRE_NAMES = ", ".join(sorted((*GENRES, TWINS_GENRE)))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"user_id": 0}, "`user_id` should be one of the data set's 31 users, 1 to 9001. Rec"),
        ({"user_id": 31}, "31 users, 1 to 9001. Received: 31"),
        ({"user_id": "1"}, "`user_id` should be a whole number. Received: '1'"),
        ({"user_id": 1.0}, "`user_id` should be a whole number. Received: 1.0"),
        ({"user_id": True}, "`user_id` should be a whole number. Received: True"),
        ({"month": 0}, "`month` should be a whole number from 1 to 12. Received: 0"),
        ({"month": 13}, "`month` should be a whole number from 1 to 12. Received: 13"),
        ({"month": "May"}, "`month` should be a whole number from 1 to 12. Received: 'May'"),
        ({"month": 5.0}, "`month` should be a whole number from 1 to 12. Received: 5.0"),
        ({"year": 0}, "`year` should be a whole number from 1900 to 2100. Received: 0"),
        ({"year": 1899}, "from 1900 to 2100. Received: 1899"),
        ({"year": 2101}, "from 1900 to 2100. Received: 2101"),
        ({"year": "2001"}, "from 1900 to 2100. Received: '2001'"),
        ({"k": 0}, "`k` should be a whole number from 1 to 100. Received: 0"),
        ({"k": -1}, "from 1 to 100. Received: -1"),
        ({"k": 101}, "from 1 to 100. Received: 101"),
        ({"k": 2.5}, "from 1 to 100. Received: 2.5"),
        ({"k": True}, "from 1 to 100. Received: True"),
        ({"k": None}, "from 1 to 100. Received: None"),
        ({"genres": ["Cooking"]}, f"`genres` should be among {GENRE_NAMES}. Received: Cooking"),
        ({"genres": ["Comedy", "comedy", 3]}, "Received: comedy, 3"),
        ({"genres": "Comedy"}, "`genres` should be a list of genres. Received: 'Comedy'"),
        ({"genres": 5}, "`genres` should be a list of genres. Received: 5"),
        ({"genres": None}, "`genres` should be a list of genres. Received: None"),
        ({"genres": [["Comedy"]]}, "Received: ['Comedy']"),
        ({"match": "every"}, '`match` should be "any" or "all". Received: \'every\''),
        ({"match": None}, '`match` should be "any" or "all". Received: None'),
    ],
    ids=str,
)
def test_a_wrong_argument_is_refused_with_what_was_expected(
    recommender: MovieRecommender, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below
        recommender.recommend(**{"user_id": 1, **arguments})
    assert said in str(caught.value)


@pytest.mark.parametrize("ask", [MovieRecommender.profile, MovieRecommender.liked])
def test_an_unknown_user_has_neither_profile_nor_liked_films(
    recommender: MovieRecommender, ask: Callable[[MovieRecommender, int], Any]
) -> None:
    with pytest.raises(ValueError, match=r"one of the data set's 31 users.*Received: 500"):
        ask(recommender, 500)


@pytest.mark.parametrize("user", [1, 12, 30])
def test_the_liked_films_are_those_at_or_above_the_threshold_newest_first(
    run: Run, recommender: MovieRecommender, user: int
) -> None:
    ratings = run.data.ratings
    own = ratings[ratings["user_id"] == user]
    expected = own[own["rating"] >= LIKE].sort_values("timestamp", ascending=False)
    assert 0 < len(expected) < len(own)
    assert (expected["rating"] == LIKE).any(), "a film at the threshold should be among them"
    liked = recommender.liked(user)
    assert liked["movie_id"].tolist() == expected["movie_id"].tolist()
    assert liked["rating"].tolist() == expected["rating"].tolist()
    assert liked["timestamp"].tolist() == expected["timestamp"].tolist()
    movies = run.data.movies.set_index("movie_id").loc[liked["movie_id"]]
    assert liked["title"].tolist() == movies["title"].tolist()
    assert liked["genres"].tolist() == [tuple(row) for row in movies["genres"]]


def test_a_profile_holds_the_users_facts_and_counts(
    run: Run, recommender: MovieRecommender
) -> None:
    user = run.data.users.set_index("user_id").loc[5]
    own = run.data.ratings[run.data.ratings["user_id"] == 5]
    newest = own["timestamp"].max().item()
    profile = recommender.profile(5)
    assert profile.pop("last_month") == month_of(newest)
    assert profile.pop("mean_rating") == pytest.approx(own["rating"].mean())
    assert profile == {
        "user_id": 5,
        "gender": user["gender"],
        "age": user["age"],
        "occupation": user["occupation"],
        "zip": user["zip"],
        "ratings": len(own),
        "likes": int((own["rating"] >= LIKE).sum()),
    }


def month_of(seconds: int) -> tuple[int, int]:
    moment = datetime.fromtimestamp(seconds, tz=UTC)
    return moment.year, moment.month


def test_a_user_who_rated_nothing_has_a_profile_and_a_list(recommender: MovieRecommender) -> None:
    profile = recommender.profile(STRANGER)
    assert (profile["ratings"], profile["likes"]) == (0, 0)
    assert profile["mean_rating"] is None
    assert profile["last_month"] is None
    assert len(recommender.liked(STRANGER)) == 0
    assert len(recommender.recommend(STRANGER, k=MAX_K)) == len(recommender.bundle.movies)


def test_without_data_set_the_users_are_those_that_the_model_knows(
    run: Run, alone: MovieRecommender
) -> None:
    assert alone.dataset is None
    assert alone.user_ids == tuple(sorted(int(u) for u in run.encoder.vocabularies["user_id"]))
    with pytest.raises(ValueError, match="`user_id` should be one of"):
        alone.recommend(STRANGER)


def test_without_data_set_it_recommends_all_films_to_a_user_of_unknown_demographics(
    run: Run, alone: MovieRecommender
) -> None:
    recommended = alone.recommend(1, k=MAX_K)
    assert sorted(recommended["movie_id"]) == sorted(run.data.movies["movie_id"])
    names = alone.bundle.schema.names()
    row = dict(zip(names, alone.encode(1, [0])[0], strict=True))
    assert {row[name] for name in ("gender", "age", "occupation", "zip")} == {0}
    assert row["user_id"] > 0
    other = alone.recommend(2, k=MAX_K)
    assert recommended["movie_id"].tolist() == other["movie_id"].tolist(), "no history is known"
    assert recommended["score"].tolist() != other["score"].tolist()


def test_without_data_set_nothing_is_known_of_a_user(alone: MovieRecommender) -> None:
    assert len(alone.liked(1)) == 0
    profile = alone.profile(1)
    assert profile["gender"] == "unknown"
    assert (profile["ratings"], profile["mean_rating"], profile["last_month"]) == (0, None, None)


@pytest.mark.parametrize("missing", ["last_year", "last_month"])
def test_a_bundle_that_does_not_say_its_last_month_is_refused(
    bundle_copy: Path, missing: str
) -> None:
    edit_json(bundle_copy / "schema.json", lambda content: content["dataset"].pop(missing))
    with pytest.raises(BundleError, match=rf"last year and month are missing.*{missing}"):
        MovieRecommender.load(bundle_copy)
