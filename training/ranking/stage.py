"""The ranker's part of a training run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from space.encoding import FeatureEncoder
from training.baselines.ease import ease
from training.progress import Reporter
from training.ranking.examples import Example, ExampleMaker
from training.ranking.export import Ranking, new_ranker
from training.ranking.fit import fit_ranker
from training.ranking.item_models import fit_item_models, interactions
from training.ranking.linear import Linear, fit_linear
from training.ranking.measure import measure
from training.ranking.options import RankingOptions
from training.ranking.person import person_sizes
from training.ranking.sequences import Sequences
from training.ratings import MovieLens
from training.splits import Split

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
        The ranker, or `None` where the training rows hold no like to learn from.
    """
    options = options or RankingOptions()
    started = time.perf_counter()
    movies = data.movies.sort_values("movie_id", ignore_index=True)
    known = Sequences.of(data, split.train, movies)
    later, newcomers = held_back(known, options)
    early = known.where(~later & ~newcomers[known.users])
    reporter.update(None, "item-item models of the earlier rows")
    models = fit_item_models(early, data.users, movies, like_threshold)
    maker = ExampleMaker(known, data.users, encoder, like_threshold)
    examples_of = epochs_of_examples(maker, later, newcomers, options, seed)
    first = examples_of(1)
    if not first:
        reporter.note("No user has a like to learn an order from: there is no ranker.")
        return None
    reporter.update(None, "the linear ranker")
    linear = fit_linear(first, models, options, seed)
    keras.utils.set_random_seed(seed)
    ranker = new_ranker(person_sizes(encoder), movies, models)
    state = fit_ranker(
        ranker,
        examples_of,
        models,
        linear,
        options,
        checkpoints=checkpoints,
        seed=seed,
        reporter=reporter,
    )
    reporter.update(None, "item-item models of all training rows")
    models = fit_item_models(known, data.users, movies, like_threshold)
    metrics: dict[str, Any] = {"history": state.history, "parameters": int(ranker.count_params())}
    ranking = Ranking(ranker, models, metrics)
    if split_name == "user-time":
        metrics["test"] = measure_on_test(data, split, encoder, ranking, linear, known, reporter)
    else:
        reporter.note("The lists are not measured: only user-time holds out what came later.")
    metrics["seconds"] = time.perf_counter() - started
    return replace(ranking, metrics=metrics)


def held_back(known: Sequences, options: RankingOptions) -> tuple[np.ndarray, np.ndarray]:
    """What training's item-item models may not know.

    Returns:
        For each row whether it is among its user's last 20 %, and for each user whether they are a
        newcomer, of whom nothing is known.
    """
    newcomers = np.arange(known.user_count) % options.newcomer_every == options.newcomer_every - 1
    return known.last(), newcomers


def epochs_of_examples(
    maker: ExampleMaker,
    later: np.ndarray,
    newcomers: np.ndarray,
    options: RankingOptions,
    seed: int,
) -> Callable[[int], list[Example]]:
    """The examples of each epoch: old users at a later moment, and newcomers with few likes."""
    old = maker.split(later, np.flatnonzero(~newcomers))
    fresh = [maker.newcomers(np.flatnonzero(newcomers), likes) for likes in options.newcomer_likes]
    few = [each for examples in fresh for each in examples]
    share = min(1.0, options.newcomer_draws / max(len(options.newcomer_likes), 1))

    def examples_of(epoch: int) -> list[Example]:
        generator = np.random.default_rng([seed, epoch, 1])
        picked = generator.permutation(len(old))[: options.most_users]
        drawn = generator.permutation(len(few))[: round(len(few) * share)][: options.most_users]
        return [old[place] for place in picked] + [few[place] for place in drawn]

    return examples_of


def measure_on_test(
    data: MovieLens,
    split: Split,
    encoder: FeatureEncoder,
    ranking: Ranking,
    linear: Linear,
    known: Sequences,
    reporter: Reporter,
) -> dict[str, Any]:
    """Rank all films not rated before the test rows, for every user with a like there."""
    movies = data.movies.sort_values("movie_id", ignore_index=True)
    everything = Sequences.of(data, np.arange(len(data.ratings)), movies)
    like = ranking.models.like_threshold
    maker = ExampleMaker(everything, data.users, encoder, like)
    examples = maker.split(np.isin(everything.rows, split.test), np.arange(everything.user_count))
    if not examples:
        return {}
    rated = len(np.unique(everything.films))
    liked = known.where(known.ratings >= like)
    whole = ease(interactions(liked), 1000) if len(movies) <= MEASURED_FILMS else None
    found = measure(examples, ranking.models, ranking.ranker, linear, whole, rated, reporter)
    for name, metrics in found.items():
        told = ", ".join(f"{key.replace('_', ' ')} {value:.4f}" for key, value in metrics.items())
        reporter.note(f"{name}: {told}")
    return {"users": len(examples), **found.pop("ranker"), "beside": found}
