from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import pytest

from tests.training.round_trip import (
    assert_every_argument_survives,
    assert_gradients_reach_every_weight,
)
from training.layers import FeedForward


def layer_with(
    weights: Sequence[Any], shape: tuple[int, int], units: Sequence[int], **options: Any
) -> FeedForward:
    """A layer for inputs of `shape` (fields, dim), its weights set in their order."""
    layer = FeedForward(units, **options)
    layer.build((None, *shape))
    layer.set_weights([np.asarray(value, "float32") for value in weights])
    return layer


def test_one_hidden_layer_gives_the_logit_worked_out_by_hand() -> None:
    kernel = [[1, -1], [2, 0], [0, 3], [1, 1]]
    layer = layer_with([kernel, [1, -20], [[2], [7]], [0.5]], (2, 2), units=(2,))
    # Flattened, field after field: (1, 2, 3, 4).
    # Hidden: 1 + 4 + 0 + 4 + 1 = 10, and ReLU(-1 + 0 + 9 + 4 - 20) = ReLU(-8) = 0.
    # Logit: 2 * 10 + 7 * 0 + 0.5 = 20.5
    assert np.asarray(layer(np.array([[[1.0, 2.0], [3.0, 4.0]]]))).tolist() == [20.5]


def test_two_hidden_layers_follow_each_other() -> None:
    layer = layer_with([[[2]], [1], [[-3]], [40], [[0.5]], [-1]], (1, 1), units=(1, 1))
    # 2 * 5 + 1 = 11; -3 * 11 + 40 = 7; 0.5 * 7 - 1 = 2.5
    assert np.asarray(layer(np.array([[[5.0]]]))).tolist() == [2.5]


def test_without_hidden_layers_the_logit_is_linear() -> None:
    layer = layer_with([[[2], [-3]], [1]], (2, 1), units=())
    assert np.asarray(layer(np.array([[[1.0], [4.0]]]))).tolist() == [-9]


def test_dropout_follows_each_hidden_layer_while_training() -> None:
    keras.utils.set_random_seed(1)
    layer = layer_with([[[1]], [0], [[1]], [0], [[1]], [0]], (1, 1), units=(1, 1), dropout=0.5)
    logits = np.asarray(layer(np.ones((4_000, 1, 1)), training=True))
    # Each of the two dropouts gives 0 or 1 / (1 - 0.5) = 2: both let 1 in 4 pass, as 2 * 2.
    assert set(logits.tolist()) == {0.0, 4.0}
    assert np.mean(logits == 4) == pytest.approx(0.25, abs=0.03)


def test_dropout_does_nothing_outside_of_training() -> None:
    layer = layer_with([[[1]], [0], [[1]], [0]], (1, 1), units=(1,), dropout=0.5)
    assert set(np.asarray(layer(np.ones((50, 1, 1)))).tolist()) == {1.0}


def test_output_is_one_logit_a_row() -> None:
    assert FeedForward(units=(8, 4))(np.ones((5, 3, 4))).shape == (5,)


def test_every_argument_survives_the_config() -> None:
    assert_every_argument_survives(FeedForward, {"units": [8, 4], "dropout": 0.25, "outputs": 3})


def test_several_outputs_are_an_axis_of_their_own() -> None:
    # Two fields of one number each and no hidden layer: the logits are the product with the kernel.
    layer = layer_with([[[1, 0, 2], [0, 3, 1]], [0.5, 0, 0]], (2, 1), (), outputs=3)
    logits = layer(np.array([[[2.0], [1.0]]], dtype="float32"))
    assert np.asarray(logits).tolist() == [[2.5, 3, 5]]


def test_gradients_reach_every_weight() -> None:
    keras.utils.set_random_seed(2)
    layer = FeedForward(units=(8, 4))
    layer.build((None, 3, 4))
    assert len(layer.trainable_weights) == 6
    assert_gradients_reach_every_weight(layer, keras.random.normal((6, 3, 4)), None)


@pytest.mark.parametrize(
    ("arguments", "received"),
    [
        ({"units": (8, 0)}, r"Received: units=\(8, 0\)"),
        ({"units": (-1,)}, r"Received: units=\(-1,\)"),
        ({"units": (8,), "dropout": 1.5}, "Received: rate=1.5"),
    ],
)
def test_wrong_arguments_are_refused_with_their_value(
    arguments: dict[str, Any], received: str
) -> None:
    with pytest.raises(ValueError, match=received):
        FeedForward(**arguments)
