"""What the page's events and the API call."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pandas as pd

from space import memory
from space.artifacts import SharedModel
from space.hub.transfer import Report
from space.page import views
from space.page.shown import Shown
from space.page.words import as_html, in_words
from space.person import FACTS
from space.pretrained import quiet
from space.ranking import Match
from space.recommender import MovieRecommender

_FETCHING = gr.Progress()


class Handlers:
    """The page's answers, for all visitors of one model.

    Args:
        model: The model that they share.
    """

    def __init__(self, model: SharedModel) -> None:
        self._model = model
        self._last_shown: Shown | None = None

    def visit(self) -> list[Any]:
        """A browser has opened the page: see to the model, then as `poll`."""
        self._model.visit()
        return self.poll()

    def poll(self) -> list[Any]:
        """Updates of the status and, once the model is loaded, of the controls."""
        status, recommender = self._model.status, self._model.recommender
        panel = self._panel()
        retry = gr.Button(visible=status.state == "failed")
        if recommender is None:
            return [panel, retry, gr.Timer(active=True), *[gr.skip()] * 16]
        year, month = recommender.last_month
        shown = self._shown(recommender)
        users: list[Any] = [views.NEWCOMER, *((str(user), user) for user in recommender.user_ids)]
        return [
            panel,
            retry,
            gr.Timer(active=False),
            *self._notes(recommender),
            gr.Dropdown(users, value=views.NEWCOMER, interactive=True),
            gr.Number(value=year, interactive=True),
            gr.Dropdown(value=month, interactive=True),
            gr.Dropdown(list(recommender.genres), interactive=True),
            gr.Radio(interactive=True),
            gr.Slider(interactive=True),
            gr.Button(interactive=True),
            gr.Dropdown(shown.films, interactive=True),
            gr.Dropdown(shown.films, interactive=True),
            *(
                gr.Dropdown(
                    views.fact_choices(known),
                    value=views.NOT_TOLD,
                    interactive=True,
                    visible=len(known) > 0,
                )
                for known in shown.facts.values()
            ),
            *self.asked(views.NEWCOMER),
        ]

    def asked(self, user: Any) -> tuple[gr.Column, gr.Column]:
        """Where films are picked and where facts are told: there for somebody new, if they are read."""
        recommender = self._model.recommender
        reads = told = False
        if recommender is not None and user == views.NEWCOMER:
            reads = recommender.bundle.ranking is not None
            told = any(self._shown(recommender).facts.values())
        return gr.Column(visible=reads), gr.Column(visible=told)

    def retry(self) -> list[Any]:
        """Prepare the model again after a failure."""
        self._model.start()
        return self.poll()

    def show(
        self,
        user_id: int | str | None,
        year: int | None,
        month: int | None,
        genres: list[str] | None,
        match: Match,
        k: int,
        likes: list[Any] | None = None,
        dislikes: list[Any] | None = None,
        gender: str | None = None,
        age: str | None = None,
        occupation: str | None = None,
        progress: gr.Progress = _FETCHING,
    ) -> list[Any]:
        """Recommendations, profile and liked films of the chosen user, or of somebody new.

        Only the list of somebody new reads the films that were picked, `likes` and `dislikes`, and
        what was told from `gender` on.
        """
        genres = genres or []
        user: Any = int(user_id) if str(user_id).isdecimal() else user_id  # type: ignore[arg-type]
        newcomer = user == views.NEWCOMER
        # Gradio shows a message as HTML, and this one repeats what the visitor typed.
        with in_words(as_html), memory.released():
            recommender = self._recommender(
                user, lambda fraction, text: progress(fraction or 0.0, desc=text)
            )
            if user in (None, ""):
                raise ValueError(f"Choose a user first, or {views.NEWCOMER}.")
            if newcomer:
                # The one chosen last stands last, and counts as the newest.
                films = self._shown(recommender).films
                picked, passed = (
                    [views.film_of(films, pick) for pick in reversed(picks or ())]
                    for picks in (likes, dislikes)
                )
                told = {
                    name: fact
                    for name, fact in zip(FACTS, (gender, age, occupation), strict=True)
                    if fact and fact != views.NOT_TOLD
                }
                recommended = recommender.recommend_for(
                    liked=picked,
                    disliked=passed,
                    **told,
                    year=year,
                    month=month,
                    genres=genres,
                    match=match,
                    k=k,
                )
                profile, liked = views.newcomer_html(len(picked), len(passed), told), []
            else:
                recommended = recommender.recommend(
                    user, year=year, month=month, genres=genres, match=match, k=k
                )
                known = recommender.dataset is not None
                profile = views.profile_html(recommender.profile(user), known)
                liked = views.liked_rows(recommender.liked(user))
        return [
            views.heading(recommended, k, genres, match, newcomer),
            views.recommended_rows(recommended),
            profile,
            liked,
            *self._notes(recommender),
            self._panel(),
        ]

    def recommend(
        self,
        user_id: int | None = None,
        year: int | None = None,
        month: int | None = None,
        genres: list[str] | None = None,
        match: Match = "any",
        k: int = 10,
    ) -> list[dict[str, Any]]:
        """Films that a user of the data set has not rated, or films for somebody new, best first.

        Args:
            user_id: A user of the data set; by default somebody of whom nothing is known.
            year: Year for which to recommend; the data's last by default.
            month: Month for which to recommend, 1 to 12; the data's last by default.
            genres: Wanted genres; none means all films.
            match: Whether a film should have "any" or "all" of the genres.
            k: Length of the list, 1 to 100.

        Returns:
            For each film its rank, movie_id, title, year (or null), genres and score, the
            probability of a like.
        """
        with in_words(), memory.released():
            recommended = self._recommender(user_id).recommend(
                user_id, year=year, month=month, genres=genres or (), match=match, k=k
            )
        return _entries(recommended)

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
    ) -> list[dict[str, Any]]:
        """Films for somebody who is not in the data set, by what they tell of themselves, best first.

        Args:
            liked: Movie ids of films that they like, the one watched last first; at most 100 with
                those of `disliked`. They are left out of the list.
            disliked: Movie ids of films that they do not like, in the same order.
            gender: Their gender as the data set writes it, such as "F"; by default not known.
            age: Their age group as the data set writes it, such as "25-34"; by default not known.
            occupation: Their occupation as the data set writes it; by default not known.
            year: Year for which to recommend; the data's last by default.
            month: Month for which to recommend, 1 to 12; the data's last by default.
            genres: Wanted genres; none means all films.
            match: Whether a film should have "any" or "all" of the genres.
            k: Length of the list, 1 to 100.

        Returns:
            For each film its rank, movie_id, title, year (or null), genres and score, the
            probability of a like.
        """
        with in_words(), memory.released():
            recommended = self._recommender(None).recommend_for(
                liked=liked or (),
                disliked=disliked or (),
                gender=gender,
                age=age,
                occupation=occupation,
                year=year,
                month=month,
                genres=genres or (),
                match=match,
                k=k,
            )
        return _entries(recommended)

    def _recommender(self, user: Any, report: Report = quiet) -> MovieRecommender:
        """The model, with its data set where a user is asked for."""
        if isinstance(user, int):
            return self._model.ready_with_users(report)
        return self._model.ready()

    def _shown(self, recommender: MovieRecommender) -> Shown:
        shown = self._last_shown
        if shown is None or shown.bundle is not recommender.bundle:
            self._last_shown = shown = Shown.of(recommender.bundle)
        return shown

    def _panel(self) -> gr.HTML:
        """Where the model stands, while that is worth telling."""
        html = views.status_html(self._model.status)
        return gr.HTML(html, visible=html != "")

    def _notes(self, recommender: MovieRecommender) -> tuple[str, str]:
        """The explanation and the footer."""
        threshold = recommender.bundle.schema.like_threshold
        users = "loaded" if recommender.dataset is not None else self._model.users
        name = self._shown(recommender).name
        explanation = views.explanation(
            threshold, users, ranking_model=recommender.bundle.ranking is not None, name=name
        )
        return explanation, views.footer(
            recommender.bundle, name, recommender.origin, recommender.dataset_origin
        )


def _entries(recommended: pd.DataFrame) -> list[dict[str, Any]]:
    """The list as the API gives it."""
    return [
        {
            "rank": int(row["rank"]),
            "movie_id": int(row["movie_id"]),
            "title": str(row["title"]),
            "year": None if pd.isna(row["year"]) else int(row["year"]),
            "genres": list(row["genres"]),
            "score": round(float(row["score"]), 6),
        }
        for row in recommended.to_dict("records")
    ]
