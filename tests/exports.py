"""Exported runs of tiny data sets, with what is needed to work out the right answers by Keras."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.encoding import FeatureEncoder
from space.manifest import write_manifest
from space.schema import FIELD_PRESETS, fields_of
from tests.builders import movie_table, tiny_movielens, user_table
from tests.training.models import build_plus
from tests.training.rankers import tiny_ranking
from training.export import export_bundle, export_dataset
from training.ranking.export import Ranking
from training.ratings import MovieLens
from training.splits import Split, user_time_split
from training.vocabularies import encode_ratings, fit_encoder

LIKE = 4.0

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
"""A picture of one point."""

STRANGER = 9001
"""A user of `with_strangers` who rated nothing and has a zip of his own."""

TWINS = (9010, 9011)
"""Movies of `with_strangers` that nobody rated, alike but for their ids and titles."""

TWINS_GENRE = "Film-Noir"
"""The genre that the twins alone have."""


@dataclass(frozen=True)
class Run:
    """An exported run, and what it was exported from."""

    bundle: Path
    dataset: Path
    data: MovieLens
    split: Split
    encoder: FeatureEncoder
    model: Any
    ranking: Ranking | None = None

    def rows(self, user: int, movies: Sequence[int], year: int, month: int) -> npt.NDArray[Any]:
        """The model's input for a user and movies in a month, as training encodes it."""
        moment = int(pd.Timestamp(year=year, month=month, day=15).timestamp())
        asked = pd.DataFrame({"user_id": user, "movie_id": list(movies), "timestamp": moment})
        return encode_ratings(self.encoder, self.data, asked)

    def logits(self, rows: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Keras's logits."""
        return np.asarray(self.model(rows)["logit"], dtype="float64")

    def training_likes(self) -> dict[int, int]:
        """The likes of each movie in the training rows."""
        counts = dict.fromkeys(self.data.movies["movie_id"].tolist(), 0)
        rated = self.data.ratings.iloc[self.split.train]
        for movie, rating in zip(rated["movie_id"], rated["rating"], strict=True):
            counts[movie] += rating >= LIKE
        return counts


def with_strangers(data: MovieLens) -> MovieLens:
    """The same data with a user and two movies of whom no rating tells, the movies first."""
    user = {
        "user_id": STRANGER,
        "gender": "F",
        "age": "56+",
        "occupation": "farmer",
        "zip": "no zip",
    }
    movies = [
        {"movie_id": movie, "title": f"Twin {movie}", "year": 1899, "genres": [TWINS_GENRE]}
        for movie in reversed(TWINS)
    ]
    return replace(
        data,
        users=pd.concat([data.users, user_table([user])], ignore_index=True),
        movies=pd.concat([movie_table(movies), data.movies], ignore_index=True),
    )


def export_tiny(
    folder: Path,
    data: MovieLens | None = None,
    *,
    metrics: dict[str, Any] | None = None,
    training: dict[str, Any] | None = None,
    ranked: bool = True,
) -> Run:
    """Export a data set with a tiny AutoInt+ of random weights to `bundle/` and `dataset/`.

    Unless `ranked` is false there is a tiny ranker of random weights too.
    """
    data = tiny_movielens() if data is None else data
    split = user_time_split(data.ratings)
    encoder = fit_encoder(fields_of(FIELD_PRESETS["original"]), data, split.train)
    model = build_plus(sizes=encoder.vocabulary_sizes)
    ranking = tiny_ranking(data, split, encoder, LIKE) if ranked else None
    (folder / "plots").mkdir(parents=True, exist_ok=True)
    (folder / "plots" / "roc.png").write_bytes(DOT)
    export_bundle(
        folder / "bundle",
        model=model,
        encoder=encoder,
        data=data,
        split=split,
        split_facts={"name": "user-time", "vocabularies": "train"},
        like_threshold=LIKE,
        metrics={"test": {"auc": 0.5}} if metrics is None else metrics,
        training=training,
        plots=folder / "plots",
        ranking=ranking,
    )
    export_dataset(folder / "dataset", data, split)
    return Run(folder / "bundle", folder / "dataset", data, split, encoder, model, ranking)


def edit_json(path: Path, change: Callable[[Any], object]) -> None:
    """Change a JSON file, and the manifest beside it, so that the manifest still fits."""
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    write_manifest(path.parent)
