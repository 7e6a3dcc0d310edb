"""The linear ranker: where the network starts, and what draws its candidates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from space.affinities import Floats
from space.item_models import ItemModels
from training.ranker import CLIPPED, HISTORY
from training.ranking.examples import Example, draw, features_of
from training.ranking.options import RankingOptions

STEP = 0.1
BATCH = 50


@dataclass(frozen=True)
class Linear:
    """`score = (l + z_n m)'z` with `z = clip((affinities - mean) / deviation)`.

    `z_n` is that of the number of rated films: what tells much of a person with a long history may tell
    little of a newcomer.
    """

    mean: Floats
    """Of each affinity over all films."""
    deviation: Floats
    """Its standard deviation, 1 where it never varies."""
    weights: Floats
    """`l` and `m` of each standardised affinity, `(2, affinities)`."""

    def standardised(self, raw: Floats) -> Floats:
        """Standardised and clipped affinities."""
        scaled: Floats = np.clip((raw - self.mean) / self.deviation, *CLIPPED)
        return scaled

    def scores(self, raw: Floats) -> Floats:
        """Scores `(...)` for raw affinities `(..., affinities)`."""
        values = self.standardised(raw)
        base, by_history = self.weights
        scored: Floats = values @ base + values[..., HISTORY] * (values @ by_history)
        return scored


def fit_linear(
    examples: list[Example], models: ItemModels, options: RankingOptions, seed: int
) -> Linear:
    """Fit a linear ranker by Adam on sampled softmax."""
    generator = np.random.default_rng([seed, 0])
    picked = generator.permutation(len(examples))[: options.linear_examples]
    count = min(options.linear_candidates, len(models))
    sums, squares, seen = 0.0, 0.0, 0
    raw, truth, correction = [], [], []
    for place in picked:
        everything = features_of([examples[place]], models)[0]
        if seen < 400:
            sums = sums + everything.mean(axis=0, dtype=np.float64)
            squares = squares + np.square(everything, dtype=np.float64).mean(axis=0)
            seen += 1
        rows, shares, corrections = draw(
            examples[place], options, count, None, len(models), generator
        )
        raw.append(everything[rows])
        truth.append(shares)
        correction.append(corrections)
    mean = np.asarray(sums / seen)
    variance = np.maximum(squares / seen - mean**2, 0)
    deviation = np.where(variance > 1e-10, np.sqrt(variance), 1)
    start = Linear(
        mean.astype(np.float32), deviation.astype(np.float32), np.zeros((2, len(mean)), np.float32)
    )
    scaled = start.standardised(np.stack(raw))
    both = np.concatenate([scaled, scaled * scaled[..., HISTORY, None]], axis=-1)
    weights = _adam(both, np.stack(truth), np.stack(correction), options.linear_epochs, generator)
    return Linear(start.mean, start.deviation, weights.reshape(2, -1).astype(np.float32))


def _adam(
    values: Floats,
    truth: Floats,
    correction: Floats,
    epochs: int,
    generator: np.random.Generator,
) -> npt.NDArray[np.float64]:
    weights = np.zeros(values.shape[-1])
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    step = 0
    for epoch in range(epochs):
        order = generator.permutation(len(values))
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            logits = values[some] @ weights + correction[some]
            shares = np.exp(logits - logits.max(axis=1, keepdims=True))
            shares /= shares.sum(axis=1, keepdims=True)
            slope = np.einsum("ucf,uc->f", values[some], shares - truth[some]) / len(some)
            step += 1
            first = 0.9 * first + 0.1 * slope
            second = 0.99 * second + 0.01 * slope**2
            size = STEP * (1 - 0.9 * epoch / epochs)
            scale = np.sqrt(second / (1 - 0.99**step)) + 1e-8
            weights = weights - size * first / (1 - 0.9**step) / scale
    return weights
