"""The linear ranker is the likeliest one, and its weights at the knots lean on each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.training.told import Told
from training.ranking.linear import _likeliest, fit_linear
from training.ranking.options import RankingOptions

EXAMPLES, CANDIDATES = 6000, 10
VALUES = np.random.default_rng(0).normal(size=(EXAMPLES, CANDIDATES, 3)).astype("float32")
NONE = np.zeros((EXAMPLES, CANDIDATES), "float32")


def shares(first: float) -> npt.NDArray[Any]:
    """Of each example the first of two knots has this much."""
    return np.tile(np.array([first, 1 - first], "float32"), (EXAMPLES, 1))


def drawn(scores: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """One liked candidate of each example, drawn by softmax of the scores."""
    noise = np.random.default_rng(1).gumbel(size=scores.shape)
    return np.eye(scores.shape[1], dtype="float32")[np.argmax(scores + noise, axis=1)]


def options(l2: float = 1e-9, smoothing: float = 0.0) -> RankingOptions:
    return RankingOptions(linear_l2=l2, linear_smoothing=smoothing)


def test_weights_by_which_likes_were_drawn_are_found_at_each_knot() -> None:
    true = np.array([[1.0, -0.5, 0.0], [0.2, 0.0, 2.0]])
    mixed = np.random.default_rng(2).random((EXAMPLES, 1)).astype("float32")
    mixed = np.concatenate([mixed, 1 - mixed], axis=1)
    scores = np.einsum("ncf,nf->nc", VALUES, mixed @ true)
    found = _likeliest(VALUES, mixed, drawn(scores), NONE, options())
    assert found == pytest.approx(true, abs=0.15)


def test_what_is_added_for_how_candidates_were_drawn_is_no_weight_of_theirs() -> None:
    true = np.array([1.0, -0.5, 0.0])
    correction = (2 * VALUES[..., 2]).astype("float32")
    truth = drawn(VALUES @ true + correction)
    (found, _) = _likeliest(VALUES, shares(1), truth, correction, options())
    assert found == pytest.approx(true, abs=0.15)


def test_a_knot_that_no_example_tells_of_takes_the_weights_of_its_neighbour() -> None:
    truth = drawn(VALUES @ np.array([1.0, -0.5, 0.5]))
    alone = _likeliest(VALUES, shares(0), truth, NONE, options())
    assert alone[0] == pytest.approx([0, 0, 0], abs=1e-6)
    first, second = _likeliest(VALUES, shares(0), truth, NONE, options(smoothing=1e-3))
    assert first == pytest.approx(second, abs=1e-2)
    assert second == pytest.approx(alone[1], abs=1e-2)


def test_the_more_the_weights_are_drawn_towards_nothing_the_smaller_they_are() -> None:
    truth = drawn(VALUES @ np.array([1.0, -0.5, 0.5]))
    sizes = [
        np.abs(_likeliest(VALUES, shares(0.5), truth, NONE, options(l2))).sum()
        for l2 in (1e-9, 0.1, 10)
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] < 0.1 * sizes[0]


def test_no_example_is_refused() -> None:
    with pytest.raises(ValueError, match="needs an example"):
        fit_linear([], None, RankingOptions(), seed=1, reporter=Told())  # type: ignore[arg-type]
