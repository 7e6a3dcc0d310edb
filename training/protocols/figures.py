"""The picture of an evaluation: points of each metric, or curves over how much newcomers tell."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from training.plots import ACCENT, INK, OTHER, STYLE
from training.tables import heading

_GIVEN = re.compile(r"^(?P<metric>.+_at_\d+)_given_(?P<given>\d+)$")
_POINT_METRICS = re.compile(r"(_at_\d+|^auc|^log_loss)$")
_COLOURS = (ACCENT, OTHER, INK, "#10b981", "#ef4444", "#0ea5e9", "#a855f7")
_DASHES = ("-", "--", ":")


def plot_results(path: Path, title: str, table: pd.DataFrame) -> None:
    """Draw the metrics of all methods.

    Args:
        path: The picture.
        title: What stands above it.
        table: As `training.protocols.report.summary` makes it.
    """
    curves = _curves(table)
    points = [name for name in table.columns if _POINT_METRICS.search(name)]
    panels = list(curves) or points
    if not panels:
        return
    width, height = (5.0, 4.2) if curves else (3.4, 1.2 + 0.34 * len(table))
    with plt.rc_context({**STYLE, "figure.figsize": (width * len(panels), max(height, 2.2))}):
        figure, axes = plt.subplots(1, len(panels), squeeze=False)
        figure.suptitle(title, fontweight="bold", x=0.01, ha="left")
        for position, (panel, name) in enumerate(zip(axes[0], panels, strict=True)):
            panel.set_title(heading(name))
            if curves:
                _draw_curves(panel, table["method"], curves[name])
            else:
                _draw_points(panel, table, name, named=position == 0)
        if curves:
            axes[0][0].legend()
        # Without the date and the library's version, equal results give equal files.
        figure.savefig(path, metadata={"Software": None})
        plt.close(figure)


def _curves(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """For each metric that is told by how much is known: columns by how much, a row a method."""
    found: dict[str, dict[int, pd.Series]] = {}
    for name in table.columns:
        parts = _GIVEN.match(name)
        if parts is not None:
            found.setdefault(parts["metric"], {})[int(parts["given"])] = table[name]
    return {metric: pd.DataFrame(columns) for metric, columns in found.items()}


def _draw_curves(axes: Axes, methods: pd.Series, values: pd.DataFrame) -> None:
    places = np.arange(len(values.columns))
    for position, (method, row) in enumerate(
        zip(methods, values.itertuples(index=False), strict=True)
    ):
        colour = _COLOURS[position % len(_COLOURS)]
        dash = _DASHES[position // len(_COLOURS) % len(_DASHES)]
        axes.plot(places, list(row), "o", linestyle=dash, color=colour, label=method)
    axes.set_xticks(places, [str(given) for given in values.columns])
    axes.set_xlabel("likes that are known")
    axes.set_ylim(bottom=0)


def _draw_points(axes: Axes, table: pd.DataFrame, name: str, *, named: bool) -> None:
    """Points with their deviation, on an axis that is cut: from 0 on, close methods would look equal."""
    places = np.arange(len(table))[::-1]
    deviation = table.get(f"{name}_std")
    axes.errorbar(
        table[name],
        places,
        xerr=None if deviation is None else deviation.astype(float).fillna(0),
        fmt="o",
        color=ACCENT,
        ecolor=OTHER,
        capsize=3,
    )
    for place, value in zip(places, table[name], strict=True):
        axes.annotate(
            f"{value:.4f}",
            (value, place),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            color=INK,
            fontsize=8,
        )
    axes.set_yticks(places, table["method"] if named else [])
    axes.set_ylim(-0.6, len(table) - 0.4)
    axes.margins(x=0.25)
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.set_xlabel("cut axis")
