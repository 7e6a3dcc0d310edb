"""The list of films, as cards and as a table, and what orders it."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pandas as pd

from space.page.answers import Answers
from space.page.ask import Ask
from space.page.cards import CARD_EVENTS, cards_html, table_rows
from space.page.controls import Controls
from space.page.export import csv_text
from space.page.language import label, text, value_text
from space.page.markdown import plain
from space.page.words import in_words
from space.recommender import MovieRecommender

COLUMNS = ("rank", "title", "year", "genres", "score")

SAVE = """(csv) => {
  if (!csv) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\\ufeff", csv], { type: "text/csv" }));
  link.download = "films.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}"""
"""Saves a text as a file of the visitor's; the mark at its start tells spreadsheets that it is UTF-8."""


class FilmsTab:
    """The tab of the list.

    Args:
        answers: What the page's modules share.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        with gr.Row(elem_id="list-head"):
            self._heading = gr.Markdown("", elem_id="heading")
            self._view = gr.Radio(
                [(label("view.cards"), "cards"), (label("view.table"), "table")],
                value="cards",
                label=label("view"),
                container=False,
                show_label=False,
                elem_id="view",
                min_width=170,
                scale=0,
            )
        self.cards = gr.HTML("", js_on_load=CARD_EVENTS, elem_id="cards")
        self._table = gr.Dataframe(
            headers=[label(f"column.{name}") for name in COLUMNS],
            datatype="str",
            interactive=False,
            wrap=True,
            show_label=False,
            max_height=900,
            column_widths=["8%", "42%", "10%", "28%", "12%"],
            buttons=[],
            visible=False,
            elem_id="recommended",
        )
        self._download = gr.Button(
            label("download"), size="sm", interactive=False, elem_id="download"
        )
        self._csv = gr.Textbox(visible=False)
        self._order = gr.Markdown("", elem_classes="note", elem_id="explanation")
        self.outputs = [self._heading, self.cards, self._table, self._download, self._order]
        """What `show` gives."""

    def wire(self, controls: Controls, private: dict[str, Any]) -> None:
        """Bind the tab's own events: the two views, and the file.

        Args:
            controls: The page's controls.
            private: How an event of the page's own is bound.
        """
        self._view.input(_views, self._view, [self.cards, self._table], queue=False, **private)
        self._download.click(self.csv, [*controls], self._csv, **private).then(
            None, self._csv, None, js=SAVE, **private
        )

    def show(self, ask: Ask, recommender: MovieRecommender) -> list[Any]:
        """The list, and what is said of it.

        Raises:
            ValueError: If what is asked makes no sense.
        """
        films = self._answers.list_for(recommender, ask)
        return [
            heading(films, ask, self._answers.relaxed(recommender, ask) if films.empty else {}),
            cards_html(
                films, ask.language, similar=recommender.knows_similar, links=recommender.links
            ),
            table_rows(films, ask.language),
            gr.Button(interactive=not films.empty),
            self._order_text(ask, recommender),
        ]

    def csv(self, *values: Any) -> str:
        """The list as CSV."""
        ask = Ask.of(values)
        with in_words(ask.language):
            recommender = self._answers.recommender(users=not ask.newcomer)
            return csv_text(self._answers.list_for(recommender, ask))

    def _order_text(self, ask: Ask, recommender: MovieRecommender) -> str:
        """What the order and the score mean, and what is not known."""
        name = self._answers.shown(recommender).name
        kind = "history" if recommender.bundle.ranking is not None else "likes"
        said = [text(ask.language, f"order.{kind}")]
        if ask.familiarity or ask.diversity:
            said.append(text(ask.language, "order.moved"))
        threshold = f"{recommender.bundle.schema.like_threshold:g}"
        said.append(text(ask.language, "order.score", name=plain(name), threshold=threshold))
        users = "loaded" if recommender.dataset is not None else self._answers.model.users
        said.append(text(ask.language, f"order.{'you' if ask.newcomer else users}"))
        return "\n\n".join(said)


def heading(films: pd.DataFrame, ask: Ask, relaxed: dict[str, int]) -> str:
    """The line above the list, which says why it is short or empty.

    Args:
        films: The list.
        ask: What was asked.
        relaxed: How many films there would be without each filter.
    """
    language = ask.language
    if films.empty:
        offers = [
            text(language, f"relaxed.{name}", count=f"{count:,}") for name, count in relaxed.items()
        ]
        return "\n".join([f"**{text(language, 'empty')}**", "", *(f"- {each}" for each in offers)])
    key = "list.short" if len(films) < ask.k else "list"
    said = text(language, key, count=len(films))
    genres = [plain(value_text(language, "genre", name)) for name in ask.genres or ()]
    if genres:
        joined = text(language, f"list.{ask.match}").join(genres)
        said += " " + text(language, "list.genres", genres=joined)
    return said


def _views(view: str) -> tuple[gr.HTML, gr.Dataframe]:
    return gr.HTML(visible=view != "table"), gr.Dataframe(visible=view == "table")
