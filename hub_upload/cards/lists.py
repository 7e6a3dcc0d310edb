"""How good a bundle's lists are, as a table and as the front matter's results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub_upload.cards.facts import mapping, whole
from hub_upload.cards.figures import LIST_METRICS, is_figure, shown
from hub_upload.cards.markdown import table

_BESIDE: Mapping[str, str] = {
    "linear": "its linear part alone",
    "ease": "EASE on likes",
    "popularity": "the films with the most likes",
}
"""The orders that it is measured beside, by their keys."""


def list_figures(metrics: Mapping[str, Any]) -> dict[str, float]:
    """The figures of the ranking model's lists on the test rows that are recorded."""
    return _figures(_test(metrics))


def list_table(metrics: Mapping[str, Any]) -> str:
    """The lists of the ranking model beside those of other orders; empty if its own are not recorded."""
    test = _test(metrics)
    if not _figures(test):
        return ""
    beside = mapping(test.get("beside"))
    found = {"the ranking model": _figures(test)}
    found |= {label: _figures(mapping(beside.get(name))) for name, label in _BESIDE.items()}
    return table(
        ("order", *LIST_METRICS.values()),
        [
            (label, *(shown(figures.get(name)) for name in LIST_METRICS))
            for label, figures in found.items()
            if figures
        ],
    )


def list_users(metrics: Mapping[str, Any]) -> str:
    """How many users the lists were measured for, if that is recorded."""
    count = whole(_test(metrics), "users")
    return "" if count is None else f"{count:,}"


def _test(metrics: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(mapping(metrics.get("ranking")).get("test"))


def _figures(found: Mapping[str, Any]) -> dict[str, float]:
    return {name: found[name] for name in LIST_METRICS if is_figure(found.get(name))}
