"""Failures as what the page and the API say of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import gradio as gr

from space.errors import PreparationError


@contextmanager
def in_words(language: str | None = None) -> Iterator[None]:
    """Within it, what a visitor can do something about is told to them.

    Args:
        language: That of a visitor of the page, where gradio shows the message as HTML; none for a
            program, which gets it as it is.
    """
    try:
        yield
    except (PreparationError, ValueError, TypeError) as error:
        told = str(error) if language is None else escape(str(error), quote=False)
        raise gr.Error(told, print_exception=False) from None
