"""The pages of a film on other sites, by the ids that its data set knows."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from space.errors import BundleError, fault_in
from space.tables import read_table

IMDB, TMDB = "imdb_id", "tmdb_id"

LINKS = pa.schema([(IMDB, pa.string()), (TMDB, pa.int64())])
"""Columns that a `movies.parquet` may have beside those that it must have. Either may be missing as a
whole, and of a film."""

ID_OF: Mapping[str, str] = {
    IMDB: 'an id of IMDb such as "tt0114709"',
    TMDB: f"a whole number from 1 to {2**31 - 1}",
}
"""What an id of each column is, in words."""

_PAGES = {
    IMDB: ("IMDb", "https://www.imdb.com/title/{}/"),
    TMDB: ("TMDb", "https://www.themoviedb.org/movie/{}"),
}

_IMDB_ID = "tt(?!0{7})(?:[0-9]{7}|[1-9][0-9]{7,9})"


@dataclass(frozen=True)
class Links:
    """Where the films of a catalogue have pages; of one that was exported without ids, nowhere."""

    ids: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Those columns of `LINKS` that are known, indexed by `movie_id`."""

    def of(self, movie_id: int) -> dict[str, str]:
        """The pages of one film of the catalogue.

        Returns:
            The address of each page by the name of its site: "IMDb", "TMDb", where known.

        Example:
            >>> ids = pd.DataFrame({"imdb_id": ["tt0114709"], "tmdb_id": [862]}, index=[1])
            >>> Links(ids).of(1)["TMDb"]
            'https://www.themoviedb.org/movie/862'
        """
        known: dict[Hashable, Any] = {name: self.ids.at[movie_id, name] for name in self.ids}
        return {
            site: address.format(known[name])
            for name, (site, address) in _PAGES.items()
            if name in known and not pd.isna(known[name])
        }


NO_LINKS = Links()
"""Of a catalogue that names no pages."""


def present(columns: Iterable[Hashable]) -> list[pa.Field]:
    """Those columns of `LINKS` that a table with these columns has."""
    listed = set(columns)
    return [column for column in LINKS if column.name in listed]


def are_no_ids(name: str, ids: pd.Series) -> npt.NDArray[np.bool_]:
    """Which values of a column are not what `ID_OF` says; a missing one is as it may be.

    Args:
        name: The column, of `LINKS`.
        ids: Its values, of the type that `LINKS` names.
    """
    told = ids.notna().to_numpy(dtype=bool)
    known = ids[told]
    fit = known.str.fullmatch(_IMDB_ID) if name == IMDB else (known > 0) & (known < 2**31)
    bad: npt.NDArray[np.bool_] = told.copy()
    bad[told] = ~fit.to_numpy(dtype=bool)
    return bad


def read_links(path: Path) -> Links:
    """Read the ids in a `movies.parquet`, checked, since they become parts of addresses.

    Args:
        path: The file, a table that the catalogue was read from; where it has none of the columns, no
            film has a page.

    Raises:
        BundleError: If a value is not what `ID_OF` says, or a column of another type.
    """
    columns = present(pq.read_schema(path).names)
    if not columns:
        return NO_LINKS
    ids = read_table(path, pa.schema([("movie_id", pa.int64()), *columns])).set_index("movie_id")
    for name in (column.name for column in columns):
        bad = are_no_ids(name, ids[name])
        if bad.any():
            raise BundleError(
                fault_in(
                    path,
                    f"{name} should be {ID_OF[name]}, or missing. Received: "
                    f"{ids[name][bad].iloc[0]!r:.100}",
                )
            )
    return Links(ids.astype({TMDB: "Int64"}) if TMDB in ids else ids)
