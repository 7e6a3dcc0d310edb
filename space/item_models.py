"""What is known of the films beside their features: item-item matrices, and who liked what how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from space.features import UNKNOWN

Floats = npt.NDArray[np.float32]

ITEMS_FILE = "items.parquet"
"""Name of the matrices' file in a bundle."""

AUDIENCES_FILE = "audiences.parquet"
"""Name of the file of who liked what."""

ITEMS = pa.schema(
    [
        ("matrix", pa.dictionary(pa.int8(), pa.string())),
        ("source", pa.int32()),
        ("target", pa.int32()),
        ("weight", pa.float32()),
    ]
)
"""Columns of `items.parquet`: one row for each entry that is kept, ordered by matrix and source."""

AUDIENCES = pa.schema(
    [
        ("gender", pa.dictionary(pa.int8(), pa.string())),
        ("age", pa.dictionary(pa.int8(), pa.string())),
        ("occupation", pa.dictionary(pa.int8(), pa.string())),
        ("film", pa.int32()),
        ("ratings", pa.int32()),
        ("likes", pa.int32()),
    ]
)
"""Columns of `audiences.parquet`: how often a group of users rated and liked a film. Groups are those
of a gender and an age, of whatever occupation, and those of an occupation, of whatever gender and age.
The former are everybody, so that their sums are the films' statistics."""

WITHOUT_OCCUPATION = pa.schema([field for field in AUDIENCES if field.name != "occupation"])
"""The columns before format version 3."""

MATRICES = ("window_ease", "rated_ease", "liked_ease", "next30", "next10", "later")
"""Names of the item-item matrices; `space.affinities.NOTES` says what they are."""

GROUPS = ("gender", "age", "occupation")
"""What makes a group of users."""

GROUP_SMOOTHING = 50.0
"""Likes like everybody's that are added to each group's."""

_NO_YEAR = 1990.0


@dataclass(frozen=True)
class Matrix:
    """A sparse item-item matrix in compressed rows."""

    indptr: npt.NDArray[np.int32]
    """Row `i` has the entries `indptr[i]` to `indptr[i + 1]`, `(films + 1,)`."""
    indices: npt.NDArray[np.integer]
    """The column of each entry, in two bytes where that will do."""
    weights: npt.NDArray[np.floating]
    """The value of each entry, in two bytes where that loses nothing."""

    def entries(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Floats]:
        """Row, column and value of each entry."""
        rows = np.repeat(np.arange(len(self.indptr) - 1, dtype=np.int32), np.diff(self.indptr))
        return rows, self.indices.astype(np.int32), self.weights.astype(np.float32)

    @classmethod
    def of(
        cls,
        rows: npt.NDArray[np.integer],
        columns: npt.NDArray[np.integer],
        weights: npt.NDArray[np.floating],
        films: int,
    ) -> Matrix:
        """The matrix with these entries, `(films, films)`.

        Args:
            rows: Of each entry, in any order, `(entries,)`.
            columns: Of each entry, `(entries,)`.
            weights: Its value, `(entries,)`.
            films: Number of rows and of columns.

        Raises:
            ValueError: If a row or column is not among the films, or a weight is not finite.
        """
        for places in (rows, columns):
            if len(places) and not (places.min() >= 0 and places.max() < films):
                raise ValueError(f"an entry is not among the {films} films")
        if not np.isfinite(weights).all():
            raise ValueError("a weight is not finite")
        if len(rows) and (np.diff(rows) < 0).any():
            order = np.argsort(rows, kind="stable")
            rows, columns, weights = rows[order], columns[order], weights[order]
        indptr = np.zeros(films + 1, dtype=np.int32)
        np.cumsum(np.bincount(rows, minlength=films), out=indptr[1:])
        with np.errstate(over="ignore"):
            halved = np.ascontiguousarray(weights, np.float16)
        return cls(
            indptr,
            np.ascontiguousarray(columns, np.uint16 if films <= 1 << 16 else np.int32),
            halved
            if np.array_equal(halved, weights)
            else np.ascontiguousarray(weights, np.float32),
        )


@dataclass(frozen=True)
class ItemModels:
    """Item-item matrices and film statistics; films are rows of the catalogue, ordered by `movie_id`."""

    matrices: Mapping[str, Matrix]
    """For each of `MATRICES` its matrix."""
    counts: pd.DataFrame
    """With the columns of `AUDIENCES`."""
    years: Floats
    """The films' years; where it is not known, the likes' mean year, `(films,)`."""
    genres: Floats
    """1 for each genre that a film has, `(films, genres)`."""
    like_threshold: float
    """A rating of at least this is a like."""
    typical_year: float
    """The likes' mean year."""

    def __len__(self) -> int:
        return len(self.years)

    @cached_property
    def likes(self) -> npt.NDArray[np.float64]:
        """Likes of each film, `(films,)`."""
        return _sums(_everybody(self.counts), "likes", len(self))

    @cached_property
    def ratings(self) -> npt.NDArray[np.float64]:
        """Ratings of each film, `(films,)`."""
        return _sums(_everybody(self.counts), "ratings", len(self))

    @cached_property
    def popularity(self) -> Floats:
        """The affinity of that name, `(films,)`."""
        logarithm: Floats = np.log1p(self.likes).astype(np.float32)
        return logarithm

    @cached_property
    def like_rate(self) -> Floats:
        """The affinity of that name, `(films,)`."""
        rate: Floats = ((self.likes + 2.9) / (self.ratings + 5)).astype(np.float32)
        return rate

    @cached_property
    def unit_genres(self) -> Floats:
        """The genres as vectors of length 1, or 0 where a film has none."""
        lengths = np.sqrt(np.maximum(self.genres.sum(axis=1, keepdims=True), 1))
        scaled: Floats = self.genres / lengths
        return scaled

    def audience(self, person: Mapping[str, str]) -> Floats:
        """The affinity of that name, `(films,)`: zeros where nobody of the group is known."""
        nobody = np.zeros(len(self), dtype=np.float32)
        gender, age, occupation = (person.get(name, UNKNOWN) for name in GROUPS)
        of_their_kind = self._audiences.get((gender, age, UNKNOWN), nobody)
        return of_their_kind + self._audiences.get((UNKNOWN, UNKNOWN, occupation), nobody)

    @cached_property
    def _audiences(self) -> dict[tuple[str, str, str], Floats]:
        """For each known gender and age, for each of the two alone, and for each occupation."""
        groups: dict[tuple[str, str, str], Floats] = {}
        for told in (("gender", "age"), ("gender",), ("age",), ("occupation",)):
            known = self.counts[(self.counts[list(told)] != UNKNOWN).all(axis=1)]
            for values in known[list(told)].drop_duplicates().itertuples(index=False):
                same = (known[list(told)] == values).all(axis=1)
                group = dict.fromkeys(GROUPS, UNKNOWN) | dict(zip(told, values, strict=True))
                likes = _sums(known[same], "likes", len(self))
                groups[group["gender"], group["age"], group["occupation"]] = self._log_ratio(likes)
        return groups

    def _log_ratio(self, likes: npt.NDArray[np.float64]) -> Floats:
        everybody = max(self.likes.sum(), 1.0)
        smoothed = likes + GROUP_SMOOTHING * self.likes / everybody
        share = smoothed / (likes.sum() + GROUP_SMOOTHING)
        ratio: Floats = np.log(share * everybody / (self.likes + 1) + 0.05).astype(np.float32)
        return ratio

    @classmethod
    def of(
        cls,
        matrices: Mapping[str, Matrix],
        counts: pd.DataFrame,
        movies: pd.DataFrame,
        like_threshold: float,
    ) -> ItemModels:
        """Put matrices and counts together with what the catalogue says.

        Args:
            matrices: Some of `MATRICES`; what is missing is empty.
            counts: With the columns of `AUDIENCES`.
            movies: The catalogue, ordered by `movie_id`, with `year` and `genres`.
            like_threshold: A rating of at least this is a like.
        """
        films = len(movies)
        nothing = np.empty(0, dtype=np.int32)
        empty = Matrix.of(nothing, nothing, np.empty(0, dtype=np.float32), films)
        years = movies["year"].to_numpy(dtype=np.float64, na_value=np.nan)
        likes = _sums(_everybody(counts), "likes", films)
        known = np.isfinite(years)
        typical = _NO_YEAR
        if known.any():
            weights = likes[known] if likes[known].sum() else None
            typical = float(np.average(years[known], weights=weights))
        names = sorted({name for row in movies["genres"] for name in row})
        column = {name: place for place, name in enumerate(names)}
        genres = np.zeros((films, len(names)), dtype=np.float32)
        for place, row in enumerate(movies["genres"]):
            genres[place, [column[name] for name in row]] = 1
        return cls(
            {name: matrices.get(name, empty) for name in MATRICES},
            counts,
            np.where(known, years, typical).astype(np.float32),
            genres,
            like_threshold,
            typical,
        )

    def to_tables(self) -> tuple[pa.Table, pa.Table]:
        """The two tables, with the columns of `ITEMS` and of `AUDIENCES`."""
        parts = [matrix.entries() for matrix in self.matrices.values()]
        lengths = [len(part[0]) for part in parts]
        codes = np.repeat(np.arange(len(parts), dtype=np.int8), lengths)
        names = pa.DictionaryArray.from_arrays(codes, list(self.matrices))
        columns = [np.concatenate([part[place] for part in parts]) for place in range(3)]
        items = pa.table([names, *columns], schema=ITEMS)
        audiences = pa.Table.from_pandas(
            self.counts[AUDIENCES.names], schema=AUDIENCES, preserve_index=False
        )
        return items, audiences

    def write(self, folder: Path) -> None:
        """Write the two files of a bundle."""
        items, audiences = self.to_tables()
        pq.write_table(
            items,
            folder / ITEMS_FILE,
            compression="zstd",
            compression_level=9,
            use_dictionary=["matrix"],
            column_encoding={
                "source": "DELTA_BINARY_PACKED",
                "target": "DELTA_BINARY_PACKED",
                "weight": "BYTE_STREAM_SPLIT",
            },
        )
        pq.write_table(audiences, folder / AUDIENCES_FILE, compression="zstd")


def _everybody(counts: pd.DataFrame) -> pd.DataFrame:
    """The rows of the groups that everybody is in once."""
    return counts[counts["occupation"] == UNKNOWN]


def _sums(counts: pd.DataFrame, column: str, films: int) -> npt.NDArray[np.float64]:
    summed = np.bincount(counts["film"], counts[column], minlength=films)
    return summed.astype(np.float64)
