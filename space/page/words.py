"""Failures as what the page and the API say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape

import gradio as gr

from space.errors import PreparationError


@contextmanager
def in_words(written: Callable[[str], str] = str) -> Iterator[None]:
    """Within it, what a visitor can do something about is told to them.

    Args:
        written: How the message is written.
    """
    try:
        yield
    except (PreparationError, ValueError, TypeError) as error:
        raise gr.Error(written(str(error)), print_exception=False) from None


def as_html(text: str) -> str:
    """A text that repeats what the visitor typed, for a message that gradio shows as HTML."""
    return escape(text, quote=False)
