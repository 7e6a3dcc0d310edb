"""Learning an order of the films from the rows that may be known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from space.encoding import FeatureEncoder
from space.item_models import ItemModels
from training.progress import Reporter
from training.ranker import RankingModel
from training.ranking.examples import Example, ExampleMaker
from training.ranking.export import new_ranker
from training.ranking.fit import fit_ranker
from training.ranking.item_models import fit_item_models
from training.ranking.linear import Linear, fit_linear
from training.ranking.options import RankingOptions
from training.ranking.person import person_sizes
from training.ranking.sequences import Mask, Sequences, by_id
from training.ratings import MovieLens


@dataclass(frozen=True)
class Start:
    """What the network adds to, and learns from."""

    models: ItemModels
    """Item-item models of the earlier rows of all but newcomers."""
    examples_of: Callable[[int], list[Example]]
    """The examples of an epoch, counted from 1."""
    linear: Linear
    """The linear ranker, fitted on the first epoch's."""


@dataclass(frozen=True)
class Learned:
    """A fitted ranker. To rank with it, item-item models of all known rows are needed."""

    ranker: RankingModel
    """The ranker."""
    linear: Linear
    """The linear ranker, which is its linear term."""
    history: list[dict[str, float]]
    """`epoch`, `loss` and `seconds` of each epoch."""


def learn_order(
    data: MovieLens,
    known: Sequences,
    encoder: FeatureEncoder,
    like_threshold: float,
    options: RankingOptions,
    *,
    checkpoints: Path,
    seed: int,
    reporter: Reporter,
) -> Learned | None:
    """Fit a ranker, going on from the last checkpoint if there is one.

    It learns to rank each user's last 20 % of the known rows from what came before, and what newcomers
    like from their first likes, with item-item models that know none of these.

    Args:
        data: The users and films.
        known: All rows that may be learned from.
        encoder: Vocabularies of the fields of a person.
        like_threshold: A rating of at least this is a like.
        options: How to learn.
        checkpoints: Folder for the checkpoints.
        seed: Seed of everything random.
        reporter: Shows the progress.

    Returns:
        The ranker, or `None` where there is no like to learn from, or one film alone.
    """
    start = learn_linear(
        data, known, encoder, like_threshold, options, seed=seed, reporter=reporter
    )
    if start is None:
        return None
    keras.utils.set_random_seed(seed)
    ranker = new_ranker(
        person_sizes(encoder), by_id(data.movies), start.models, without=options.without
    )
    state = fit_ranker(
        ranker,
        start.examples_of,
        start.models,
        start.linear,
        options,
        checkpoints=checkpoints,
        seed=seed,
        reporter=reporter,
    )
    return Learned(ranker, start.linear, state.history)


def learn_linear(
    data: MovieLens,
    known: Sequences,
    encoder: FeatureEncoder,
    like_threshold: float,
    options: RankingOptions,
    *,
    seed: int,
    reporter: Reporter,
) -> Start | None:
    """Fit the linear ranker, and what it reads; as `learn_order` says."""
    later, newcomers = held_back(known, options)
    early = known.where(~later & ~newcomers[known.users])
    reporter.update(None, "item-item models of the earlier rows")
    models = fit_item_models(
        early, data.users, by_id(data.movies), like_threshold, options.matrices
    )
    maker = ExampleMaker(known, data.users, encoder, like_threshold)
    examples_of = epochs_of_examples(maker, later, newcomers, options, seed)
    first = examples_of(1)
    if not first or len(models) < 2:  # nothing to order
        return None
    return Start(models, examples_of, fit_linear(first, models, options, seed, reporter))


def parameters_of(order: RankingModel | Linear, models: ItemModels) -> int:
    """How many numbers are fitted: weights, and entries of the item-item matrices.

    Args:
        order: A fitted ranker, or a linear one.
        models: What it ranks with.
    """
    if isinstance(order, Linear):
        weights = order.weights.size
    else:
        fitted = [*order.trainable_weights, order.linear]
        weights = sum(int(np.prod(each.shape)) for each in fitted)
    return weights + sum(len(matrix.weights) for matrix in models.matrices.values())


def held_back(known: Sequences, options: RankingOptions) -> tuple[Mask, Mask]:
    """What training's item-item models may not know.

    Returns:
        For each row whether it is among its user's last 20 %, and for each user whether they are a
        newcomer, of whom nothing is known.
    """
    newcomers = np.arange(known.user_count) % options.newcomer_every == options.newcomer_every - 1
    return known.last(), newcomers


def epochs_of_examples(
    maker: ExampleMaker,
    later: Mask,
    newcomers: npt.NDArray[np.bool_],
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
