"""The pictures of the report, as SVG that takes its colours and its font from the page around it."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
import pandas as pd
from markupsafe import Markup
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, NullLocator

from training.describe.ticks import Ticks, count_ticks, log_ticks, month_ticks, year_ticks
from training.describe.words import percent, shortened
from training.plots import ACCENT, INK, STYLE

STRONG = "#18181b"
"""For text on a colour."""
COLOURS = {ACCENT: "var(--accent)", INK: "var(--ink)", STRONG: "var(--strong)"}
"""What the page calls each colour; it has others for the dark."""

HEIGHT = 2.9
"""Inches of a picture whose height nothing else decides; the width is 4.6 of every one's."""
ROW = 0.235
"""Inches of a row of a picture with names."""

_WIDTH = 4.6
_LINE = 17
"""Points from an axis down to the second line of its labels."""
_STYLE = STYLE | {
    "text.color": INK,
    "font.size": 11,  # a point is about a pixel where the page shows it, on a phone too
    "text.parse_math": False,  # a name with dollars is a name
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "svg.fonttype": "none",
}
_DEEPEST = 0.5
"""The strongest colour on which text can be read, in the light and in the dark."""


class Figure:
    """An SVG that is being drawn.

    Attributes:
        axes: Where to draw.
        svg: The element, once it is drawn.
    """

    def __init__(self, axes: Axes) -> None:
        self.axes = axes
        self.svg = Markup()


def height_of(rows: int) -> float:
    """Inches of a picture with as many rows, with room for its axis."""
    return 0.75 + ROW * rows


def bars(labels: Sequence[str], numbers: npt.ArrayLike, name: str, alt: str) -> Markup:
    """Horizontal bars, the first on top.

    Args:
        labels: One for each bar.
        numbers: The lengths.
        name: What is counted.
        alt: What the picture shows, for who cannot see it.
    """
    with _figure(alt, height_of(len(labels))) as figure:
        axes = figure.axes
        axes.barh(range(len(labels)), numbers, color=ACCENT, height=0.72)
        _name_rows(axes, labels)
        _count(axes.xaxis, numbers, name)
        axes.set_xlim(left=0)
    return figure.svg


def means(labels: Sequence[str], numbers: npt.ArrayLike, overall: float, alt: str) -> Markup:
    """A dot for each mean rating, the first on top, and a line at the mean of all ratings."""
    with _figure(alt, height_of(len(labels))) as figure:
        axes = figure.axes
        axes.axvline(overall, color=INK, linestyle=":")
        axes.plot(numbers, range(len(labels)), "o", color=ACCENT)
        _name_rows(axes, labels)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
        _grid(axes.xaxis)
        axes.set_xlabel("mean rating, stars")
    return figure.svg


def columns(
    labels: Sequence[str], numbers: npt.ArrayLike, name: str, across: str, alt: str
) -> Markup:
    """Vertical bars; `across` names the axis below them."""
    with _figure(alt) as figure:
        figure.axes.bar(range(len(labels)), numbers, color=ACCENT, width=0.8)
        figure.axes.set_xticks(range(len(labels)), labels)
        figure.axes.set_xlabel(across)
        _count(figure.axes.yaxis, numbers, name)
    return figure.svg


def years(table: pd.DataFrame, alt: str, height: float = HEIGHT) -> Markup:
    """The number of films of each year, from `year` and `films`."""
    first, last = int(table["year"].min()), int(table["year"].max())
    counts = np.bincount(table["year"] - first, table["films"])
    edges = first - 0.5 + np.arange(len(counts) + 1)
    with _figure(alt, height) as figure:
        figure.axes.stairs(counts, edges, fill=True, color=ACCENT)
        _set(figure.axes.xaxis, year_ticks(first, last))
        _count(figure.axes.yaxis, counts, "films")
    return figure.svg


def months(table: pd.DataFrame, alt: str) -> Markup:
    """The number of ratings of each month, from `month` and `ratings`, without a gap."""
    # Months of one width, whatever their days, so that a tick stands in the middle of its month.
    edges = np.arange(len(table) + 1) - 0.5
    with _figure(alt) as figure:
        figure.axes.stairs(table["ratings"], edges, fill=True, color=ACCENT)
        _set(figure.axes.xaxis, month_ticks(table["month"].tolist()))
        _count(figure.axes.yaxis, table["ratings"], "ratings")
    return figure.svg


def tail(curve: pd.DataFrame, name: str, alt: str, height: float = HEIGHT) -> Markup:
    """How many (`name`) have at least so many ratings, from `at_least` and `number`."""
    with _figure(alt, height) as figure:
        axes = figure.axes
        axes.loglog(curve["at_least"], curve["number"], "o-", color=ACCENT, markersize=4)
        axes.set(xlabel="ratings, at least", ylabel=name)
        for axis, values in ((axes.xaxis, curve["at_least"]), (axes.yaxis, curve["number"])):
            axis.set_minor_locator(NullLocator())
            _set(axis, log_ticks(int(values.max())))
            _grid(axis)
    return figure.svg


def heat(density: npt.NDArray[np.float64], alt: str) -> Markup:
    """The share of each cell, written in it and as its colour's strength."""
    rows, across = density.shape
    with _figure(alt, height=2.6) as figure:
        axes = figure.axes
        for (row, column), share in np.ndenumerate(density):
            strength = _DEEPEST * float(np.sqrt(share / (density.max() or 1)))
            axes.add_patch(
                Rectangle((column, row), 0.96, 0.94, facecolor=ACCENT, alpha=strength, linewidth=0)
            )
            axes.text(
                column + 0.48,
                row + 0.47,
                percent(share),
                color=STRONG,
                ha="center",
                va="center",
            )
        axes.set(xlim=(0, across), ylim=(rows, 0), xlabel="films, most rated first")
        axes.set(ylabel="users, most active first", xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    return figure.svg


@contextmanager
def _figure(alt: str, height: float = HEIGHT) -> Iterator[Figure]:
    # The ids of a picture's parts come from the salt: other pictures have others, in every run.
    with plt.rc_context({**_STYLE, "svg.hashsalt": alt}), warnings.catch_warnings():
        # The browser's fonts are asked for the letters, not Matplotlib's.
        warnings.filterwarnings("ignore", message="Glyph")
        drawn, axes = plt.subplots(figsize=(_WIDTH, height))
        figure = Figure(axes)
        try:
            yield figure
            file = io.StringIO()
            drawn.savefig(file, format="svg", transparent=True, metadata={"Date": None})
        finally:
            plt.close(drawn)
    figure.svg = _for_a_page(file.getvalue(), alt)


def _name_rows(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), [shortened(label) for label in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)


def _count(axis: Axis, numbers: npt.ArrayLike, name: str) -> None:
    axis.set_label_text(name)
    _set(axis, count_ticks(float(np.max(numbers))))
    _grid(axis)


def _set(axis: Axis, ticks: Ticks) -> None:
    labels = [label.partition("\n") for label in ticks.labels]
    axis.set_ticks(ticks.places, labels=[upper for upper, _, _ in labels])
    below = [lower for _, _, lower in labels]
    if any(below):
        # Ticks of their own: the lines of one label are set by Matplotlib's font, not the page's.
        axis.remove_overlapping_locs = False
        axis.set_ticks(ticks.places, labels=below, minor=True)
        axis.set_tick_params(which="minor", length=0, pad=_LINE)


def _grid(axis: Axis) -> None:
    axis.axes.set_axisbelow(True)
    axis.grid(color=INK, alpha=0.15, linewidth=0.8)


def _for_a_page(svg: str, alt: str) -> Markup:
    """The element without what only a file of its own needs, and with the page's colours."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - we have just written it
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.rpartition("}")[2] in ("metadata", "style"):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        attributes = {name.rpartition("}")[2]: text for name, text in element.items()}
        for colour, variable in COLOURS.items():
            if "style" in attributes:
                attributes["style"] = attributes["style"].replace(colour, variable)
        if element.tag == "g":  # numbered in every picture alike, and nothing refers to them
            attributes.pop("id", None)
        element.attrib.clear()
        element.attrib.update(attributes)
    view_box = root.attrib["viewBox"]
    root.attrib.clear()
    root.attrib.update({"viewBox": view_box, "role": "img", "aria-label": alt})
    # Names in it are text, which is escaped here.
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704
