"""Fitting the ranker by sampled softmax."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from space.item_models import ItemModels
from training.checkpoints import FitState, restore, save
from training.progress import Reporter
from training.ranker import RankingModel
from training.ranking.examples import Example, draw, features_of, inputs_of
from training.ranking.linear import Linear
from training.ranking.options import RankingOptions
from training.steps import ReportSteps


class Batches(keras.utils.PyDataset):
    """The examples of one epoch, with their candidates; the seed and the epoch alone decide them.

    Args:
        examples: The examples.
        models: What their affinities are computed with.
        linear: Draws some of the candidates.
        options: How many.
        seed: Seed of the run.
        epoch: The epoch's number.
    """

    def __init__(
        self,
        examples: list[Example],
        models: ItemModels,
        linear: Linear,
        options: RankingOptions,
        seed: int,
        epoch: int,
    ) -> None:
        # Two threads prepare batches while TensorFlow computes; their order stays.
        super().__init__(workers=2, max_queue_size=4)
        self._examples = examples
        self._models = models
        self._linear = linear
        self._options = options
        self._seed = [seed, epoch]
        self._order = np.random.default_rng(self._seed).permutation(len(examples))

    def __len__(self) -> int:
        return -(-len(self._examples) // self._options.batch_size)

    def __getitem__(self, index: int) -> tuple[dict[str, Any], Any]:
        generator = np.random.default_rng([*self._seed, index])
        size = self._options.batch_size
        picked = [self._examples[place] for place in self._order[index * size : (index + 1) * size]]
        raw = features_of(picked, self._models)
        scores = self._linear.scores(raw)
        drawn = [
            draw(
                each,
                self._options,
                self._options.candidates,
                scores[place],
                len(self._models),
                generator,
            )
            for place, each in enumerate(picked)
        ]
        films, truth, correction = (np.stack(part) for part in zip(*drawn, strict=True))
        some = np.take_along_axis(raw, films[..., None], axis=1)
        inputs = inputs_of(picked, films, some, self._models.like_threshold)
        return {**inputs, "correction": correction}, truth


class _Sampled(keras.Model):
    """The ranker's scores with the correction for how candidates were drawn."""

    def __init__(self, ranker: RankingModel) -> None:
        super().__init__(name="sampled")
        self.ranker = ranker
        self.built = True

    def call(self, inputs: Mapping[str, Any], training: bool | None = None) -> Any:
        films = {name: value for name, value in inputs.items() if name != "correction"}
        return self.ranker(films, training=training) + inputs["correction"]


def fit_ranker(
    ranker: RankingModel,
    examples_of: Callable[[int], list[Example]],
    models: ItemModels,
    linear: Linear,
    options: RankingOptions,
    *,
    checkpoints: Path,
    seed: int,
    reporter: Reporter,
) -> FitState:
    """Fit a ranker, going on from the last checkpoint if there is one.

    After a kill at any moment the same call goes on, and ends as an uninterrupted one does.

    Args:
        ranker: A built ranker; its linear term is set to `linear`.
        examples_of: The examples of an epoch, counted from 1; as many for each.
        models: Item-item models that know none of the examples' targets.
        linear: The fitted linear ranker.
        options: How to fit.
        checkpoints: Folder for the checkpoints.
        seed: Seed of the order of examples and their candidates.
        reporter: Shows the progress.
    """
    ranker.set_linear(linear.mean, linear.deviation, linear.weights)
    model = _Sampled(ranker)
    steps = -(-len(examples_of(1)) // options.batch_size) * options.epochs
    schedule = keras.optimizers.schedules.CosineDecay(options.learning_rate, steps, alpha=0.02)
    model.compile(
        optimizer=keras.optimizers.AdamW(schedule, weight_decay=options.weight_decay),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    model.optimizer.build(model.trainable_variables)
    state = restore(model, checkpoints)
    while state.epoch < options.epochs:
        epoch = state.epoch + 1
        batches = Batches(examples_of(epoch), models, linear, options, seed, epoch)
        start = time.perf_counter()

        def report(
            step: int, loss: float, done: int = state.epoch, total: int = len(batches)
        ) -> None:
            reporter.update(
                (done + step / total) / options.epochs,
                f"epoch {done + 1} of {options.epochs}, loss {loss:.4f}",
            )

        told = ReportSteps(len(batches), report)
        history = model.fit(batches, epochs=1, verbose=0, shuffle=False, callbacks=[told])
        loss = float(history.history["loss"][0])
        seconds = time.perf_counter() - start
        entry = {"epoch": epoch, "loss": loss, "seconds": seconds}
        state = FitState(epoch, epoch, [*state.history, entry])
        save(model, state, checkpoints)
        reporter.note(f"ranker, epoch {epoch}: loss {loss:.4f}, {seconds:,.0f} s")
    return state
