"""What the engine says of failures and of its model, as the page and the API tell it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape

import gradio as gr

from space.errors import (
    Argument,
    BundleError,
    CodedError,
    Detail,
    PreparationError,
    Said,
    said_by,
    written,
)
from space.page.ask import NAMES
from space.page.language import LANGUAGES, language_of, text

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
    told = html_in(language, said_of(error))
    return gr.Error(told, title=text(language, "error"), duration=_SECONDS, print_exception=False)


def told_in(language: str, said: str) -> str:
    """What the engine says, in a language; what has no code is left as it is.

    Args:
        language: One of the page's languages.
        said: What it says.
    """
    return _told(language, said, str)


def html_in(language: str, said: str) -> str:
    """The same as HTML, where what is not in the page's language is marked as English.

    Args:
        language: As for `told_in`.
        said: As for `told_in`.
    """
    foreign = language_of(language) != LANGUAGES[0]

    def plain(value: str) -> str:
        shown = escape(value, quote=False)
        return f'<span lang="en">{shown}</span>' if foreign and isinstance(value, Detail) else shown

    return _told(language, said, plain)


def said_of(error: BaseException) -> Said:
    """What a failure says; what it means to a visitor leads what it says, unless that is for them."""
    said = said_by(error)
    if isinstance(error, CodedError) and isinstance(said, Said):
        return said
    if isinstance(error, PreparationError):
        return Said("preparation", detail=said)
    return Said("unreadable" if isinstance(error, BundleError) else "other", detail=said)


def _told(language: str, said: str, plain: Callable[[str], str]) -> str:
    """What the engine says, in a language.

    Args:
        language: As for `told_in`.
        said: As for `told_in`.
        plain: Writes what is not of a catalogue.
    """

    def named(argument: Argument) -> str:
        key = _CONTROLS.get(argument, argument)
        return f"“{text(language, key)}”" if key in NAMES else f"`{argument}`"

    def put(part: str) -> str:
        if not isinstance(part, Said):
            return plain(part)
        values = written(part.values, named, text(language, "list.any"), put)
        return text(language, f"{part.family}.{part.code}", **values)

    return put(said if isinstance(said, Said) else Detail(said))
