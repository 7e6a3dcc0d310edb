"""How the films rank that a user rated, and that the model has not learned from."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from space.insights.held_out import Found, HeldOut, held_out
from space.page.answers import Answers
from space.page.ask import Ask, user_of
from space.page.cards import year_text
from space.page.charts import Pair, paired_bars_html
from space.page.controls import Controls
from space.page.frames import rows
from space.page.language import text
from space.page.person_tab import month_text

ROWS = 100
"""The most films that are listed."""


class CheckTab:
    """The tab of the check.

    Args:
        answers: What the page's modules share.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._content = gr.HTML("", elem_id="check")
        self.outputs: list[Any] = [self._content]

    def wire(self, controls: Controls, private: dict[str, Any]) -> None:
        """The tab has no events of its own."""

    def show(self, ask: Ask) -> list[Any]:
        """The check of a user.

        Raises:
            ValueError: If there is no such user, or no data set.
            PreparationError: If the users cannot be had.
        """
        if ask.newcomer:
            return [f"<p>{escape(text(ask.language, 'check.choose'))}</p>"]
        recommender = self._answers.recommender(users=True)
        if recommender.dataset is None:
            return [f"<p>{escape(text(ask.language, 'check.no_data'))}</p>"]
        found = self._answers.of(
            recommender,
            "check",
            lambda user_id: held_out(recommender, user_id),
            user_id=user_of(ask.user),
        )
        return [check_html(found, ask.language)]


def check_html(found: HeldOut, language: str) -> str:
    """Where the held-out films are in the model's list and in the list by popularity."""
    if found.films.empty:
        return f"<p>{escape(text(language, 'check.none'))}</p>"
    intro = text(
        language,
        "check.intro",
        films=f"{len(found.films):,}",
        candidates=f"{found.candidates:,}",
        month=month_text(found.moment, language),
    )
    named: dict[str, Any] = {
        "first": text(language, "check.model"),
        "second": text(language, "check.popularity"),
    }
    pairs = [
        Pair(
            text(language, f"check.{name}", k=found.k),
            _number(found.model, name),
            _number(found.popularity, name),
            _shown(found.model, name),
            _shown(found.popularity, name),
        )
        for name in ("hits", "ndcg")
    ]
    charts = "".join(
        paired_bars_html([pair], name=pair.label, top=top, **named)
        for pair, top in zip(pairs, (min(found.k, max(found.likes, 1)), 1.0), strict=True)
    )
    body = "".join(
        f'<tr><th scope="row">{escape(row.title)} <span class="year">{year_text(row.year)}</span></th>'
        f"<td>{row.rating:g} ★</td><td>{row.rank:,}</td><td>{row.popularity_rank:,}</td></tr>"
        for row in rows(found.films.head(ROWS))
    )
    columns = ("column.title", "column.stars", "check.rank", "check.popularity_rank")
    head = "".join(f'<th scope="col">{escape(text(language, key))}</th>' for key in columns)
    return (
        f'<p>{escape(intro)}</p><div class="charts">{charts}</div>'
        f'<div class="scrolled" role="region" tabindex="0" '
        f'aria-label="{escape(text(language, "tab.check"))}">'
        f'<table class="moves"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _number(found: Found, name: str) -> float:
    value = found.hits if name == "hits" else found.ndcg
    return 0.0 if value is None else float(value)


def _shown(found: Found, name: str) -> str:
    value = found.hits if name == "hits" else found.ndcg
    return "–" if value is None else f"{value:g}" if name == "hits" else f"{value:.3f}"
