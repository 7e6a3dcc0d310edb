"""The lists of two months beside each other."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pandas as pd
import pytest

from space.insights.months import Comparison, compare_months
from space.page.answers import Answers
from space.page.ask import Ask
from space.page.months_tab import MonthsTab, comparison_html
from tests.exports import Run
from tests.space.page.pages import answers_of, values
from tests.space.page.reading import HOSTILE, Tags, cells, harmless


def compared(*titles: str, moved: bool = True) -> Comparison:
    """A film that stayed, one that rose, one that fell, one that is new, one that left."""
    films = pd.DataFrame(
        {
            "movie_id": [1, 2, 3, 4, 5],
            "title": [*titles, "Stays", "Rises", "Falls", "New", "Leaves"][-5:],
            "year": pd.array([1995, None, 1997, 1998, 1999], dtype="Int64"),
            "genres": [()] * 5,
            "first_rank": pd.array([1, 4, 2, None, 3], dtype="Int64"),
            "second_rank": pd.array([1, 2, 3, 4, None], dtype="Int64"),
        }
    )
    films["move"] = films["first_rank"] - films["second_rank"]
    return Comparison(films, first=(2003, 6), second=(2003, 12), moved=moved)


@pytest.fixture(scope="module")
def answers(run: Run) -> Answers:
    return answers_of(run.bundle, run.dataset)


@pytest.fixture
def tab(answers: Answers) -> MonthsTab:
    with gr.Blocks():
        return MonthsTab(answers)


def test_each_film_has_both_places_and_its_move() -> None:
    assert cells(comparison_html(compared(), "en")) == [
        ["Title", "June 2003", "December 2003", "Moved"],
        ["Stays 1995", "1", "1", "＝"],
        ["Rises –", "4", "2", "▲ 2"],
        ["Falls 1997", "2", "3", "▼ 1"],
        ["New 1998", "–", "4", "new"],
        ["Leaves 1999", "3", "–", "left"],
    ]


def test_it_is_said_whether_anything_moved() -> None:
    said = Tags(comparison_html(compared(), "en")).text
    assert said.startswith("From June 2003 to December 2003:")
    same = comparison_html(compared(moved=False), "en")
    assert "Nothing changes between June 2003 and December 2003" in Tags(same).text
    # Ten rows of nothing would say no more.
    assert "<table" not in same


def test_it_is_in_the_visitors_language() -> None:
    said = Tags(comparison_html(compared(), "ko")).text
    assert "2003년 6월" in said
    assert "left" not in said


def test_markup_in_a_title_is_shown_and_not_obeyed() -> None:
    comparison = compared()
    comparison.films["title"] = HOSTILE
    html = comparison_html(comparison, "en")
    assert harmless(html)
    assert Tags(html).text.count(HOSTILE) == 5


@pytest.mark.parametrize(
    ("asked", "first", "second"),
    [
        ({}, (2003, 6), (2003, 12)),
        ({"year": 2001, "month": 3}, (2000, 9), (2001, 3)),
        ({"year": "2001"}, (2001, 6), (2001, 12)),
        ({"month": 7}, (2003, 1), (2003, 7)),
        ({"month": 6}, (2002, 12), (2003, 6)),
    ],
)
def test_by_itself_it_compares_with_half_a_year_before(
    tab: MonthsTab,
    answers: Answers,
    asked: dict[str, Any],
    first: tuple[int, int],
    second: tuple[int, int],
) -> None:
    recommender = answers.model.ready()
    expected = compare_months(recommender, first, second)
    assert tab.show(Ask.of(values(**asked))) == [comparison_html(expected, "en")]


def test_a_chosen_month_stays_while_the_list_changes(tab: MonthsTab, answers: Answers) -> None:
    recommender = answers.model.ready()
    expected = compare_months(recommender, (2000, 2), (2003, 12), user_id=7, k=5)
    asked = values(way="user", user=7, k=5)
    assert tab.compare("2000", 2, *asked) == comparison_html(expected, "en")
    assert tab.show(Ask.of(asked), "2000", 2) == [comparison_html(expected, "en")]


@pytest.mark.parametrize(
    ("year", "month", "first"),
    [("", 2, (2003, 2)), (None, None, (2003, 6)), (2001, None, (2001, 6))],
)
def test_the_part_that_is_not_chosen_is_of_half_a_year_before(
    tab: MonthsTab, answers: Answers, year: Any, month: Any, first: tuple[int, int]
) -> None:
    expected = compare_months(answers.model.ready(), first, (2003, 12))
    assert tab.compare(year, month, *values()) == comparison_html(expected, "en")


@pytest.mark.parametrize(
    ("year", "month"), [("abc", 2), ("0", 2), (None, 13), (None, "x"), ([], 1)]
)
def test_a_month_that_there_is_not_is_told_in_words(tab: MonthsTab, year: Any, month: Any) -> None:
    with pytest.raises(gr.Error, match="should be a whole number"):
        tab.compare(year, month, *values())


def test_the_filters_and_picks_count_for_both_lists(tab: MonthsTab, answers: Answers) -> None:
    films = [film for _, film in answers.shown(answers.model.ready()).films]
    asked = {"likes": films[:2], "gender": "F", "exclude_genres": ["Drama"], "diversity": 0.5}
    expected = compare_months(
        answers.model.ready(), (2003, 6), (2003, 12),
        liked=[films[1], films[0]], gender="F", exclude_genres=["Drama"], diversity=0.5,
    )  # fmt: skip
    assert tab.show(Ask.of(values(**asked))) == [comparison_html(expected, "en")]
