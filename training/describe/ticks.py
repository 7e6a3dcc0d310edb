"""Where the pictures' axes have their ticks, and how these are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator

MOST = 8
"""Ticks of years or months that stand beside each other without touching."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_YEAR_STEPS = (1, 2, 5, 10, 20, 50, 100)
_MONTH_STEPS = (1, 2, 3, 6)


@dataclass(frozen=True)
class Ticks:
    """The places on an axis, and what is written at each, in one line or two."""

    places: Sequence[int]
    labels: Sequence[str]


def count_ticks(highest: float) -> Ticks:
    """From zero to the highest number at the most, in steps of 1, 2 or 5 times a power of ten."""
    locator = MaxNLocator(nbins=5, steps=[1, 2, 5, 10], integer=True)
    places = [round(tick) for tick in locator.tick_values(0, max(1, highest)) if tick <= highest]
    return Ticks(places, short_counts(places))


def short_counts(numbers: Sequence[int]) -> list[str]:
    """Numbers of one axis, all in the unit and with the digits that the largest and the step need.

    Thousands are "k" from 10,000 on and millions "M" from 1,000,000 on; zero is always "0".
    """
    largest = max(numbers, default=0)
    unit, name = (
        (1_000_000, "M") if largest >= 1_000_000 else (1000, "k") if largest >= 10_000 else (1, "")
    )
    digits = next(n for n in range(7) if all(number * 10**n % unit == 0 for number in numbers))
    return [f"{number / unit:,.{digits}f}{name}" if number else "0" for number in numbers]


def log_ticks(highest: int) -> Ticks:
    """Powers of ten up to the highest number; 1, 2, 5 and so on where there would be but one or two."""
    steps = (1,) if highest >= 100 else (1, 2, 5)
    places = [
        step * 10**power
        for power in range(len(str(highest)))
        for step in steps
        if step * 10**power <= highest
    ]
    return Ticks(places, [f"{place:,}" for place in places])


def year_ticks(first: int, last: int) -> Ticks:
    """Years that a step of 1, 2, 5, 10, 20, ... divides, within the range."""
    places: list[int] = []
    for step in _YEAR_STEPS:
        places = list(range(-(-first // step) * step, last + 1, step))
        if len(places) <= MOST:
            break
    return Ticks(places, [str(place) for place in places])


def month_ticks(months: Sequence[str]) -> Ticks:
    """Months by their places, each year named below its first one; of many years only Januaries.

    Args:
        months: Such as "1997-09", from the first to the last without a gap.
    """
    counted = np.array(months, dtype="datetime64[M]").astype("int64")  # since January 1970
    for step in _MONTH_STEPS:
        places = np.flatnonzero(counted % step == 0)
        if len(places) <= MOST:
            labels, named = [], None
            for month in counted[places]:
                year, name = 1970 + month // 12, _MONTHS[month % 12]
                labels.append(name if year == named else f"{name}\n{year}")
                named = year
            return Ticks(places.tolist(), labels)
    first, last = 1970 + -(-counted[0] // 12), 1970 + counted[-1] // 12
    years = year_ticks(int(first), int(last))
    return Ticks([(year - 1970) * 12 - int(counted[0]) for year in years.places], years.labels)
