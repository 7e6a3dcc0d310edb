"""Films like a film, by the model's film vectors."""

from __future__ import annotations

from html import escape

from space.page.answers import Answers
from space.page.cards import chips_html, year_text
from space.page.language import text
from space.recommender import MovieRecommender


def similar_html(answers: Answers, recommender: MovieRecommender, language: str, movie: int) -> str:
    """Films like a film, with the genres that they share set off.

    Raises:
        ValueError: If there is no such film, or the model knows none.
    """
    films = answers.of(recommender, "similar", recommender.similar_movies, movie_id=movie)
    items = "".join(
        f"<li><strong>{escape(row.title)}</strong> {year_text(row.year)}"
        f"{chips_html(row.genres, language, row.shared_genres)}</li>"
        for row in films.itertuples()
    )
    return f"<h2>{escape(text(language, 'similar'))}</h2><ol>{items}</ol>"
