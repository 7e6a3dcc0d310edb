"""What a card takes from the facts of a data set, each of which may be missing or of any type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hub_upload.cards.markdown import address, inline, one_line, quote, slug
from hub_upload.licences import binding, may_be_passed_on
from space.hub.repository import Repository

_REVISION = re.compile(r"[\w.-]+(/[\w.-]+)*", re.ASCII)
"""Less than git allows: the name stands in commands, where a quote or a bracket would be read."""


def repository(reference: str) -> str:
    """The bare name in `owner/name` or `owner/name@revision`.

    Raises:
        ValueError: If it is neither, or cannot stand in code as it is.
    """
    parsed = Repository.parse(reference)
    check_revision(parsed.revision)
    return parsed.id


def check_revision(name: str) -> None:
    """Check that a tag or another revision can stand in code as it is.

    Raises:
        ValueError: If not.
    """
    if not _REVISION.fullmatch(name):
        raise ValueError(
            "A revision that a card names should be of ASCII letters, digits, dots, dashes and "
            f"slashes. Received: {name!r}"
        )


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def text(facts: Mapping[str, Any], key: str) -> str:
    """A fact as a line of plain text; empty if it is not recorded."""
    value = facts.get(key)
    return one_line(value) if isinstance(value, str) else ""


def whole(facts: Mapping[str, Any], key: str) -> int | None:
    """A fact that is a whole number, if it is recorded."""
    value = facts.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def licence_name(facts: Mapping[str, Any]) -> str | None:
    """What the front matter calls a licence that the Hub has no name for, if one is recorded."""
    return f"{slug(text(facts, 'name')) or 'data'}-licence" if text(facts, "licence") else None


def strictest(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of the data sets that bind a model the first that may not be passed on, else its own.

    The front matter has place for one licence.
    """
    return next((bound for bound in binding(facts) if not may_be_passed_on(bound)), facts)


def licence_values(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the templates say of name, licence and citation, as Markdown."""
    link = address(facts.get("licence_url"))
    return {
        "data_name": inline(text(facts, "name")),
        "licence": quote(facts["licence"]) if text(facts, "licence") else "",
        "licence_link": "" if link is None else f"<{link}>",
        "citation": inline(text(facts, "citation")),
        "redistribution": text(facts, "redistribution"),
    }
