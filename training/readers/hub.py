"""A data set repository on the Hub with the configurations `ratings`, `movies` and `users`."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from space.bundle import MOVIE_COLUMNS, USER_COLUMNS
from training.errors import DataError, SourceError
from training.ratings import HALF_STARS, MovieLens, Table, assemble

_RATINGS = ("user_id", "movie_id", "rating", "timestamp")


def read(repository: str) -> MovieLens:
    """Read a repository through `datasets.load_dataset`.

    Args:
        repository: `owner/name` or `owner/name@revision`.

    Raises:
        SourceError: If the repository or a configuration cannot be read.
        DataError: If its rows are not a data set in the internal form.
    """
    name, _, revision = repository.partition("@")
    ratings = _table(name, "ratings", revision, _RATINGS)
    ratings.rows["rating"] = ratings.rows["rating"].astype("float64")
    movies = _table(name, "movies", revision, MOVIE_COLUMNS)
    movies.rows["year"] = movies.rows["year"].astype("Int64")
    movies.rows["genres"] = pd.Series([list(row) for row in movies.rows["genres"]], dtype=object)
    users = _table(name, "users", revision, USER_COLUMNS)
    return assemble(ratings, movies, users, HALF_STARS, {"name": repository})


def _table(name: str, configuration: str, revision: str, columns: Sequence[str]) -> Table:
    import datasets  # slow to import, and needed by this source alone

    try:
        loaded = datasets.load_dataset(
            name, configuration, split="train", revision=revision or None
        )
    except Exception as error:
        raise SourceError(
            f"{name}: its configuration {configuration!r} could not be read from the Hub: {error}"
        ) from error
    missing = [column for column in columns if column not in loaded.column_names]
    if missing:
        raise DataError(
            f"{name}, {configuration}: expected the columns {', '.join(columns)}; missing: "
            f"{', '.join(missing)}"
        )
    return Table(loaded.select_columns(list(columns)).to_pandas(), f"{name}, {configuration}")
