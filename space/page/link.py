"""A link that restores what a visitor has set, in its query: it needs no memory of the server's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from space.arguments import RELEASE_YEARS
from space.page.ask import NAMES
from space.page.language import LANGUAGES, text
from space.page.tabs import TABS
from space.recommender import MAX_K

LINKED = (*NAMES, "tab", "view", "other_year", "other_month")
"""What a link holds, in its order: the controls, the tab that is open, how the list is shown, and the
month that it is compared with."""

_LISTS = frozenset({"likes", "dislikes", "genres", "exclude_genres", "hidden"})
_WHOLE = {
    "year": (1900, 2100), "month": (1, 12),
    "from_year": RELEASE_YEARS, "to_year": RELEASE_YEARS, "k": (1, MAX_K),
    "other_year": (1900, 2100), "other_month": (1, 12),
}  # fmt: skip
_PARTS = {"familiarity": (-1, 1), "diversity": (0, 1)}
_CHOICES = {
    "way": ("you", "user"), "match": ("any", "all"), "exclude_seen": ("true", "false"),
    "tab": ("films", *TABS), "view": ("cards", "table"),
}  # fmt: skip
_FILMS = frozenset({"likes", "dislikes", "hidden"})
_DEFAULTS: Mapping[str, Any] = {
    "way": "you", "match": "any", "exclude_seen": True, "k": 10, "familiarity": 0, "diversity": 0,
    "tab": "films", "view": "cards",
}  # fmt: skip
_LONGEST = 8_000
"""Characters of a query that are read; a browser sends no longer one."""

_STATE = json.dumps({"names": LINKED, "lists": sorted(_LISTS), "defaults": _DEFAULTS})
_COPIED = json.dumps({language: text(language, "programs.copied") for language in LANGUAGES})

COPY = f"(...values) => window.copyLink({_STATE}, values, {_COPIED})"
"""Puts what is set into the address, copies it, and shows it, with a word if it has been copied.

Within the Hub's frame it is the address of the framed page, which works by itself as well; the outer
address cannot be changed.
"""

SPOKEN = f"(...values) => window.speak({_STATE}, values)"
"""Puts what is set into the address, and opens it in the language that was chosen."""


HIDE = """() => ({ __type__: "update", visible: false })"""
"""Takes away the link, which is of what was set before."""


def restored(query: Any) -> Mapping[str, Any]:
    """What a link's query says, by the names of `LINKED`; what it does not say is not in it.

    What it says wrongly is left out as if it were not said; which films, genres or users there are is
    known to `space.page.meant` alone.

    Args:
        query: The query as the browser has it, with or without "?".
    """
    if not isinstance(query, str):
        return {}
    try:
        said = parse_qsl(query[:_LONGEST].removeprefix("?"), max_num_fields=100)
    except ValueError:
        return {}
    values = {name: _value(name, value) for name, value in said if name in LINKED}
    return {name: value for name, value in values.items() if value is not None}


def _value(name: str, said: str) -> Any:
    if name in _LISTS:
        values: list[Any] = [unquote(each) for each in said.split("~") if each]
        if name in _FILMS:
            values = [int(each) if _is_whole(each) else each for each in values]
        return values
    if name == "user":
        return int(said) if _is_whole(said) else said[:100]
    if name in _WHOLE:
        low, high = _WHOLE[name]
        return int(said) if _is_whole(said) and low <= int(said) <= high else None
    if name in _PARTS:
        try:
            part = float(said)
        except ValueError:
            return None
        low, high = _PARTS[name]
        return part if low <= part <= high else None
    if name in _CHOICES:
        if said not in _CHOICES[name]:
            return None
        return said == "true" if name == "exclude_seen" else said
    return None if name == "language" else said[:100]


def _is_whole(said: str) -> bool:
    return said.isdecimal() and said.isascii() and len(said) < 10
