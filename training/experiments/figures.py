"""The pictures of a plan's experiments: a metric and the time against each option that varies."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from training.experiments.plan import Plan
from training.plots import ACCENT, INK, OTHER, STYLE
from training.tables import heading

COLOURS = {"autoint": OTHER, "autoint+": ACCENT}
NAMES = {"autoint": "AutoInt", "autoint+": "AutoInt+"}
_APART = 0.22
"""Distance between the points of two models, where that between two values of an option is 1."""


def plot_experiments(folder: Path, table: pd.DataFrame, plan: Plan, title: str) -> list[str]:
    """Draw `NAME.png` for each numeric option of which the rows have several values.

    On the left the plan's first metric of the test rows, ours and what was published; on the right the
    seconds that an epoch took, since experiments may differ in their epochs. A line joins experiments
    that differ in nothing else: see `joined`.

    Args:
        folder: Where to write them; it is made, and pictures of earlier results that are there are
            removed. Without a picture there is no folder.
        table: As `training.experiments.report.table_of` makes it.
        plan: The plan.
        title: What stands above each.

    Returns:
        The names of the options that were drawn.
    """
    drawn = [name for name in plan.varied if _varies(table[name])]
    for old in folder.glob("*.png"):
        old.unlink()
    if not drawn:
        with suppress(OSError):  # there is none, or somebody has put other files there
            folder.rmdir()
        return drawn
    folder.mkdir(parents=True, exist_ok=True)
    for name in drawn:
        others = [other for other in dict.fromkeys(("epochs", *plan.varied)) if other != name]
        _plot(folder / f"{name}.png", table, name, others, plan.metrics[0], title)
    return drawn


def joined(rows: pd.DataFrame, option: str, others: Sequence[str]) -> list[pd.DataFrame]:
    """Experiments that differ in one option alone.

    Args:
        rows: Of one model.
        option: In which they differ.
        others: In which they are equal.

    Returns:
        Those of each line, at least two, by the option.
    """
    groups = [group for _, group in rows.groupby(list(others), dropna=False)] if others else [rows]
    return [group.sort_values(option) for group in groups if group[option].nunique() > 1]


def _varies(column: pd.Series[Any]) -> bool:
    """Whether an option is a number and takes several values."""
    values = set(column.dropna().tolist())
    return len(values) > 1 and all(type(value) in (int, float) for value in values)


def _plot(
    path: Path,
    table: pd.DataFrame,
    option: str,
    others: Sequence[str],
    metric: str,
    title: str,
) -> None:
    known = table[table[option].notna()]  # an option of the network is none of AutoInt alone
    known = known.assign(seconds=known["seconds"] / known["epochs"])
    values = sorted(known[option].unique())
    with plt.rc_context({**STYLE, "figure.figsize": (10.4, 4.4)}):
        figure, (left, right) = plt.subplots(1, 2)
        figure.suptitle(title, fontweight="bold", x=0.01, ha="left")
        models = [model for model in COLOURS if (known["model"] == model).any()]
        for axes, column, name in (
            (left, metric, heading(metric)),
            (right, "seconds", "seconds an epoch"),
        ):
            for number, model in enumerate(models):
                rows = known[known["model"] == model]
                shift = _APART * (number - (len(models) - 1) / 2)
                for line in joined(rows, option, others):
                    line_at = line[option].map(values.index) + shift
                    axes.plot(line_at, line[column], color=COLOURS[model], alpha=0.4)
                _draw(axes, rows, option, column, values, shift, model)
            axes.set_xticks(range(len(values)), [f"{value:g}" for value in values])
            axes.set_xlim(-0.5, len(values) - 0.5)
            axes.set(xlabel=heading(option), ylabel=name)
        left.set_title("metric of the test rows")
        right.set_title("training time")
        right.set_ylim(bottom=0)
        figure.legend(*left.get_legend_handles_labels(), loc="outside upper right", ncols=4)
        # Without the date and the library's version, equal results give equal files.
        figure.savefig(path, metadata={"Software": None})
        plt.close(figure)


def _draw(
    axes: Axes,
    rows: pd.DataFrame,
    option: str,
    column: str,
    values: Sequence[float],
    shift: float,
    model: str,
) -> None:
    """The points of one model, each with its experiment's name."""
    colour = COLOURS[model]
    places = rows[option].map(values.index) + shift
    axes.plot(places, rows[column], "o", color=colour, label=NAMES[model])
    for place, value, name in zip(places, rows[column], rows["experiment"], strict=True):
        axes.annotate(
            name,
            (place, value),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=7,
            color=INK,
        )
    published = f"{column}_published"
    if published in rows and rows[published].notna().any():
        axes.plot(
            places,
            rows[published],
            "D",
            markerfacecolor="none",
            markeredgecolor=colour,
            markersize=5,
            label=f"{NAMES[model]}, published",
        )
