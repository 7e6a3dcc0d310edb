"""Failures as what the page and the API say of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape

import gradio as gr

from space.errors import Argument, BundleError, CodedError, PreparationError, written
from space.page.ask import NAMES
from space.page.language import text

_CONTROLS: Mapping[str, str] = {"user_id": "user", "liked": "likes", "disliked": "dislikes"}
"""The controls that are called otherwise than the recommender's argument."""

_SECONDS = 30
"""How long a message stays; gradio's own 10 seconds are short for two sentences."""


@contextmanager
def in_words(language: str | None = None) -> Iterator[None]:
    """Within it, what a visitor can do something about is told to them.

    Args:
        language: That of a visitor of the page, where gradio shows the message as HTML; none for a
            program, which gets it as it is.
    """
    try:
        yield
    except (PreparationError, BundleError, ValueError, TypeError) as error:
        raise failure(error, language) from None


def failure(error: Exception, language: str | None) -> gr.Error:
    """What gradio shows of a failure.

    Args:
        error: The failure.
        language: As of `in_words`.
    """
    if language is None:
        return gr.Error(str(error), print_exception=False)
    told = escape(told_in(language, error), quote=False)
    return gr.Error(told, title=text(language, "error"), duration=_SECONDS, print_exception=False)


def told_in(language: str, error: Exception) -> str:
    """A failure in a language; of one that has no code, what it says follows on what it is.

    Args:
        language: One of the page's languages.
        error: The failure.
    """

    def named(argument: Argument) -> str:
        key = _CONTROLS.get(argument, argument)
        return f"“{text(language, key)}”" if key in NAMES else f"`{argument}`"

    if isinstance(error, CodedError):
        values = written(error.values, named, either=text(language, "list.any"))
        return text(language, f"error.{error.code}", **values)
    kind = "other"
    if isinstance(error, PreparationError):
        kind = "preparation"
    elif isinstance(error, BundleError):
        kind = "bundle"
    return text(language, f"error.{kind}", detail=error)
