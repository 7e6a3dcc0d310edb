"""The card of a data set's repository."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from huggingface_hub import DatasetCard, DatasetCardData

from hub_upload.cards.facts import licence_name, licence_values, mapping, repository, text
from hub_upload.cards.markdown import address, code, inline, render, table
from hub_upload.licences import is_restricted
from space.bundle import DATASET_FILES
from space.errors import BundleError
from space.manifest import read_json, verify_manifest

TABLES = ("ratings", "users", "movies")
"""The configurations, the default first."""

_UNITS = {
    "ratings": {
        "user_id": "the user",
        "movie_id": "the film",
        "rating": "stars, 0.5 to 5",
        "timestamp": "seconds since 1970-01-01, UTC",
        "part": "the row's part of the split: `train`, `validation` or `test`",
    },
    "users": {
        "user_id": "the user",
        "gender": '"F", "M" or "unknown"',
        "age": 'a range of years such as "25-34", or "unknown"',
        "occupation": 'its name, or "unknown"',
        "zip": 'the postal code as the user gave it, or "unknown"',
    },
    "movies": {
        "movie_id": "the film",
        "title": "the title without the year",
        "year": "year of release; may be missing",
        "genres": "names in the order of the source; may be empty",
        "imdb_id": 'the film on IMDb, such as "tt0114709"; may be missing',
        "tmdb_id": "the film on TMDb; may be missing",
    },
}
_SIZES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B")


def dataset_card(folder: Path, repo_id: str, *, model_repo: str | None = None) -> str:
    """The `README.md` of a data set's repository.

    Args:
        folder: The data set folder that is published.
        repo_id: The data set's repository.
        model_repo: The repository of the model that was trained on it.

    Raises:
        BundleError: If the folder is damaged.
        ValueError: If a repository has no proper name.
    """
    repository(repo_id)
    if model_repo is not None:
        repository(model_repo)
    verify_manifest(folder, DATASET_FILES)
    facts = mapping(read_json(folder / "dataset.json"))
    files = {name: _metadata(folder / f"{name}.parquet") for name in TABLES}
    counts = {name: file.num_rows for name, file in files.items()}
    return render(
        DatasetCard,
        _front_matter(facts, sum(counts.values())),
        "dataset.md",
        repo_id=repo_id,
        model_repo=model_repo,
        counts={name: f"{count:,}" for name, count in counts.items()},
        columns={
            name: _columns(name, file.schema.to_arrow_schema()) for name, file in files.items()
        },
        restricted=is_restricted(facts),
        **licence_values(facts),
    )


def size_category(rows: int) -> str:
    """What the Hub calls a number of rows."""
    bound = 1000
    for name in _SIZES:
        if rows < bound:
            return name
        bound *= 10
    return "1B<n<10B"


def _front_matter(facts: Mapping[str, Any], rows: int) -> DatasetCardData:
    return DatasetCardData(
        pretty_name=text(facts, "name") or "MovieLens ratings",
        license="other",
        license_name=licence_name(facts),
        license_link=address(facts.get("licence_url")),
        task_categories=["tabular-classification"],
        tags=["recommendation", "movielens", "ratings", "autoint"],
        size_categories=[size_category(rows)],
        configs=[
            {
                "config_name": name,
                "data_files": [{"split": "train", "path": f"{name}.parquet"}],
                **({"default": True} if name == TABLES[0] else {}),
            }
            for name in TABLES
        ],
    )


def _metadata(path: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(path)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise BundleError(
            f"{path}: it should be a parquet file ({error}). Export it again."
        ) from error


def _columns(name: str, schema: pa.Schema) -> str:
    units = _UNITS[name]
    return table(
        ("column", "type", "what it is"),
        [(code(field.name), _type(field.type), units.get(field.name, "")) for field in schema],
    )


def _type(kind: pa.DataType) -> str:
    """A column's type in words that do not depend on how the file was written."""
    if pa.types.is_dictionary(kind):
        return _type(kind.value_type)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"list of {_type(kind.value_type)}"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "string"
    return {"float": "float32", "double": "float64"}.get(str(kind), inline(str(kind)))
