"""The list for two months side by side: what moved."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr
import pandas as pd

from space.insights.months import Comparison, compare_months
from space.moment import moment_of
from space.page.answers import Answers
from space.page.ask import Ask, year_of
from space.page.cards import year_text
from space.page.controls import Controls, build_year
from space.page.frames import rows
from space.page.language import label, text
from space.page.person_tab import month_text
from space.page.words import in_words


class MonthsTab:
    """The tab that compares months.

    Args:
        answers: What the page's modules share.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        gr.Markdown(label("months.intro"), elem_classes="note")
        with gr.Row():
            self._year = build_year("months.year", "months.before", elem_id="other-year")
            self._month = gr.Dropdown(
                [(label(f"month.{number}"), number) for number in range(1, 13)],
                value=None,
                label=label("months.month"),
                min_width=130,
                elem_id="other-month",
            )
        self._moved = gr.HTML("", elem_id="months")
        self.inputs: list[Any] = [self._year, self._month]
        self.outputs: list[Any] = [self._moved]

    def wire(self, controls: Controls, private: dict[str, Any]) -> None:
        """Bind the choice of the other month.

        Args:
            controls: The page's controls.
            private: How an event of the page's own is bound.
        """
        gr.on(
            # Not when a link sets it: the tab is filled then once all controls are set.
            [self._month.input, self._year.submit, self._year.blur],
            self.compare,
            [self._year, self._month, *controls],
            self._moved,
            trigger_mode="always_last",
            **private,
        )

    def compare(self, year: Any, month: Any, *values: Any) -> str:
        """What moved between the month of the list and another one."""
        ask = Ask.of(values)
        with in_words(ask.language):
            return self._html(ask, year, month)

    def show(self, ask: Ask, year: Any = None, month: Any = None) -> list[Any]:
        """The month that is chosen, or half a year before that of the list, beside it.

        Raises:
            ValueError: If what is asked makes no sense.
            PreparationError: If the model cannot be had.
        """
        return [self._html(ask, year, month)]

    def _html(self, ask: Ask, year: Any, month: Any) -> str:
        recommender = self._answers.recommender(users=not ask.newcomer)
        shown = self._answers.shown(recommender)
        asked = {**ask.person(shown), **ask.filters(shown)}
        second = moment_of(asked.pop("year"), asked.pop("month"), recommender.last_month)
        first = moment_of(year_of(year), month, _half_a_year_before(second))
        compared = self._answers.of(
            recommender,
            "months",
            lambda **given: compare_months(recommender, **given),
            first=first,
            second=second,
            **asked,
        )
        return comparison_html(compared, ask.language)


def comparison_html(compared: Comparison, language: str) -> str:
    """The films of both lists with their places, as a table; where nothing moved, a sentence."""
    first, second = (month_text(moment, language) for moment in (compared.first, compared.second))
    if not compared.moved:
        return f"<p>{escape(text(language, 'months.same', first=first, second=second))}</p>"
    said = escape(text(language, "months.moved", first=first, second=second))
    body = "".join(
        f'<tr><th scope="row">{escape(row.title)} <span class="year">{year_text(row.year)}</span></th>'
        f"<td>{_place(row.first_rank)}</td><td>{_place(row.second_rank)}</td>"
        f"<td>{_move(row, language)}</td></tr>"
        for row in rows(compared.films)
    )
    heads = (text(language, "column.title"), first, second, text(language, "months.move"))
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    return (
        f'<p>{said}</p><div class="scrolled" role="region" tabindex="0" '
        f'aria-label="{escape(text(language, "tab.months"))}"><table class="moves">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _half_a_year_before(moment: tuple[int, int]) -> tuple[int, int]:
    months = 12 * moment[0] + moment[1] - 1 - 6
    return months // 12, months % 12 + 1


def _place(rank: Any) -> str:
    return "–" if pd.isna(rank) else str(int(rank))


def _move(row: Any, language: str) -> str:
    if pd.isna(row.move):
        kind = "in" if pd.isna(row.first_rank) else "out"
        return f'<span class="move {kind}">{escape(text(language, f"months.{kind}"))}</span>'
    if row.move == 0:
        return "＝"
    return (
        f'<span class="move up">▲ {int(row.move)}</span>'
        if row.move > 0
        else f'<span class="move down">▼ {-int(row.move)}</span>'
    )
