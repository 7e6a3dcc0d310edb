"""Drawing options from a plan's ranges."""

from __future__ import annotations

from typing import Any

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.experiments.ranges import Range, take_ranges
from training.experiments.reading import Table


def drawn(range_: Range, seed: int) -> Any:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed))
    trial = study.ask()
    value = range_.draw(trial, "option")
    # What the study keeps means the same option again.
    assert range_.drawn(study.trials[0].params["option"]) == value
    assert range_.draw(trial, "option") == value
    return value


@pytest.fixture(autouse=True, scope="module")
def quiet() -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)


def take(**ranges: Any) -> Any:
    return take_ranges(Table("plan.toml", "search.ranges", ranges))


@given(seed=st.integers(0, 1000))
def test_draws_lie_in_their_ranges(seed: int) -> None:
    found = take(
        learning_rate={"low": 0.0001, "high": 0.01, "log": True},
        embed_dim={"low": 8, "high": 32, "step": 8},
        heads={"low": 1, "high": 3},
        dnn_dropout={"low": 0, "high": 0.6, "step": 0.2},
        dnn_units={"choices": [[32], [64, 32]]},
        scaled={"choices": [True, False]},
    )
    values = {name: drawn(range_, seed) for name, range_ in found.items()}
    assert 0.0001 <= values["learning_rate"] <= 0.01
    assert values["embed_dim"] in (8, 16, 24, 32)
    assert values["heads"] in (1, 2, 3)
    assert isinstance(values["heads"], int)
    assert round(values["dnn_dropout"] / 0.2, 9) in (0, 1, 2, 3)
    assert values["dnn_units"] in ((32,), (64, 32))
    assert values["scaled"] in (True, False)


def test_a_range_says_whether_it_fits_an_axis() -> None:
    found = take(
        heads={"choices": [1, 2]},
        learning_rate={"low": 1, "high": 2},
        scaled={"choices": [True, False]},
        dnn_units={"choices": [[1]]},
    )
    assert [range_.is_numeric for range_ in found.values()] == [True, True, False, False]
