"""Ranking metrics against numbers worked out by hand, and what must not change them."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from training.protocols.guard import LeakError
from training.protocols.ranker import People
from training.protocols.ranking import measure
from training.protocols.task import Round

FILMS = 30


class Fixed:
    """A ranker that always gives the same scores, whoever is asked."""

    parameters = 0

    def __init__(self, scores: npt.ArrayLike) -> None:
        self._scores = np.asarray(scores, dtype=float)

    def fit(self, *args: object, **options: object) -> None:
        """Nothing to do."""

    def scores(self, people: People) -> npt.NDArray[np.floating]:
        return self._scores[people.users["user_id"]]


def matrix(users: list[set[int]], films: int = FILMS) -> sparse.csr_matrix:
    dense = np.zeros((len(users), films), dtype="float32")
    for user, marked in enumerate(users):
        dense[user, list(marked)] = 1
    return sparse.csr_matrix(dense)


def asked(seen: list[set[int]], relevant: list[set[int]], films: int = FILMS) -> Round:
    users = pd.DataFrame({"user_id": range(len(seen))})
    newest_first = [np.array(sorted(films), dtype=np.int64) for films in seen]
    return Round(People(users, matrix(seen, films), newest_first), matrix(relevant, films))


def measured(
    scores: npt.ArrayLike, seen: list[set[int]], relevant: list[set[int]]
) -> dict[str, float]:
    films = np.shape(scores)[1]
    return measure(Fixed(scores), asked(seen, relevant, films), lambda share: None)


def test_a_history_is_newest_first_and_in_rows_of_the_catalogue() -> None:
    # The protocol's films 0 to 3 are the catalogue's rows 2, 3, 5 and 8.
    stars = sparse.csr_matrix(np.array([[0, 1, 0, 0], [4.5, 0, 3, 5]], dtype="float32"))
    newest_first = [np.array([1]), np.array([2, 0, 3])]
    people = People(pd.DataFrame({"user_id": [7, 9]}), stars, newest_first)
    history = people.history_of(1, np.array([2, 3, 5, 8]))
    assert history.movies.tolist() == [5, 2, 8]
    assert history.ratings.tolist() == [3, 4.5, 5]
    assert (history.movies.dtype, history.ratings.dtype) == (np.int32, np.float32)
    only = people.part(0, 1).history_of(0, np.array([2, 3, 5, 8]))
    assert (only.movies.tolist(), only.ratings.tolist()) == ([3], [1])


FALLING = -np.arange(FILMS, dtype=float)
"""Scores that rank the films 0, 1, 2, ..."""


def test_two_users_worked_out_by_hand() -> None:
    # User 0 has seen film 0, so that the list is 1, 2, 3, ...; relevant 1 and 3 are at ranks 1 and 3.
    # NDCG = (1/log2(2) + 1/log2(4)) / (1/log2(2) + 1/log2(3)) = 1.5 / 1.630930 = 0.919721
    # User 1: the list is 0, 1, ...; of 4, 12 and 25 film 4 is at rank 5, film 12 at 13, film 25 at 26.
    # NDCG = 1/log2(6) / (1 + 1/log2(3) + 1/log2(4)) = 0.386853 / 2.130930 = 0.181542. Recall 2 of 3.
    found = measured([FALLING, FALLING], [{0}, set()], [{1, 3}, {4, 12, 25}])
    assert found["ndcg_at_10"] == pytest.approx((0.919721 + 0.181542) / 2, abs=1e-6)
    assert found["recall_at_20"] == pytest.approx((1 + 2 / 3) / 2)
    # The first ten are 1 to 10 and 0 to 9: eleven films of thirty.
    assert found["coverage_at_10"] == pytest.approx(11 / 30)
    assert found["users"] == 2


def test_the_ideal_is_cut_at_ten_and_recall_is_of_all_that_is_relevant() -> None:
    found = measured([FALLING], [set()], [set(range(25))])
    assert found["ndcg_at_10"] == pytest.approx(1)
    assert found["recall_at_20"] == pytest.approx(20 / 25)


def test_places_without_a_candidate_stay_empty() -> None:
    found = measured([[3, 2, 1.0]], [{0}], [{2}])
    assert found["ndcg_at_10"] == pytest.approx(1 / math.log2(3))
    assert found["recall_at_20"] == 1
    assert found["coverage_at_10"] == pytest.approx(2 / 3)


def test_a_film_to_find_that_is_told_is_a_leak() -> None:
    with pytest.raises(LeakError, match="should not be in the history"):
        measured([FALLING], [{1, 2}], [{2, 3}])


def test_chunks_make_no_difference() -> None:
    random = np.random.default_rng(0)
    scores = random.normal(size=(50, FILMS))
    seen = [set(random.choice(15, 5).tolist()) for _ in range(50)]
    relevant = [set((15 + random.choice(15, 4)).tolist()) for _ in range(50)]
    shares: list[float] = []
    whole = measure(Fixed(scores), asked(seen, relevant), shares.append)
    assert shares == [1.0]
    shares.clear()
    chunked = measure(Fixed(scores), asked(seen, relevant), shares.append, chunk=7)
    assert chunked == pytest.approx(whole)
    assert len(shares) == 8
    assert shares[-1] == 1.0


@st.composite
def questions(draw: st.DrawFn) -> tuple[npt.NDArray[np.float64], list[set[int]], list[set[int]]]:
    users, films = draw(st.integers(1, 5)), draw(st.integers(2, FILMS))
    scores = [draw(st.permutations(range(films))) for _ in range(users)]
    relevant = [draw(st.sets(st.integers(0, films - 1), min_size=1)) for _ in range(users)]
    seen = [draw(st.sets(st.integers(0, films - 1))) - liked for liked in relevant]
    return np.array(scores, dtype=float), seen, relevant


@settings(deadline=None)
@given(question=questions())
def test_metrics_lie_between_nothing_and_all(
    question: tuple[npt.NDArray[np.float64], list[set[int]], list[set[int]]],
) -> None:
    scores, seen, relevant = question
    found = measured(scores, seen, relevant)
    assert all(0 <= found[name] <= 1 + 1e-9 for name in found if name != "users")
    perfect = np.array([[float(f in liked) for f in range(scores.shape[1])] for liked in relevant])
    assert measured(perfect, seen, relevant)["ndcg_at_10"] == pytest.approx(1)
    assert measured(perfect, seen, relevant)["recall_at_20"] >= found["recall_at_20"] - 1e-9


@settings(deadline=None)
@given(question=questions(), shift=st.integers(-5, 5))
def test_only_the_order_of_scores_counts_and_not_that_of_users(
    question: tuple[npt.NDArray[np.float64], list[set[int]], list[set[int]]], shift: int
) -> None:
    scores, seen, relevant = question
    expected = pytest.approx(measured(scores, seen, relevant))
    assert measured(np.exp(scores / 10) + shift, seen, relevant) == expected
    assert measured(scores[::-1], seen[::-1], relevant[::-1]) == expected
    boosted = scores + [[100.0 * (f in films) for f in range(scores.shape[1])] for films in seen]
    assert measured(boosted, seen, relevant) == expected


@settings(deadline=None)
@given(question=questions())
def test_ndcg_and_recall_are_their_definitions(
    question: tuple[npt.NDArray[np.float64], list[set[int]], list[set[int]]],
) -> None:
    scores, seen, relevant = question
    ndcg, recall = [], []
    for row, known, liked in zip(scores, seen, relevant, strict=True):
        order = [int(f) for f in np.argsort(-row) if f not in known]
        gains = [1 / math.log2(rank + 2) for rank in range(10)]
        got = sum(gain for gain, film in zip(gains, order, strict=False) if film in liked)
        ndcg.append(got / sum(gains[: len(liked)]))
        recall.append(len(liked & set(order[:20])) / len(liked))
    found = measured(scores, seen, relevant)
    assert found["ndcg_at_10"] == pytest.approx(np.mean(ndcg), abs=1e-6)
    assert found["recall_at_20"] == pytest.approx(np.mean(recall), abs=1e-6)
