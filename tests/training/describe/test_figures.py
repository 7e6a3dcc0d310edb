from __future__ import annotations

import re
from xml.etree import ElementTree

import pandas as pd
import pytest
from markupsafe import Markup

from training.describe import figures


def texts(svg: Markup) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter("text"))


def words(svg: Markup) -> list[str]:
    return [element.text or "" for element in texts(svg)]


def test_months_are_named_below_their_middle_and_none_after_the_last() -> None:
    table = pd.DataFrame({"month": ["1997-12", "1998-01"], "ratings": [50, 100]})
    svg = figures.months(table, "By month")
    assert words(svg) == [
        "Dec",
        "Jan",
        "1997",
        "1998",
        "0",
        "20",
        "40",
        "60",
        "80",
        "100",
        "ratings",
    ]
    bars = next(
        element.attrib["d"]
        for element in ElementTree.fromstring(svg).iter("path")
        if "fill: var(--accent)" in element.get("style", "")
    )
    start, middle, end = sorted({float(x) for x in re.findall(r"[ML] ([\d.]+)", bars)})
    centres = {element.text: float(element.attrib["x"]) for element in texts(svg)[:4]}
    december, january = (start + middle) / 2, (middle + end) / 2
    assert centres == pytest.approx(
        {"Dec": december, "1997": december, "Jan": january, "1998": january}, abs=0.01
    )


def test_one_axis_writes_its_numbers_in_one_way() -> None:
    svg = figures.columns(["1", "2"], [6_110, 34_174], "ratings", "stars", "By value")
    assert words(svg) == ["1", "2", "stars", "0", "10k", "20k", "30k", "ratings"]
    svg = figures.bars(["Drama", "War"], [9_000, 100], "ratings", "By genre")
    assert words(svg) == ["0", "2,000", "4,000", "6,000", "8,000", "ratings", "Drama", "War"]


def test_years_are_round() -> None:
    table = pd.DataFrame({"year": [1922, 1998], "films": [1, 2]})
    assert words(figures.years(table, "By year"))[:7] == [f"19{i}0" for i in range(3, 10)]


def test_a_tail_has_whole_numbers_on_both_axes() -> None:
    curve = pd.DataFrame({"at_least": [1, 100, 1500], "number": [90, 10, 1]})
    assert words(figures.tail(curve, "users", "Activity")) == [
        *("1", "10", "100", "1,000"),
        "ratings, at least",
        *("1", "2", "5", "10", "20", "50"),
        "users",
    ]
