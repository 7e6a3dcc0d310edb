"""Charts: what is drawn, what is read, and that neither can be markup."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from space.page.charts import (
    Bar,
    Cell,
    Column,
    Pair,
    bars_html,
    columns_html,
    diverging_bars_html,
    heat_map_html,
    legend_html,
    meter_html,
    paired_bars_html,
)
from tests.space.page.reading import HOSTILE, Tags, cells, harmless, percents

NUMBERS = st.lists(st.floats(), min_size=1, max_size=6)
TEXTS = st.text(min_size=1, max_size=40) | st.just(HOSTILE)

Make = Callable[[list[float], str], str]

CHARTS: dict[str, Make] = {
    "bars": lambda values, said: bars_html([Bar(said, value, said) for value in values], name=said),
    "paired": lambda values, said: paired_bars_html(
        [Pair(said, value, -value, said, said) for value in values],
        name=said,
        first=said,
        second=said,
    ),
    "diverging": lambda values, said: diverging_bars_html(
        [Bar(said, value, said) for value in values], name=said, negative=said, positive=said
    ),
    "columns": lambda values, said: columns_html(
        [Column(said, value, said, said) for value in values], name=said
    ),
    "heat map": lambda values, said: heat_map_html(
        [said],
        [said] * len(values),
        [[Cell(value, said, said) for value in values]],
        name=said,
        middle=0.0,
        corner=said,
    ),
    "meter": lambda values, said: "".join(meter_html(value, said) for value in values),
    "legend": lambda values, said: legend_html({"first": said, "second": said}),
}


@pytest.mark.parametrize("chart", CHARTS)
@given(values=NUMBERS, said=TEXTS)
def test_whatever_the_numbers_and_words_lengths_are_from_0_to_100_and_words_are_no_markup(
    chart: str, values: list[float], said: str
) -> None:
    html = CHARTS[chart](values, said)
    assert all(0 <= percent <= 100 for percent in percents(html))
    assert harmless(html)
    plain = CHARTS[chart](values, "word")
    assert [tag for tag, _ in Tags(html).tags] == [tag for tag, _ in Tags(plain).tags]


@pytest.mark.parametrize("chart", [name for name in CHARTS if name not in ("meter", "legend")])
def test_of_nothing_there_is_no_chart(chart: str) -> None:
    html = CHARTS[chart]([], "word")
    assert "style" not in html
    assert chart == "heat map" or html == ""


def test_bars_are_parts_of_the_largest_and_every_number_is_read() -> None:
    html = bars_html([Bar("a", 1, "one"), Bar("b", 4, "four"), Bar("c", 0, "none")], name="Counts")
    assert percents(html) == [25, 100, 0]
    assert cells(html) == [["a", "", "one"], ["b", "", "four"], ["c", "", "none"]]
    assert "<caption>Counts</caption>" in html


def test_a_full_bar_can_be_of_a_value_that_is_given() -> None:
    assert percents(bars_html([Bar("a", 1, ""), Bar("b", 9, "")], name="", top=4)) == [25, 100]


@pytest.mark.parametrize("missing", [math.nan, math.inf, -math.inf, -3.0])
def test_nothing_is_drawn_of_what_is_missing_and_the_others_are_as_without_it(
    missing: float,
) -> None:
    html = bars_html([Bar("a", missing, "–"), Bar("b", 2, "2"), Bar("c", 1, "1")], name="")
    assert percents(html) == [0, 100, 50]
    assert cells(html)[0] == ["a", "", "–"]


def test_paired_bars_are_of_one_scale_and_each_is_read_with_whose_it_is() -> None:
    html = paired_bars_html(
        [Pair("Comedy", 0.1, 0.4, "10%", "40%")], name="Shares", first="User 6", second="Everybody"
    )
    assert percents(html) == [25, 100]
    assert cells(html) == [["Comedy", "User 6:", "10%"], ["Everybody:", "40%"]]
    assert [each["rowspan"] for each in Tags(html).named("th")] == ["2"]


def test_diverging_bars_go_to_the_side_of_their_sign_and_are_of_one_scale() -> None:
    html = diverging_bars_html([Bar("a", 2, "+2"), Bar("b", -4, "-4")], name="Changes")
    # Left and right half of each row.
    assert percents(html) == [0, 50, 100, 0]
    assert [each["class"] for each in Tags(html).classed("half")] == [
        "half below",
        "half above",
    ] * 2
    assert [row[-1] for row in cells(html)] == ["+2", "-4"]


def test_columns_stand_in_order_with_ticks_under_their_middles() -> None:
    html = columns_html(
        [Column("May", 1, "1 film", "May"), Column("June", 2, "2 films")], name="Films a month"
    )
    assert [each["style"] for each in Tags(html).classed("rise")] == [
        "height:50.0%",
        "height:100.0%",
    ]
    assert "left:25.0%;transform:translateX(-25.0%)" in html
    assert Tags(html).text == "Films a monthMay: 1 filmJune: 2 filmsMay"
    assert Tags(html).named("ol")[0]["aria-label"] == "Films a month"


def test_a_heat_map_is_a_table_with_heads_whose_colours_are_distances_from_the_middle() -> None:
    rows = [
        [Cell(2, "2", "a at c"), Cell(5, "5", "a at d")],
        [Cell(1, "1", "b at c"), Cell(2, "2", "b at d")],
    ]
    html = heat_map_html(["a", "b"], ["c", "d"], rows, name="Weights", middle=2, corner="at")
    assert cells(html) == [["at", "c", "d"], ["a", "2", "5"], ["b", "1", "2"]]
    assert [each.get("scope") for each in Tags(html).named("th")] == ["col", "col", "row", "row"]
    coloured = Tags(html).named("td")[1:]
    assert [each["style"] for each in coloured] == [
        f"--strength:{strength}%" for strength in ("0.0", "100.0", "33.3", "0.0")
    ]
    assert [each["class"] for each in coloured][1:3] == ["above", "below"]
    assert [each["title"] for each in coloured] == ["a at c", "a at d", "b at c", "b at d"]
    # It scrolls by itself, so the keyboard has to reach it.
    region = Tags(html).classed("scrolled")[0]
    assert (region["tabindex"], region["aria-label"]) == ("0", "Weights")


def test_a_row_of_a_heat_map_that_lacks_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        heat_map_html(["a"], ["b"], [[Cell(1, "", "")], [Cell(1, "", "")]], name="", middle=0)


def test_what_is_drawn_alone_is_kept_from_screen_readers() -> None:
    html = bars_html([Bar("a", 1, "1")], name="") + meter_html(0.5, "half")
    assert [each["aria-hidden"] for each in Tags(html).classed("bar")] == ["true", "true"]
    assert Tags(meter_html(0.5, "half")).text == "half"
