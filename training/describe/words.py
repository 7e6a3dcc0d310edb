"""Numbers and names as the report writes them."""

from __future__ import annotations

import math
import re
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

NOT_KNOWN = "–"

_LABEL = 22
_ADDRESS = re.compile(r"https://[\w.-]+(?:/[\w./~%?=&#:,;+()-]*)?", re.ASCII)


def count(number: float) -> str:
    """A whole number, with a comma between thousands."""
    return f"{number:,.0f}" if math.isfinite(number) else NOT_KNOWN


def stars(mean: float) -> str:
    """A mean rating with two digits."""
    return f"{mean:.2f}" if math.isfinite(mean) else NOT_KNOWN


def percent(share: float) -> str:
    """A share in per cent, with as many digits as keep it from looking like none or like all."""
    if not math.isfinite(share):
        return NOT_KNOWN
    for digits in range(1, 7):
        text = f"{100 * share:.{digits}f}"
        if share in (0, 1) or float(text) not in (0, 100):
            break
    return f"{text}%"


def plain(value: Any) -> str:
    """A value of the data as one line, without what cannot be seen: control characters and the like."""
    if pd.isna(value):
        return NOT_KNOWN
    letters = (letter if letter.isprintable() else " " for letter in str(value))
    return " ".join("".join(letters).split()) or NOT_KNOWN


def shortened(value: Any) -> str:
    """A value of the data as a label of a picture."""
    text = plain(value)
    return text if len(text) <= _LABEL else text[: _LABEL - 1].rstrip() + "…"


def linked(text: str) -> Markup:
    """A text, escaped, whose web addresses are links."""
    shown, end = Markup(), 0
    for found in _ADDRESS.finditer(text):
        address = found.group().rstrip(".,;:)")
        shown += escape(text[end : found.start()])
        shown += Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(address)
        end = found.start() + len(address)
    return shown + escape(text[end:])
