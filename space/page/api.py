"""What programs call: the endpoints of the API, which are the tools of the MCP server as well."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pandas as pd

from space.explanation import Explanation
from space.filters import Match
from space.page.answers import Answers
from space.page.events import ONE_QUEUE
from space.page.words import in_words

LIKED = 50
"""The newest liked films that a profile lists."""


def add_endpoints(answers: Answers) -> None:
    """Add the endpoints to the page that is being built.

    Args:
        answers: What the page's modules share.
    """
    endpoints = Endpoints(answers)
    for endpoint in (
        endpoints.recommend,
        endpoints.recommend_for,
        endpoints.similar_movies,
        endpoints.explain,
        endpoints.user_profile,
        endpoints.search_movies,
        endpoints.genres,
    ):
        gr.api(  # type: ignore[attr-defined]
            endpoint, api_name=endpoint.__name__, concurrency_id=ONE_QUEUE
        )


class Endpoints:
    """The endpoints, each a method with the endpoint's name.

    Gradio reads the docstrings for those who call: what an argument is, and what is returned, each
    has to stand on one line.

    Args:
        answers: What the page's modules share.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def recommend(
        self,
        user_id: int | None = None,
        year: int | None = None,
        month: int | None = None,
        genres: list[str] | None = None,
        match: Match = "any",
        k: int = 10,
        exclude_genres: list[str] | None = None,
        from_year: int | None = None,
        to_year: int | None = None,
        hidden: list[int] | None = None,
        familiarity: float = 0.0,
        diversity: float = 0.0,
        exclude_seen: bool = True,
    ) -> list[dict[str, Any]]:
        """Films that a user of the data set has not rated, or films for somebody new, best first.

        They stand in the page's order. `score` is another figure: the probability of a like.

        Args:
            user_id: A user of the data set; by default somebody of whom nothing is known.
            year: Year for which to recommend; the data's last by default.
            month: Month for which to recommend, 1 to 12; the data's last by default.
            genres: Wanted genres, as `genres` lists them; none means all films.
            match: Whether a film should have "any" or "all" of the genres.
            k: Length of the list, 1 to 100.
            exclude_genres: Films with any of these genres are left out.
            from_year: The earliest release year.
            to_year: The latest release year.
            hidden: Movie ids to leave out.
            familiarity: From -1, obscure films, to 1, well-known ones; 0 is the model's own order.
            diversity: From 0, the model's own order, to 1, films as different from each other as can be.
            exclude_seen: Whether films that the user has rated are left out.

        Returns:
            Of each film its rank, movie_id, title, year (or null), genres and score.
        """
        asked: dict[str, Any] = {
            "user_id": user_id,
            "year": year,
            "month": month,
            "genres": genres or [],
            "match": match,
            "k": k,
            "exclude_genres": exclude_genres or [],
            "from_year": from_year,
            "to_year": to_year,
            "hidden": hidden or [],
            "familiarity": familiarity,
            "diversity": diversity,
            "exclude_seen": exclude_seen,
        }
        with in_words():
            recommender = self._answers.recommender(users=user_id is not None)
            films = self._answers.of(recommender, "recommend", recommender.recommend, **asked)
        return _entries(films)

    def recommend_for(
        self,
        liked: list[int] | None = None,
        disliked: list[int] | None = None,
        gender: str | None = None,
        age: str | None = None,
        occupation: str | None = None,
        year: int | None = None,
        month: int | None = None,
        genres: list[str] | None = None,
        match: Match = "any",
        k: int = 10,
        exclude_genres: list[str] | None = None,
        from_year: int | None = None,
        to_year: int | None = None,
        hidden: list[int] | None = None,
        familiarity: float = 0.0,
        diversity: float = 0.0,
    ) -> list[dict[str, Any]]:
        """Films for somebody who is not in the data set, by what they tell of themselves, best first.

        They stand in the page's order. `score` is another figure: the probability of a like.

        Args:
            liked: Ids of films that they like, watched last first; at most 100 with those of `disliked`.
            disliked: Ids of films that they do not like, watched last first; neither kind is listed.
            gender: Their gender as the data set writes it, such as "F"; by default not known.
            age: Their age group as the data set writes it, such as "25-34"; by default not known.
            occupation: Their occupation as the data set writes it; by default not known.
            year: Year for which to recommend; the data's last by default.
            month: Month for which to recommend, 1 to 12; the data's last by default.
            genres: Wanted genres, as `genres` lists them; none means all films.
            match: Whether a film should have "any" or "all" of the genres.
            k: Length of the list, 1 to 100.
            exclude_genres: Films with any of these genres are left out.
            from_year: The earliest release year.
            to_year: The latest release year.
            hidden: Movie ids to leave out.
            familiarity: From -1, obscure films, to 1, well-known ones; 0 is the model's own order.
            diversity: From 0, the model's own order, to 1, films as different from each other as can be.

        Returns:
            Of each film its rank, movie_id, title, year (or null), genres and score.
        """
        asked: dict[str, Any] = {
            "liked": liked or [],
            "disliked": disliked or [],
            "gender": gender,
            "age": age,
            "occupation": occupation,
            "year": year,
            "month": month,
            "genres": genres or [],
            "match": match,
            "k": k,
            "exclude_genres": exclude_genres or [],
            "from_year": from_year,
            "to_year": to_year,
            "hidden": hidden or [],
            "familiarity": familiarity,
            "diversity": diversity,
        }
        with in_words():
            recommender = self._answers.recommender(users=False)
            make = recommender.recommend_for
            films = self._answers.of(recommender, "recommend_for", make, **asked)
        return _entries(films)

    def similar_movies(self, movie_id: int, k: int = 10) -> list[dict[str, Any]]:
        """Films that the model holds to be like a film, the most similar first.

        `similarity` is the cosine of the two films' vectors.

        Args:
            movie_id: The film.
            k: Length of the list, 1 to 100.

        Returns:
            Of each film its rank, movie_id, title, year or null, genres, shared_genres, similarity.
        """
        with in_words():
            recommender = self._answers.recommender(users=False)
            make = recommender.similar_movies
            films = self._answers.of(recommender, "similar", make, movie_id=movie_id, k=k)
        return _entries(films)

    def explain(
        self,
        movie_id: int,
        user_id: int | None = None,
        gender: str | None = None,
        age: str | None = None,
        occupation: str | None = None,
        year: int | None = None,
        month: int | None = None,
    ) -> dict[str, Any]:
        """What the probability that somebody likes a film hangs on, field by field.

        A field's change is the logit minus the one with the field unknown. Pairs are of known fields.
        Attention and the change of the logit describe the model; they are no causes.

        Args:
            movie_id: The film.
            user_id: A user of the data set; by default somebody new.
            gender: The gender of somebody new, as the data set writes it; by default not known.
            age: Their age group, as the data set writes it; by default not known.
            occupation: Their occupation, as the data set writes it; by default not known.
            year: Year for which to ask; the data's last by default.
            month: Month for which to ask, 1 to 12; the data's last by default.

        Returns:
            The probability, its logit, the fields, the pairs that attend most, and all attention.
        """
        with in_words():
            recommender = self._answers.recommender(users=user_id is not None)
            explained = self._answers.of(
                recommender,
                "explain",
                recommender.explain,
                user_id=user_id,
                movie_id=movie_id,
                gender=gender,
                age=age,
                occupation=occupation,
                year=year,
                month=month,
            )
        return _explained(explained)

    def user_profile(self, user_id: int) -> dict[str, Any]:
        """What the data set knows of a user, and the films that they liked, newest first.

        Args:
            user_id: A user of the data set.

        Returns:
            What is known of the user, numbers of ratings and likes, and at most 50 liked films.
        """
        with in_words():
            recommender = self._answers.recommender(users=True)
            profile = recommender.profile(user_id)
            liked = recommender.liked(user_id).head(LIKED)
        named = {name: _plain(value) for name, value in profile.items()}
        return {**named, "liked": _entries(liked)}

    def search_movies(self, query: str, k: int = 10) -> list[dict[str, Any]]:
        """Films by their title, the best match first; small mistakes are forgiven.

        Args:
            query: A title or a part of one, with the release year if it should count.
            k: Length of the list, 1 to 100.

        Returns:
            Of each film its movie_id, title, year (or null) and genres.
        """
        with in_words():
            recommender = self._answers.recommender(users=False)
            return _entries(recommender.search_movies(query, k=k))

    def genres(self) -> list[str]:
        """All genres of the films, sorted.

        Returns:
            The genres.
        """
        with in_words():
            return list(self._answers.recommender(users=False).genres)


def _entries(films: pd.DataFrame) -> list[dict[str, Any]]:
    """Films as the API gives them."""
    if "year" in films:
        # A year is no fraction, also beside one that is not known.
        films = films.astype({"year": "Int64"})
    return [
        {str(name): _plain(value) for name, value in row.items()}
        for row in films.to_dict("records")
    ]


def _explained(explained: Explanation) -> dict[str, Any]:
    """An explanation as the API gives it."""
    return {
        "probability": _plain(explained.probability),
        "logit": _plain(explained.logit),
        "fields": [
            {"field": name, "value": value, "change": _plain(change)}
            for name, value, change in zip(
                explained.fields, explained.values, explained.change, strict=True
            )
        ],
        "pairs": [
            {"first": pair.first, "second": pair.second, "attention": _plain(pair.attention)}
            for pair in explained.strongest_pairs(known=True)
        ],
        "attention": explained.attention.round(6).tolist(),
    }


def _plain(value: Any) -> Any:
    """A value as JSON has it: no type of numpy or pandas, no more digits than a float32 holds."""
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if value is None or value is pd.NA or value != value:
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return round(value, 6)
    return value
