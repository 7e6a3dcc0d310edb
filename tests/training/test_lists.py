"""Lists and their metrics where a caller gives what cannot be; the metrics' values: test_ranking.py."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from training.lists import NONE, RankingMetrics, best


def matrix(users: list[set[int]], films: int) -> sparse.csr_matrix:
    dense = np.zeros((len(users), films), dtype="float32")
    for user, marked in enumerate(users):
        dense[user, list(marked)] = 1
    return sparse.csr_matrix(dense)


def test_ties_go_to_the_lower_column_at_any_place() -> None:
    lists = best(np.zeros((1, 25)), matrix([{0, 3}], 25), k=4)
    assert lists.tolist() == [[1, 2, 4, 5]]


def test_places_without_a_candidate_stay_empty() -> None:
    assert best(np.ones((1, 3)), matrix([{1}], 3), k=5).tolist() == [[0, 2, NONE, NONE, NONE]]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_scores_that_are_no_numbers_are_refused(bad: float) -> None:
    scores = np.ones((1, 4))
    scores[0, 2] = bad
    with pytest.raises(ValueError, match=r"finite number\. Received: 1 that are not"):
        best(scores, matrix([set()], 4))


def test_scores_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"the shape \(1, 4\). Received: \(1, 3\)"):
        best(np.ones((1, 3)), matrix([set()], 4))


def test_a_user_with_nothing_to_find_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a relevant film\. Received: 20 places, 1 users without"):
        RankingMetrics(4).add(np.full((1, 20), NONE), matrix([set()], 4))
