from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from tests.training.round_trip import assert_every_argument_survives
from training.layers import NewcomerCalibration

NEWCOMER, KNOWN = [0, 7, 0], [3, 7, 0]


def calibrated(
    logits: Any, fields: Any, columns: tuple[int, ...] = (0, 2), **scaling: float
) -> npt.NDArray[Any]:
    layer = NewcomerCalibration(columns)
    if scaling:
        layer.set(**scaling)
    return np.asarray(layer(np.asarray(logits, "float32"), np.asarray(fields, "int32")))


def test_a_logit_worked_out_by_hand() -> None:
    # At 0 both softplus are log 2: (3 - 0.5) 0.693147 - 1 = 0.732868.
    # At log 3 they are log 4 = 1.386294 and log(4/3) = 0.287682: 4.158883 - 0.143841 - 1 = 3.015042.
    bent = calibrated([0, np.log(3)], [NEWCOMER] * 2, low=0.5, high=3, intercept=-1)
    assert bent == pytest.approx([0.732868, 3.015042], abs=1e-5)


def test_it_is_the_equation_of_beta_calibration() -> None:
    logits = np.linspace(-6, 6, 25)
    share = expit(logits)
    odds = np.exp(-1) * share**0.5 / (1 - share) ** 3  # Kull et al.: e^c s^a / (1 - s)^b
    bent = calibrated(logits, [NEWCOMER] * 25, low=0.5, high=3, intercept=-1)
    assert expit(bent) == pytest.approx(odds / (1 + odds), abs=1e-5)


def test_only_rows_whose_columns_are_all_unknown_change() -> None:
    fields = [NEWCOMER, KNOWN, [0, 0, 4], [0, 0, 0]]
    bent = calibrated([1, 1, 1, 1], fields, low=2, high=2, intercept=0.5)
    assert bent == pytest.approx([2.5, 1, 1, 2.5], abs=1e-6)


@given(
    logits=st.lists(st.floats(-80, 80, width=32), min_size=1, max_size=5),
    low=st.floats(0.05, 3),
    high=st.floats(0.05, 3),
)
def test_it_rises_and_starts_as_nothing(logits: list[float], low: float, high: float) -> None:
    values = np.sort(np.array(logits, "float32"))
    fields = [NEWCOMER] * len(values)
    assert calibrated(values, fields) == pytest.approx(values, abs=1e-4)
    bent = calibrated(values, fields, low=low, high=high, intercept=1)
    assert (np.diff(bent) >= -1e-4).all()
    line = calibrated(values, fields, low=low, high=low, intercept=1)
    assert line == pytest.approx(low * values + 1, abs=1e-3)


@pytest.mark.parametrize("columns", [(), (-1, 0)])
def test_columns_that_are_none_are_refused(columns: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="`columns` should be numbers of columns"):
        NewcomerCalibration(columns)


def test_no_gradient_changes_it_and_every_argument_survives() -> None:
    layer = NewcomerCalibration([1])
    assert [weight.shape for weight in layer.weights] == [(3,)]
    assert not layer.trainable_weights
    assert_every_argument_survives(NewcomerCalibration, {"columns": [0, 2]})
