"""A list of films as ranked cards, and as rows of a table. Every value is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr
import pandas as pd

from space.page.charts import meter_html
from space.page.language import text, value_text

CARD_EVENTS = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-film]");
  if (!button) return;
  const film = { film: Number(button.dataset.film) };
  if (button.dataset.does === "like") trigger("like", film);
  if (button.dataset.does === "why") trigger("why", film);
  if (button.dataset.does === "similar") trigger("similar", film);
  if (button.dataset.does === "hide") trigger("hide", film);
});
"""
"""Gives each press of a card's button to the server, with the film's id."""


def film_of(event: gr.EventData) -> Any:
    """The film whose button was pressed, as the browser says; the recommender checks it."""
    data = event._data
    return data.get("film") if isinstance(data, dict) else None


def cards_html(films: pd.DataFrame, language: str, *, like: bool, similar: bool, links: Any) -> str:
    """Ranked cards.

    Args:
        films: As `MovieRecommender.recommend` gives them.
        language: The visitor's.
        like: Whether the list is for somebody who picks films that they like.
        similar: Whether the model knows which films are similar.
        links: Gives the links of a film by its id.
    """
    offered = {"like": like, "why": True, "similar": similar, "hide": True}
    does = [name for name, there in offered.items() if there]
    items = [_card(row, language, does, links(row.movie_id)) for row in films.itertuples()]
    return f'<ol class="cards">{"".join(items)}</ol>' if items else ""


def _card(row: Any, language: str, does: Sequence[str], links: dict[str, str]) -> str:
    named = text(language, "card.score", score=f"{row.score:.0%}")
    return (
        f'<li class="card" data-film="{row.movie_id}">'
        f'<span class="rank" aria-hidden="true">{row.rank}</span>'
        f'<div class="of"><h3>{escape(row.title)} <span class="year">{year_text(row.year)}</span></h3>'
        f"{chips_html(row.genres, language)}"
        f"{meter_html(row.score, named)}{actions_html(row, language, does, links)}</div></li>"
    )


def actions_html(row: Any, language: str, does: Sequence[str], links: dict[str, str]) -> str:
    """What can be done with a film, as buttons, and its pages elsewhere.

    Args:
        row: The film, with `movie_id` and `title`.
        language: The visitor's.
        does: What the buttons do, by their keys in the catalogue.
        links: The film's pages elsewhere.
    """
    buttons = "".join(
        f'<button type="button" data-does="{name}" data-film="{row.movie_id}" '
        f'aria-label="{escape(text(language, f"card.{name}.of", title=row.title))}">'
        f"{escape(text(language, f'card.{name}'))}</button>"
        for name in does
    )
    return f'<div class="does">{buttons}{links_html(links)}</div>'


def chips_html(genres: Any, language: str, shared: Any = ()) -> str:
    """Genres as chips.

    Args:
        genres: The genres of a film.
        language: The visitor's.
        shared: Those that are set off.
    """
    chips = "".join(
        f'<span class="chip{" shared" if genre in shared else ""}">'
        f"{escape(value_text(language, 'genre', genre))}</span>"
        for genre in genres
    )
    return f'<p class="chips">{chips}</p>' if chips else ""


def links_html(links: dict[str, str]) -> str:
    """Links to a film's pages elsewhere."""
    return "".join(
        f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{escape(name)}</a>'
        for name, address in links.items()
    )


def table_rows(films: pd.DataFrame, language: str) -> list[list[Any]]:
    """Rows of the table, in rank order."""
    return [
        [
            row.rank,
            row.title,
            year_text(row.year),
            genres_text(row.genres, language),
            f"{row.score:.3f}",
        ]
        for row in films.itertuples()
    ]


def year_text(year: Any) -> str:
    """A year, or a dash where it is not known."""
    return "–" if pd.isna(year) else str(int(year))


def genres_text(genres: Any, language: str) -> str:
    """Genres with a dot between them."""
    return " · ".join(value_text(language, "genre", genre) for genre in genres) or "–"
