from __future__ import annotations

import numpy as np
import pytest

from tests.training.round_trip import assert_every_argument_survives
from training.layers import NumericEmbedding


def test_a_number_becomes_its_multiple_of_the_vector() -> None:
    layer = NumericEmbedding(dim=2)
    layer.build((None, 2))
    layer.set_weights([np.array([[1, 2], [10, -20]], "float32")])
    assert np.asarray(layer(np.array([[3.0, 0.5]]))).tolist() == [[[3, 6], [5, -10]]]


def test_it_takes_any_axes_in_front() -> None:
    assert NumericEmbedding(dim=4)(np.ones((2, 3, 5), "float32")).shape == (2, 3, 5, 4)


def test_a_size_that_is_not_positive_is_refused() -> None:
    with pytest.raises(ValueError, match="Received: dim=0"):
        NumericEmbedding(dim=0)


def test_every_argument_survives() -> None:
    assert_every_argument_survives(NumericEmbedding, {"dim": 4})
