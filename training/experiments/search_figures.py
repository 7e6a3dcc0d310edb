"""The picture of a search: its trials, their epochs, and the metric against each option."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from training.experiments.figures import COLOURS, NAMES
from training.experiments.ranges import Range
from training.experiments.search import Searched
from training.plots import INK, STYLE
from training.tables import heading

_MARKERS = {"finished": "o", "given up": "x", "failed": "v"}
_COLUMNS = 3
_BESIDE = 0.06
"""Room beside a range on its axis, as a share of its length."""
_TICKS = 7
"""Ticks of an axis at the most, else their labels may touch."""


def plot_trials(path: Path, searched: Searched, table: pd.DataFrame) -> None:
    """Write `draw_trials` as a PNG."""
    with plt.rc_context(STYLE):
        figure = draw_trials(searched, table)
        # Without the date and the library's version, equal results give equal files.
        figure.savefig(path, metadata={"Software": None})
        plt.close(figure)


def draw_trials(searched: Searched, table: pd.DataFrame) -> Figure:
    """Draw the trials by number, their epochs, and the metric against each option that is a number.

    Args:
        searched: The search.
        table: As `training.experiments.search_report.trials_table` makes it.

    Returns:
        The figure, which the caller closes. The axis of an option reaches over its whole range, however
        little of it was drawn.
    """
    value = f"validation_{searched.plan.chosen_by}"
    ranges = {name: drawn for name, drawn in searched.ranges.items() if drawn.is_numeric}
    panels = 2 + len(ranges)
    columns = min(panels, _COLUMNS)
    lines = -(-panels // columns)
    figure: Figure
    figure, grid = plt.subplots(
        lines, columns, squeeze=False, figsize=(4.6 * columns, 0.8 + 3.4 * lines)
    )
    figure.suptitle(
        f"Search of {searched.plan.name}, {searched.facts.get('name', 'ratings')}",
        fontweight="bold",
        x=0.01,
        ha="left",
    )
    axes = list(grid.flat)
    for unused in axes[panels:]:
        unused.set_axis_off()
    _by_number(axes[0], searched, table, value)
    _by_epoch(axes[1], searched)
    for panel, (name, drawn) in zip(axes[2:], ranges.items(), strict=False):
        place = _along(panel, drawn)
        _points(
            panel, table.assign(**{name: table[name].map(place, na_action="ignore")}), name, value
        )
        panel.set_title(heading(name))
    for number, panel in enumerate(axes[:panels]):
        panel.margins(y=0.1)
        panel.ticklabel_format(axis="y", useOffset=False)
        if number % columns == 0:
            panel.set_ylabel(heading(value))
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=6)
    return figure


def _by_number(axes: Axes, searched: Searched, table: pd.DataFrame, value: str) -> None:
    """The trials in their order, and a line at the best of those that finished."""
    _points(axes, table, "trial", value)
    finished = table.assign(value=table[value].where(table["state"] == "finished"))
    for model, rows in finished.groupby("model", sort=False):
        best = rows["value"].cummax() if searched.plan.better(1, 0) else rows["value"].cummin()
        axes.step(rows["trial"], best.ffill(), where="post", color=COLOURS[str(model)], alpha=0.5)
    axes.set_title("trials, and the best so far")
    _between(axes, 0, int(table["trial"].max()))
    axes.set_xlabel("trial")


def _by_epoch(axes: Axes, searched: Searched) -> None:
    for tried in searched.trials:
        best = tried is searched.best.tried
        axes.plot(
            range(1, len(tried.values) + 1),
            tried.values,
            "-" if tried.state == "finished" else "--",
            marker=_MARKERS[tried.state],
            markersize=4,
            color=COLOURS[tried.model] if best else INK,
            alpha=1.0 if best else 0.25,
            label=f"the best, trial {tried.number}" if best else None,
        )
    axes.set_title("by epoch")
    _between(axes, 1, max(len(tried.values) for tried in searched.trials))
    axes.set_xlabel("epoch")
    axes.legend(fontsize=8)


def _points(axes: Axes, table: pd.DataFrame, column: str, value: str) -> None:
    known = table[table[column].notna() & table[value].notna()]
    for (model, state), rows in known.groupby(["model", "state"], sort=False):
        axes.plot(
            rows[column].astype(float),
            rows[value],
            _MARKERS[str(state)],
            color=COLOURS[str(model)],
            alpha=1.0 if state == "finished" else 0.4,
            label=f"{NAMES[str(model)]}, {state}",
        )


def _along(axes: Axes, drawn: Range) -> Callable[[float], float]:
    """Set the axis of an option; what is returned places a value of it.

    Choices stand at equal distances, as they are equally likely; numbers where they belong.
    """
    if drawn.choices:
        values = sorted(set(drawn.choices))
        axes.set_xticks(range(len(values)), [f"{value:g}" for value in values])
        axes.set_xlim(-0.5, len(values) - 0.5)
        return values.index
    low, high = drawn.low, drawn.high
    if drawn.log:
        beside = (high / low) ** _BESIDE
        axes.set_xscale("log")
        axes.set_xlim(low / beside, high * beside)
        narrow = high < 100 * low
        axes.xaxis.set_major_locator(
            LogLocator(subs=(1, 2, 5) if narrow else (1,), numticks=_TICKS)
        )
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter("{x:g}")
    else:
        whole = isinstance(low, int) and isinstance(high, int)
        _between(axes, low, high, whole=whole)
        if drawn.step is not None and (high - low) / drawn.step < _TICKS:
            count = int((high - low) / drawn.step + 1e-9) + 1
            axes.set_xticks([low + drawn.step * place for place in range(count)])
        axes.xaxis.set_major_formatter("{x:g}")
    return _itself


def _between(axes: Axes, low: float, high: float, *, whole: bool = True) -> None:
    """Have an axis of numbers from one to another, which may be the same where they are whole."""
    beside = (high - low) * _BESIDE
    beside = max(beside, 0.5) if whole else beside
    axes.set_xlim(low - beside, high + beside)
    axes.xaxis.set_major_locator(MaxNLocator(_TICKS - 1, integer=whole, min_n_ticks=1))


def _itself(value: Any) -> float:
    return float(value)
