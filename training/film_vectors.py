"""Vectors of the films that tell which are similar: by what they are, and by who likes them."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.sparse as sp
from sklearn.utils.extmath import randomized_svd

from space.encoding import FeatureEncoder
from space.similar import VECTORS
from training.ratings import MovieLens
from training.splits import Split

Floats = npt.NDArray[np.float32]

FACTORS = 64
"""Size of the part by likes, where the data have so many users and films."""

OF_THE_MODEL = 0.5
"""Length of the part by the model beside that by likes, which has the length 1."""

POWER = -0.25
"""Each like counts (likes of the user x likes of the film) to this power."""


def film_vectors(
    model: keras.Model,
    encoder: FeatureEncoder,
    data: MovieLens,
    split: Split,
    like_threshold: float,
) -> Floats:
    """The model's embeddings of what each film is, beside factors of the training rows' likes.

    With `u(x) = x / |x|` the vector of a film is `[u(f), 0.5 u(e)]`. `e` are AutoInt+'s embeddings of
    all fields of the film, one after the other. `f` are the film's rows of `V S`, of the singular value
    decomposition `U S V'` of the users-by-films matrix of likes, `1 / (n_user n_film)^(1/4)` for each
    (latent semantic analysis: Deerwester et al., JASIS 1990; for recommending: Cremonesi et al.,
    "PureSVD", RecSys 2010). A film without a like has `e` alone.

    The ten nearest of each film with 20 ratings, on ML-100K and ML-1M; the co-likes are those of
    the rows that were held out, their cosine:

    =========================================  ================  ================
    vectors                                    genres (Jaccard)  co-likes
    =========================================  ================  ================
    random                                     .175, .168        .0163, .0133
    the ranker's tables of the films           .18, .19          .0167, .0169
    AutoInt+'s embedding of the id alone       .184, .189        .0225, .0243
    `e`                                        .711, .791        .0385, .0624
    `f`                                        .330, .617        .0780, .0951
    both                                       .440, .687        .0796, .0974
    =========================================  ================  ================

    Args:
        model: The fitted AutoInt or AutoInt+.
        encoder: The encoder that it was fitted with.
        data: The data set.
        split: Which ratings were for what; likes of the training rows count.
        like_threshold: A rating of at least this is a like.

    Returns:
        A vector for each film, ordered by `movie_id`, `(films, size)`.
    """
    movies = data.movies.sort_values("movie_id", ignore_index=True)
    rated = data.ratings.iloc[split.train]
    liked = rated[rated["rating"] >= like_threshold]
    parts = [
        _unit(factors(liked, movies["movie_id"])),
        OF_THE_MODEL * _unit(embeddings(model, encoder, movies)),
    ]
    return np.hstack(parts).astype(np.float32)


def embeddings(model: keras.Model, encoder: FeatureEncoder, movies: pd.DataFrame) -> Floats:
    """The model's embeddings of each film's own fields, `(films, fields * dim)`."""
    of_movie = [field.source == "movie" for field in encoder.fields]
    rows = np.zeros((len(movies), len(of_movie)), dtype=np.int32)
    rows[:, of_movie] = encoder.encode("movie", movies)
    embedded = keras.ops.convert_to_numpy(model.embedding(rows))[:, of_movie]
    flat: Floats = embedded.reshape(len(movies), -1)
    return flat


def factors(liked: pd.DataFrame, movie_ids: pd.Series) -> Floats:
    """Factors of who likes what, `(films, FACTORS or fewer)`; a film without a like has zeros.

    Args:
        liked: A row for each like, with `user_id` and `movie_id`.
        movie_ids: The films, in the order of the result.
    """
    user, users = pd.factorize(liked["user_id"])
    film = pd.Index(movie_ids).get_indexer(liked["movie_id"])
    size = min(FACTORS, len(users), len(movie_ids))
    if not size:
        return np.zeros((len(movie_ids), 0), np.float32)
    weights = (np.bincount(user)[user] * np.bincount(film)[film].astype(np.float64)) ** POWER
    likes = sp.csr_matrix((weights, (user, film)), shape=(len(users), len(movie_ids)))
    _, values, films = randomized_svd(likes, size, random_state=0)
    found: Floats = (films.T * values).astype(np.float32)
    found[np.bincount(film, minlength=len(movie_ids)) == 0] = 0  # instead of a rounding's noise
    return found


def write_vectors(path: Path, vectors: Floats, movie_ids: pd.Series) -> None:
    """Write the vectors' file of a bundle.

    Args:
        path: The file.
        vectors: A vector for each film, ordered by `movie_id`, `(films, size)`.
        movie_ids: The films, in any order.
    """
    offsets = np.arange(len(vectors) + 1, dtype=np.int32) * vectors.shape[1]
    rows = pa.ListArray.from_arrays(offsets, pa.array(vectors.ravel(), pa.float32()))
    ids = pa.array(np.sort(movie_ids.to_numpy()), pa.int64())
    # A dictionary of numbers that are all different only makes the file larger.
    pq.write_table(pa.table([ids, rows], schema=VECTORS), path, use_dictionary=False)


def _unit(vectors: Floats) -> Floats:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    units: Floats = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return units
