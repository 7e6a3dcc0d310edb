"""Fitting the vocabularies of the fields, and encoding whole tables of ratings with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.preprocessing import OrdinalEncoder

from space.encoding import FeatureEncoder, Indices
from space.features import UNKNOWN, VALUES, moments
from space.schema import Field
from training.ratings import MovieLens


def fit_encoder(fields: Sequence[Field], data: MovieLens, rows: np.ndarray) -> FeatureEncoder:
    """Collect the values that each field has in some rows.

    Args:
        fields: The model's fields.
        data: The data set.
        rows: Positions of the ratings to fit on: the training rows, or all rows to reproduce the
            original's protocol.

    Returns:
        The encoder. A vocabulary is in the order of scikit-learn's `OrdinalEncoder` on text, which
        is the original's `LabelEncoder` order; every index is one higher, since 0 is "unknown".
    """
    ratings = data.ratings.iloc[rows]
    tables = {
        "user": data.users[data.users["user_id"].isin(ratings["user_id"])],
        "movie": data.movies[data.movies["movie_id"].isin(ratings["movie_id"])],
        "time": moments(ratings["timestamp"]).drop_duplicates(),
    }
    vocabularies = {}
    for field in fields:
        values = VALUES[field.name](tables[field.source])
        encoder = OrdinalEncoder().fit(values.to_numpy(dtype=object).reshape(-1, 1))
        vocabularies[field.name] = [
            str(value) for value in encoder.categories_[0] if value != UNKNOWN
        ]
    return FeatureEncoder(fields, vocabularies)


def encode_ratings(encoder: FeatureEncoder, data: MovieLens, ratings: pd.DataFrame) -> Indices:
    """Encode ratings with the encoding that serving uses.

    Each user, movie and month is encoded once and its indices are repeated for its ratings.

    Args:
        encoder: The fitted encoder.
        data: The data set that the ratings' users and movies are in.
        ratings: Rows of `data.ratings`.

    Returns:
        Indices, `(rows, fields)`.
    """
    months = moments(ratings["timestamp"])
    distinct = months.drop_duplicates(ignore_index=True)
    month_of_row = pd.MultiIndex.from_frame(distinct).get_indexer(pd.MultiIndex.from_frame(months))
    user_of_row = pd.Index(data.users["user_id"]).get_indexer(ratings["user_id"])
    movie_of_row = pd.Index(data.movies["movie_id"]).get_indexer(ratings["movie_id"])
    return encoder.assemble(
        user=encoder.encode("user", data.users)[user_of_row],
        movie=encoder.encode("movie", data.movies)[movie_of_row],
        time=encoder.encode("time", distinct)[month_of_row],
    )
