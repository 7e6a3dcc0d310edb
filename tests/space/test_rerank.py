from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from space.ranking import top
from space.rerank import (
    AS_SCORED,
    POOL,
    Cosines,
    Reranker,
    SharedGenres,
    Wishes,
    diverse,
    familiar,
    similarity_of,
)
from space.similar import SimilarFilms

FOUR = np.array([1.0, 0.8, 0.6, 0.0])
"""Scores of films A, B, C and D, which are their relevance too."""

ALIKE = np.array(
    [
        [1.0, 0.9, 0.1, 0.0],
        [0.9, 1.0, 0.2, 0.3],
        [0.1, 0.2, 1.0, 0.7],
        [0.0, 0.3, 0.7, 1.0],
    ],
    "float32",
)


@pytest.mark.parametrize(
    ("diversity", "expected"),
    [
        # At 0.5, after A: B .40 - .45 = -.05, C .30 - .05 = .25, D 0 - 0 = 0, so C; then of the
        # nearest of A and C: B .40 - .45 = -.05, D 0 - .35 = -.35, so B.
        (0.5, [0, 2, 1, 3]),
        # At 0.1, after A: B .72 - .09 = .63, C .54 - .01 = .53, so B.
        (0.1, [0, 1, 2, 3]),
        # At 0.75, after A: B .200 - .675, C .150 - .075, D 0, so C; then B -.475, D 0 - .525, so B.
        (0.75, [0, 2, 1, 3]),
        # At 0.9, after A: C .06 - .09 = -.03, D 0, so D; then B .08 - .81, C .06 - .63, so C.
        (0.9, [0, 3, 2, 1]),
        # At 1 only what is alike counts. After A: D 0; then B .9, C .7, so C.
        (1.0, [0, 3, 2, 1]),
    ],
)
def test_maximal_marginal_relevance_is_what_it_is_by_hand(
    diversity: float, expected: list[int]
) -> None:
    assert diverse(FOUR, ALIKE, diversity, 4).tolist() == expected
    for k in (1, 2, 3):
        assert diverse(FOUR, ALIKE, diversity, k).tolist() == expected[:k]


def test_the_scale_of_the_scores_does_not_matter() -> None:
    for scores in (FOUR * 100 - 7, FOUR * 1e-6, (FOUR * 5).astype("float32")):
        assert diverse(scores, ALIKE, 0.5, 4).tolist() == [0, 2, 1, 3]


def test_films_that_are_all_as_good_and_as_alike_stay_in_their_order() -> None:
    same = np.full((5, 5), 0.5, "float32")
    for diversity in (0.3, 1.0):
        assert diverse(np.full(5, 2.0), same, diversity, 5).tolist() == [0, 1, 2, 3, 4]


def test_of_nothing_there_is_no_list_and_of_one_film_that_one() -> None:
    assert diverse(np.empty(0), np.empty((0, 0), "float32"), 0.5, 3).tolist() == []
    assert diverse(np.array([1.0]), np.ones((1, 1), "float32"), 0.5, 3).tolist() == [0]


GENRES = [
    ["Comedy"],
    ["Comedy"],
    ["Comedy", "Romance"],
    ["Comedy", "Drama"],
    ["Drama"],
    ["War"],
    ["War", "Drama"],
    ["Western"],
    ["Action", "War"],
    [],
]
"""Of the films 10, 20, ... 100, the best of which come first."""


def films(genres: list[list[str]], counts: list[int] | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "movie_id": [10 * (place + 1) for place in range(len(genres))],
            "genres": genres,
            "rating_count": counts or [0] * len(genres),
        }
    )


def best(
    movies: pd.DataFrame, scores: Any, k: int, positions: Any = None, **wishes: float
) -> list[int]:
    """The places in the catalogue of the best of some films, by default of all."""
    places = np.arange(len(movies)) if positions is None else np.asarray(positions)
    reranker = Reranker(movies, SharedGenres(movies))
    return [int(p) for p in places[reranker.best(np.asarray(scores), places, k, Wishes(**wishes))]]


def mean_jaccard(rows: list[list[str]]) -> float:
    pairs = [(set(one), set(other)) for one, other in combinations(rows, 2)]
    return float(np.mean([len(a & b) / max(len(a | b), 1) for a, b in pairs]))


def test_the_more_diversity_the_less_alike_is_the_list() -> None:
    movies, scores = films(GENRES), np.linspace(2, 1, len(GENRES))
    likeness = [
        mean_jaccard(
            [GENRES[p] for p in best(movies, scores, 4, diversity=diversity)],
        )
        for diversity in np.linspace(0, 1, 21)
    ]
    assert likeness == sorted(likeness, reverse=True)
    assert likeness[0] == pytest.approx((1 + 4 * 0.5 + 1 / 3) / 6), "two alike, and pairs of half"
    assert likeness[-1] == 0


@pytest.mark.parametrize("diversity", [0.2, 0.7, 1.0])
def test_the_best_film_stays_first_and_no_film_comes_twice(diversity: float) -> None:
    listed = best(films(GENRES), np.linspace(2, 1, 10), 10, diversity=diversity)
    assert listed[0] == 0
    assert sorted(listed) == list(range(10))


def test_only_the_best_few_hundred_are_made_to_differ() -> None:
    genres = [["Comedy"]] * POOL + [["War"]]
    scores = np.arange(POOL + 1, 0, -1.0)
    assert best(films(genres), scores, 3, diversity=1.0) == [0, 1, 2]
    inside = [["Comedy"]] * (POOL - 1) + [["War"]]
    assert best(films(inside), scores[:POOL], 3, diversity=1.0) == [0, POOL - 1, 1]


def test_a_list_longer_than_the_pool_is_whole() -> None:
    genres = [["Comedy"]] * (POOL + 5)
    assert len(best(films(genres), np.zeros(POOL + 5), POOL + 3, diversity=0.5)) == POOL + 3


def test_familiar_scores_are_those_worked_out_by_hand() -> None:
    # Scores 1, 2, 3: mean 2, deviation sqrt(2/3). Known 0, 3, 3: mean 2, deviation sqrt(2).
    scores, known = np.array([1.0, 2.0, 3.0], "float32"), np.array([0.0, 3.0, 3.0])
    z, w = np.array([-1, 0, 1]) * 1.5**0.5, np.array([-2, 1, 1]) / 2**0.5
    for familiarity in (-1.0, -0.25, 0.5, 1.0):
        expected = z + familiarity * w
        assert familiar(scores, known, familiarity) == pytest.approx(expected, abs=1e-6)


def test_where_scores_or_counts_do_not_differ_the_other_decides() -> None:
    flat = np.full(3, 7.0)
    assert familiar(flat, np.array([0.0, 1.0, 2.0]), 1.0).argsort().tolist() == [0, 1, 2]
    assert familiar(flat, np.array([0.0, 1.0, 2.0]), -1.0).argsort().tolist() == [2, 1, 0]
    assert familiar(np.array([3.0, 2.0, 1.0]), flat, 1.0).argsort().tolist() == [2, 1, 0]
    assert familiar(np.array([5.0]), np.array([1.0]), 1.0).tolist() == [0.0]
    assert familiar(np.empty(0), np.empty(0), 1.0).tolist() == []


def test_well_known_films_rise_or_fall() -> None:
    movies = films([["Comedy"]] * 4, counts=[0, 10, 100, 1000])
    # The scores are 1.73 and thrice -.58 when standardised, the counts' logarithms -1.36, -.43, .45
    # and 1.34.
    scores = [0.2, 0.3, 0.2, 0.2]
    assert best(movies, scores, 4) == [1, 0, 2, 3]
    assert best(movies, scores, 4, familiarity=1.0) == [1, 3, 2, 0]
    assert best(movies, scores, 4, familiarity=-1.0) == [1, 0, 2, 3]
    assert best(movies, [0.2, 0.2, 0.2, 0.3], 4, familiarity=-1.0) == [0, 3, 1, 2]
    assert best(movies, [0.3, 0.2, 0.2, 0.2], 4, familiarity=1.0) == [3, 0, 2, 1]


def test_ties_go_to_the_smaller_movie_id_with_every_wish() -> None:
    movies = films([["Comedy"]] * 5, counts=[7] * 5)
    for wishes in ({}, {"familiarity": 0.5}, {"diversity": 0.5}, {"diversity": 1.0}):
        assert best(movies, np.ones(5), 5, positions=[4, 2, 0, 3, 1], **wishes) == [0, 1, 2, 3, 4]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 50)), max_size=30),
    st.integers(1, 30),
)
def test_without_a_wish_the_order_is_exactly_the_models(
    rows: list[tuple[int, int]], k: int
) -> None:
    movies = films([["Comedy"]] * len(rows), counts=[count for _, count in rows])
    scores = np.array([score for score, _ in rows], dtype="float32")
    expected = top(scores, movies["movie_id"].to_numpy(), k).tolist()
    assert best(movies, scores, k) == expected
    assert best(movies, scores, k, familiarity=0, diversity=0.0) == expected
    assert Wishes() == AS_SCORED == Wishes(0, 0)


@settings(deadline=None)
@given(
    scores=st.lists(st.integers(-5, 5), min_size=1, max_size=10),
    picks=st.randoms(use_true_random=False),
    diversity=st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9, 1.0]),
)
def test_each_film_has_the_most_marginal_relevance_of_those_that_are_left(
    scores: list[int], picks: Any, diversity: float
) -> None:
    ordered = np.array(sorted(scores, reverse=True), dtype=float)
    count = len(ordered)
    alike = np.eye(count)
    for one, other in combinations(range(count), 2):
        alike[one, other] = alike[other, one] = picks.choice([-0.5, 0.0, 0.25, 0.5, 1.0])
    listed = diverse(ordered, alike.astype("float32"), diversity, count).tolist()
    assert sorted(listed) == list(range(count))
    span = float(np.ptp(ordered)) or 1.0

    def marginal(film: int, before: list[int]) -> float:
        relevance = (ordered[film] - ordered[-1]) / span
        return float((1 - diversity) * relevance - diversity * max(alike[film, b] for b in before))

    for place in range(1, count):
        before, left = listed[:place], listed[place:]
        most = max(marginal(film, before) for film in left)
        assert marginal(listed[place], before) == pytest.approx(most, abs=1e-9)


def test_films_are_alike_by_the_share_of_their_genres() -> None:
    places = np.array([1, 2, 4, 6, 9])
    expected = [
        [1.0, 0.5, 0.0, 0.0, 0.0],
        [0.5, 1.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.5, 0.0],
        [0.0, 0.0, 0.5, 1.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0],
    ]
    assert SharedGenres(films(GENRES)).pairwise(places) == pytest.approx(np.array(expected))
    mixed = SharedGenres(films([["A", "B", "C"], ["B", "C", "D", "E"]]))
    assert mixed.pairwise(np.array([1, 0]))[0, 1] == pytest.approx(2 / 5)


def test_a_bundles_films_are_alike_by_their_vectors_or_without_them_by_their_genres() -> None:
    movies = films([["Comedy"], ["Comedy"], ["War"]])
    vectors: npt.NDArray[np.float32] = np.array([[1, 0], [3, 4], [0, -2]], "float32")
    places = np.array([2, 0, 1])
    plain: Any = SimpleNamespace(movies=movies, similar=None)
    by_genres = similarity_of(plain)
    assert isinstance(by_genres, SharedGenres)
    assert by_genres.pairwise(places)[1].tolist() == [0.0, 1.0, 1.0]
    told: Any = SimpleNamespace(movies=movies, similar=SimilarFilms(vectors))
    by_vectors = similarity_of(told)
    assert isinstance(by_vectors, Cosines)
    expected = [[1.0, 0.0, -0.8], [0.0, 1.0, 0.6], [-0.8, 0.6, 1.0]]
    assert by_vectors.pairwise(places) == pytest.approx(np.array(expected), abs=1e-6)


WRONG = [
    ({"familiarity": 1.01}, "`familiarity` should be a number from -1 to 1. Received: 1.01"),
    ({"familiarity": -2}, "`familiarity` should be a number from -1 to 1. Received: -2"),
    ({"familiarity": float("nan")}, "from -1 to 1. Received: nan"),
    ({"familiarity": "0"}, "from -1 to 1. Received: '0'"),
    ({"familiarity": None}, "from -1 to 1. Received: None"),
    ({"familiarity": True}, "from -1 to 1. Received: True"),
    ({"diversity": -0.1}, "`diversity` should be a number from 0 to 1. Received: -0.1"),
    ({"diversity": float("inf")}, "`diversity` should be a number from 0 to 1. Received: inf"),
    ({"diversity": [0.5]}, "`diversity` should be a number from 0 to 1. Received: [0.5]"),
    ({"diversity": 10**5000}, "from 0 to 1. Received: (int)"),
]


@pytest.mark.parametrize(("wishes", "said"), WRONG, ids=[said[-60:] for _, said in WRONG])
def test_a_wish_out_of_bounds_is_refused_with_what_was_expected(
    wishes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below
        Wishes(**wishes).check()
    assert said in str(caught.value)


@pytest.mark.parametrize("value", [0, 1, 0.5, np.float32(0.25), np.int64(1)])
def test_every_kind_of_number_within_bounds_will_do(value: Any) -> None:
    Wishes(value, value).check()
    Wishes(-value, value).check()
