"""Who the list is for: a profile, a taste beside everybody's, a time line, the films liked."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr
import pandas as pd

from space.insights.taste import Taste, taste
from space.moment import Moment
from space.page.answers import Answers
from space.page.ask import Ask, listed, user_of
from space.page.cards import genres_text, year_text
from space.page.charts import Column, Pair, columns_html, paired_bars_html
from space.page.controls import Controls
from space.page.frames import rows
from space.page.language import label, text, value_text
from space.page.table import headers, table
from space.recommender import MovieRecommender

LIKED = ("title", "year", "genres", "stars", "rated")

_YEARS_APART = 36
"""Months of a time line from which on it has a column a year rather than a month."""


class PersonTab:
    """The tab of the person.

    Args:
        answers: What the page's modules share.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._profile = gr.HTML("", elem_id="profile")
        self._charts = gr.HTML("", elem_id="taste")
        with gr.Column(visible=False, elem_id="liked-films") as self._films:
            gr.Markdown(label("person.liked"))
            self._liked = gr.Dataframe(
                headers=headers(LIKED),
                datatype="str",
                interactive=False,
                wrap=True,
                show_label=False,
                max_height=420,
                column_widths=["36%", "10%", "28%", "10%", "16%"],
                buttons=[],
                elem_id="liked",
            )
        self.outputs: list[Any] = [self._profile, self._charts, self._films, self._liked]

    def wire(self, controls: Controls, private: dict[str, Any]) -> None:
        """The tab has no events of its own."""

    def show(self, ask: Ask) -> list[Any]:
        """What is known of the person.

        Raises:
            ValueError: If there is no such user.
            PreparationError: If the users cannot be had.
        """
        if ask.newcomer:
            read = self._answers.recommender(users=False).bundle.ranking is not None
            return [newcomer_html(ask, picks=read), "", gr.Column(visible=False), []]
        recommender = self._answers.recommender(users=True)
        user = user_of(ask.user)
        profile = profile_html(recommender, user, ask.language)
        if recommender.dataset is None:
            return [profile, "", gr.Column(visible=False), []]
        found = self._answers.of(
            recommender, "taste", lambda user_id: taste(recommender, user_id), user_id=user
        )
        liked = liked_rows(recommender.liked(user), ask.language)
        films = table(LIKED, liked, ask.language)
        return [profile, taste_html(found, ask.language), gr.Column(visible=True), films]


def profile_html(recommender: MovieRecommender, user: int, language: str) -> str:
    """A user's profile as a list of facts."""
    profile = recommender.profile(user)
    facts = {"user": str(profile["user_id"])}
    for name in ("gender", "age", "occupation", "zip"):
        facts[name] = value_text(language, name, str(profile[name]))
    if recommender.dataset is not None:
        facts |= {name: f"{profile[name]:,}" for name in ("ratings", "likes")}
        if profile["mean_rating"] is not None:
            facts["mean_rating"] = f"{profile['mean_rating']:.2f}"
        if profile["last_month"] is not None:
            facts["last_rating"] = month_text(profile["last_month"], language)
    return facts_html({text(language, f"fact.{name}"): value for name, value in facts.items()})


def newcomer_html(ask: Ask, *, picks: bool) -> str:
    """What stands in place of a profile for the visitor: all that they told, and how it is read.

    Args:
        ask: What is asked.
        picks: Whether the model reads films that are picked.
    """
    language = ask.language
    facts = {
        text(language, f"fact.{name}"): value_text(language, name, str(value))
        for name, value in ask.facts.items()
    }
    facts |= {
        text(language, name): str(len(picked))
        for name, picked in (("likes", listed(ask.likes)), ("dislikes", listed(ask.dislikes)))
        if picked
    }
    how = ["person.how.picks", "person.how"] if picks else ["person.how"]
    said = ["person.you" if facts else "person.stranger", *how, "person.choose"]
    notes = "".join(f'<p class="note">{escape(text(language, key))}</p>' for key in said)
    return f"{facts_html(facts)}{notes}"


def taste_html(found: Taste, language: str) -> str:
    """The charts of a user's taste."""
    whose: dict[str, Any] = {
        "first": text(language, "taste.user"),
        "second": text(language, "taste.all"),
    }
    watched = found.genres[found.genres["share"] > 0].sort_values("share", ascending=False)
    genres = [
        Pair(
            value_text(language, "genre", row.genre),
            row.share,
            row.share_all,
            f"{row.share:.0%}",
            f"{row.share_all:.0%}",
        )
        for row in rows(watched)
    ]
    means = [
        Pair(
            value_text(language, "genre", row.genre),
            row.mean,
            row.mean_all,
            f"{row.mean:.2f}",
            f"{row.mean_all:.2f}",
        )
        for row in rows(watched.sort_values("mean", ascending=False))
    ]
    charts = [
        paired_bars_html(genres, name=text(language, "taste.genres"), **whose),
        paired_bars_html(means, name=text(language, "taste.means"), top=5, **whose),
        paired_bars_html(
            _shares(found.decades, "decade", lambda year: text(language, "decade", year=int(year))),
            name=text(language, "taste.decades"),
            **whose,
        ),
        paired_bars_html(
            _shares(found.stars, "rating", lambda stars: f"{stars:g} ★"),
            name=text(language, "taste.stars"),
            **whose,
        ),
    ]
    line = timeline_html(_timeline(found.timeline, language), language)
    return f'{line}<div class="charts">{"".join(charts)}</div>'


def timeline_html(columns: list[Column], language: str) -> str:
    """The columns as a chart; of a single one, which would be a solid block, it is said in words."""
    if len(columns) != 1:
        return columns_html(columns, name=text(language, "taste.timeline"))
    [only] = columns
    said = text(language, "taste.timeline.one", when=only.label, count=only.shown)
    return f'<p class="note">{escape(said)}</p>'


def _shares(frame: pd.DataFrame, column: str, named: Any) -> list[Pair]:
    return [
        Pair(named(each), own, everybody, f"{own:.0%}", f"{everybody:.0%}")
        for each, own, everybody in zip(
            frame[column], frame["share"], frame["share_all"], strict=True
        )
    ]


def _timeline(months: pd.DataFrame, language: str) -> list[Column]:
    """The ratings by month, or by year where there are many months; times of none among them."""
    if months.empty:
        return []
    counts = {12 * int(row.year) + int(row.month) - 1: int(row.ratings) for row in rows(months)}
    first, last = min(counts), max(counts)
    if last - first < _YEARS_APART:
        return [
            Column(
                month_text((at // 12, at % 12 + 1), language),
                counts.get(at, 0),
                f"{counts.get(at, 0):,}",
                month_text((at // 12, at % 12 + 1), language) if at in (first, last) else "",
            )
            for at in range(first, last + 1)
        ]
    years = dict.fromkeys(range(first // 12, last // 12 + 1), 0)
    for at, count in counts.items():
        years[at // 12] += count
    return [
        Column(
            str(year), count, f"{count:,}", str(year) if year in (min(years), max(years)) else ""
        )
        for year, count in years.items()
    ]


def liked_rows(liked: pd.DataFrame, language: str) -> list[list[Any]]:
    """Rows of the table of liked films, newest first."""
    dates = pd.to_datetime(liked["timestamp"], unit="s").dt.strftime("%Y-%m-%d")
    return [
        [
            row.title,
            year_text(row.year),
            genres_text(row.genres, language),
            f"{row.rating:g}",
            date,
        ]
        for row, date in zip(rows(liked), dates, strict=True)
    ]


def facts_html(facts: dict[str, str]) -> str:
    """Facts with their names."""
    items = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in facts.items()
    )
    return f'<dl class="profile">{items}</dl>' if items else ""


def month_text(moment: Moment, language: str) -> str:
    """A month of a year in words."""
    year, month = moment
    return text(language, "month_of", month=text(language, f"month.{month}"), year=year)
