"""Which films are similar: the nearest by the vectors that training exported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from space.errors import ArgumentError, BundleError, fault_in
from space.tables import read_parts

Floats = npt.NDArray[np.float32]

VECTORS_FILE = "film_vectors.parquet"
"""Name of the vectors' file in a bundle, which may lack it."""

VECTORS = pa.schema([("movie_id", pa.int64()), ("vector", pa.list_(pa.float32()))])
"""Its columns: one row for each film of the catalogue, all vectors of one size."""


class SimilarFilms:
    """The films of a catalogue as points; two are as similar as the cosine of their vectors.

    Args:
        vectors: A vector for each film, `(films, size)`; one of zeros is similar to nothing.

    Raises:
        ValueError: If a value is not finite.

    Example:
        >>> films = SimilarFilms(np.array([[1, 0], [3, 4], [0, 2]], np.float32))
        >>> places, cosines = films.nearest(0, 2)
        >>> places.tolist(), [round(float(cosine), 6) for cosine in cosines]
        ([1, 2], [0.6, 0.0])
    """

    def __init__(self, vectors: Floats) -> None:
        if not np.isfinite(vectors).all():
            raise ValueError("Every value of a film's vector should be finite.")
        # By the largest value first: the square of a large number is infinite, of a small one zero.
        largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
        scaled = np.divide(vectors, largest, out=np.zeros_like(vectors), where=largest > 0)
        norms = np.linalg.norm(scaled, axis=1, keepdims=True)
        self.vectors: Floats = np.divide(scaled, norms, out=scaled, where=norms > 0)
        """Of length 1, or 0, `(films, size)`."""

    def __len__(self) -> int:
        return len(self.vectors)

    def nearest(self, film: int, k: int) -> tuple[npt.NDArray[np.intp], Floats]:
        """The other films that are most similar to one.

        Args:
            film: Its row of the catalogue.
            k: How many; fewer where there are no more.

        Returns:
            Their rows and cosines, the most similar first, ties by row.
        """
        cosines: Floats = np.clip(self.vectors @ self.vectors[film], -1, 1)
        order = np.argsort(-cosines, kind="stable")
        chosen = order[order != film][:k]
        return chosen, cosines[chosen]


def similar_movies(
    movies: pd.DataFrame, films: SimilarFilms | None, film: int, k: int
) -> pd.DataFrame:
    """The films most similar to one, as a table.

    Args:
        movies: The catalogue.
        films: Their vectors; `None` where the bundle has none.
        film: The film's row of the catalogue.
        k: Length of the table at the most.

    Returns:
        A frame as `MovieRecommender.similar_movies` gives.

    Raises:
        ValueError: If there are no vectors.
    """
    if films is None:
        raise ArgumentError("similar_unknown")
    chosen, cosines = films.nearest(film, k)
    found = movies.iloc[chosen]
    own = movies["genres"].iloc[film]
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(chosen) + 1),
            "movie_id": found["movie_id"].to_numpy(),
            "title": found["title"].to_numpy(),
            "year": found["year"].to_numpy(),
            "genres": [tuple(row) for row in found["genres"]],
            "shared_genres": [
                tuple(genre for genre in own if genre in row) for row in found["genres"]
            ],
            "similarity": cosines.astype(np.float64),
        }
    )


def read_vectors(path: Path, movies: pd.DataFrame) -> SimilarFilms:
    """Read the vectors of a bundle's films.

    Args:
        path: The file.
        movies: The bundle's catalogue, ordered by `movie_id`.

    Raises:
        BundleError: If its films are not the catalogue's, the vectors are not of one size, or a value
            is not finite.
    """
    table = pa.Table.from_batches(read_parts(path, VECTORS), schema=VECTORS).combine_chunks()
    if table["movie_id"].to_pylist() != movies["movie_id"].tolist():
        raise BundleError(
            fault_in(
                path,
                f"its films should be the {len(movies):,} of movies.parquet, ordered by movie_id; "
                "they are others",
            )
        )
    sizes = set(table["vector"].combine_chunks().value_lengths().to_pylist())
    size = next(iter(sizes), 1)
    if len(sizes) > 1 or not size:
        raise BundleError(
            fault_in(
                path,
                "every film should have a vector of one size. Received the sizes "
                f"{', '.join(map(str, list(sizes)[:5]))}",
            )
        )
    values = table["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    try:
        return SimilarFilms(values.astype(np.float32).reshape(len(movies), size))
    except ValueError as error:
        raise BundleError(fault_in(path, str(error).removesuffix("."))) from error
