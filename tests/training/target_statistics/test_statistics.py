"""Each statistic by hand, on a few ratings."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from training.target_statistics.means import FILM_STRENGTH, USER_STRENGTH, Biases, fit_biases, means
from training.target_statistics.rows import Rows, shrunk
from training.target_statistics.taste import GENRE_STRENGTH, factorise, taste


def rows(*table: tuple[int, int, float]) -> Rows:
    """Rows of user, film and stars; two users and three films."""
    user, film, stars = (np.array(column) for column in zip(*table, strict=True))
    of_film = np.array([[1, 0], [1, 1], [0, 1]], dtype="float32")
    return Rows(user, film, stars.astype(float), 2, of_film)


def test_a_shrunk_mean_counts_the_prior_as_rows() -> None:
    # Place 0: (4 + 2 + 2 * 1) / (2 + 2); place 1 has no row, so the prior.
    found = shrunk(np.array([0, 0]), np.array([4.0, 2.0]), 2, prior=1, strength=2)
    assert found.tolist() == [2, 1]


def test_biases_of_a_table_without_taste_leave_almost_nothing() -> None:
    # User 0 gives one star more than user 1, film 0 gets two more than film 1; seen many times.
    table = [(u, f, 3 - u + 1 - 2 * f) for u in (0, 1) for f in (0, 1) for _ in range(500)]
    biases = fit_biases(rows(*table))
    assert biases.mean == pytest.approx(2.5)
    assert biases.user.tolist() == pytest.approx([0.5, -0.5], abs=0.01)
    assert biases.film.tolist() == pytest.approx([1, -1, 0], abs=0.02)
    assert np.abs(biases.residuals(rows(*table))).max() < 0.03


def test_means_by_hand() -> None:
    known, asked = rows((0, 0, 5), (0, 1, 1), (1, 0, 4)), rows((0, 2, 3), (1, 0, 3))
    biases = Biases(3, np.array([0.5, 0.0]), np.array([1.0, -1.0, 0.0]))
    found = means(known, asked, biases, np.array([1.0, 0.0, 1.0]))
    assert found["user_bias"].tolist() == [0.5, 0]
    assert found["film_bias"].tolist() == [0, 1]
    assert found["user_count"] == pytest.approx(np.log1p([2, 1]))
    assert found["film_count"] == pytest.approx(np.log1p([0, 2]))
    prior = 2 / 3
    assert found["user_likes"] == pytest.approx(
        [
            (1 + USER_STRENGTH * prior) / (2 + USER_STRENGTH),
            (1 + USER_STRENGTH * prior) / (1 + USER_STRENGTH),
        ]
    )
    assert found["film_likes"] == pytest.approx(
        [prior, (2 + FILM_STRENGTH * prior) / (2 + FILM_STRENGTH)]
    )
    # Residuals 0.5, -1.5, 0: squares 0.25, 2.25, 0, whose mean is 2.5 / 3.
    strength, mean = USER_STRENGTH, 2.5 / 3
    assert found["user_deviation"] == pytest.approx(
        np.sqrt([(2.5 + strength * mean) / (2 + strength), strength * mean / (1 + strength)])
    )


def test_taste_in_genres_by_hand() -> None:
    known, asked = rows((0, 0, 5), (0, 1, 1)), rows((0, 1, 3), (0, 2, 3), (1, 2, 3))
    found = taste(known, asked, np.array([0.5, -1.0]), np.zeros(2))
    # Genre 0 is that of films 0 and 1, genre 1 that of film 1 (and 2).
    first, second = (0.5 - 1) / (2 + GENRE_STRENGTH), -1 / (1 + GENRE_STRENGTH)
    assert found["genres"] == pytest.approx([(first + second) / 2, second, 0], abs=1e-6)


def test_items_and_factors_find_that_two_films_go_together() -> None:
    # Who likes film 0 likes film 1, who does not does not; film 2 goes the other way.
    generator = np.random.default_rng(0)
    sign = generator.choice([-1.0, 1.0], 60)
    values = np.stack([sign, sign, -sign], axis=1)
    values[0, 1:], sign[0] = 0, 1
    values[0, 0] = 1
    user, film = np.nonzero(values)
    known = Rows(user, film, values[user, film], 60, np.ones((3, 1), "float32"))
    asked = known.pick(np.array([0, 0]))
    asked = Rows(asked.user, np.array([1, 2]), asked.stars, 60, asked.genres)
    found = taste(known, asked, known.stars, -known.stars)
    np.testing.assert_allclose(found["like_items"], -found["items"], rtol=1e-5)
    for name in ("items", "factors"):
        assert found[name][0] > 0.05, name
        assert found[name][1] < -0.05, name


def test_which_films_were_rated_tells_of_others_whatever_the_stars() -> None:
    # Who rated film 0 likes film 2, and who rated film 1 does not; the stars given to these vary.
    generator = np.random.default_rng(1)
    user = np.arange(200)
    first = generator.integers(0, 2, 200)
    residuals = np.concatenate([generator.choice([-1.0, 1.0], 200), np.where(first == 0, 1.0, -1)])
    known = Rows(
        np.concatenate([user, user]),
        np.concatenate([first, np.full(200, 2)]),
        np.zeros(400),
        202,
        np.ones((3, 1), "float32"),
    )
    # Two more users, who rated but one film each.
    lone = Rows(np.array([200, 201]), np.array([0, 1]), np.zeros(2), 202, known.genres)
    both = Rows(
        np.concatenate([known.user, lone.user]),
        np.concatenate([known.film, lone.film]),
        np.zeros(402),
        202,
        known.genres,
    )
    asked = Rows(np.array([200, 201]), np.array([2, 2]), np.zeros(2), 202, known.genres)
    residuals = np.concatenate([residuals, [-1.0, 1.0]])
    found = taste(both, asked, residuals, residuals)["rated"]
    assert found[0] > 0.3
    assert found[1] < -0.3


def test_who_has_no_row_has_no_factors() -> None:
    matrix = sparse.csr_matrix(np.array([[1.0, 0, 2], [0, 0, 0]], "float32"))
    users, films = factorise(matrix, factors=4, regularisation=0.06)
    assert (users.shape, films.shape) == ((2, 4), (3, 4))
    assert not users[1].any()
    assert not films[1].any()
    assert users[0] @ films[2] > users[0] @ films[0] > 0
