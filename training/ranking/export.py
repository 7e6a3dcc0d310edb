"""Writing the ranker's files of a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnxruntime
import pandas as pd

from space.affinities import AFFINITIES
from space.history import LISTS
from space.item_models import ItemModels
from space.ranking_files import PERSON
from training.errors import RunError
from training.folder import write_json
from training.graph import TOLERANCE, difference, write_graph
from training.ranker import RankingModel

GRAPH = "ranking.onnx"
FACTS = "ranking.json"
YEARS_OF_A_BUCKET = 5

DESCRIPTION = (
    "AutoInt+ trained to rank the films that a person will like next above all others, from what they "
    "have rated"
)


@dataclass(frozen=True)
class Ranking:
    """A fitted ranker with all that serving needs beside it."""

    ranker: RankingModel
    """The model."""
    models: ItemModels
    """Item-item matrices and counts to serve with."""
    metrics: Mapping[str, Any]
    """How good it is."""


def new_ranker(
    sizes: list[int], movies: pd.DataFrame, models: ItemModels, **options: Any
) -> RankingModel:
    """A new ranker for a catalogue.

    Args:
        sizes: Indices of each field of the person.
        movies: The catalogue, ordered by `movie_id`.
        models: Its genres.
        options: Arguments of `RankingModel`.
    """
    years = movies["year"].to_numpy(dtype=np.float64, na_value=np.nan)
    known = np.isfinite(years)
    buckets = np.zeros(len(years), dtype=np.int32)
    if known.any():
        buckets[known] = (years[known] - years[known].min()) // YEARS_OF_A_BUCKET + 1
    genres = models.genres if models.genres.shape[1] else np.zeros((len(movies), 1), np.float32)
    ranker = RankingModel(
        sizes, len(movies), int(buckets.max(initial=0)) + 1, genres.shape[1], **options
    )
    ranker.build()
    ranker.set_films(buckets, genres)
    return ranker


class ServingRanker(keras.Model):
    """The ranker for one person and many films: what is the person's is computed once."""

    def __init__(self, ranker: RankingModel) -> None:
        super().__init__()
        self.ranker = ranker

    def call(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """`score (films,)`."""
        asked = {**inputs, "film": inputs["film"][None], "affinities": inputs["affinities"][None]}
        return {"score": self.ranker(asked, training=False)[0]}


def export_ranking(bundle: Path, ranking: Ranking) -> None:
    """Write `ranking.onnx`, `ranking.json`, `items.parquet` and `audiences.parquet`.

    Raises:
        RunError: If the graph does not agree with Keras to 1e-5.
    """
    export_graph(ranking.ranker, bundle / GRAPH)
    check_graph(ranking.ranker, bundle / GRAPH)
    ranking.models.write(bundle)
    facts = {
        "description": DESCRIPTION,
        "affinities": list(AFFINITIES),
        "person": list(PERSON),
        "like_threshold": ranking.models.like_threshold,
        "lists": dict(LISTS),
        "metrics": dict(ranking.metrics),
    }
    write_json(bundle / FACTS, facts)


def export_graph(ranker: RankingModel, path: Path) -> None:
    """Write the graph: a person, their lists, films and affinities to `score`."""
    serving = ServingRanker(ranker)
    serving(_random_inputs(ranker, 2))
    persons = len(ranker.get_config()["person_sizes"])
    shapes = {"person": (1, persons), **{name: (1, size) for name, size in LISTS.items()}}
    spec: dict[str, Any] = {
        name: keras.InputSpec(shape=shape, dtype="int32", name=name)
        for name, shape in shapes.items()
    }
    spec["film"] = keras.InputSpec(shape=(None,), dtype="int32", name="film")
    spec["affinities"] = keras.InputSpec(
        shape=(None, len(AFFINITIES)), dtype="float32", name="affinities"
    )
    write_graph(serving, path, [spec])


def check_graph(ranker: RankingModel, path: Path) -> None:
    """Compare the graph with Keras on random persons and films.

    Raises:
        RunError: If a score differs by more than 1e-5, relative to its size where that is above 1.
    """
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    serving = ServingRanker(ranker)
    for seed, films in enumerate((1, 2, 4000)):
        inputs = _random_inputs(ranker, films, seed)
        found = difference(session.run(["score"], inputs)[0], serving(inputs)["score"])
        if not found <= TOLERANCE:
            raise RunError(
                f"The ranker's ONNX graph differs from Keras by {found:.2g}; at most "
                f"{TOLERANCE:g} was expected. Nothing was exported."
            )


def _random_inputs(ranker: RankingModel, films: int, seed: int = 0) -> dict[str, npt.NDArray[Any]]:
    generator = np.random.default_rng(seed)
    config = ranker.get_config()
    known = config["films"]
    mean, deviation = (keras.ops.convert_to_numpy(v) for v in (ranker.mean, ranker.deviation))
    inputs: dict[str, npt.NDArray[Any]] = {
        "person": generator.integers(0, [config["person_sizes"]]).astype("int32"),
        "film": generator.integers(1, known + 1, films).astype("int32"),
        "affinities": (mean + deviation * generator.normal(size=(films, len(AFFINITIES)))).astype(
            "float32"
        ),
    }
    for name, size in LISTS.items():
        listed = generator.integers(1, known + 1, (1, size)).astype("int32")
        listed[:, int(generator.integers(0, size + 1)) :] = 0
        inputs[name] = listed
    return inputs
