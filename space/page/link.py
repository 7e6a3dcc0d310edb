"""A link that restores what a visitor has set, in its query: it needs no memory of the server's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from space.arguments import RELEASE_YEARS
from space.page.ask import NAMES
from space.recommender import MAX_K

Restored = Mapping[str, Any]
"""Values of controls by their names; what a link does not say is not in it."""

_LISTS = frozenset({"likes", "dislikes", "genres", "exclude_genres", "hidden"})
_WHOLE = {
    "user": (0, 10**9), "year": (1900, 2100), "month": (1, 12),
    "from_year": RELEASE_YEARS, "to_year": RELEASE_YEARS, "k": (1, MAX_K),
}  # fmt: skip
_PARTS = {"familiarity": (-1, 1), "diversity": (0, 1)}
_CHOICES = {"way": ("you", "user"), "match": ("any", "all"), "exclude_seen": ("true", "false")}
_FILMS = frozenset({"likes", "dislikes", "hidden"})
_DEFAULTS: Mapping[str, Any] = {
    "way": "you", "match": "any", "exclude_seen": True, "k": 10, "familiarity": 0, "diversity": 0,
}  # fmt: skip
_LONGEST = 8_000
"""Characters of a query that are read; a browser sends no longer one."""

_STATE = json.dumps({"names": NAMES, "lists": sorted(_LISTS), "defaults": _DEFAULTS})

COPY = f"(...values) => window.copyLink({_STATE}, values)"
"""Puts what is set into the address, copies it, and gives it.

Within the Hub's frame it is the address of the framed page, which works by itself as well; the outer
address cannot be changed.
"""

SPOKEN = f"(...values) => window.speak({_STATE}, values)"
"""Puts what is set into the address, and opens it in the language that was chosen."""


def restored(query: Any) -> Restored:
    """What a link's query says of the controls.

    What it says wrongly is left out as if it were not said: whether a film or a user of that id exists
    is checked where it is used.

    Args:
        query: The query as the browser has it, with or without "?".
    """
    if not isinstance(query, str):
        return {}
    try:
        said = parse_qsl(query[:_LONGEST].removeprefix("?"), max_num_fields=100)
    except ValueError:
        return {}
    values = {name: _value(name, text) for name, text in said if name in NAMES}
    return {name: value for name, value in values.items() if value is not None}


def _value(name: str, text: str) -> Any:
    if name in _LISTS:
        values: list[Any] = [unquote(each) for each in text.split("~") if each]
        if name in _FILMS:
            values = [int(each) if _is_whole(each) else each for each in values]
        return values
    if name in _WHOLE:
        low, high = _WHOLE[name]
        return int(text) if _is_whole(text) and low <= int(text) <= high else None
    if name in _PARTS:
        try:
            part = float(text)
        except ValueError:
            return None
        low, high = _PARTS[name]
        return part if low <= part <= high else None
    if name in _CHOICES:
        if text not in _CHOICES[name]:
            return None
        return text == "true" if name == "exclude_seen" else text
    return None if name == "language" else text[:100]


def _is_whole(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 10
