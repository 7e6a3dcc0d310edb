"""The page's layout, and which events call which handler."""

from __future__ import annotations

import os
from typing import Any

import gradio as gr

from space.arguments import MAX_PICKS
from space.artifacts import SharedModel
from space.page import views
from space.page.handlers import Handlers
from space.person import FACTS
from space.recommender import MAX_K

TITLE = "Films for you"
_POLL_SECONDS = 1.0


def build_page(model: SharedModel) -> gr.Blocks:
    """Lay out the page. Building it starts nothing and loads nothing; neither does a plain GET of it.

    Args:
        model: The model that all visitors share; while it is being prepared the controls are off.

    Returns:
        The page, to be served by `space.page.serve`.
    """
    # The page asks nothing of other hosts.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    handlers = Handlers(model)
    page = gr.Blocks(title=TITLE, analytics_enabled=False)
    with page:
        gr.Markdown(
            f"# {TITLE}\nChoose a user of the MovieLens data set, or somebody new of whom you tell what "
            "you like, then a month and some genres. The list is of films that are new to them; what "
            "orders it is said below it. Beside each film stands the probability that they like it, by "
            "a model in which the features of user and film attend to each other."
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
                with gr.Column(visible=False, elem_id="picks") as picks:
                    likes, dislikes = (
                        gr.Dropdown(
                            [],
                            multiselect=True,
                            max_choices=MAX_PICKS,
                            label=label,
                            info=info,
                            allow_custom_value=True,
                            interactive=False,
                            elem_id=elem_id,
                        )
                        for label, info, elem_id in (
                            (
                                "Films you like",
                                "Type to search; the last chosen counts as the last watched.",
                                "likes",
                            ),
                            (
                                "Films you don't like",
                                "They are left out too, and what goes with them counts less.",
                                "dislikes",
                            ),
                        )
                    )
                with gr.Column(visible=False, elem_id="facts") as facts, gr.Row():
                    told = [_fact(name) for name in FACTS]
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

        asked = [picks, facts]
        controls: list[Any] = [user, year, month, genres, match, k, button, likes, dislikes]
        controls += [*told, *asked]
        polled = [status, retry, timer, explanation, footer, *controls]
        quiet: dict[str, Any] = {
            "queue": False,
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        page.load(handlers.visit, outputs=polled, **quiet)
        timer.tick(handlers.poll, outputs=polled, **quiet)
        retry.click(handlers.retry, outputs=polled, **quiet)
        user.change(handlers.asked, inputs=user, outputs=asked, **quiet)
        shown = [heading, recommended, profile, liked, explanation, footer, status]
        button.click(
            handlers.show,
            inputs=[user, year, month, genres, match, k, likes, dislikes, *told],
            outputs=shown,
            api_visibility="private",
        )
        gr.api(  # type: ignore[attr-defined]
            handlers.recommend, api_name="recommend"
        )
        gr.api(  # type: ignore[attr-defined]
            handlers.recommend_for, api_name="recommend_for"
        )
    return page


def _fact(name: str) -> gr.Dropdown:
    """A dropdown for what somebody new can tell of themselves."""
    return gr.Dropdown(
        [views.NOT_TOLD],
        value=views.NOT_TOLD,
        label=name.capitalize(),
        allow_custom_value=True,
        interactive=False,
        min_width=200 if name == "occupation" else 110,
        elem_id=name,
    )
