"""A data set repository on the Hub with the configurations `ratings`, `movies` and `users`."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
from huggingface_hub import _CACHED_NO_EXIST, hf_hub_download, try_to_load_from_cache
from huggingface_hub.errors import LocalEntryNotFoundError, RemoteEntryNotFoundError

from space.bundle import MOVIES, USERS
from space.hub.repository import DATASET, Repository
from space.links import LINKS, TMDB, present
from training.errors import DataError, SourceError
from training.hub import client_error, in_words, resolve
from training.ratings import HALF_STARS, MovieLens, Table, assemble

_SCHEMAS = {
    "ratings": pa.schema(
        [
            ("user_id", pa.int64()),
            ("movie_id", pa.int64()),
            ("rating", pa.float64()),
            ("timestamp", pa.int64()),
        ]
    ),
    "movies": MOVIES,
    "users": USERS,
}
"""The columns of each configuration. They may be of other types that convert without loss."""

_MAY_BE_UNKNOWN = {"year", *LINKS.names}

_FACTS = "dataset.json"
"""What `train` exports beside the tables, and a repository that it was pushed to holds."""

_KEPT_FACTS = ("licence", "licence_url", "redistribution", "citation")


def read(reference: str) -> MovieLens:
    """Read a repository through `datasets.load_dataset`, all of it at one commit.

    Args:
        reference: `owner/name` or `owner/name@revision`.

    Returns:
        The data. Its facts have the repository's commit as `revision`, and where the repository was
        made from a data set that we exported, that one's licence.

    Raises:
        SourceError: If the repository or a configuration cannot be read.
        DataError: If its rows are not a data set in the internal form.
        ValueError: If no repository can be named so.
    """
    repository = Repository.parse(reference)
    commit = resolve(repository, DATASET).revision
    kept = _kept_facts(repository, commit)
    ratings, facts = _table(repository, commit, "ratings")
    movies, _ = _table(repository, commit, "movies")
    for column in {"year", TMDB} & set(movies.rows):
        movies.rows[column] = movies.rows[column].astype("Int64")
    movies.rows["genres"] = pd.Series([list(row) for row in movies.rows["genres"]], dtype=object)
    users, _ = _table(repository, commit, "users")
    facts = {"name": str(repository), **facts, **kept, "revision": commit}
    return assemble(ratings, movies, users, HALF_STARS, facts)


def _kept_facts(repository: Repository, commit: str) -> dict[str, str]:
    """The licence of the data that a repository was made from; a restriction stays with them."""
    with in_words(repository, DATASET):
        try:
            path = hf_hub_download(repository.id, _FACTS, repo_type="dataset", revision=commit)
        except RemoteEntryNotFoundError:
            return {}
        except LocalEntryNotFoundError:
            known = try_to_load_from_cache(
                repository.id, _FACTS, repo_type="dataset", revision=commit
            )
            if known is _CACHED_NO_EXIST:
                return {}
            raise
    label = f"{repository}, {_FACTS}"
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{label}: expected JSON ({error})") from error
    if not isinstance(content, dict):
        raise DataError(f"{label}: expected an object, found {type(content).__name__}")
    facts = {name: content[name] for name in _KEPT_FACTS if content.get(name) is not None}
    for name, fact in facts.items():
        if not isinstance(fact, str):
            raise DataError(f"{label}: expected a text as {name}, found {fact!r}")
    return facts


def _table(repository: Repository, commit: str, configuration: str) -> tuple[Table, dict[str, str]]:
    """The rows of a configuration, and the licence and citation that its card names."""
    import datasets  # slow to import, and needed by this source alone

    datasets.disable_progress_bars()  # they would be drawn over our own

    with in_words(repository, DATASET):
        try:
            loaded = datasets.load_dataset(
                repository.id, configuration, split="train", revision=commit
            )
        except Exception as error:
            failure = client_error(error)
            if failure is not None:
                raise failure from failure.__cause__  # which tells more
            reason = (str(error) or type(error).__name__).splitlines()[0]
            raise SourceError(
                f"{repository}: its configuration {configuration!r} could not be read from the Hub: "
                f"{reason}"
            ) from error
    schema, label = _SCHEMAS[configuration], f"{repository}, {configuration}"
    if configuration == "movies":
        schema = pa.schema([*schema, *present(loaded.column_names)])
    missing = [column for column in schema.names if column not in loaded.column_names]
    if missing:
        raise DataError(
            f"{label}: expected the columns {', '.join(schema.names)}; missing: "
            f"{', '.join(missing)}"
        )
    table = loaded.select_columns(schema.names).with_format("arrow")[:].select(schema.names)
    try:
        table = _in_seconds(table).cast(schema)
    except pa.ArrowException as error:
        expected = ", ".join(f"{field.name} ({field.type})" for field in schema)
        raise DataError(f"{label}: expected the columns {expected}: {error}") from error
    gaps = [
        column
        for column in schema.names
        if column not in _MAY_BE_UNKNOWN and table[column].null_count
    ]
    if gaps:
        raise DataError(f"{label}: expected a value in every row of {', '.join(gaps)}")
    card = {"licence": loaded.info.license, "citation": loaded.info.citation}
    facts = {name: str(text).strip() for name, text in card.items() if text}
    return Table(table.to_pandas(), label), facts


def _in_seconds(table: pa.Table) -> pa.Table:
    """The table with a timestamp that is a moment, of any unit and time zone, as seconds since 1970."""
    index = table.schema.get_field_index("timestamp")
    kind = table.schema.field(index).type if index >= 0 else None
    if kind is None or not (pa.types.is_timestamp(kind) or pa.types.is_date(kind)):
        return table
    seconds = pa.timestamp("s", getattr(kind, "tz", None))
    # What is below a second is dropped; nothing else may be lost.
    return table.set_column(
        index, "timestamp", table[index].cast(seconds, safe=False).cast(pa.int64())
    )
