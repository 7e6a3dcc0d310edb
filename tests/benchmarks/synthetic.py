"""A data set of ML-1M's size with random content, for measuring."""

from __future__ import annotations

import numpy as np
import pandas as pd

from space.item_models import MATRICES, ItemModels, Matrix
from training.ranking.item_models import KEPT, audiences
from training.ratings import MovieLens
from training.readers.ml_100k import GENRES
from training.readers.normalise import AGE_GROUPS, OCCUPATIONS

USERS, MOVIES, RATINGS = 6040, 3706, 1_000_000
_GENRES = GENRES[1:]


def ml_1m_sized(seed: int = 0) -> MovieLens:
    """6,040 users, 3,706 movies and about a million ratings, drawn at random."""
    random = np.random.default_rng(seed)
    users = pd.DataFrame(
        {
            "user_id": np.arange(1, USERS + 1),
            "gender": random.choice(["F", "M"], USERS),
            "age": random.choice(AGE_GROUPS, USERS),
            "occupation": random.choice(OCCUPATIONS, USERS),
            "zip": random.integers(10_000, 13_439, USERS).astype(str),
        }
    )
    movies = pd.DataFrame(
        {
            "movie_id": np.arange(1, MOVIES + 1),
            "title": [f"Film {number}" for number in range(1, MOVIES + 1)],
            "year": pd.array(random.integers(1919, 2001, MOVIES), dtype="Int64"),
            "genres": [
                list(random.choice(_GENRES, random.integers(1, 5), replace=False))
                for _ in range(MOVIES)
            ],
        }
    )
    pairs = random.choice(USERS * MOVIES, RATINGS, replace=False)
    ratings = pd.DataFrame(
        {
            "user_id": pairs // MOVIES + 1,
            "movie_id": pairs % MOVIES + 1,
            "rating": random.integers(1, 6, RATINGS).astype(float),
            "timestamp": random.integers(956_703_932, 1_046_454_590, RATINGS),
        }
    )
    return MovieLens(users, movies, ratings, {"name": "random data of ML-1M's size"})


def item_models(data: MovieLens, seed: int = 0) -> ItemModels:
    """Item-item models of the data set's size with random weights."""
    random = np.random.default_rng(seed)
    rows = np.repeat(np.arange(MOVIES, dtype="int32"), KEPT)
    matrices = {}
    for name in MATRICES:
        columns = np.sort(random.integers(0, MOVIES, (MOVIES, KEPT)), axis=1).ravel()
        weights = np.abs(random.normal(0, 0.05, len(rows))).astype("float16")
        matrices[name] = Matrix.of(rows, columns, weights, MOVIES)
    rated = data.ratings.assign(film=data.ratings["movie_id"] - 1, like=data.ratings["rating"] >= 4)
    return ItemModels.of(matrices, audiences(rated, data.users), data.movies, 4.0)
