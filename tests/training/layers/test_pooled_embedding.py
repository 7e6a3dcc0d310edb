from __future__ import annotations

from math import exp
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.round_trip import assert_every_argument_survives
from training.layers import PooledEmbedding

TABLE = np.array([[100.0], [1.0], [10.0], [1000.0]], "float32")


def pooled(*films: int, **options: Any) -> float:
    layer = PooledEmbedding(length=len(films), **options)
    return float(np.asarray(layer(TABLE, np.array([films], "int32")))[0, 0])


def test_without_decay_it_is_the_mean_of_what_is_not_padding() -> None:
    assert pooled(1, 2, 0, 0) == pytest.approx(5.5)


def test_recent_films_count_more() -> None:
    weight = exp(-1 / 2)
    assert pooled(1, 2, decay=2.0) == pytest.approx((1 + weight * 10) / (1 + weight), rel=1e-5)


def test_an_empty_list_is_zero() -> None:
    assert pooled(0, 0) == 0


@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.integers(0, 5))
def test_padding_changes_nothing(films: list[int], zeros: int) -> None:
    padded = pooled(*films, *[0] * zeros, decay=3.0)
    assert padded == pytest.approx(pooled(*films, decay=3.0), rel=1e-5)


@pytest.mark.parametrize("options", [{"length": 0}, {"length": 1, "decay": 0.0}])
def test_sizes_that_are_not_positive_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="should be positive"):
        PooledEmbedding(**options)


def test_every_argument_survives() -> None:
    assert_every_argument_survives(PooledEmbedding, {"length": 4, "decay": 2.0})
