"""Filters, familiarity and diversity of lists for users and for somebody new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from space.lists import Asked, ListArguments
from space.recommender import MAX_K, MovieRecommender
from tests.builders import GENRES
from tests.exports import STRANGER, Run
from tests.space.ranked import catalogue

USERS = (None, 1, 7, 30, STRANGER)
MOVIES = tuple(range(1, 120, 3))
"""Ids of the catalogue."""


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    return MovieRecommender.load(run.bundle, run.dataset)


@pytest.fixture(scope="module")
def old(old_run: Run) -> MovieRecommender:
    return MovieRecommender.load(old_run.bundle, old_run.dataset)


years = st.lists(st.one_of(st.none(), st.integers(1930, 2005)), min_size=2, max_size=2).map(
    lambda pair: pair if None in pair else sorted(pair)
)


@st.composite
def filters(draw: st.DrawFn) -> dict[str, Any]:
    first, last = draw(years)
    some = st.lists(st.sampled_from(GENRES), unique=True, max_size=3)
    return {
        "genres": draw(some),
        "match": draw(st.sampled_from(["any", "all"])),
        "exclude_genres": draw(some),
        "from_year": first,
        "to_year": last,
        "hidden": draw(st.lists(st.sampled_from(MOVIES), max_size=10)),
    }


def passes(film: Any, asked: dict[str, Any]) -> bool:
    """Whether a film of the data set passes, worked out film by film."""
    own, first, last = set(film.genres), asked["from_year"], asked["to_year"]
    wanted = [genre in own for genre in asked["genres"]]
    if wanted and not (any(wanted) if asked["match"] == "any" else all(wanted)):
        return False
    if own & set(asked["exclude_genres"]) or film.movie_id in asked["hidden"]:
        return False
    if first is None and last is None:
        return True
    return not pd.isna(film.year) and (first or 0) <= film.year <= (last or 9999)


@settings(deadline=None, max_examples=60)
@given(asked=filters(), user=st.sampled_from(USERS), unseen=st.booleans())
def test_the_list_is_the_whole_list_without_what_does_not_pass(
    run: Run, recommender: MovieRecommender, asked: dict[str, Any], user: int | None, unseen: bool
) -> None:
    whole = recommender.recommend(user, k=MAX_K, exclude_seen=unseen)["movie_id"].tolist()
    kept = {film.movie_id for film in run.data.movies.itertuples() if passes(film, asked)}
    shown = recommender.recommend(user, k=MAX_K, exclude_seen=unseen, **asked)
    assert shown["movie_id"].tolist() == [movie for movie in whole if movie in kept]


@settings(deadline=None, max_examples=60)
@given(
    asked=filters(),
    user=st.sampled_from(USERS),
    familiarity=st.sampled_from([-1.0, -0.3, 0.5, 1.0]),
    diversity=st.sampled_from([0.0, 0.4, 1.0]),
    k=st.integers(1, MAX_K),
)
def test_whatever_is_wished_for_the_films_are_those_that_pass(
    run: Run,
    recommender: MovieRecommender,
    asked: dict[str, Any],
    user: int | None,
    familiarity: float,
    diversity: float,
    k: int,
) -> None:
    plain = recommender.recommend(user, k=MAX_K, **asked).set_index("movie_id")
    shown = recommender.recommend(
        user, k=k, familiarity=familiarity, diversity=diversity, **asked
    ).set_index("movie_id")
    assert len(shown) == min(k, len(plain))
    assert shown.index.is_unique
    assert set(shown.index) <= set(plain.index)
    assert shown["rank"].tolist() == list(range(1, len(shown) + 1))
    # The probability is the model's, whatever the place.
    assert np.allclose(shown["score"], plain["score"][shown.index], rtol=0, atol=1e-6)


@settings(deadline=None, max_examples=30)
@given(asked=filters(), picks=st.lists(st.sampled_from(MOVIES), unique=True, max_size=6))
def test_filters_hold_for_somebody_new(
    run: Run, recommender: MovieRecommender, asked: dict[str, Any], picks: list[int]
) -> None:
    told: dict[str, Any] = {"liked": picks[:3], "disliked": picks[3:], "age": "25-34"}
    whole = recommender.recommend_for(**told, k=MAX_K)["movie_id"].tolist()
    kept = {film.movie_id for film in run.data.movies.itertuples() if passes(film, asked)}
    shown = recommender.recommend_for(**told, **asked, k=MAX_K)
    assert shown["movie_id"].tolist() == [movie for movie in whole if movie in kept]


@pytest.mark.parametrize("user", USERS)
def test_without_a_wish_the_list_is_exactly_the_models(
    recommender: MovieRecommender, old: MovieRecommender, user: int | None
) -> None:
    for each in (recommender, old):
        plain = each.recommend(user, k=MAX_K)
        assert each.recommend(user, k=MAX_K, familiarity=0, diversity=0.0).equals(plain)
        assert not each.recommend(user, k=MAX_K, familiarity=1.0).equals(plain)
        assert not each.recommend(user, k=MAX_K, diversity=0.9).equals(plain)


def test_familiarity_moves_the_list_to_films_that_many_rated_or_few(
    recommender: MovieRecommender,
) -> None:
    counts = recommender.bundle.movies.set_index("movie_id")["rating_count"]
    means = [
        np.mean(
            [counts[recommender.recommend(u, familiarity=f)["movie_id"]].mean() for u in (1, 7, 30)]
        )
        for f in (-1, -0.5, 0, 0.5, 1)
    ]
    assert means == sorted(means)
    assert means[0] < means[2] < means[4]


def test_the_best_film_stays_first_however_diverse_the_list(recommender: MovieRecommender) -> None:
    best = recommender.recommend(7)["movie_id"].iloc[0]
    for diversity in (0.1, 0.5, 1.0):
        assert recommender.recommend(7, diversity=diversity)["movie_id"].iloc[0] == best


DROPPED: dict[str, dict[str, Any]] = {
    "genres": {"genres": ()},
    "match": {"match": "any"},
    "exclude_genres": {"exclude_genres": ()},
    "years": {"from_year": None, "to_year": None},
    "hidden": {"hidden": ()},
    "seen": {"exclude_seen": False},
}


def counted(ask: Callable[..., pd.DataFrame], asked: dict[str, Any]) -> dict[str, int]:
    """The counts, found by asking for the list without each filter."""
    now = len(ask(**asked))
    counts = {
        name: len(ask(**asked | change))
        for name, change in DROPPED.items()
        if name != "seen" or "exclude_seen" in asked
    }
    return {name: count for name, count in counts.items() if count > now}


@settings(deadline=None, max_examples=60)
@given(asked=filters(), user=st.sampled_from(USERS), unseen=st.booleans())
def test_relaxed_says_for_a_user_how_long_the_list_would_be_without_each_filter(
    recommender: MovieRecommender, asked: dict[str, Any], user: int | None, unseen: bool
) -> None:
    all_of_it = {**asked, "exclude_seen": unseen, "k": MAX_K}
    expected = counted(lambda **each: recommender.recommend(user, **each), all_of_it)
    assert recommender.relaxed(user, **all_of_it, diversity=0.5, month=3) == expected


@settings(deadline=None, max_examples=30)
@given(asked=filters(), picks=st.lists(st.sampled_from(MOVIES), unique=True, max_size=6))
def test_relaxed_says_the_same_for_somebody_new_whose_picks_stay_left_out(
    recommender: MovieRecommender, asked: dict[str, Any], picks: list[int]
) -> None:
    all_of_it = {**asked, "liked": picks[:3], "disliked": picks[3:], "gender": "F", "k": MAX_K}
    assert recommender.relaxed(**all_of_it) == counted(recommender.recommend_for, all_of_it)


def test_an_emptied_list_says_what_emptied_it(run: Run, recommender: MovieRecommender) -> None:
    seen = run.data.ratings.loc[run.data.ratings["user_id"] == 7, "movie_id"].tolist()
    others = [movie for movie in catalogue(run) if movie not in seen]
    assert recommender.recommend(7, hidden=others).empty
    assert recommender.relaxed(7, hidden=others) == {"hidden": len(others), "seen": len(seen)}
    assert recommender.relaxed(7) == {"seen": len(catalogue(run))}
    assert recommender.relaxed() == {}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"exclude_genres": ["Cooking"]}, "`exclude_genres` should be among "),
    ({"hidden": [2]}, "`hidden` should be ids of films in the catalogue. Received: 2"),
    ({"from_year": 2000, "to_year": 1999}, "`from_year` should not be after `to_year`"),
    ({"familiarity": 2}, "`familiarity` should be a number from -1 to 1. Received: 2"),
    ({"diversity": -1}, "`diversity` should be a number from 0 to 1. Received: -1"),
    ({"k": 101}, "`k` should be a whole number from 1 to 100. Received: 101"),
    ({"month": 13}, "`month` should be a whole number from 1 to 12. Received: 13"),
]


@pytest.mark.parametrize(("asked", "said"), WRONG, ids=[said[:40] for _, said in WRONG])
def test_all_three_refuse_what_makes_no_sense(
    recommender: MovieRecommender, asked: dict[str, Any], said: str
) -> None:
    for ask in (recommender.recommend, recommender.recommend_for, recommender.relaxed):
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below
            ask(**asked)
        assert said in str(caught.value)


@pytest.mark.parametrize("value", ["no", 0, None, "x" * 10**6])
def test_exclude_seen_is_true_or_false(recommender: MovieRecommender, value: Any) -> None:
    for ask in (recommender.recommend, recommender.relaxed):
        with pytest.raises(ValueError, match=r"`exclude_seen` should be True or False. Received: "):
            ask(7, exclude_seen=value)
        ask(7, exclude_seen=np.bool_(True))


def test_relaxed_is_of_a_user_or_of_somebody_new(recommender: MovieRecommender) -> None:
    recommender.relaxed(7, liked=(), disliked=[], gender=None)
    with pytest.raises(
        ValueError, match=r"`occupation` are of somebody new.*Received: `age`, `liked"
    ):
        recommender.relaxed(7, liked=[1], age="25-34")
    with pytest.raises(ValueError, match="Received: `disliked`"):
        recommender.relaxed(7, disliked=5)  # type: ignore[arg-type]


def test_an_argument_that_is_not_there_is_a_type_error(recommender: MovieRecommender) -> None:
    for ask in (recommender.recommend, recommender.recommend_for, recommender.relaxed):
        with pytest.raises(TypeError, match="unexpected keyword argument 'genre'"):
            ask(genre=["Comedy"])  # type: ignore[call-arg]


def test_the_arguments_of_a_list_are_named_once_and_alike() -> None:
    asked = {each.name for each in fields(Asked)} - {"filters"}
    own = asked | {each.name for each in fields(type(Asked().filters))}
    assert set(ListArguments.__annotations__) == own


LARGE = [
    "x" * 10**6,
    10**5000,
    list(range(10_000)),
    ["x" * 10**6] * 3,
    [["Comedy"]] * 10_000,
    b"x" * 10**6,
]


@pytest.mark.parametrize("value", LARGE, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("name", [*ListArguments.__annotations__, "user_id", "liked", "gender"])
def test_what_is_large_is_refused_soon_and_in_few_words(
    recommender: MovieRecommender, name: str, value: Any
) -> None:
    started = perf_counter()
    with pytest.raises(ValueError, match="should") as caught:
        recommender.relaxed(**{name: value})
    assert len(str(caught.value)) < 600
    assert perf_counter() - started < 3


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary()),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from(sorted(ListArguments.__annotations__)), ANYTHING))
def test_whatever_comes_is_answered_or_refused_in_words(
    recommender: MovieRecommender, asked: dict[str, Any]
) -> None:
    try:
        shown = recommender.recommend(**asked)
        counts = recommender.relaxed(**asked)
    except ValueError as error:
        assert "should" in str(error)  # noqa: PT017 - an answer will do as well
    else:
        assert len(shown) <= MAX_K
        assert isinstance(counts, dict)
