"""How the page looks: a calm theme, one accent colour, fonts of the visitor's own system."""

from __future__ import annotations

import json
from pathlib import Path

import gradio as gr

from space.page.language import LANGUAGES, text

_FONTS = (
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Roboto",
    "Noto Sans",
    "Noto Sans KR",
    "sans-serif",
)

THEME = gr.themes.Base(
    primary_hue="indigo",
    neutral_hue="zinc",
    radius_size="lg",
    font=[gr.themes.Font(name) for name in _FONTS],
    font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
).set(
    # Gradio's own grey for hints is too pale to read, and its accent for a chosen tab.
    block_info_text_color="*neutral_600",
    block_info_text_color_dark="*neutral_300",
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_300",
    color_accent="*primary_600",
    button_primary_background_fill="*primary_600",
    button_primary_background_fill_hover="*primary_700",
    button_primary_text_color="white",
)

_FOLDER = Path(__file__).parent

CSS = (_FOLDER / "page.css").read_text(encoding="utf-8")
_GRADIO_SAYS = {
    "This application is currently busy. Please try again.": "gradio.busy",
    "Connection errored out.": "gradio.lost",
    "Connection to the server was lost. Attempting reconnection...": "gradio.lost",
    "Error": "error",
    "Warning": "left_out",
    "Close": "close",
    "More tabs": "tab.more",
}
"""What gradio's own script says of failures, and our key for it."""

SCRIPT = (
    (_FOLDER / "page.js")
    .read_text(encoding="utf-8")
    .replace(
        "GRADIO_SAYS",
        json.dumps(
            {
                language: {said: text(language, key) for said, key in _GRADIO_SAYS.items()}
                for language in LANGUAGES
            },
            ensure_ascii=False,
        ),
    )
)
"""Runs once when the page is there."""
