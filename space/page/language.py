"""The page's words: one catalogue for each language, and which of them a visitor reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from space.errors import Said
from space.stages import Stage

LANGUAGES = ("en", "ko")
"""Codes of the languages; the first is that of whoever reads none of them."""

_OF_THE_ENGINE = (Said, Stage)
"""What the engine says: failures, and stages of preparing."""


def _catalogue(language: str) -> dict[str, str]:
    file = Path(__file__).parent / "catalogue" / f"{language}.json"
    texts: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    if language == LANGUAGES[0]:
        # What the engine says in English is written there alone.
        for kind in _OF_THE_ENGINE:
            texts |= {f"{kind.family}.{code}": said for code, said in kind.texts.items()}
    return texts


CATALOGUES: Mapping[str, Mapping[str, str]] = {
    language: _catalogue(language) for language in LANGUAGES
}
"""Every text by its key, in each language; what is put into a text stands in it as {name}."""

_SERVER = tuple(f"{kind.family}." for kind in _OF_THE_ENGINE)
"""Begins the keys of texts that the server alone writes."""

I18N = gr.I18n(
    **{
        language: {key: said for key, said in texts.items() if not key.startswith(_SERVER)}
        for language, texts in CATALOGUES.items()
    }
)
"""The catalogues as the browser has them."""


def label(key: str) -> Any:
    """A text that the browser puts into the visitor's language: for labels, hints and choices.

    Raises:
        KeyError: If no catalogue has it.
    """
    if key not in CATALOGUES[LANGUAGES[0]]:
        raise KeyError(key)
    return I18N(key)


def value_label(kind: str, value: str) -> Any:
    """A value of the data, such as a genre, as the browser names it; one without a name as it is."""
    key = f"{kind}.{value}"
    return I18N(key) if key in CATALOGUES[LANGUAGES[0]] else value


def text(language: str, key: str, **values: Any) -> str:
    """A text in a language, for what the server writes. It is not escaped, nor are the values.

    Args:
        language: One of `LANGUAGES`; anything else is the first.
        key: The text's key.
        **values: What is put into it.

    Raises:
        KeyError: If the catalogue has no such text.
    """
    return CATALOGUES[language_of(language)][key].format(**values)


def value_text(language: str, kind: str, value: str) -> str:
    """A value of the data, such as a genre, as a language names it; one without a name as it is."""
    return CATALOGUES[language_of(language)].get(f"{kind}.{value}", value)


def language_of(tag: Any) -> str:
    """The language that is read by whoever a tag such as "ko-KR" is of."""
    code = tag.partition("-")[0].lower() if isinstance(tag, str) else ""
    return code if code in LANGUAGES else LANGUAGES[0]
