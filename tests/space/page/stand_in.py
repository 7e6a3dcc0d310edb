"""A model that answers what a test says, for what the page writes of its answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from space.explanation import Explanation
from space.page.answers import Answers

FILM = 50
"""The film's id."""


def answers() -> Answers:
    """An empty memory of answers, without a model of its own."""
    nothing: Any = None
    return Answers(nothing)


def stand_in(
    *,
    title: str = "Heat",
    explained: Explanation | None = None,
    similar: pd.DataFrame | None = None,
    ranked: bool = True,
    links: dict[str, str] | None = None,
) -> Any:
    """A recommender of one film.

    Args:
        title: The film's.
        explained: The explanation of its score, whoever it is for.
        similar: The films similar to it.
        ranked: Whether a ranking model orders the list.
        links: The pages elsewhere of every film.
    """
    movies = pd.DataFrame(
        {"movie_id": [FILM], "title": [title], "year": pd.array([1995], dtype="Int64")}
    )
    asked: list[dict[str, Any]] = []

    def explain(**arguments: Any) -> Explanation | None:
        asked.append(arguments)
        return explained

    return SimpleNamespace(
        bundle=SimpleNamespace(movies=movies, ranking=object() if ranked else None, folder="a"),
        origin=None,
        dataset_origin=None,
        dataset=None,
        explain=explain,
        similar_movies=lambda movie_id: similar,
        links=lambda movie_id: links or {},
        asked=asked,
    )


def explanation(
    fields: tuple[str, ...],
    values: tuple[str, ...],
    change: list[float],
    *,
    logit: float = 0.0,
    attention: list[list[float]] | None = None,
) -> Explanation:
    """An explanation of one layer, by default of even attention."""
    even = np.full((len(fields), len(fields)), 1 / len(fields))
    return Explanation(
        fields=fields,
        values=values,
        logit=logit,
        probability=float(1 / (1 + np.exp(-logit))),
        attention=np.array([even if attention is None else attention], dtype="float32"),
        change=np.array(change, dtype="float32"),
    )
