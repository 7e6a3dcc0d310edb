from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.training.round_trip import (
    assert_every_argument_survives,
    assert_gradients_reach_every_weight,
)
from training.layers import FeatureEmbedding


def counting_layer(**options: Any) -> FeatureEmbedding:
    """Fields of 3 and 2 values; row r of the table is (10 r, 10 r + 1)."""
    layer = FeatureEmbedding(vocabulary_sizes=(3, 2), dim=2, **options)
    layer.build((None, 2))
    layer.table.assign([[0, 1], [10, 11], [20, 21], [30, 31], [40, 41]])
    return layer


def test_each_field_reads_its_own_part_of_the_table() -> None:
    # Field 0 has the rows 0 to 2, field 1 the rows 3 and 4.
    vectors = np.asarray(counting_layer()(np.array([[2, 1], [1, 0]])))
    assert vectors.tolist() == [[[20, 21], [40, 41]], [[10, 11], [30, 31]]]


def test_index_0_is_a_vector_of_each_fields_own() -> None:
    vectors = np.asarray(counting_layer()(np.array([[0, 0]])))
    assert vectors.tolist() == [[[0, 1], [30, 31]]]


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_any_integer_type_reads_the_same_vectors(dtype: str) -> None:
    vectors = np.asarray(counting_layer()(np.array([[2, 1]], dtype=dtype)))
    assert vectors.tolist() == [[[20, 21], [40, 41]]]


def test_small_integer_types_do_not_overflow_into_another_field() -> None:
    layer = FeatureEmbedding(vocabulary_sizes=(300, 200), dim=1)
    layer.build((None, 2))
    layer.table.assign(np.arange(500.0)[:, None])
    vectors = np.asarray(layer(np.array([[255, 199]], dtype="uint8")))
    assert vectors[0, :, 0].tolist() == [255, 499]


def test_offsets_are_the_sizes_of_the_fields_before() -> None:
    layer = FeatureEmbedding(vocabulary_sizes=(3, 5, 2), dim=4)
    assert layer.offsets.tolist() == [0, 3, 8]


def test_computed_output_shape_is_the_shape_of_the_output() -> None:
    layer = FeatureEmbedding(vocabulary_sizes=(3, 5), dim=4)
    assert layer.compute_output_shape((7, 2)) == layer(np.ones((7, 2), "int32")).shape == (7, 2, 4)


def test_l2_adds_its_weight_times_the_sum_of_squares() -> None:
    layer = counting_layer(l2=0.5)
    # 0 + 1 + 100 + 121 + 400 + 441 + 900 + 961 + 1600 + 1681 = 6205
    assert float(layer.losses[0]) == pytest.approx(0.5 * 6205)


def test_without_l2_there_is_no_penalty() -> None:
    assert counting_layer().losses == []


def test_every_argument_survives_the_config() -> None:
    assert_every_argument_survives(
        FeatureEmbedding, {"vocabulary_sizes": [3, 5], "dim": 4, "l2": 0.25}
    )


def test_gradients_reach_the_table() -> None:
    layer = FeatureEmbedding(vocabulary_sizes=(3, 2), dim=2)
    layer.build((None, 2))
    assert_gradients_reach_every_weight(layer, np.array([[2, 1]]), None)


@pytest.mark.parametrize(
    ("arguments", "received"),
    [
        ({"vocabulary_sizes": (), "dim": 4}, r"Received: vocabulary_sizes=\(\)"),
        ({"vocabulary_sizes": (3, 0), "dim": 4}, r"Received: vocabulary_sizes=\(3, 0\)"),
        ({"vocabulary_sizes": (3, 5), "dim": 0}, "Received: dim=0"),
    ],
)
def test_wrong_arguments_are_refused_with_their_value(
    arguments: dict[str, Any], received: str
) -> None:
    with pytest.raises(ValueError, match=received):
        FeatureEmbedding(**arguments)


def test_an_input_with_another_number_of_fields_is_refused() -> None:
    with pytest.raises(ValueError, match=r"2 fields.*Received: input_shape=\(1, 3\)"):
        FeatureEmbedding(vocabulary_sizes=(3, 5), dim=4)(np.array([[1, 1, 1]]))
