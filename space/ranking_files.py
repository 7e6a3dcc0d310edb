"""The files of a bundle that hold its ranking model, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.affinities import AFFINITIES
from space.errors import BundleError, fault_in
from space.features import UNKNOWN
from space.history import LISTS
from space.item_models import (
    AUDIENCES,
    AUDIENCES_FILE,
    ITEMS,
    ITEMS_FILE,
    MATRICES,
    WITHOUT_OCCUPATION,
    ItemModels,
    Matrix,
)
from space.like_weight import MANY, MANY_SHARE
from space.manifest import read_json
from space.tables import read_parts, read_table

RANKING_FILES = frozenset({AUDIENCES_FILE, ITEMS_FILE, "ranking.json", "ranking.onnx"})
"""The files that hold it."""

RANKING_SINCE = 2
"""The first version of the bundle's format that has them."""

OCCUPATIONS_SINCE = 3
"""The first version that counts what people of an occupation like."""

PERSON = ("gender", "age", "occupation", "rating_year", "rating_month")
"""The fields that its graph reads of the person and the moment, in their order."""


@dataclass(frozen=True)
class Ranking:
    """A ranking model."""

    graph: Path
    """Its ONNX graph, which is read where it is run."""
    models: ItemModels
    """What its affinities are computed from."""
    like_threshold: float
    """A film rated at least this is on the list of the liked ones."""


def ranked_by(*, ranking_model: bool) -> str:
    """What the order of the list is, in words.

    Args:
        ranking_model: Whether the bundle has a ranking model.
    """
    if ranking_model:
        return (
            "the score of a ranking model for films that the person is likely to watch next and like; "
            "it reads what they liked, disliked and watched last, which films go with those (item-item "
            "models of the training data), how well known and how well liked a film is, its year and "
            "genres, and, as far as they are known, gender, age, occupation and the month; for a user "
            f"who has rated more than {MANY} films and {MANY_SHARE:.0%} of all, the log-odds of a like "
            "are added to it, with a weight that grows with the number of films"
        )
    return "log-odds of a like + 2 log(1 + likes in the training data)"


def read_ranking(
    folder: Path, movies: pd.DataFrame, like_threshold: float, format_version: int
) -> Ranking:
    """Read the ranking model of a verified bundle.

    Args:
        folder: The bundle.
        movies: Its catalogue, ordered by `movie_id`.
        like_threshold: The threshold of its schema's label rule.
        format_version: The version that its schema names.

    Raises:
        BundleError: Naming the file that is damaged or at odds with another, and what to do.
    """
    path = folder / "ranking.json"
    facts = read_json(path)
    if not isinstance(facts, dict):
        raise BundleError(fault_in(path, "it should describe a ranking model"))
    expected = {
        "affinities": list(AFFINITIES),
        "person": list(PERSON),
        "lists": dict(LISTS),
        "like_threshold": like_threshold,
    }
    for name, value in expected.items():
        _check(path, name, facts.get(name), value)
    models = read_item_models(
        folder, movies, like_threshold, occupations=format_version >= OCCUPATIONS_SINCE
    )
    return Ranking(folder / "ranking.onnx", models, like_threshold)


def read_item_models(
    folder: Path, movies: pd.DataFrame, like_threshold: float, *, occupations: bool = True
) -> ItemModels:
    """Read what `ItemModels.write` wrote.

    Args:
        folder: The bundle.
        movies: Its catalogue, ordered by `movie_id`.
        like_threshold: A rating of at least this is a like.
        occupations: Whether what people of an occupation like is counted there.

    Raises:
        BundleError: If a film is not in the catalogue, a value is missing, or a weight is not finite.
    """
    columns = AUDIENCES if occupations else WITHOUT_OCCUPATION
    audiences = read_table(folder / AUDIENCES_FILE, columns)
    counted = audiences[["film", "ratings", "likes"]]
    if counted.isna().any(axis=None) or (counted < 0).any(axis=None):
        raise BundleError(
            fault_in(folder / AUDIENCES_FILE, "its films and counts should be whole numbers from 0")
        )
    if len(counted) and not counted["film"].max() < len(movies):
        raise BundleError(
            fault_in(
                folder / AUDIENCES_FILE,
                f"a film is not among the {len(movies):,} of movies.parquet",
            )
        )
    if not occupations:
        audiences["occupation"] = pd.Categorical([UNKNOWN] * len(audiences))
    matrices = _read_matrices(folder / ITEMS_FILE, len(movies))
    return ItemModels.of(matrices, audiences, movies, like_threshold)


def _read_matrices(path: Path, films: int) -> dict[str, Matrix]:
    """Read the item-item matrices, whose entries are far more than those of all other tables."""
    parts: dict[str, list[list[npt.NDArray[Any]]]] = {}
    for batch in read_parts(path, ITEMS):
        if any(column.null_count for column in batch.columns):
            raise BundleError(fault_in(path, "every value should be there"))
        names = batch["matrix"].dictionary.to_pylist()
        codes, *columns = (
            np.asarray(column)
            for column in (batch["matrix"].indices, *(batch[name] for name in ITEMS.names[1:]))
        )
        for code, name in enumerate(names):
            rows = np.flatnonzero(codes == code)
            if len(rows) and name in MATRICES:
                parts.setdefault(name, []).append([column[rows] for column in columns])
    matrices = {}
    for name in list(parts):
        sources, targets, weights = (
            np.concatenate(some) for some in zip(*parts.pop(name), strict=True)
        )
        try:
            matrices[name] = Matrix.of(sources, targets, weights, films)
        except ValueError as error:
            raise BundleError(fault_in(path, f"in {name} {error} of movies.parquet")) from error
    return matrices


def _check(path: Path, name: str, found: Any, expected: Any) -> None:
    if isinstance(found, bool) or found != expected:
        shown = ", ".join(map(str, expected)) if isinstance(expected, list) else expected
        if isinstance(expected, Mapping):
            shown = ", ".join(f"{key} of {size}" for key, size in expected.items())
        raise BundleError(
            fault_in(
                path,
                f"its {name} should be {shown}; it is {found!r:.300}",
                "export_or_update",
            )
        )
