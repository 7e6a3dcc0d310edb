"""Charts as HTML, from numbers and words alone: bars, pairs of bars, columns over time, a heat map.

Each is a table or a list that reads as text too: the drawn part is kept from screen readers, and every
number stands beside it. Every text is escaped here, and is shown as it is given: words in the visitor's
language, and numbers as they are to be read. How the charts look is in `page.css`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import NamedTuple


class Bar(NamedTuple):
    """A value with its name."""

    label: str
    """What it is the value of."""
    value: float
    """What is drawn; nothing is drawn of one that is missing or not finite."""
    shown: str
    """The number as it is read."""


class Pair(NamedTuple):
    """The values of two that are compared, such as of a user and of everybody."""

    label: str
    """What both are values of."""
    first: float
    """Drawn as `Bar.value`."""
    second: float
    """Drawn as `Bar.value`."""
    shown_first: str
    """The first number as it is read."""
    shown_second: str
    """The second one."""


class Column(NamedTuple):
    """A value at a point in time."""

    label: str
    """When."""
    value: float
    """What is drawn; below 0 it is drawn as 0."""
    shown: str
    """The number as it is read."""
    tick: str = ""
    """What stands under the column; most should have nothing."""


class Cell(NamedTuple):
    """A cell of a heat map."""

    value: float
    """What its colour is of."""
    shown: str
    """What stands in it."""
    title: str
    """What it says in full, to whoever points at it."""


def bars_html(bars: Sequence[Bar], *, name: str, top: float | None = None) -> str:
    """Horizontal bars from 0, one a row.

    Args:
        bars: In the order of the rows; a value below 0 is drawn as 0.
        name: What the chart is of, shown above it.
        top: The value of a full bar; by default the largest one.
    """
    if not bars:
        return ""
    top = _largest(bar.value for bar in bars) if top is None else top
    rows = "".join(
        f'<tr><th scope="row">{escape(bar.label)}</th>'
        f"<td>{_bar(bar.value, top)}</td>{_number(bar.shown)}</tr>"
        for bar in bars
    )
    return _table("bars", name, f"<tbody>{rows}</tbody>")


def paired_bars_html(
    pairs: Sequence[Pair], *, name: str, first: str, second: str, top: float | None = None
) -> str:
    """Horizontal bars from 0, two a row: one above the other, to be compared.

    Args:
        pairs: In the order of the rows.
        name: What the chart is of, shown above it.
        first: Who the first values are of.
        second: Who the second values are of.
        top: The value of a full bar; by default the largest one.
    """
    if not pairs:
        return ""
    if top is None:
        top = _largest(value for pair in pairs for value in (pair.first, pair.second))
    rows = "".join(
        f'<tbody><tr><th scope="rowgroup" rowspan="2">{escape(pair.label)}</th>'
        f"<td>{_of(first)}{_bar(pair.first, top)}</td>{_number(pair.shown_first)}</tr>"
        f'<tr class="second"><td>{_of(second)}{_bar(pair.second, top)}</td>'
        f"{_number(pair.shown_second)}</tr></tbody>"
        for pair in pairs
    )
    return _table("paired", name, rows, legend_html({"first": first, "second": second}))


def diverging_bars_html(
    bars: Sequence[Bar], *, name: str, negative: str = "", positive: str = ""
) -> str:
    """Horizontal bars from a line in the middle: to the right above 0, to the left below it.

    Args:
        bars: In the order of the rows; the largest of either sign fills its half.
        name: What the chart is of, shown above it.
        negative: What a value below 0 means, shown above the left half.
        positive: What one above 0 means, shown above the right half.
    """
    if not bars:
        return ""
    top = _largest(abs(bar.value) for bar in bars)
    rows = "".join(
        f'<tr><th scope="row">{escape(bar.label)}</th>'
        f'<td><span class="sides" aria-hidden="true">{_half(-bar.value, top, "below")}'
        f"{_half(bar.value, top, 'above')}</span></td>{_number(bar.shown)}</tr>"
        for bar in bars
    )
    sides = f"<span>{escape(negative)}</span><span>{escape(positive)}</span>"
    head = f'<tr><td></td><td><div class="meaning">{sides}</div></td><td></td></tr>'
    thead = f"<thead>{head}</thead>" if negative or positive else ""
    return _table("diverging", name, f"{thead}<tbody>{rows}</tbody>")


def columns_html(columns: Sequence[Column], *, name: str, top: float | None = None) -> str:
    """Columns from 0 beside each other, for what changes over time.

    Args:
        columns: In the order of time. Times of nothing should be among them, as columns of 0.
        name: What the chart is of, shown above it.
        top: The value of a full column; by default the largest one.
    """
    if not columns:
        return ""
    top = _largest(column.value for column in columns) if top is None else top
    drawn = "".join(
        f'<li title="{escape(f"{column.label}: {column.shown}")}">'
        f'<span class="rise" style="height:{_share(column.value, top):.1%}"></span>'
        f"{_unseen(f'{column.label}: {column.shown}')}</li>"
        for column in columns
    )
    ticks = "".join(
        # Moved back by as much of its own width as it stands along the axis, none sticks out.
        f'<span style="left:{at:.1%};transform:translateX(-{at:.1%})">{escape(column.tick)}</span>'
        for at, column in (
            ((place + 0.5) / len(columns), column) for place, column in enumerate(columns)
        )
        if column.tick
    )
    axis = f'<div class="ticks" aria-hidden="true">{ticks}</div>' if ticks else ""
    return (
        f'<figure class="chart timeline"><figcaption>{escape(name)}</figcaption>'
        f'<ol class="columns" aria-label="{escape(name)}">{drawn}</ol>{axis}</figure>'
    )


def heat_map_html(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[Cell]],
    *,
    name: str,
    middle: float,
    corner: str = "",
) -> str:
    """A table whose cells are coloured by how far they are from a middle, above or below it.

    The cell that is farthest from it, on either side, has the full colour. Where the table is wider
    than its place, it scrolls by itself.

    Args:
        rows: Names of the rows.
        columns: Names of the columns.
        cells: The cells of each row, as many as there are columns.
        name: What the chart is of, shown above it.
        middle: The value that has no colour.
        corner: What stands above the rows' names and before the columns'.
    """
    farthest = _largest(abs(cell.value - middle) for row in cells for cell in row)
    heads = "".join(f'<th scope="col"><span>{escape(column)}</span></th>' for column in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(row)}</th>'
        f"{''.join(_cell(cell, middle, farthest) for cell in of)}</tr>"
        for row, of in zip(rows, cells, strict=True)
    )
    head = f'<thead><tr><td class="corner">{escape(corner)}</td>{heads}</tr></thead>'
    named = f'aria-label="{escape(name)}"'
    return (
        f'<figure class="chart map"><figcaption>{escape(name)}</figcaption>'
        f'<div class="scrolled" role="region" tabindex="0" {named}>'
        f'<table class="chart heat" {named}>{head}<tbody>{body}</tbody></table></div></figure>'
    )


def meter_html(share: float, said: str) -> str:
    """One bar with what it says beside it.

    Args:
        share: How much of it is full, 0 to 1.
        said: What stands beside it, the number in it.
    """
    return f'<div class="score">{_bar(share, 1)}<span class="number">{escape(said)}</span></div>'


def legend_html(kinds: Mapping[str, str]) -> str:
    """What the colours of a chart stand for.

    Args:
        kinds: What each stands for, by its class in `page.css`: "first" and "second" of pairs, "above"
            and "below" of diverging bars and heat maps.
    """
    return '<p class="legend" aria-hidden="true">{}</p>'.format(
        "".join(
            f'<span class="swatch {escape(kind)}"></span><span>{escape(said)}</span>'
            for kind, said in kinds.items()
        )
    )


def _table(kind: str, name: str, content: str, legend: str = "") -> str:
    caption = f"<caption>{escape(name)}{legend}</caption>"
    return f'<table class="chart {kind}">{caption}{content}</table>'


def _bar(value: float, top: float) -> str:
    width = f"{_share(value, top):.1%}"
    return f'<span class="bar" aria-hidden="true"><span style="width:{width}"></span></span>'


def _half(value: float, top: float, kind: str) -> str:
    width = f"{_share(value, top):.1%}"
    return f'<span class="half {kind}"><span style="width:{width}"></span></span>'


def _cell(cell: Cell, middle: float, farthest: float) -> str:
    kind = "above" if cell.value > middle else "below"
    strength = f"{_share(abs(cell.value - middle), farthest):.1%}"
    return (
        f'<td class="{kind}" style="--strength:{strength}" title="{escape(cell.title)}">'
        f"{escape(cell.shown)}</td>"
    )


def _number(shown: str) -> str:
    return f'<td class="number">{escape(shown)}</td>'


def _of(who: str) -> str:
    return _unseen(f"{who}:")


def _unseen(said: str) -> str:
    return f'<span class="visually-hidden">{escape(said)}</span>'


def _largest(values: Iterable[float]) -> float:
    """The largest of the numbers that are finite; 0 if there is none, or none above it."""
    return max([0.0, *(value for value in values if math.isfinite(value))])


def _share(value: float, top: float) -> float:
    """How much of a full bar a value is, 0 to 1; 0 for what is missing, negative or not finite."""
    if not (math.isfinite(value) and value > 0 and top > 0):
        return 0.0
    return min(value / top, 1.0)
