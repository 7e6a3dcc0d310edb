"""Launching the page."""

from __future__ import annotations

import os
import socket
import sys

import gradio as gr
from starlette.middleware import Middleware

from space.artifacts import SharedModel
from space.memory import limit_heaps
from space.page.bodies import HANDLERS, CheckedBodies
from space.page.early import EarlyScript
from space.page.health import health_route
from space.page.language import I18N
from space.page.plots import plots_route
from space.page.theme import CSS, SCRIPT, THEME

PORT = 7860
MAX_WAITING = 64
SESSIONS = 16
"""Visitors whose page state gradio keeps, and callers of the API, who count as visitors; nothing that
they need is in it. A visitor's takes 2 MiB, since it holds the choices of users and films; a caller's
150 KiB."""


def serve(page: gr.Blocks, model: SharedModel) -> None:
    """Serve the page until the process ends, and begin to prepare a model that needs no visitor.

    The port is 7860, or what the environment variable GRADIO_SERVER_PORT says.
    """
    # Gradio loads matplotlib around every call where it is installed, some 40 MiB for plots that this
    # page does not draw. A name that maps to None cannot be imported; gradio then goes on without.
    sys.modules.setdefault("matplotlib", None)  # type: ignore[arg-type]
    limit_heaps()
    host, port = _address()
    if not model.waits_for_visitors:
        model.start()
    page.queue(max_size=MAX_WAITING, default_concurrency_limit=os.cpu_count() or 1)
    page.launch(
        server_name=host,
        server_port=port,
        theme=THEME,
        css=CSS,
        js=SCRIPT,
        i18n=I18N,
        mcp_server=True,
        app_kwargs={
            "routes": [health_route(model), plots_route(model)],
            "middleware": [Middleware(CheckedBodies), Middleware(EarlyScript)],
            "exception_handlers": HANDLERS,
        },
        footer_links=["api", "gradio", "settings"],
        state_session_capacity=SESSIONS,
        run_history=False,
        ssr_mode=False,
        show_error=False,
    )


def _address() -> tuple[str, int]:
    """Host and port to serve on; ends the process with a sentence if they cannot be had."""
    host = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    port = os.environ.get("GRADIO_SERVER_PORT") or str(PORT)
    if not port.isdecimal():
        sys.exit(f"GRADIO_SERVER_PORT should be a port's number. Received: {port!r}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except (OSError, OverflowError) as error:
            sys.exit(
                f"The page cannot be served on port {port} ({error}). If another program listens there, "
                "set GRADIO_SERVER_PORT to a free port."
            )
    return host, int(port)
