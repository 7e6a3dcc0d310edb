"""Films like a film, by the model's film vectors."""

from __future__ import annotations

from html import escape
from typing import Any

from space.page.answers import Answers
from space.page.ask import Ask, listed
from space.page.cards import actions_html, chips_html, year_text
from space.page.charts import meter_html
from space.page.language import text
from space.recommender import MovieRecommender


def similar_html(answers: Answers, recommender: MovieRecommender, ask: Ask, movie: int) -> str:
    """Films like a film, with the genres that they share set off.

    Raises:
        ValueError: If there is no such film, or the model has no film vectors.
    """
    films = answers.of(recommender, "similar", recommender.similar_movies, movie_id=movie)
    movies = recommender.bundle.movies
    title, year = movies.loc[movies["movie_id"] == movie, ["title", "year"]].iloc[0]
    # What is picked counts where somebody new asks, and a ranking model reads it.
    picks = ask.newcomer and recommender.bundle.ranking is not None
    language, liked = ask.language, listed(ask.likes)
    cards = "".join(
        _card(
            row,
            language,
            links=recommender.links(row.movie_id),
            pick=picks and row.movie_id not in liked,
        )
        for row in films.itertuples()
    )
    said = text(language, "similar.note" if cards else "similar.none")
    return (
        f'<article class="detail" data-does="similar" data-film="{int(movie)}">'
        f"<h2>{escape(text(language, 'card.similar.of', title=title))} "
        f'<span class="year">{year_text(year)}</span></h2>'
        f'<p class="note">{escape(said)}</p><ol class="cards">{cards}</ol></article>'
    )


def _card(row: Any, language: str, *, links: dict[str, str], pick: bool) -> str:
    """One film.

    Args:
        row: Of `MovieRecommender.similar_movies`.
        language: The visitor's.
        links: The film's pages elsewhere.
        pick: Whether it can be added to the films liked.
    """
    does = ["pick", "why", "similar"] if pick else ["why", "similar"]
    similarity = text(language, "similar.of", similarity=f"{row.similarity:.2f}")
    return (
        f'<li class="card"><span class="rank" aria-hidden="true">{row.rank}</span>'
        f'<div class="of"><h3>{escape(row.title)} <span class="year">{year_text(row.year)}</span></h3>'
        f"{chips_html(row.genres, language, row.shared_genres)}"
        f"{meter_html(row.similarity, similarity)}"
        f"{actions_html(row, language, does, links)}</div></li>"
    )
