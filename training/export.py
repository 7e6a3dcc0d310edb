"""Writing the two folders that serving reads: the bundle and its data set."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnxruntime
import pandas as pd
import pyarrow as pa

from space.bundle import CATALOGUE, MOVIES, RATINGS, USERS
from space.encoding import FeatureEncoder
from space.features import moments
from space.links import present
from space.manifest import write_manifest
from space.schema import FORMAT_VERSION, Schema
from space.similar import VECTORS_FILE
from training.errors import RunError
from training.film_vectors import film_vectors, write_vectors
from training.folder import strict, write_json
from training.graph import TOLERANCE, difference, write_graph
from training.parquet import write_parquet
from training.ranking.export import Ranking, export_ranking
from training.ratings import MovieLens
from training.splits import PARTS, Split

CHECKED_ROWS = 10_000
WITHOUT_RANKING = 1
"""Format version of a bundle without a ranker: nothing in it is new to an older reader."""
_LIBRARIES = (
    "autoint-movies",
    "keras",
    "tensorflow",
    "onnx",
    "onnxruntime",
    "scikit-learn",
    "pandas",
)


def export_bundle(
    target: Path,
    *,
    model: keras.Model,
    encoder: FeatureEncoder,
    data: MovieLens,
    split: Split,
    split_facts: Mapping[str, Any],
    like_threshold: float,
    metrics: Mapping[str, Any],
    training: Mapping[str, Any] | None = None,
    plots: Path | None = None,
    also_trained_on: Sequence[Mapping[str, str]] = (),
    ranking: Ranking | None = None,
) -> None:
    """Write a bundle to a fresh folder and move it into place whole.

    Args:
        target: The bundle's folder; one that is there is replaced.
        model: The fitted model.
        encoder: The encoder it was fitted with.
        data: The data set.
        split: Which ratings were for what; the catalogue counts training rows only.
        split_facts: Name and parameters of the split.
        like_threshold: The label rule's threshold.
        metrics: What `metrics.json` should hold.
        training: What `training.json` should hold: the options that the model was made with.
        plots: A folder of pictures to take along.
        also_trained_on: Name and licence of each data set that the model was trained on before; see
            `training.licences.also_trained_on`.
        ranking: The ranker; without one the bundle is of format version 1.

    Raises:
        RunError: If an ONNX graph does not agree with Keras on 10,000 rows to 1e-5.
    """
    last = moments(data.ratings["timestamp"].agg(["max"]))
    schema = Schema(
        fields=encoder.fields,
        vocabulary_sizes=encoder.vocabulary_sizes,
        like_threshold=like_threshold,
        dataset={
            **data.facts,
            "fingerprint": data.fingerprint(),
            "users": len(data.users),
            "movies": len(data.movies),
            "ratings": len(data.ratings),
            "last_year": int(last["year"].iloc[0]),
            "last_month": int(last["month"].iloc[0]),
            **({"also_trained_on": [*map(dict, also_trained_on)]} if also_trained_on else {}),
        },
        split={**split_facts, "rows": {name: len(getattr(split, name)) for name in PARTS}},
        versions=library_versions(),
        format_version=FORMAT_VERSION if ranking is not None else WITHOUT_RANKING,
    )
    with _fresh_folder(target) as folder:
        # Keras cannot save unzipped into a folder that is there.
        model.save(folder / "bundle", zipped=False)
        bundle = folder / "bundle"
        export_onnx(model, bundle / "model.onnx")
        check_onnx(model, bundle / "model.onnx")
        write_json(bundle / "schema.json", schema.to_json())
        write_json(bundle / "encoders.json", encoder.to_json())
        write_json(bundle / "metrics.json", strict(metrics))
        if training is not None:
            write_json(bundle / "training.json", training)
        catalogue(data, split, like_threshold).to_parquet(bundle / "movies.parquet", index=False)
        vectors = film_vectors(model, encoder, data, split, like_threshold)
        write_vectors(bundle / VECTORS_FILE, vectors, data.movies["movie_id"])
        if ranking is not None:
            export_ranking(bundle, replace(ranking, metrics=strict(ranking.metrics)))
        if plots is not None:
            shutil.copytree(plots, bundle / "plots")
        write_manifest(bundle)


def export_dataset(target: Path, data: MovieLens, split: Split) -> None:
    """Write the users and their ratings, with each rating's part of the split, in the same way."""
    with _fresh_folder(target) as folder:
        dataset = folder / "dataset"
        dataset.mkdir()
        ratings = data.ratings.assign(part=split.part_of_rows())
        write_parquet(ratings, dataset / "ratings.parquet", RATINGS)
        write_parquet(data.users, dataset / "users.parquet", USERS)
        columns = pa.schema([*MOVIES, *present(data.movies)])
        write_parquet(data.movies, dataset / "movies.parquet", columns)
        facts = {"format_version": FORMAT_VERSION, "fingerprint": data.fingerprint(), **data.facts}
        write_json(dataset / "dataset.json", facts)
        write_manifest(dataset)


def catalogue(data: MovieLens, split: Split, like_threshold: float) -> pd.DataFrame:
    """The films with their numbers of ratings and likes and their mean rating, in training rows.

    Ids on other sites are taken along where the data set knows them.
    """
    rated = data.ratings.iloc[split.train]
    counts = (
        rated.assign(like=rated["rating"] >= like_threshold)
        .groupby("movie_id")
        .agg(rating_count=("rating", "size"), rating_mean=("rating", "mean"), likes=("like", "sum"))
    )
    movies = data.movies.merge(counts, on="movie_id", how="left")
    movies = movies.fillna({"rating_count": 0, "likes": 0})
    movies = movies.astype({"rating_count": "int64", "likes": "int64"})
    links = [column.name for column in present(data.movies)]
    return movies.reindex(columns=[*CATALOGUE.names, *links])


def export_onnx(model: keras.Model, path: Path) -> None:
    """Write the model's graph: `fields` (rows, fields) to all that `ServingModel` gives."""
    fields = len(model.get_config()["vocabulary_sizes"])
    serving = ServingModel(model)
    serving(np.zeros((2, fields), dtype="int32"))
    signature = [keras.InputSpec(shape=(None, fields), dtype="int32", name="fields")]
    write_graph(serving, path, signature)


def check_onnx(model: keras.Model, path: Path, rows: int = CHECKED_ROWS) -> None:
    """Compare the graph with Keras on random rows.

    Raises:
        RunError: If a probability, an attention weight, or a logit differs by more than 1e-5, the
            logit relative to its size where that is above 1.
    """
    generator = np.random.default_rng(0)
    sizes = model.get_config()["vocabulary_sizes"]
    sample = np.stack([generator.integers(0, size, rows) for size in sizes], axis=1).astype("int32")
    # Of rows at random next to none is somebody new's, which have a calibration of their own.
    sample[::2, model.get_config()["newcomer_columns"]] = 0
    sample[::4, model.get_config()["nobody_columns"]] = 0
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    # An odd number, so that chunks begin with each kind of row, by which all of `logit_as_first` goes.
    for start in range(0, rows, 1001):
        chunk = sample[start : start + 1001]
        expected = model(chunk, return_attention=True)
        for name in ("logit", "probability", "attention", "logit_as_first"):
            actual = session.run([name], {"fields": chunk})[0]
            found = difference(actual, expected[name])
            if not found <= TOLERANCE:
                raise RunError(
                    f"The ONNX graph differs from Keras by {found:.2g} in {name}; at most "
                    f"{TOLERANCE:g} was expected. Nothing was exported."
                )


def library_versions() -> dict[str, str]:
    """The installed versions of the libraries that make a bundle."""
    versions = {}
    for name in _LIBRARIES:
        with contextlib.suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions


class ServingModel(keras.Model):
    """The model with all that serving may ask for; what is not asked for is not computed."""

    def __init__(self, model: keras.Model) -> None:
        super().__init__()
        self.model = model

    def call(self, fields: Any) -> dict[str, Any]:
        """All outputs, for `(rows, fields)`."""
        outputs: dict[str, Any] = self.model(fields, training=False, return_attention=True)
        return outputs


@contextlib.contextmanager
def _fresh_folder(target: Path) -> Iterator[Path]:
    """A folder to build `bundle` or `dataset` in, which takes the target's place at the end."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=target.parent) as folder:
        yield Path(folder)
        (built,) = Path(folder).iterdir()
        if target.exists():
            target.rename(Path(folder) / "replaced")
        built.rename(target)
