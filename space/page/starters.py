"""Films to start from, for somebody who has picked none or few: a press in place of a search."""

from __future__ import annotations

from html import escape
from itertools import islice
from typing import Any

import gradio as gr

from space.arguments import check_genres
from space.page.answers import Answers
from space.page.ask import Ask, listed
from space.page.cards import film_of
from space.page.frames import rows
from space.page.language import text, value_text
from space.recommender import MovieRecommender
from space.tastes import films_of_taste

STARTER_EVENTS = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.film) trigger("pick", { film: Number(button.dataset.film) });
  if (button?.dataset.genre) trigger("example", { genre: button.dataset.genre });
});
"""

FILMS = 10
"""Films that are offered."""

ENOUGH = 5
"""Picks from which on nothing is offered any more."""

EXAMPLES = (
    "Sci-Fi", "Comedy", "Romance", "Horror", "Animation", "Film-Noir", "Documentary", "War", "Thriller",
    "Western", "Musical", "Action", "Children's", "Drama",
)  # fmt: skip
"""Genres of which a visitor can be played who likes films of them, the first to be offered first."""

EXAMPLES_SHOWN = 7
"""At most so many of them are offered."""

EXAMPLE_FILMS = 8
"""How many films such a visitor likes. By five of them 5.9 of the first ten films of a list on MovieLens
100K are of the genre, in the mean over all genres; by eight 6.3."""

MOSTLY = 6
"""A genre is offered if at least so many of the first ten films of that visitor's list are of it."""

_WELL_KNOWN = {"familiarity": 1.0, "diversity": 0.5}


def starters_html(answers: Answers, recommender: MovieRecommender, ask: Ask) -> str:
    """Well-known films that differ from each other, and genres, each as a button.

    Empty where the model reads no picks, enough are made, or the list is for a user of the data.
    """
    if not ask.newcomer or recommender.bundle.ranking is None:
        return ""
    person = ask.person(answers.shown(recommender))
    picked = {*person["liked"], *person["disliked"]}
    if len(picked) >= ENOUGH:
        return ""
    films = answers.of(
        recommender, "recommend", recommender.recommend, user_id=None, k=2 * FILMS, **_WELL_KNOWN
    )
    offered = [row for row in rows(films) if row.movie_id not in picked][:FILMS]
    buttons = "".join(
        f'<button type="button" data-film="{row.movie_id}">{escape(row.title)}</button>'
        for row in offered
    )
    genres = "".join(
        f'<button type="button" data-genre="{escape(genre)}">'
        f"{escape(value_text(ask.language, 'genre', genre))}</button>"
        for genre in (() if picked else _examples(answers, recommender))
    )
    examples = _group(text(ask.language, "starters.examples"), genres)
    return _group(text(ask.language, "starters"), buttons) + examples


def with_pick(event: gr.EventData, likes: Any) -> list[Any]:
    """The liked films, and the one whose button was pressed."""
    film, films = film_of(event), listed(likes)
    return films if film is None or film in films else [*films, film]


def example(answers: Answers, event: gr.EventData) -> list[int]:
    """The films that somebody likes who likes the genre whose button was pressed.

    Raises:
        ValueError: If there is no such genre.
        PreparationError: If the model cannot be had.
    """
    data = event._data
    genre = data.get("genre") if isinstance(data, dict) else None
    recommender = answers.recommender(users=False)
    check_genres("genres", [genre], recommender.genres)
    return _liked(recommender, genre)


def _examples(answers: Answers, recommender: MovieRecommender) -> tuple[str, ...]:
    """The genres of which the list of who likes them is mostly, found out once for a model."""

    def lead_on(genre: str) -> bool:
        films = _liked(recommender, genre)
        if not films:
            return False
        found = recommender.recommend_for(liked=films[::-1])
        return sum(genre in genres for genres in found["genres"]) >= MOSTLY

    def make() -> tuple[str, ...]:
        there = (genre for genre in EXAMPLES if genre in recommender.genres)
        return tuple(islice(filter(lead_on, there), EXAMPLES_SHOWN))

    found: tuple[str, ...] = answers.of_bundle(recommender, "examples", make)
    return found


def _liked(recommender: MovieRecommender, genre: Any) -> list[int]:
    """Ids of films that somebody likes who likes a genre, the newest last."""
    ranking, movies = recommender.bundle.ranking, recommender.bundle.movies
    if ranking is None:
        return []
    films = films_of_taste(movies, ranking.models, genre, EXAMPLE_FILMS)
    return [int(film) for film in movies["movie_id"].iloc[films]]


def _group(name: str, buttons: str) -> str:
    return f'<div class="starters"><p>{escape(name)}</p>{buttons}</div>' if buttons else ""
