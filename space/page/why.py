"""Why a film has its score: what the model attends to, and what the score loses with each field."""

from __future__ import annotations

from html import escape

from space.page.answers import Answers
from space.page.ask import Ask
from space.recommender import MovieRecommender


def why_html(answers: Answers, recommender: MovieRecommender, ask: Ask, movie: int) -> str:
    """The explanation of one film's score for whoever the list is for.

    Raises:
        ValueError: If there is no such film or person.
    """
    person = {**ask.facts, "user_id": ask.person(answers.shown(recommender)).get("user_id")}
    explained = recommender.explain(movie_id=movie, **person, **ask.moment)
    return f"<p>{escape(str(explained.most_important()))}</p>"
