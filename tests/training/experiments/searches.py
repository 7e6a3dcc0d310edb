"""Searches made by hand: what a search of a plan might have come to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from training.experiments.plan import Plan
from training.experiments.ranges import Range
from training.experiments.run import ExperimentOptions
from training.experiments.runs import Outcome
from training.experiments.search import Finished, Searched
from training.experiments.study import Tried

FACTS = {"name": "a.zip", "rows": {"train": 7, "validation": 2, "test": 3}}
METRICS = (
    *("auc", "log_loss", "original_ndcg_at_10", "original_hit_rate_at_10"),
    *("accuracy", "user_auc", "ndcg_at_10", "expected_calibration_error"),
)


def searched(
    plan: Plan,
    trials: int,
    *,
    models: Sequence[str] = ("autoint+",),
    states: Sequence[str] = ("finished",),
    extremes: bool = False,
    **options: Any,
) -> Searched:
    """A search of a plan, in which the last trial is the best.

    Args:
        plan: It has ranges.
        trials: Of each model.
        models: That were searched for.
        states: How the trials ended, in turn; the last one finished whatever they say.
        extremes: Whether the first trial drew the lowest value of each range, and the others the
            highest.
        options: Of `ExperimentOptions`.
    """
    assert plan.search is not None
    generator = np.random.default_rng(0)
    found = []
    for model in models:
        for number in range(trials):
            last = number == trials - 1
            state = "finished" if last else states[number % len(states)]
            drawn = {
                name: _edge(range_, low=number == 0) if extremes else _any(range_, generator)
                for name, range_ in plan.search.ranges.items()
                if model == "autoint+" or not name.startswith("dnn")
            }
            epochs = 5 if state == "finished" else 2
            top = 0.6 + 0.1 * (number + 1) / trials
            values = [float(value) for value in np.linspace(0.55, top, epochs)]
            found.append(Tried(number, model, state, drawn, values, values[-1], 12.5))
    best = found[-1]
    metrics = dict.fromkeys(METRICS, best.values[-1])
    outcome = Outcome("key", best.model, {}, metrics, {}, 5, 1234, 90.0)
    asked = ExperimentOptions(plan, f"search {plan.name}", **options)
    return Searched(
        plan,
        plan.search,
        FACTS,
        asked,
        asked.command_line(None),
        tuple(found),
        Finished(best, outcome),
        metrics,
    )


def _edge(range_: Range, *, low: bool) -> Any:
    if range_.choices:
        return (min if low else max)(range_.choices)
    return range_.low if low else range_.high


def _any(range_: Range, generator: np.random.Generator) -> Any:
    if range_.choices:
        return range_.choices[generator.integers(len(range_.choices))]
    if isinstance(range_.low, int) and isinstance(range_.high, int):
        return int(generator.integers(range_.low, range_.high + 1))
    if range_.log:
        return float(range_.low * (range_.high / range_.low) ** generator.random())
    return float(range_.low + (range_.high - range_.low) * generator.random())
