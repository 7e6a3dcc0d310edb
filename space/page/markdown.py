"""Text that stands in Markdown."""

from __future__ import annotations

from html import escape
from typing import Any


def plain(value: Any) -> str:
    """Text for Markdown that cannot become markup."""
    text = escape(str(value), quote=False)
    return "".join("\\" + letter if letter in "\\`*_{}[]<>#|!~" else letter for letter in text)
