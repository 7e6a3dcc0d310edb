"""What the licence of the ratings says about publishing them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_restricted(facts: Mapping[str, Any]) -> bool:
    """Whether the data may not be given to everybody, or its licence is not known to allow it.

    Args:
        facts: The facts of the data set, as `dataset.json` or `schema.json` hold them.
    """
    return facts.get("redistribution") != "same licence"


def terms(facts: Mapping[str, Any]) -> str:
    """The licence's terms and where they stand, for somebody who is about to publish."""
    name = facts.get("name") or "the data set"
    text = facts.get("licence") or "No licence is recorded; you should know what it allows."
    link = f" ({facts['licence_url']})" if facts.get("licence_url") else ""
    return f"The licence of {name}{link}: {text}"
