"""Tiny rankers."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from space.encoding import FeatureEncoder
from tests.training.models import randomize
from training.ranking.export import Ranking, new_ranker
from training.ranking.item_models import fit_item_models
from training.ranking.person import person_sizes
from training.ranking.sequences import Sequences
from training.ratings import MovieLens
from training.splits import Split

TINY: dict[str, Any] = {
    "embed_dim": 4,
    "layers": 1,
    "width": 4,
    "dnn_units": [4],
    "product_dim": 3,
}


def tiny_ranking(data: MovieLens, split: Split, encoder: FeatureEncoder, like: float) -> Ranking:
    """A tiny ranker of random weights, the same at each call, over fitted item-item models."""
    keras.utils.set_random_seed(6)
    movies = data.movies.sort_values("movie_id", ignore_index=True)
    known = Sequences.of(data, split.train, movies)
    models = fit_item_models(known, data.users, movies, like)
    ranker = new_ranker(person_sizes(encoder), movies, models, **TINY)
    randomize(ranker, seed=6, size=0.3)
    ranker.linear.assign(np.random.default_rng(6).normal(scale=0.05, size=ranker.linear.shape))
    return Ranking(ranker, models, {"test": {"ndcg_at_10": 0.5}})
