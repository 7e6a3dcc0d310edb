"""Launching the page."""

from __future__ import annotations

import os

import gradio as gr

from space.artifacts import SharedModel
from space.page.health import health_route
from space.page.theme import CSS, THEME

PORT = 7860
MAX_WAITING = 64


def serve(page: gr.Blocks, model: SharedModel) -> None:
    """Serve the page until the process ends, and begin to prepare the model.

    The port is 7860, or what the environment variable GRADIO_SERVER_PORT says.
    """
    model.start()
    page.queue(max_size=MAX_WAITING, default_concurrency_limit=os.cpu_count() or 1)
    page.launch(
        server_port=int(os.environ.get("GRADIO_SERVER_PORT", PORT)),
        theme=THEME,
        css=CSS,
        app_kwargs={"routes": [health_route(model)]},
        footer_links=["api", "gradio", "settings"],
        run_history=False,
        ssr_mode=False,
        show_error=False,
    )
