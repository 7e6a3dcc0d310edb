from __future__ import annotations

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.round_trip import (
    assert_every_argument_survives,
    assert_gradients_reach_every_weight,
)
from training.layers import InteractingLayer

Array = npt.NDArray[Any]
LN3, LN4 = np.log(3), np.log(4)
BASIS = np.array([[[1.0, 0.0], [0.0, 1.0]]])
"""One row of two fields of size 2: a projection of field i is row i of its matrix."""


def layer_with(kernel: Any, heads: int, head_size: int, **options: Any) -> InteractingLayer:
    """A layer with this kernel."""
    layer = InteractingLayer(heads, head_size, **options)
    kernel = np.asarray(kernel, "float32")
    layer.build((None, None, kernel.shape[0]))
    layer.kernel.assign(kernel)
    return layer


def run(layer: InteractingLayer, inputs: Any, **options: Any) -> tuple[Array, Array]:
    """Output and attention."""
    output, attention = layer(np.asarray(inputs, "float32"), return_attention=True, **options)
    return np.asarray(output), np.asarray(attention)


def draw(*shape: int, seed: int = 0) -> Array:
    """Normal numbers."""
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def softmax(scores: Array) -> Array:
    """Over the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def test_one_head_gives_the_output_worked_out_by_hand() -> None:
    query, key = [[LN3, 0], [0, 0]], [[1, 0], [0, 1]]
    value, residual = [[4, 0], [0, 8]], [[-5, 1], [1, -1]]
    layer = layer_with(np.hstack([query, key, value, residual]), heads=1, head_size=2)
    output, attention = run(layer, BASIS)
    # Scores: <(ln 3, 0), (1, 0)> = ln 3 and <(ln 3, 0), (0, 1)> = 0; the second field's are 0, 0.
    # Softmax: (3, 1) / 4 and (1, 1) / 2.
    assert np.allclose(attention, [[[[0.75, 0.25], [0.5, 0.5]]]])
    # Head: 3/4 (4, 0) + 1/4 (0, 8) = (3, 2) and 1/2 (4, 0) + 1/2 (0, 8) = (2, 4).
    # With the residual: ReLU(3 - 5, 2 + 1) = (0, 3) and ReLU(2 + 1, 4 - 1) = (3, 3).
    assert np.allclose(output, [[[0, 3], [3, 3]]])


def test_two_heads_give_the_output_worked_out_by_hand() -> None:
    query, key = [[LN3, 0], [0, LN4]], [[1, 0], [0, 1]]
    value, residual = [[4, 10], [8, 20]], [[1, 2], [-10, 0.5]]
    layer = layer_with(np.hstack([query, key, value, residual]), heads=2, head_size=1)
    output, attention = run(layer, BASIS)
    # Head 1 has the first columns: scores (ln 3 * 1, ln 3 * 0) and (0, 0).
    # Head 2 has the second: scores (0, 0) and (ln 4 * 0, ln 4 * 1).
    assert np.allclose(attention[0, 0], [[0.75, 0.25], [0.5, 0.5]])
    assert np.allclose(attention[0, 1], [[0.5, 0.5], [0.2, 0.8]])
    # Head 1: 3/4 * 4 + 1/4 * 8 = 5 and 1/2 * 4 + 1/2 * 8 = 6.
    # Head 2: 1/2 * 10 + 1/2 * 20 = 15 and 1/5 * 10 + 4/5 * 20 = 18.
    # With the residual: (5 + 1, 15 + 2) = (6, 17) and ReLU(6 - 10, 18 + 0.5) = (0, 18.5).
    assert np.allclose(output, [[[6, 17], [0, 18.5]]])


def test_scaled_divides_the_scores_by_the_root_of_the_head_size() -> None:
    kernel, inputs = draw(3, 4 * 8), draw(2, 5, 3, seed=1)
    _, plain = run(layer_with(kernel, 2, 4), inputs)
    _, scaled = run(layer_with(kernel, 2, 4, scaled=True), inputs)
    # The logarithm of a softmax is the scores but for a constant a row; the head size is 4.
    assert np.allclose(scaled, softmax(np.log(plain) / 2), atol=1e-5)
    assert not np.allclose(scaled, plain, atol=1e-2)


def test_projection_bias_acts_as_weights_on_a_constant_input_of_one() -> None:
    kernel, bias, inputs = draw(3, 16), draw(1, 16, seed=1), draw(2, 5, 3, seed=2)
    layer = layer_with(kernel, 2, 2, projection_bias=True)
    layer.bias.assign(bias[0])
    constant = layer_with(np.vstack([kernel, bias]), 2, 2)
    outputs = run(layer, inputs)
    expected = run(constant, np.concatenate([inputs, np.ones((2, 5, 1))], axis=-1))
    assert np.allclose(outputs[0], expected[0], atol=1e-5)
    assert np.allclose(outputs[1], expected[1], atol=1e-5)


def test_projection_bias_starts_without_effect_and_is_absent_by_default() -> None:
    kernel, inputs = draw(3, 16), draw(2, 5, 3, seed=1)
    plain, biased = layer_with(kernel, 2, 2), layer_with(kernel, 2, 2, projection_bias=True)
    assert [len(layer.weights) for layer in (plain, biased)] == [1, 2]
    assert np.allclose(run(plain, inputs)[0], run(biased, inputs)[0])


def test_projection_activation_acts_on_all_four_projections_after_their_bias() -> None:
    kernel, bias, inputs = draw(3, 16), draw(16, seed=1), draw(2, 5, 3, seed=2)
    layer = layer_with(kernel, 1, 4, projection_bias=True, projection_activation="relu")
    layer.bias.assign(bias)
    output, attention = run(layer, inputs)
    query, key, value, residual = np.split(np.maximum(inputs @ kernel + bias, 0), 4, axis=-1)
    weights = softmax(query @ key.swapaxes(1, 2))
    assert np.allclose(attention[:, 0], weights, atol=1e-5)
    assert np.allclose(output, weights @ value + residual, atol=1e-5)


def test_an_identity_residual_adds_the_input_itself() -> None:
    inputs = draw(2, 5, 4)
    layer = layer_with(np.zeros((4, 12)), 2, 2, residual="identity")
    assert np.allclose(run(layer, inputs)[0], np.maximum(inputs, 0))


def test_an_identity_residual_is_a_projected_one_with_the_unit_matrix() -> None:
    kernel, inputs = draw(4, 12), draw(2, 5, 4, seed=1)
    identity = layer_with(kernel, 2, 2, residual="identity")
    projected = layer_with(np.hstack([kernel, np.eye(4)]), 2, 2)
    assert np.allclose(run(identity, inputs)[0], run(projected, inputs)[0], atol=1e-5)


def test_an_identity_residual_is_projected_where_the_sizes_differ() -> None:
    kernel, inputs = draw(3, 16), draw(2, 5, 3, seed=1)
    identity = layer_with(kernel, 2, 2, residual="identity")
    assert np.array_equal(run(identity, inputs)[0], run(layer_with(kernel, 2, 2), inputs)[0])


def test_layer_norm_normalises_what_comes_out_of_the_relu() -> None:
    kernel, inputs = draw(3, 32), draw(2, 5, 3, seed=1)
    plain = run(layer_with(kernel, 2, 4), inputs)[0]
    layer = layer_with(kernel, 2, 4, layer_norm=True)
    spread = np.sqrt(plain.var(axis=-1, keepdims=True) + 1e-3)
    expected = (plain - plain.mean(axis=-1, keepdims=True)) / spread
    assert np.allclose(run(layer, inputs)[0], expected, atol=1e-5)
    assert len(layer.trainable_weights) == 3


def test_dropout_removes_attention_weights_while_training() -> None:
    keras.utils.set_random_seed(1)
    fields = 40
    eye, zero = np.eye(fields), np.zeros((fields, fields))
    # One-hot fields and values, no residual: the output is the attention weights as they were used.
    layer = layer_with(np.hstack([draw(fields, fields), eye, eye, zero]), 1, fields, dropout=0.25)
    inputs = eye[None]
    output, attention = run(layer, inputs, training=True)
    used, dropped = output[0] / attention[0, 0], output[0] == 0
    assert dropped.mean() == pytest.approx(0.25, abs=0.05)
    assert np.allclose(used[~dropped], 1 / 0.75, atol=1e-4)
    # Single weights are dropped: no field is lost to all others, as it would be with its value.
    assert dropped.mean(axis=0).max() < 0.7


def test_the_returned_attention_is_whole_while_training() -> None:
    layer, inputs = layer_with(draw(3, 16), 2, 2, dropout=0.5), draw(2, 5, 3, seed=1)
    assert np.allclose(run(layer, inputs, training=True)[1], run(layer, inputs)[1])


def test_dropout_does_nothing_outside_of_training() -> None:
    kernel, inputs = draw(3, 16), draw(2, 5, 3, seed=1)
    dropping = layer_with(kernel, 2, 2, dropout=0.5)
    assert np.array_equal(run(dropping, inputs)[0], run(layer_with(kernel, 2, 2), inputs)[0])


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**16), size=st.sampled_from([0.01, 1.0, 30.0]), scaled=st.booleans())
def test_attention_of_each_field_is_not_negative_and_sums_to_1(
    seed: int, size: float, scaled: bool
) -> None:
    layer = layer_with(draw(3, 16, seed=seed), 2, 2, scaled=scaled)
    output, attention = run(layer, size * draw(4, 5, 3, seed=seed + 1))
    assert attention.shape == (4, 2, 5, 5)
    assert np.allclose(attention.sum(axis=-1), 1, atol=1e-5)
    assert attention.min() >= 0
    assert np.isfinite(output).all()


@settings(deadline=None, max_examples=30)
@given(order=st.permutations(range(5)), norm=st.booleans(), residual=st.sampled_from([3, 4]))
def test_permuting_the_fields_permutes_the_output(
    order: list[int], norm: bool, residual: int
) -> None:
    options = {"residual": "identity" if residual == 3 else "projected", "layer_norm": norm}
    layer, inputs = layer_with(draw(4, residual * 4), 2, 2, **options), draw(2, 5, 4, seed=1)
    output, attention = run(layer, inputs)
    permuted, permuted_attention = run(layer, inputs[:, order])
    assert np.allclose(permuted, output[:, order], atol=1e-5)
    assert np.allclose(permuted_attention, attention[:, :, order][..., order], atol=1e-5)


def test_rows_do_not_see_each_other() -> None:
    layer, inputs = layer_with(draw(3, 16), 2, 2), draw(6, 5, 3, seed=1)
    alone = np.concatenate([run(layer, inputs[[row]])[0] for row in range(6)])
    assert np.allclose(run(layer, inputs)[0], alone, atol=1e-5)


def test_without_return_attention_the_output_comes_alone() -> None:
    layer, inputs = layer_with(draw(3, 32), 2, 4), draw(2, 5, 3, seed=1)
    assert layer.width == 8
    assert layer(inputs).shape == (2, 5, 8)
    assert np.array_equal(layer(inputs), run(layer, inputs)[0])


def test_each_projection_starts_within_glorots_limit_of_its_own_size() -> None:
    layer = InteractingLayer(heads=2, head_size=8)
    layer.build((None, None, 32))
    # 32 inputs and 16 outputs: sqrt(6 / 48). The four blocks together would give sqrt(6 / 96).
    assert np.abs(layer.kernel.numpy()).max() == pytest.approx(np.sqrt(6 / 48), rel=0.01)


def test_every_argument_survives_the_config() -> None:
    assert_every_argument_survives(
        InteractingLayer,
        {
            "heads": 2,
            "head_size": 3,
            "scaled": True,
            "projection_bias": True,
            "projection_activation": "relu",
            "residual": "identity",
            "layer_norm": True,
            "dropout": 0.25,
        },
    )


def test_gradients_reach_every_block_of_the_kernel_and_every_other_weight() -> None:
    layer = layer_with(draw(3, 16), 2, 2, projection_bias=True, layer_norm=True)
    assert len(layer.trainable_weights) == 4
    gradients = assert_gradients_reach_every_weight(layer, draw(4, 5, 3, seed=1), None)
    assert [block.any() for block in np.hsplit(gradients[layer.kernel.path], 4)] == [True] * 4


@pytest.mark.parametrize(
    ("arguments", "received"),
    [
        ({"heads": 0}, "Received: heads=0, head_size=4"),
        ({"head_size": -1}, "Received: heads=2, head_size=-1"),
        ({"residual": "none"}, "Received: residual='none'"),
        ({"projection_activation": "rleu"}, "rleu"),
        ({"dropout": -0.5}, "Received: rate=-0.5"),
    ],
)
def test_wrong_arguments_are_refused_with_their_value(
    arguments: dict[str, Any], received: str
) -> None:
    with pytest.raises(ValueError, match=received):
        InteractingLayer(**{"heads": 2, "head_size": 4, **arguments})
