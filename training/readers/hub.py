"""A data set repository on the Hub with the configurations `ratings`, `movies` and `users`."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from space.bundle import MOVIES, USERS
from training.errors import DataError, SourceError
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


def read(repository: str) -> MovieLens:
    """Read a repository through `datasets.load_dataset`.

    Args:
        repository: `owner/name` or `owner/name@revision`.

    Raises:
        SourceError: If the repository or a configuration cannot be read.
        DataError: If its rows are not a data set in the internal form.
    """
    ratings, facts = _table(repository, "ratings")
    movies, _ = _table(repository, "movies")
    movies.rows["year"] = movies.rows["year"].astype("Int64")
    movies.rows["genres"] = pd.Series([list(row) for row in movies.rows["genres"]], dtype=object)
    users, _ = _table(repository, "users")
    return assemble(ratings, movies, users, HALF_STARS, {"name": repository, **facts})


def _table(repository: str, configuration: str) -> tuple[Table, dict[str, str]]:
    """The rows of a configuration, and the licence and citation that its card names."""
    import datasets  # slow to import, and needed by this source alone

    datasets.disable_progress_bars()  # they would be drawn over our own

    name, _, revision = repository.partition("@")
    try:
        loaded = datasets.load_dataset(
            name, configuration, split="train", revision=revision or None
        )
    except Exception as error:
        raise SourceError(
            f"{repository}: its configuration {configuration!r} could not be read from the Hub: "
            f"{error}"
        ) from error
    schema, label = _SCHEMAS[configuration], f"{repository}, {configuration}"
    missing = [column for column in schema.names if column not in loaded.column_names]
    if missing:
        raise DataError(
            f"{label}: expected the columns {', '.join(schema.names)}; missing: "
            f"{', '.join(missing)}"
        )
    table = loaded.select_columns(schema.names).with_format("arrow")[:]
    try:
        table = table.select(schema.names).cast(schema)
    except pa.ArrowException as error:
        expected = ", ".join(f"{field.name} ({field.type})" for field in schema)
        raise DataError(f"{label}: expected the columns {expected}: {error}") from error
    # A movie's year alone may be unknown.
    gaps = [column for column in schema.names if column != "year" and table[column].null_count]
    if gaps:
        raise DataError(f"{label}: expected a value in every row of {', '.join(gaps)}")
    card = {"licence": loaded.info.license, "citation": loaded.info.citation}
    facts = {name: str(text).strip() for name, text in card.items() if text}
    return Table(table.to_pandas(), label), facts
