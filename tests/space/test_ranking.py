from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from space.ranking import ranking_scores, top


def test_the_score_is_the_logit_plus_two_log_of_one_plus_likes() -> None:
    scores = ranking_scores(np.array([0.5, -1.0, 2.0], "float32"), np.array([0, 1, 99]))
    assert scores == pytest.approx([0.5, -1 + 2 * 0.69314718, 2 + 2 * 4.60517019])
    assert scores.dtype == np.float64


def test_a_like_more_raises_a_film_and_a_lower_logit_lowers_it() -> None:
    logits, likes = np.array([1.0, 1.0, 0.9]), np.array([3, 4, 4])
    assert top(ranking_scores(logits, likes), [1, 2, 3], 3).tolist() == [1, 2, 0]


def test_ties_go_to_the_smaller_movie_id() -> None:
    scores = np.array([1.0, 2.0, 1.0, 2.0, 1.0])
    assert top(scores, [9, 8, 2, 7, 5], 5).tolist() == [3, 1, 2, 4, 0]


@pytest.mark.parametrize(("k", "length"), [(1, 1), (3, 3), (4, 3)])
def test_the_list_has_k_films_or_all_where_there_are_fewer(k: int, length: int) -> None:
    assert len(top(np.array([0.1, 0.3, 0.2]), [1, 2, 3], k)) == length


def test_the_best_of_nothing_is_nothing() -> None:
    assert top(np.empty(0), [], 5).shape == (0,)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10_000)), unique_by=lambda pair: pair[1]),
    st.integers(1, 30),
)
def test_the_order_is_that_of_sorting_by_score_then_id(
    pairs: list[tuple[int, int]], k: int
) -> None:
    scores = np.array([score for score, _ in pairs], dtype=float)
    best = top(scores, [movie for _, movie in pairs], k)
    expected = sorted(pairs, key=lambda pair: (-pair[0], pair[1]))[:k]
    assert [pairs[position] for position in best] == expected
