from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from training.baselines.ease import ease, ease_towards


def test_ease_is_its_closed_form() -> None:
    # X'X = [[2, 1, 0], [1, 2, 1], [0, 1, 1]]; with 1 on the diagonal its inverse is
    # [[5, -2, 1], [-2, 6, -3], [1, -3, 8]] / 13, and B[i, j] = -P[i, j] / P[j, j].
    likes = sp.csr_matrix(np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1]], dtype="float32"))
    expected = [[0, 2 / 6, -1 / 8], [2 / 5, 0, 3 / 8], [-1 / 5, 3 / 6, 0]]
    np.testing.assert_allclose(ease(likes, 1.0), expected, atol=1e-6)


def test_ease_towards_its_own_inputs_is_ease() -> None:
    likes = sp.csr_matrix(np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1]], dtype="float32"))
    np.testing.assert_allclose(ease_towards(likes, likes, 1.0), ease(likes, 1.0), atol=1e-6)


def test_ease_towards_other_values_is_the_best_without_a_diagonal() -> None:
    generator = np.random.default_rng(3)
    inputs, targets = (generator.normal(size=(30, 4)) for _ in range(2))
    expected = np.zeros((4, 4))
    for film in range(4):  # a ridge regression from the other films alone
        others = np.delete(inputs, film, axis=1)
        solved = np.linalg.solve(others.T @ others + 2 * np.eye(3), others.T @ targets[:, film])
        expected[np.arange(4) != film, film] = solved
    found = ease_towards(sp.csr_matrix(inputs), sp.csr_matrix(targets), 2.0)
    np.testing.assert_allclose(found, expected, atol=1e-6)
