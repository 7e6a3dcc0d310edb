"""Lists for somebody new, by the films that they pick and what they tell of themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from space.arguments import MAX_PICKS
from space.recommender import MAX_K, MovieRecommender
from tests.exports import Run
from tests.space.ranked import LAST, agrees, catalogue, keras_scores

PICKS = (1, 4, 7, 10, 13, 16)
"""Some ids of the catalogue."""


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    return MovieRecommender.load(run.bundle)


@pytest.fixture(scope="module")
def old(old_run: Run) -> MovieRecommender:
    return MovieRecommender.load(old_run.bundle)


@settings(deadline=None, max_examples=25)
@given(
    picks=st.lists(st.sampled_from(range(1, 120, 3)), unique=True, max_size=12),
    cut=st.integers(0, 12),
    gender=st.sampled_from([None, "F", "M"]),
    age=st.sampled_from([None, "25-34", "56+"]),
    moment=st.tuples(st.integers(1998, 2006), st.integers(1, 12)),
)
def test_the_list_is_keras_list_of_the_picks_which_are_left_out(
    run: Run,
    recommender: MovieRecommender,
    picks: list[int],
    cut: int,
    gender: str | None,
    age: str | None,
    moment: tuple[int, int],
) -> None:
    liked, disliked = picks[:cut], picks[cut:]
    told = {name: value for name, value in (("gender", gender), ("age", age)) if value is not None}
    scores = keras_scores(run, [(movie, 5.0) for movie in liked], told, moment, disliked)
    shown = recommender.recommend_for(
        liked=liked,
        disliked=disliked,
        gender=gender,
        age=age,
        year=moment[0],
        month=moment[1],
        k=MAX_K,
    )
    assert set(shown["movie_id"]) == set(catalogue(run)) - set(picks)
    assert agrees(shown, scores, picks)


def test_what_is_told_and_picked_changes_the_list(recommender: MovieRecommender) -> None:
    lists = {
        tuple(recommender.recommend_for(**told, k=20)["movie_id"])
        for told in (
            {},
            {"liked": [1, 7]},
            {"liked": [7, 1]},
            {"disliked": [1, 7]},
            {"gender": "F"},
            {"gender": "M"},
            {"age": "56+"},
            {"occupation": "artist"},
        )
    }
    assert len(lists) >= 7, "one of the pairs may come out alike, not more"


def test_nothing_told_is_somebody_of_whom_nothing_is_known(
    run: Run, recommender: MovieRecommender, old: MovieRecommender
) -> None:
    assert recommender.recommend_for(k=MAX_K).equals(recommender.recommend(k=MAX_K))
    assert old.recommend_for(k=MAX_K).equals(old.recommend(k=MAX_K))
    shown = recommender.recommend_for(k=MAX_K)
    assert agrees(shown, keras_scores(run, [], {}))


def test_the_probability_knows_what_is_told_and_not_what_is_picked(
    run: Run, recommender: MovieRecommender
) -> None:
    shown = recommender.recommend_for(liked=[1], gender="F", age="25-34", k=5)
    rows = run.rows(1, shown["movie_id"].tolist(), *LAST)
    names = [field.name for field in run.encoder.fields]
    known = {"gender": "F", "age": "25-34"}
    for name in ("user_id", "gender", "age", "occupation", "zip"):
        values = run.encoder.vocabularies[name]
        rows[:, names.index(name)] = values.index(known[name]) + 1 if name in known else 0
    assert np.allclose(shown["score"], expit(run.logits(rows)), rtol=0, atol=1e-5)


def test_nothing_is_kept_of_what_was_asked(recommender: MovieRecommender) -> None:
    before = recommender.recommend(k=MAX_K)
    recommender.recommend_for(liked=PICKS[:3], disliked=PICKS[3:], gender="F")
    assert recommender.recommend(k=MAX_K).equals(before)


def test_a_film_picked_twice_counts_once(recommender: MovieRecommender) -> None:
    once, twice = (recommender.recommend_for(liked=liked) for liked in ([7, 1], [7, 1, 7]))
    assert once.equals(twice)


def test_picks_of_every_kind_of_list_will_do(recommender: MovieRecommender) -> None:
    expected = recommender.recommend_for(liked=[7, 1])
    for liked in ((7, 1), np.array([7, 1]), np.array([7, 1], "uint8"), pd.Series([7, 1])):
        assert recommender.recommend_for(liked=liked).equals(expected)


def test_filters_hold_for_somebody_new_too(run: Run, recommender: MovieRecommender) -> None:
    shown = recommender.recommend_for(liked=PICKS, genres=["Comedy"], k=MAX_K)
    own = dict(zip(run.data.movies["movie_id"], run.data.movies["genres"], strict=True))
    assert set(shown["movie_id"]) == {
        movie for movie in own if "Comedy" in own[movie] and movie not in PICKS
    }


def test_a_hundred_films_can_be_picked(run: Run, recommender: MovieRecommender) -> None:
    movies = catalogue(run)
    shown = recommender.recommend_for(liked=movies[:20], disliked=movies[20:])
    assert len(shown) == 0
    once = recommender.recommend_for(liked=[7, 1])
    many = [7, 1] * MAX_PICKS
    assert recommender.recommend_for(liked=many).equals(once), "what is named twice counts once"
    with pytest.raises(ValueError, match="in both: 1, 7"):
        recommender.recommend_for(liked=many, disliked=many)


WRONG = [
    ({"liked": [2]}, "`liked` should be ids of films in the catalogue. Received: 2"),
    ({"disliked": [1, 999]}, "`disliked` should be ids of films in the catalogue. Received: 999"),
    ({"liked": ["1"]}, "`liked` should be ids of films in the catalogue. Received: '1'"),
    ({"liked": [1.0]}, "Received: 1.0"),
    ({"liked": [True]}, "Received: True"),
    ({"liked": [None]}, "Received: None"),
    ({"liked": [[1]]}, "Received: [1]"),
    ({"liked": [10**400]}, "`liked` should be ids of films"),
    ({"liked": [float("nan")]}, "Received: nan"),
    (
        {"liked": 1},
        "`liked` should be a list, tuple or array of movie ids, since their order counts. Received: 1",
    ),
    (
        {"liked": "1"},
        "`liked` should be a list, tuple or array of movie ids, since their order counts. Received: '1'",
    ),
    (
        {"liked": None},
        "list, tuple or array of movie ids, since their order counts. Received: None",
    ),
    (
        {"liked": [1, 4], "disliked": [4]},
        "A film should be in `liked` or in `disliked`. Received in",
    ),
    (
        {"liked": range(60), "disliked": [*range(60, 101), 60]},
        "at most 100 films together. Received: more, in lists of 60 and 42",
    ),
    ({"liked": range(100)}, "`liked` should be ids of films in the catalogue. Received: 0, 2, 3"),
    (
        {"liked": range(10**9)},
        "at most 100 films together. Received: more, in lists of 1000000000 and 0",
    ),
    ({"liked": {1, 4}}, "list, tuple or array of movie ids, since their order counts"),
    ({"liked": frozenset()}, "since their order counts. Received: frozenset()"),
    ({"disliked": {1: 5.0}}, "`disliked` should be a list, tuple or array"),
    ({"disliked": b"\x01"}, "`disliked` should be a list, tuple or array"),
    ({"liked": bytearray(b"\x01")}, "`liked` should be a list, tuple or array"),
    ({"liked": np.array(1)}, "since their order counts. Received: array(1)"),
    ({"liked": np.array([[1, 4]])}, "since their order counts. Received: array([[1, 4]])"),
    ({"liked": (pick for pick in (1, 4))}, "since their order counts. Received: <generator"),
    ({"gender": "X"}, "`gender` should be one of F, M. Received: 'X'"),
    ({"gender": ""}, "`gender` should be one of F, M. Received: ''"),
    ({"gender": "unknown"}, "`gender` should be one of F, M. Received: 'unknown'"),
    ({"age": 25}, "Received: 25"),
    ({"age": ["25-34"]}, "Received: ['25-34']"),
    ({"occupation": "wizard"}, "`occupation` should be one of "),
    ({"k": 0}, "`k` should be a whole number from 1 to 100. Received: 0"),
    ({"month": 13}, "`month` should be a whole number from 1 to 12. Received: 13"),
    ({"year": 1}, "`year` should be a whole number from 1900 to 2100. Received: 1"),
    ({"genres": ["Cooking"]}, "`genres` should be among "),
    ({"match": "some"}, '`match` should be "any" or "all"'),
]


@pytest.mark.parametrize(("told", "said"), WRONG, ids=[said[-60:] for _, said in WRONG])
def test_what_makes_no_sense_is_answered_in_words(
    recommender: MovieRecommender, told: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below
        recommender.recommend_for(**told)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 1500


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary()),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


@settings(deadline=None, max_examples=100)
@given(liked=ANYTHING, disliked=ANYTHING, gender=ANYTHING)
def test_whatever_comes_is_answered_or_refused_in_words(
    recommender: MovieRecommender, liked: Any, disliked: Any, gender: Any
) -> None:
    try:
        shown = recommender.recommend_for(liked=liked, disliked=disliked, gender=gender, k=3)
    except ValueError as error:
        assert "should be" in str(error)  # noqa: PT017 - an answer will do as well
    else:
        assert len(shown) == 3


def test_a_model_without_a_ranking_reads_what_is_told_and_says_that_it_reads_no_picks(
    old: MovieRecommender,
) -> None:
    woman = old.recommend_for(gender="F", k=MAX_K)
    assert not woman["score"].equals(old.recommend_for(gender="M", k=MAX_K)["score"])
    for picks in ({"liked": [1]}, {"disliked": [1]}):
        with pytest.raises(ValueError, match=r"should be empty: this model was exported before"):
            old.recommend_for(**picks)
