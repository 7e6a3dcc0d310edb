from __future__ import annotations

from math import exp
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from tests.builders import movie_table, rating_table, user_table
from training.baselines.ease import ease
from training.ranking.item_models import (
    beginnings,
    fit_item_models,
    interactions,
    largest,
    ridge,
    transitions,
    windows,
)
from training.ranking.sequences import Sequences
from training.ratings import MovieLens


def data_of(*rows: tuple[int, int, float]) -> MovieLens:
    """Ratings of user, film row and stars, in the order of time."""
    films = 1 + max(film for _, film, _ in rows)
    return MovieLens(
        user_table({"user_id": user, "gender": "F"} for user in sorted({row[0] for row in rows})),
        movie_table(
            {"movie_id": 100 + film, "title": "", "year": 1990, "genres": ["a"]}
            for film in range(films)
        ),
        rating_table(
            (user, 100 + film, stars, time) for time, (user, film, stars) in enumerate(rows)
        ),
    )


def sequences_of(*rows: tuple[int, int, float]) -> Sequences:
    data = data_of(*rows)
    return Sequences.of(data, np.arange(len(rows)), data.movies)


def test_ridge_is_its_closed_form() -> None:
    inputs, targets = (
        sp.csr_matrix([[2.0, 0.0], [0.0, 1.0]]),
        sp.csr_matrix([[1.0, 0.0], [3.0, 1.0]]),
    )
    # (X'X + I)^-1 = diag(1/5, 1/2); X'Y = [[2, 0], [3, 1]].
    np.testing.assert_allclose(ridge(inputs, targets, 1.0), [[0.4, 0], [1.5, 0.5]], atol=1e-6)


def test_transitions_count_likes_within_the_next_ratings() -> None:
    rows = sequences_of((1, 0, 3), (1, 1, 5), (1, 2, 2), (1, 3, 4), (2, 3, 5), (2, 1, 5))
    counted = transitions(rows, rows.ratings >= 4, within=2, decay=2.0)
    # User 1: 0 -> 1 (distance 1), 1 -> 3 (2), 2 -> 3 (1); not 0 -> 3 (3). User 2: 3 -> 1 (1).
    one, two = exp(-1 / 2), exp(-2 / 2)
    ratings = {0: 1, 1: 2, 2: 1, 3: 2}
    expected = np.zeros((4, 4))
    for source, target, weight in ((0, 1, one), (1, 3, two), (2, 3, one), (3, 1, one)):
        expected[source, target] = weight / (ratings[source] + 20)
    np.testing.assert_allclose(counted, expected, rtol=1e-6)


def test_windows_are_users_of_fifty_rows_that_overlap() -> None:
    rows = sequences_of(*((1, film, 5.0) for film in range(60)), (2, 0, 5.0))
    found = windows(rows).toarray()
    # From 0: films 0-49 and 50-59; from 25 later: 0-24 and 25-59; user 2 twice.
    spans = sorted((int(np.flatnonzero(row)[0]), int(row.sum())) for row in found)
    assert spans == [(0, 1), (0, 1), (0, 25), (0, 50), (25, 35), (50, 10)]


def test_beginnings_never_hold_what_follows() -> None:
    rows = sequences_of(*((user, film, 5.0) for user in (1, 2) for film in range(30)))
    before, after = beginnings(rows, rows.ratings >= 4)
    for past, later in zip(before.toarray(), after.toarray(), strict=True):
        if later.any():
            assert np.flatnonzero(past).max() < np.flatnonzero(later).min()
            newest = np.flatnonzero(past).max()
            assert past[newest] == 1
            assert past[newest - 1] == pytest.approx(exp(-1 / 15))


def test_only_the_largest_entries_are_kept_under_the_films_own_rows() -> None:
    weights = np.array([[0, 3, -4], [1, 0, 0.5], [0, 0, 0]], dtype="float32")
    kept = largest(weights, np.array([1, 4, 5]), 7, kept=1)
    assert kept.indptr.tolist() == [0, 0, 1, 1, 1, 2, 2, 2]
    assert kept.indices.tolist() == [5, 1]
    assert kept.weights.tolist() == [-4, 1]


def test_counts_are_of_the_known_rows_by_group() -> None:
    data = data_of((1, 0, 5), (1, 1, 2), (2, 0, 4), (2, 2, 5))
    known = Sequences.of(data, np.array([0, 1, 2]), data.movies)
    models = fit_item_models(known, data.users, data.movies, 4.0)
    assert models.likes.tolist() == [2, 0, 0]
    assert models.ratings.tolist() == [2, 1, 0]
    assert set(models.counts["gender"]) == {"F"}


def test_a_film_without_ratings_has_no_entries() -> None:
    data = data_of((1, 0, 5), (1, 1, 5), (1, 3, 5))
    known = Sequences.of(data, np.arange(3), data.movies)
    models = fit_item_models(known, data.users, data.movies, 4.0)
    for name, matrix in models.matrices.items():
        rows, columns, _ = matrix.entries()
        assert 2 not in {*rows.tolist(), *columns.tolist()}, name


def test_no_rows_at_all_give_empty_models() -> None:
    data = data_of((1, 0, 5))
    nothing = Sequences.of(data, np.arange(1), data.movies).where(np.array([False]))
    models = fit_item_models(nothing, data.users, data.movies, 4.0)
    assert models.likes.tolist() == [0]
    assert all(len(matrix.indices) == 0 for matrix in models.matrices.values())


def test_matrices_that_are_left_out_are_empty_and_the_others_as_before() -> None:
    rows = ((1, 0, 5), (1, 1, 5), (2, 0, 4), (2, 2, 5), (2, 1, 4))
    data, known = data_of(*rows), sequences_of(*rows)
    whole = fit_item_models(known, data.users, data.movies, 4.0)
    some = fit_item_models(known, data.users, data.movies, 4.0, ["next10", "rated_ease"])
    for name, matrix in some.matrices.items():
        kept = name in {"next10", "rated_ease"}
        expected = whole.matrices[name].weights.tolist() if kept else []
        assert matrix.weights.tolist() == expected, name
        assert len(whole.matrices[name].weights)
    assert some.likes.tolist() == whole.likes.tolist()


def test_a_matrix_that_is_not_known_is_refused() -> None:
    data = data_of((1, 0, 5))
    known = Sequences.of(data, np.arange(1), data.movies)
    with pytest.raises(ValueError, match=r"among window_ease, .*Received: magic"):
        fit_item_models(known, data.users, data.movies, 4.0, ["next10", "magic"])


def test_ease_that_is_there_already_is_taken_film_by_film() -> None:
    # Film 1 has no rating, so that the matrix of rated films has other places than the whole.
    rows = ((1, 0, 5), (1, 2, 5), (2, 0, 4), (2, 3, 5))
    data, known = data_of(*rows), sequences_of(*rows)
    likes = ease(interactions(known), 1000.0)
    computed = fit_item_models(known, data.users, data.movies, 4.0).matrices["liked_ease"]
    taken = fit_item_models(known, data.users, data.movies, 4.0, liked_ease=likes)
    assert taken.matrices["liked_ease"].indices.tolist() == computed.indices.tolist()
    assert taken.matrices["liked_ease"].weights.tolist() == computed.weights.tolist()
    doubled = fit_item_models(known, data.users, data.movies, 4.0, liked_ease=2 * likes)
    assert doubled.matrices["liked_ease"].weights == pytest.approx(2 * computed.weights, abs=1e-6)


def test_interactions_take_weights() -> None:
    rows = sequences_of((1, 0, 5), (2, 1, 1))
    weighted: Any = interactions(rows, np.array([0.5, 2]))
    assert weighted.toarray().tolist() == [[0.5, 0], [0, 2]]
