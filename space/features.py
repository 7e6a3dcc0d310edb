"""The raw value of every field, as text, from the tables of users, movies and moments.

Tables are pandas frames:

- users: `user_id`, `gender`, `age`, `occupation`, `zip`
- movies: `movie_id`, `year` (nullable), `genres` (a sequence of names for each row)
- moments: `year`, `month`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

UNKNOWN = "unknown"
"""The value of what is not known; it is index 0 of every vocabulary."""

NO_GENRE = "no"
"""The value of the second or third genre of a film that has fewer."""


def _column(name: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda table: table[name].astype(str)


def _year(table: pd.DataFrame) -> pd.Series:
    return table["year"].astype("Int64").astype("string").fillna(UNKNOWN)


def _decade(table: pd.DataFrame) -> pd.Series:
    decade = table["year"].astype("Int64") // 10 * 10
    return (decade.astype("string") + "s").fillna(UNKNOWN)


def _genre(position: int) -> Callable[[pd.DataFrame], pd.Series]:
    absent = UNKNOWN if position == 0 else NO_GENRE

    def value(table: pd.DataFrame) -> pd.Series:
        genres = [row[position] if len(row) > position else absent for row in table["genres"]]
        return pd.Series(genres, index=table.index, dtype="str")

    return value


VALUES: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = {
    "user_id": _column("user_id"),
    "movie_id": _column("movie_id"),
    "movie_decade": _decade,
    "movie_year": _year,
    "rating_year": _year,
    "rating_month": _column("month"),
    "rating_decade": _decade,
    "genre1": _genre(0),
    "genre2": _genre(1),
    "genre3": _genre(2),
    "gender": _column("gender"),
    "age": _column("age"),
    "occupation": _column("occupation"),
    "zip": _column("zip"),
}
"""For each field of `space.schema.FIELD_SOURCES`: its value for every row of its table."""


def moments(timestamps: npt.ArrayLike) -> pd.DataFrame:
    """The table of moments for Unix timestamps in seconds: `year` and `month`, in UTC.

    Args:
        timestamps: Seconds since 1970-01-01, `(rows,)`.
    """
    months = np.asarray(timestamps, dtype="int64").astype("datetime64[s]").astype("datetime64[M]")
    since_1970 = months.astype("int64")
    return pd.DataFrame({"year": since_1970 // 12 + 1970, "month": since_1970 % 12 + 1})
