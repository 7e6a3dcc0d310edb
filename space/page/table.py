"""The tables of the page that gradio draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from space.page.language import LANGUAGES, text


def headers(columns: Sequence[str], language: str = LANGUAGES[0]) -> list[str]:
    """The headers of a table: gradio does not translate them, as it does labels.

    Args:
        columns: Their keys in the catalogue, without "column.".
        language: The visitor's, once it is known.
    """
    return [text(language, f"column.{name}") for name in columns]


def table(columns: Sequence[str], rows: list[list[Any]], language: str) -> dict[str, Any]:
    """What a `gr.Dataframe` is set to: rows below headers in the visitor's language.

    Args:
        columns: As of `headers`.
        rows: The rows.
        language: The visitor's.
    """
    return {"headers": headers(columns, language), "data": rows}
