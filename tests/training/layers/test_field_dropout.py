from __future__ import annotations

import keras
import numpy as np
import pytest

from tests.training.round_trip import assert_every_argument_survives
from training.layers import FieldDropout

FIELDS = np.arange(1, 20_001, dtype="int32").reshape(2_000, 10)


def test_about_the_rates_share_of_fields_becomes_unknown_while_training() -> None:
    keras.utils.set_random_seed(1)
    dropped = np.asarray(FieldDropout(0.3)(FIELDS, training=True))
    assert np.mean(dropped == 0) == pytest.approx(0.3, abs=0.02)


def test_the_other_fields_keep_their_index() -> None:
    dropped = np.asarray(FieldDropout(0.3)(FIELDS, training=True))
    assert np.array_equal(dropped[dropped != 0], FIELDS[dropped != 0])


def test_every_field_is_dropped_independently_of_its_row() -> None:
    keras.utils.set_random_seed(2)
    dropped = np.asarray(FieldDropout(0.5)(FIELDS, training=True)) == 0
    assert np.allclose(dropped.mean(axis=0), 0.5, atol=0.06)
    assert np.abs(np.corrcoef(dropped.T) - np.eye(10)).max() < 0.1


def test_each_call_drops_other_fields() -> None:
    layer = FieldDropout(0.3)
    first, second = (np.asarray(layer(FIELDS, training=True)) for _ in range(2))
    assert not np.array_equal(first, second)


def test_one_seed_drops_the_same_fields() -> None:
    runs = []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        runs.append(np.asarray(FieldDropout(0.3)(FIELDS, training=True)))
    assert np.array_equal(*runs)


@pytest.mark.parametrize("training", [False, None])
def test_nothing_is_dropped_outside_of_training(training: bool | None) -> None:
    assert np.array_equal(FieldDropout(0.9)(FIELDS, training=training), FIELDS)


def test_a_rate_of_zero_drops_nothing_while_training() -> None:
    assert np.array_equal(FieldDropout(0.0)(FIELDS, training=True), FIELDS)


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_the_integer_type_stays(dtype: str) -> None:
    fields = keras.ops.convert_to_tensor(FIELDS, dtype=dtype)
    assert keras.backend.standardize_dtype(FieldDropout(0.5)(fields, training=True).dtype) == dtype


def test_computed_output_shape_is_the_shape_of_the_output() -> None:
    layer = FieldDropout(0.5)
    assert layer.compute_output_shape(FIELDS.shape) == layer(FIELDS, training=True).shape


def test_every_argument_survives_the_config() -> None:
    assert_every_argument_survives(FieldDropout, {"rate": 0.25})


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5])
def test_a_rate_outside_0_to_1_is_refused_with_its_value(rate: float) -> None:
    with pytest.raises(ValueError, match=rf"Received: rate={rate}$"):
        FieldDropout(rate)
