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
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.patches import Rectangle
from matplotlib.ticker import EngFormatter, FuncFormatter, MaxNLocator, NullLocator

from training.describe.words import percent, shortened
from training.plots import ACCENT, INK, STYLE

STRONG = "#18181b"
"""For text on a colour."""
COLOURS = {ACCENT: "var(--accent)", INK: "var(--ink)", STRONG: "var(--strong)"}
"""What the page calls each colour; it has others for the dark."""

_WIDTH = 4.6
_STYLE = STYLE | {
    "text.color": INK,
    "text.parse_math": False,  # a name with dollars is a name
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
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


def bars(labels: Sequence[str], numbers: npt.ArrayLike, name: str, alt: str) -> Markup:
    """Horizontal bars, the first on top.

    Args:
        labels: One for each bar.
        numbers: The lengths.
        name: What is counted.
        alt: What the picture shows, for who cannot see it.
    """
    with _figure(alt, height=0.75 + 0.235 * len(labels)) as figure:
        figure.axes.barh(range(len(labels)), numbers, color=ACCENT, height=0.72)
        _name_rows(figure.axes, labels)
        _count(figure.axes.xaxis, name)
        figure.axes.set_xlim(left=0)
    return figure.svg


def means(labels: Sequence[str], numbers: npt.ArrayLike, overall: float, alt: str) -> Markup:
    """A dot for each mean rating, the first on top, and a line at the mean of all ratings."""
    with _figure(alt, height=0.95 + 0.235 * len(labels)) as figure:
        figure.axes.axvline(overall, color=INK, linestyle=":", label="all ratings")
        figure.axes.plot(numbers, range(len(labels)), "o", color=ACCENT)
        _name_rows(figure.axes, labels)
        figure.axes.grid(axis="y", color=INK, alpha=0.15)
        figure.axes.set_xlabel("mean rating, stars")
        figure.axes.legend(loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0)
    return figure.svg


def columns(
    labels: Sequence[str], numbers: npt.ArrayLike, name: str, across: str, alt: str
) -> Markup:
    """Vertical bars; `across` names the axis below them."""
    with _figure(alt) as figure:
        figure.axes.bar(range(len(labels)), numbers, color=ACCENT, width=0.72)
        figure.axes.set_xticks(range(len(labels)), labels)
        figure.axes.set_xlabel(across)
        _count(figure.axes.yaxis, name)
    return figure.svg


def years(table: pd.DataFrame, alt: str) -> Markup:
    """The number of films of each year, from `year` and `films`."""
    first = int(table["year"].min())
    counts = np.bincount(table["year"] - first, table["films"])
    edges = first - 0.5 + np.arange(len(counts) + 1)
    with _figure(alt) as figure:
        figure.axes.stairs(counts, edges, fill=True, color=ACCENT)
        figure.axes.set_xlabel("year of release")
        figure.axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
        _count(figure.axes.yaxis, "films")
    return figure.svg


def months(table: pd.DataFrame, alt: str) -> Markup:
    """The number of ratings of each month, from `month` and `ratings`."""
    starts = table["month"].to_numpy().astype("datetime64[M]")
    edges = np.append(starts, starts[-1] + 1).astype("datetime64[D]")
    with _figure(alt) as figure:
        figure.axes.stairs(table["ratings"], date2num(edges), fill=True, color=ACCENT)
        locator = AutoDateLocator(minticks=2, maxticks=8)
        figure.axes.xaxis.set_major_locator(locator)
        figure.axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
        figure.axes.set_xlabel("month")
        _count(figure.axes.yaxis, "ratings")
    return figure.svg


def tail(curve: pd.DataFrame, name: str, alt: str) -> Markup:
    """How many (`name`) have at least so many ratings, from `at_least` and `number`."""
    with _figure(alt) as figure:
        figure.axes.loglog(curve["at_least"], curve["number"], "o-", color=ACCENT, markersize=4)
        figure.axes.set(xlabel="ratings, at least", ylabel=name)
        figure.axes.grid(color=INK, alpha=0.15)
        for axis in (figure.axes.xaxis, figure.axes.yaxis):
            axis.set_major_formatter(EngFormatter(sep=""))
            axis.set_minor_locator(NullLocator())
    return figure.svg


def heat(density: npt.NDArray[np.float64], alt: str) -> Markup:
    """The share of each cell, written in it and as its colour's strength."""
    rows, across = density.shape
    with _figure(alt) as figure:
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
def _figure(alt: str, height: float = 2.9) -> Iterator[Figure]:
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
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _count(axis: Axis, name: str) -> None:
    axis.set_label_text(name)
    axis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axis.set_major_formatter(FuncFormatter(_short_count))


_engineering = EngFormatter(sep="")


def _short_count(number: float, _: int) -> str:
    return f"{number:g}" if number < 10_000 else str(_engineering(number))


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
