"""The list of films, as cards and as a table, and what orders it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import gradio as gr
import pandas as pd

from space.like_weight import MANY, MANY_SHARE
from space.page.answers import Answers
from space.page.ask import Ask, listed, user_of
from space.page.cards import CARD_EVENTS, cards_html, table_rows
from space.page.controls import Controls
from space.page.export import csv_text
from space.page.language import label, text, value_text
from space.page.markdown import plain
from space.page.meant import Meant, correct
from space.page.table import headers, table
from space.page.words import in_words
from space.recommender import MovieRecommender

COLUMNS = ("rank", "title", "year", "genres", "score")

OFFER_EVENTS = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-filter]");
  if (button) trigger("relax", { filter: button.dataset.filter });
});
"""
"""Tells the server which filter is to be dropped."""

DROPPED: Mapping[str, Mapping[str, Any]] = {
    "genres": {"genres": []},
    "match": {"match": "any"},
    "exclude_genres": {"exclude_genres": []},
    "years": {"from_year": "", "to_year": ""},
    "hidden": {"hidden": []},
    "seen": {"exclude_seen": False},
}
"""What the controls are set to where a filter is dropped, by the names of `relaxed`."""

ALL: Mapping[str, Any] = {
    name: value for values in DROPPED.values() for name, value in values.items()
}
"""The same where all are dropped."""

SAVE = """(csv) => {
  if (!csv) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\\ufeff", csv], { type: "text/csv" }));
  link.download = "films.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}"""
"""Saves a text as a file of the visitor's; the mark at its start tells spreadsheets that it is UTF-8."""


SKELETON = f'<ol class="cards" aria-hidden="true">{"<li class=skeleton></li>" * 6}</ol>'
"""Where the cards will be."""


class FilmsTab:
    """The tab of the list.

    Args:
        answers: What the page's modules share.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        with gr.Row(elem_id="list-head"):
            self._heading = gr.Markdown("", elem_id="heading")
            self.view = gr.Radio(
                [(label("view.cards"), "cards"), (label("view.table"), "table")],
                value="cards",
                label=label("view"),
                container=False,
                show_label=False,
                elem_id="view",
                min_width=200,
                scale=0,
            )
        self._note = gr.Markdown("", elem_classes="note", elem_id="list-note")
        self._offers = gr.HTML("", js_on_load=OFFER_EVENTS, visible=False, elem_id="offers")
        self.cards = gr.HTML(SKELETON, js_on_load=CARD_EVENTS, elem_id="cards")
        self._table = gr.Dataframe(
            headers=headers(COLUMNS),
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
        self._instead = gr.Textbox(visible=False)
        self._order = gr.Markdown("", elem_classes="note", elem_id="explanation")
        self.outputs = [
            self._heading, self._note, self._offers, self.cards, self._table, self._download,
            self._instead, self._order,
        ]  # fmt: skip
        """What `show` gives."""
        self.lists: list[Any] = [self.cards, self._table]
        """The list in its two views, which show when the next one is on its way."""

    def wire(self, controls: Controls, private: dict[str, Any]) -> None:
        """Bind the tab's own events: the two views, the file, and what is meant by what was typed.

        Args:
            controls: The page's controls.
            private: How an event of the page's own is bound.
        """
        # A link sets the view as well.
        self.view.change(_views, self.view, self.lists, queue=False, **private)
        self._download.click(self.csv, [*controls], self._csv, **private).then(
            None, self._csv, None, js=SAVE, **private
        )
        correct(self._instead, controls, private)

    def wire_offers(self, controls: Controls, private: dict[str, Any]) -> Any:
        """Have a press of an offer drop its filter; gives that event, on which a new list follows.

        Args:
            controls: The page's controls.
            private: How an event of the page's own is bound.
        """
        dropped = [getattr(controls, name) for name in ALL]
        return self._offers.relax(self.relax, None, dropped, **private)

    def relax(self, event: gr.EventData) -> list[Any]:
        """The filters' controls, with the filter dropped that the browser names, or with all."""
        data = event._data
        name = str(data.get("filter"))[:20] if isinstance(data, dict) else ""
        values = ALL if name == "all" else DROPPED.get(name, {})
        return [values.get(each, gr.skip()) for each in ALL]

    def show(self, ask: Ask, recommender: MovieRecommender) -> list[Any]:
        """The list, and what is said of it.

        Raises:
            ValueError: If what is asked makes no sense.
        """
        meant = Meant.of(ask, self._answers.shown(recommender), recommender)
        ask = meant.ask
        films = self._answers.list_for(recommender, ask)
        offers = ""
        if films.empty:
            offers = offers_html(self._answers.relaxed(recommender, ask), ask.language)
        return [
            f"## {heading(films, ask)}",
            self._note_text(films, ask, recommender),
            gr.HTML(offers, visible=offers != ""),
            cards_html(
                films,
                ask.language,
                like=ask.newcomer and recommender.bundle.ranking is not None,
                similar=recommender.knows_similar,
                links=recommender.links,
            ),
            table(COLUMNS, table_rows(films, ask.language), ask.language),
            gr.Button(interactive=not films.empty),
            meant.tell(),
            self._order_text(ask, recommender),
        ]

    def csv(self, *values: Any) -> str:
        """The list as CSV."""
        ask = Ask.of(values)
        with in_words(ask.language):
            recommender = self._answers.recommender(users=not ask.newcomer)
            return csv_text(self._answers.list_for(recommender, ask))

    def _note_text(self, films: pd.DataFrame, ask: Ask, recommender: MovieRecommender) -> str:
        """What the place of a film and its bar say, in a line above the list."""
        if films.empty:
            return ""
        kind, threshold = _terms(recommender)
        said = text(ask.language, f"list.note.{kind}", threshold=threshold)
        moved = ask.familiarity or ask.diversity
        return f"{said} {text(ask.language, 'order.moved')}" if moved else said

    def _order_text(self, ask: Ask, recommender: MovieRecommender) -> str:
        """What the order and the score mean, and what is not known."""
        name = self._answers.shown(recommender).name
        kind, threshold = _terms(recommender)
        said = [text(ask.language, f"order.{kind}")]
        weight = 0.0 if ask.newcomer else recommender.like_weight(user_of(ask.user))
        if weight:
            said.append(
                text(
                    ask.language,
                    "order.weight",
                    many=MANY,
                    share=f"{MANY_SHARE:.0%}",
                    weight=f"{weight:.2f}",
                )
            )
        if ask.familiarity or ask.diversity:
            said.append(text(ask.language, "order.moved"))
        score = text(ask.language, "order.score", name=plain(name), threshold=threshold)
        said.append(f"{score} {text(ask.language, f'order.score.{kind}')}")
        users = "loaded" if recommender.dataset is not None else self._answers.model.users
        if ask.newcomer:
            said.append(text(ask.language, "order.you"))
        if not ask.newcomer or users == "apart":
            said.append(text(ask.language, f"order.{users}"))
        if not ask.newcomer and users == "none" and kind == "history":
            # All that it could read of a user is in the data set.
            said.append(text(ask.language, "order.same"))
        return "\n\n".join(said)


def _terms(recommender: MovieRecommender) -> tuple[str, str]:
    """By which texts the order of a bundle's lists is told, and how many stars are a like."""
    bundle = recommender.bundle
    kind = "history" if bundle.ranking is not None else "likes"
    return kind, f"{bundle.schema.like_threshold:g}"


def heading(films: pd.DataFrame, ask: Ask) -> str:
    """The line above the list, which says how many films there are, and of what genres.

    Args:
        films: The list.
        ask: What was asked.
    """
    language = ask.language
    if films.empty:
        return text(language, "empty")
    key = "list.short" if len(films) < ask.k else "list"
    said = text(language, f"{key}.one" if len(films) == 1 else key, count=len(films))
    genres = [plain(value_text(language, "genre", name)) for name in listed(ask.genres)]
    if genres:
        joined = text(language, f"list.{ask.match}").join(genres)
        key = "list.genre" if len(genres) == 1 else "list.genres"
        said += " " + text(language, key, genres=joined)
    return said


def offers_html(relaxed: dict[str, int], language: str) -> str:
    """What can be done about an empty list: the filters each of which alone empties it, to be dropped.

    Args:
        relaxed: How many films there would be without each filter.
        language: The visitor's.
    """
    offers = {
        name: text(language, f"relaxed.{name}", count=f"{count:,}")
        for name, count in relaxed.items()
    }
    intro = "relaxed" if offers else "relaxed.none"
    buttons = "".join(
        f'<li><button type="button" data-filter="{escape(name)}">{escape(said)}</button></li>'
        for name, said in (offers or {"all": text(language, "relaxed.all")}).items()
    )
    return f'<p>{escape(text(language, intro))}</p><ul class="offers">{buttons}</ul>'


def _views(view: str) -> tuple[gr.HTML, gr.Dataframe]:
    return gr.HTML(visible=view != "table"), gr.Dataframe(visible=view == "table")
