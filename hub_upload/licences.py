"""What the licences of the ratings say about publishing them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def binding(facts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The facts of every data set whose licence binds: the one named, and what a model saw before it.

    Args:
        facts: The facts of the data set, as `dataset.json` or `schema.json` hold them.
    """
    before = facts.get("also_trained_on", [])
    # What cannot be read counts as a data set of which nothing is known.
    entries = before if isinstance(before, list) else [None]
    return [facts, *(entry if isinstance(entry, Mapping) else {} for entry in entries)]


def is_restricted(facts: Mapping[str, Any]) -> bool:
    """Whether some of the data may not be given to everybody, or no licence is known to allow it.

    Args:
        facts: The facts of the data set, as `dataset.json` or `schema.json` hold them.
    """
    return not all(map(may_be_passed_on, binding(facts)))


def may_be_passed_on(facts: Mapping[str, Any]) -> bool:
    """Whether the licence of this one data set is known to allow passing it on."""
    return bool(facts.get("redistribution") == "same licence")


def terms(facts: Mapping[str, Any]) -> str:
    """The terms of every licence and where they stand, for somebody who is about to publish."""
    return " ".join(map(_terms, binding(facts)))


def _terms(facts: Mapping[str, Any]) -> str:
    name = facts.get("name") or "the data set"
    text = facts.get("licence") or "No licence is recorded; you should know what it allows."
    link = f" ({facts['licence_url']})" if facts.get("licence_url") else ""
    return f"The licence of {name}{link}: {text}"
