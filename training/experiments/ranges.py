"""The ranges of a plan from which a search draws options."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from training.experiments.options import OPTIONS
from training.experiments.reading import FLAG, Kind, Table, number, several, whole


class Trial(Protocol):
    """What draws: an `optuna.Trial`."""

    def suggest_int(self, name: str, low: int, high: int, *, step: int, log: bool) -> int:
        """A whole number."""

    def suggest_float(
        self, name: str, low: float, high: float, *, step: float | None, log: bool
    ) -> float:
        """A number."""

    def suggest_categorical(self, name: str, choices: Any) -> Any:
        """One of some values."""


@dataclass(frozen=True)
class Range:
    """What an option may be drawn from: `choices`, or the numbers from `low` to `high`."""

    choices: tuple[Any, ...] = ()
    """Values to choose from; empty where it is numbers between two bounds."""
    low: float = 0
    """The least."""
    high: float = 0
    """The greatest, which may be drawn too."""
    log: bool = False
    """Whether equal ratios are equally likely, instead of equal distances."""
    step: float | None = None
    """Distance between two numbers; none for any number, or for each whole one."""

    @property
    def is_numeric(self) -> bool:
        """Whether all its values are numbers, so that they can be drawn on an axis."""
        return not self.choices or all(type(value) in (int, float) for value in self.choices)

    def in_words(self) -> str:
        """What is drawn from, for a report."""
        if self.choices:
            *others, last = map(shown, self.choices)
            return f"{', '.join(others)} or {last}" if others else last
        told = f"{shown(self.low)} to {shown(self.high)}"
        if self.step is not None:
            told += f" in steps of {shown(self.step)}"
        return f"{told}, on a logarithmic scale" if self.log else told

    def draw(self, trial: Trial, name: str) -> Any:
        """A value from the range; the same again where the trial has drawn it before."""
        if self.choices:
            plain = [_plain(choice) for choice in self.choices]
            return self.drawn(trial.suggest_categorical(name, plain))
        if isinstance(self.low, int) and isinstance(self.high, int):
            return trial.suggest_int(
                name, self.low, self.high, step=int(self.step or 1), log=self.log
            )
        return trial.suggest_float(name, self.low, self.high, step=self.step, log=self.log)

    def drawn(self, kept: Any) -> Any:
        """The option that a study keeps as this value."""
        return next((choice for choice in self.choices if _plain(choice) == kept), kept)


def shown(value: Any) -> str:
    """A value of an option as a report shows it."""
    if isinstance(value, tuple):
        return " ".join(map(shown, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def take_ranges(table: Table) -> Mapping[str, Range]:
    """The ranges of all options that a table names.

    Raises:
        PlanError: If a key is no option, or its range is none of that option.
    """
    found = {
        name: _range(table.table(name), OPTIONS[name]) for name in table.names() if name in OPTIONS
    }
    table.refuse_others(tuple(OPTIONS))
    if not found:
        raise table.error("", "at least one option to draw", missing=True)
    return found


def _range(table: Table, kind: Kind[Any]) -> Range:
    if "choices" in table:
        choices = table.take("choices", several(kind))
        table.refuse_others(("choices",))
        return Range(choices=choices)
    # A range of whole numbers stays one, though they would do as numbers too.
    bound: Kind[Any] = Kind(
        f"choices, or low and high, each {kind.expected}", kind.accepts, lambda v: v
    )
    low, high = table.take("low", bound), table.take("high", bound)
    if type(low) not in (int, float) or type(high) not in (int, float):
        raise table.error("", "choices, since the option is no number", "low and high")
    if not low < high:
        raise table.error("high", f"a number above low, which is {low!r}", high)
    whole_numbers = isinstance(kind.convert(low), int)
    log = table.take("log", FLAG, default=False)
    distance: Kind[Any] = whole(1) if whole_numbers else number(above=0)
    step = table.take("step", distance, default=0) or None
    table.refuse_others(("low", "high", "log", "step", "choices"))
    if log and (low <= 0 or step is not None):
        raise table.error("log", "low above 0 and no step, where log is true", log)
    if whole_numbers:
        return Range(low=low, high=high, log=log, step=step)
    return Range(low=float(low), high=float(high), log=log, step=step)


def _plain(choice: Any) -> Any:
    """A choice as a study keeps it: as a plain value, which a list is not."""
    return json.dumps(choice) if isinstance(choice, tuple) else choice
