"""Reading the two folders that training exports, with every check before the first use.

A bundle holds the model and the films; a data set folder holds the users and their ratings. They are
two, since their licences differ. A fingerprint in both says that they belong together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from space.encoding import FeatureEncoder
from space.errors import BundleError, Said, fault_in
from space.links import NO_LINKS, Links, read_links
from space.manifest import listed, read_json, verify_listed, verify_manifest
from space.ranking_files import RANKING_FILES, RANKING_SINCE, Ranking, read_ranking
from space.schema import Schema, check_format
from space.similar import VECTORS_FILE, SimilarFilms, read_vectors
from space.tables import read_table

SERVING_FILES = frozenset(
    {"config.json", "encoders.json", "metrics.json", "model.onnx", "movies.parquet", "schema.json"}
)
"""The files that serving reads of every bundle; Keras's weights and the plots are not among them."""

OPTIONAL_FILES = frozenset({VECTORS_FILE})
"""The files that serving reads where a bundle has them; older bundles have none."""

DATASET_FILES = frozenset({"dataset.json", "movies.parquet", "ratings.parquet", "users.parquet"})
"""The files of a data set folder."""

MOVIES = pa.schema(
    [
        ("movie_id", pa.int64()),
        ("title", pa.string()),
        ("year", pa.int64()),
        ("genres", pa.list_(pa.string())),
    ]
)
"""Columns of a data set's `movies.parquet`. A year may be missing. It may have those of
`space.links.LINKS` too."""

USERS = pa.schema(
    [
        ("user_id", pa.int64()),
        ("gender", pa.string()),
        ("age", pa.string()),
        ("occupation", pa.string()),
        ("zip", pa.string()),
    ]
)
"""Columns of `users.parquet`."""

RATINGS = pa.schema(
    [
        ("user_id", pa.int32()),
        ("movie_id", pa.int32()),
        ("rating", pa.float32()),
        ("timestamp", pa.int64()),
        ("part", pa.dictionary(pa.int8(), pa.string())),
    ]
)
"""Columns of `ratings.parquet`, as small as they can be: a server keeps every rating in memory."""

CATALOGUE = pa.schema(
    [*MOVIES, ("rating_count", pa.int64()), ("rating_mean", pa.float64()), ("likes", pa.int64())]
)
"""Columns of a bundle's `movies.parquet`; the last three count training rows only. It may have those
of `space.links.LINKS` too."""


@dataclass(frozen=True)
class Bundle:
    """A verified bundle."""

    folder: Path
    """Where it lies."""
    schema: Schema
    """Fields, label rule, data set and split."""
    encoder: FeatureEncoder
    """The encoding that training used."""
    movies: pd.DataFrame
    """The catalogue, with the columns of `CATALOGUE`, ordered by `movie_id`."""
    metrics: Mapping[str, Any]
    """The content of `metrics.json`."""
    ranking: Ranking | None = None
    """The model that orders the list; bundles before format version 2 have none."""
    links: Links = NO_LINKS
    """Where the films have pages; empty where the data set names none."""
    similar: SimilarFilms | None = None
    """Which films are similar; older bundles do not know."""

    @property
    def model(self) -> Path:
        """The ONNX graph."""
        return self.folder / "model.onnx"


@dataclass(frozen=True)
class Dataset:
    """The users of a verified data set folder, and their ratings."""

    users: pd.DataFrame
    """Indexed by `user_id`, with the columns of `USERS`."""
    ratings: pd.DataFrame
    """With the columns of `RATINGS`, ordered by user, then newest first; numbers in the smallest type
    that holds them."""


def read_bundle(folder: Path) -> Bundle:
    """Verify and read a bundle.

    Raises:
        BundleError: Naming the file that is missing, damaged, of a newer format or at odds with
            another, and what to do.
    """
    verify_manifest(folder, SERVING_FILES)
    schema, encoder = read_inputs(folder)
    ranked = schema.format_version >= RANKING_SINCE
    if ranked:
        verify_listed(folder, RANKING_FILES)
    movies = read_table(folder / "movies.parquet", CATALOGUE, key="movie_id")
    movies = movies.sort_values("movie_id", ignore_index=True)
    metrics = read_json(folder / "metrics.json")
    ranking = (
        read_ranking(folder, movies, schema.like_threshold, schema.format_version)
        if ranked
        else None
    )
    links = read_links(folder / "movies.parquet")
    similar = None
    if VECTORS_FILE in optional_files(folder):
        similar = read_vectors(folder / VECTORS_FILE, movies)
    return Bundle(folder, schema, encoder, movies, metrics, ranking, links, similar)


def optional_files(folder: Path) -> frozenset[str]:
    """Those of `OPTIONAL_FILES` that a verified bundle lists and that are there."""
    known = OPTIONAL_FILES & listed(folder)
    return frozenset(name for name in known if (folder / name).is_file())


def read_inputs(folder: Path) -> tuple[Schema, FeatureEncoder]:
    """Read what a bundle's model takes, and check that its schema, vocabularies and config agree.

    Raises:
        BundleError: Naming the file that is missing, damaged, of a newer format or at odds with
            another, and what to do.
    """
    schema = Schema.from_json(read_json(folder / "schema.json"))
    encoder = FeatureEncoder.from_json(schema.fields, read_json(folder / "encoders.json"))
    for field, expected, actual in zip(
        schema.fields, schema.vocabulary_sizes, encoder.vocabulary_sizes, strict=True
    ):
        if expected != actual:
            raise BundleError(
                fault_in(
                    folder / "encoders.json",
                    f"the vocabulary of {field.name} should have {expected} indices, as schema.json "
                    f"says; it has {actual}",
                )
            )
    config = read_json(folder / "config.json")
    try:
        model_sizes = tuple(config["config"]["vocabulary_sizes"])
    except (KeyError, TypeError) as error:
        raise BundleError(
            fault_in(
                folder / "config.json",
                f"it should be the configuration of an AutoInt model ({error!r} is missing)",
            )
        ) from error
    if model_sizes != schema.vocabulary_sizes:
        raise BundleError(
            fault_in(
                folder / "config.json",
                f"the model's vocabulary sizes {list(model_sizes)} are not schema.json's "
                f"{list(schema.vocabulary_sizes)}",
            )
        )
    return schema, encoder


def read_dataset(folder: Path, bundle: Bundle) -> Dataset:
    """Verify and read the data set folder that belongs to a bundle.

    Raises:
        BundleError: As `read_bundle`, and if the folder is another bundle's.
    """
    verify_manifest(folder, DATASET_FILES)
    facts = read_json(folder / "dataset.json")
    version = facts.get("format_version") if isinstance(facts, dict) else None
    check_format(version, str(folder / "dataset.json"), "dataset")
    expected = bundle.schema.dataset.get("fingerprint")
    if facts.get("fingerprint") != expected:
        raise BundleError(
            Said(
                "dataset_other",
                folder=str(folder),
                bundle=str(bundle.folder),
                found=str(facts.get("fingerprint")),
                expected=str(expected),
            )
        )
    users = read_table(folder / "users.parquet", USERS, key="user_id")
    ratings = read_table(folder / "ratings.parquet", RATINGS)
    # Of ratings in the same second the later row is the newer, as training takes them.
    newest_first = np.lexsort(
        (
            -np.arange(len(ratings), dtype=np.int32),
            -ratings["timestamp"].to_numpy(),
            ratings["user_id"].to_numpy(),
        )
    )
    ratings = ratings.take(newest_first).reset_index(drop=True)
    for name in ("user_id", "movie_id", "timestamp"):  # which are most of what a data set takes
        ratings[name] = pd.to_numeric(ratings[name], downcast="unsigned")
    halved = ratings["rating"].astype("float16")
    if (halved == ratings["rating"]).all():
        ratings["rating"] = halved
    return Dataset(users.set_index("user_id", drop=False).sort_index(), ratings)
