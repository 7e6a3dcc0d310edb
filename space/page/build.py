"""The page's layout, and what happens at each event."""

from __future__ import annotations

import os
from html import escape
from typing import Any

import gradio as gr
import pandas as pd

from space.artifacts import SharedModel
from space.page import views
from space.ranking import Match
from space.recommender import MAX_K, MovieRecommender

TITLE = "Films for you, by AutoInt+"
_POLL_SECONDS = 1.0


def build_page(model: SharedModel) -> gr.Blocks:
    """Lay out the page. Building it starts nothing and loads nothing.

    Args:
        model: The model that all visitors share; while it is being prepared the controls are off.

    Returns:
        The page, to be served by `space.page.serve`.
    """
    # The page asks nothing of other hosts.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    handlers = _Handlers(model)
    page = gr.Blocks(title=TITLE, analytics_enabled=False)
    with page:
        gr.Markdown(
            f"# {TITLE}\nChoose a user of the MovieLens data set, a month and some genres: a model "
            "that lets the features of user and film attend to each other ranks the films that the "
            "user has not rated."
        )
        status = gr.HTML(views.status_html(model.status), elem_id="status")
        retry = gr.Button("Try again", visible=False, elem_id="retry")
        with gr.Row(equal_height=False):
            with gr.Column(scale=1, min_width=280):
                user = gr.Dropdown(
                    [],
                    label="User",
                    info="Type to search.",
                    # The engine checks what is typed; gradio forgets new choices with the session.
                    allow_custom_value=True,
                    interactive=False,
                    elem_id="user",
                )
                with gr.Row():
                    year = gr.Number(
                        label="Target year",
                        precision=0,
                        minimum=1900,
                        maximum=2100,
                        interactive=False,
                        min_width=110,
                        elem_id="year",
                    )
                    month = gr.Dropdown(
                        [(name, number) for number, name in enumerate(views.MONTHS, start=1)],
                        label="Target month",
                        interactive=False,
                        min_width=130,
                        elem_id="month",
                    )
                genres = gr.Dropdown(
                    [],
                    multiselect=True,
                    label="Genres",
                    info="None means all films.",
                    allow_custom_value=True,
                    interactive=False,
                    elem_id="genres",
                )
                match = gr.Radio(
                    [("any of them", "any"), ("all of them", "all")],
                    value="any",
                    label="A film should have",
                    interactive=False,
                    elem_id="match",
                )
                k = gr.Slider(
                    1, MAX_K, value=10, step=1, label="How many", interactive=False, elem_id="k"
                )
                button = gr.Button(
                    "Recommend", variant="primary", interactive=False, elem_id="recommend"
                )
            with gr.Column(scale=3, min_width=320):
                gr.Markdown("## Recommended")
                heading = gr.Markdown("", elem_id="heading")
                recommended = gr.Dataframe(
                    headers=list(views.RECOMMENDED),
                    datatype="str",
                    interactive=False,
                    wrap=True,
                    show_label=False,
                    max_height=900,
                    column_widths=["8%", "42%", "10%", "28%", "12%"],
                    buttons=[],
                    elem_id="recommended",
                )
                explanation = gr.Markdown("", elem_classes="note", elem_id="explanation")
                gr.Markdown("## The user")
                profile = gr.HTML("", elem_id="profile")
                gr.Markdown("### Films liked, newest first")
                liked = gr.Dataframe(
                    headers=list(views.LIKED),
                    datatype="str",
                    interactive=False,
                    wrap=True,
                    show_label=False,
                    max_height=360,
                    column_widths=["38%", "10%", "28%", "10%", "14%"],
                    buttons=[],
                    elem_id="liked",
                )
        footer = gr.Markdown("", elem_classes="note", elem_id="footer")
        timer = gr.Timer(_POLL_SECONDS)

        controls: list[Any] = [user, year, month, genres, match, k, button]
        polled = [status, retry, timer, explanation, footer, *controls]
        quiet: dict[str, Any] = {
            "queue": False,
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        page.load(handlers.poll, outputs=polled, **quiet)
        timer.tick(handlers.poll, outputs=polled, **quiet)
        retry.click(handlers.retry, outputs=polled, **quiet)
        shown = [heading, recommended, profile, liked]
        button.click(
            handlers.show,
            inputs=[user, year, month, genres, match, k],
            outputs=shown,
            api_visibility="private",
        )
        gr.api(  # type: ignore[attr-defined]
            handlers.recommend, api_name="recommend"
        )
    return page


class _Handlers:
    """What the page's events call."""

    def __init__(self, model: SharedModel) -> None:
        self._model = model

    def poll(self) -> list[Any]:
        """Updates of the status and, once the model is loaded, of the controls."""
        status, recommender = self._model.status, self._model.recommender
        panel = gr.HTML(views.status_html(status), visible=recommender is None)
        retry = gr.Button(visible=status.state == "failed")
        if recommender is None:
            return [panel, retry, gr.Timer(active=True), *[gr.skip()] * 9]
        year, month = recommender.last_month
        users = recommender.user_ids
        return [
            panel,
            retry,
            gr.Timer(active=False),
            views.explanation(
                recommender.bundle.schema.like_threshold, recommender.dataset is not None
            ),
            views.footer(recommender.bundle),
            gr.Dropdown(
                [(str(user), user) for user in users],
                value=users[0] if users else None,
                interactive=True,
            ),
            gr.Number(value=year, interactive=True),
            gr.Dropdown(value=month, interactive=True),
            gr.Dropdown(list(recommender.genres), interactive=True),
            gr.Radio(interactive=True),
            gr.Slider(interactive=True),
            gr.Button(interactive=True),
        ]

    def retry(self) -> list[Any]:
        """Prepare the model again after a failure."""
        self._model.start()
        return self.poll()

    def show(
        self,
        user_id: int | str,
        year: int | None,
        month: int | None,
        genres: list[str] | None,
        match: Match,
        k: int,
    ) -> tuple[str, list[list[Any]], str, list[list[Any]]]:
        """Recommendations, profile and liked films of the chosen user."""
        recommender = self._loaded()
        genres = genres or []
        try:
            if user_id in (None, ""):
                raise ValueError("Choose a user first.")
            user: Any = int(user_id) if str(user_id).isdecimal() else user_id
            recommended = recommender.recommend(
                user, year=year, month=month, genres=genres, match=match, k=k
            )
            profile = recommender.profile(user)
            liked = recommender.liked(user)
        except (ValueError, TypeError) as error:
            # Gradio shows a message as HTML, and this one repeats what the visitor typed.
            raise gr.Error(escape(str(error), quote=False), print_exception=False) from None
        return (
            views.heading(recommended, k, genres, match),
            views.recommended_rows(recommended),
            views.profile_html(profile, recommender.dataset is not None),
            views.liked_rows(liked),
        )

    def recommend(
        self,
        user_id: int,
        year: int | None = None,
        month: int | None = None,
        genres: list[str] | None = None,
        match: Match = "any",
        k: int = 10,
    ) -> list[dict[str, Any]]:
        """Films that a user of the data set has not rated, best first.

        Args:
            user_id: A user of the data set.
            year: Year for which to recommend; the data's last by default.
            month: Month for which to recommend, 1 to 12; the data's last by default.
            genres: Wanted genres; none means all films.
            match: Whether a film should have "any" or "all" of the genres.
            k: Length of the list, 1 to 100.

        Returns:
            For each film its rank, movie_id, title, year (or null), genres and score, the
            probability of a like.
        """
        recommender = self._loaded()
        try:
            recommended = recommender.recommend(
                user_id, year=year, month=month, genres=genres or (), match=match, k=k
            )
        except (ValueError, TypeError) as error:
            raise gr.Error(str(error), print_exception=False) from None
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

    def _loaded(self) -> MovieRecommender:
        recommender = self._model.recommender
        if recommender is None:
            raise gr.Error(
                "The model is not ready yet; see /healthz for where it stands.",
                print_exception=False,
            )
        return recommender
