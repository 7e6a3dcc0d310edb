"""The ranker's part of a training run."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from space.encoding import FeatureEncoder
from training.baselines.ease import LIKED_L2, ease
from training.progress import Reporter
from training.ranking.examples import ExampleMaker
from training.ranking.export import Ranking
from training.ranking.item_models import Dense, fit_item_models, interactions
from training.ranking.learn import learn_order, parameters_of
from training.ranking.linear import Linear
from training.ranking.measure import measure
from training.ranking.options import RankingOptions
from training.ranking.sequences import Sequences, by_id
from training.ratings import MovieLens
from training.splits import Split

MEASURED_USERS = 1000
"""Users whose lists are measured at the most; all of ML-1M's take minutes."""

MEASURED_FILMS = 8000
"""EASE's whole matrix is compared with where there are so many films at the most."""


def train_ranking(
    data: MovieLens,
    split: Split,
    split_name: str,
    encoder: FeatureEncoder,
    like_threshold: float,
    *,
    checkpoints: Path,
    seed: int,
    reporter: Reporter,
    options: RankingOptions | None = None,
) -> Ranking | None:
    """Train a ranker on the training rows, and measure it on the test rows.

    It learns to rank each user's last 20 % of training rows from what came before, with item-item
    models that know only the latter. What is exported has item-item models of all training rows.

    Args:
        data: The data set.
        split: Which rows are for what.
        split_name: Its name; the lists are measured where it is "user-time".
        encoder: The bundle's encoder.
        like_threshold: A rating of at least this is a like.
        checkpoints: Folder for the checkpoints.
        seed: Seed of everything random.
        reporter: Shows the progress.
        options: How to train.

    Returns:
        The ranker, or `None` where the training rows hold no like to learn from, or one film alone.
    """
    options = options or RankingOptions()
    started = time.perf_counter()
    movies = by_id(data.movies)
    known = Sequences.of(data, split.train, movies)
    learned = learn_order(
        data,
        known,
        encoder,
        like_threshold,
        options,
        checkpoints=checkpoints,
        seed=seed,
        reporter=reporter,
    )
    if learned is None:
        reporter.note(
            "There is no ranker: an order is learned from likes, and of two films at least."
        )
        return None
    reporter.update(None, "item-item models of all training rows")
    measured = split_name == "user-time"
    liked_ease = None
    if measured and len(movies) <= MEASURED_FILMS:
        liked = known.where(known.ratings >= like_threshold)
        liked_ease = ease(interactions(liked), LIKED_L2)
    models = fit_item_models(
        known, data.users, movies, like_threshold, options.matrices, liked_ease=liked_ease
    )
    metrics: dict[str, Any] = {
        "history": learned.history,
        "parameters": parameters_of(learned.ranker, models),
    }
    ranking = Ranking(learned.ranker, models, metrics)
    if measured:
        metrics["test"] = measure_on_test(
            data, split, encoder, ranking, learned.linear, liked_ease, reporter
        )
    else:
        reporter.note("The lists are not measured: only user-time holds out what came later.")
    metrics["seconds"] = time.perf_counter() - started
    return replace(ranking, metrics=metrics)


def measure_on_test(
    data: MovieLens,
    split: Split,
    encoder: FeatureEncoder,
    ranking: Ranking,
    linear: Linear,
    liked_ease: Dense | None,
    reporter: Reporter,
) -> dict[str, Any]:
    """Rank all films not rated before the test rows, for users with a like there."""
    movies = by_id(data.movies)
    everything = Sequences.of(data, np.arange(len(data.ratings)), movies)
    like = ranking.models.like_threshold
    maker = ExampleMaker(everything, data.users, encoder, like)
    later = np.isin(everything.rows, split.test)
    # They ask at the last rating that is known, as on the page: when they went on is not known.
    moment = int(everything.timestamps[~later].max())
    examples = maker.split(later, np.arange(everything.user_count), moment)
    if not examples:
        return {}
    drawn = np.random.default_rng(0).permutation(len(examples))[:MEASURED_USERS]
    examples = [examples[place] for place in np.sort(drawn)]
    rated = len(np.unique(everything.films))
    found = measure(examples, ranking.models, ranking.ranker, linear, liked_ease, rated, reporter)
    for name, metrics in found.items():
        told = ", ".join(f"{key.replace('_', ' ')} {value:.4f}" for key, value in metrics.items())
        reporter.note(f"{name}: {told}")
    return {"users": len(examples), **found.pop("ranker"), "beside": found}
