"""The linear ranker: what the network adds to, and what draws its candidates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from space.affinities import Floats
from space.item_models import ItemModels
from training.ranker import CLIPPED, HISTORY, KNOTS, LOG_KNOTS
from training.ranking.examples import Example, draw, features_of
from training.ranking.options import RankingOptions

ITERATIONS = 100
"""Steps of L-BFGS at the most; the lists of validation users no longer change by then."""


@dataclass(frozen=True)
class Linear:
    """`score = l(n)'z` with `z = clip((affinities - mean) / deviation)`, for somebody with `n` ratings.

    `l(n)` is interpolated between the weights at the knots: what tells much of a person with a long
    history may tell little of a newcomer.
    """

    mean: Floats
    """Of each affinity over all films."""
    deviation: Floats
    """Its standard deviation, 1 where it never varies."""
    weights: Floats
    """Of each standardised affinity at each of `training.ranker.KNOTS`, `(knots, affinities)`."""

    def standardised(self, raw: Floats) -> Floats:
        """Standardised and clipped affinities."""
        scaled: Floats = np.clip((raw - self.mean) / self.deviation, *CLIPPED)
        return scaled

    def scores(self, raw: Floats) -> Floats:
        """Scores `(people, films)` for raw affinities `(people, films, affinities)`."""
        weights = shares_of(raw) @ self.weights
        scored: Floats = np.matmul(self.standardised(raw), weights[..., np.newaxis])[..., 0]
        return scored


def shares_of(raw: Floats) -> Floats:
    """How much each knot counts for each person, `(people, knots)`: `training.ranker.knot_shares`.

    Args:
        raw: Raw affinities, `(people, films, affinities)`.
    """
    history = raw[:, 0, HISTORY]
    each = [np.interp(history, LOG_KNOTS, only) for only in np.eye(len(KNOTS))]
    return np.stack(each, axis=-1).astype(np.float32)


def fit_linear(
    examples: list[Example], models: ItemModels, options: RankingOptions, seed: int
) -> Linear:
    """Fit a linear ranker by sampled softmax, a convex problem, with L-BFGS.

    Weights at a knot are drawn towards 0, and more so towards those at the next: at 0 rated films what
    is summed over a history is the same for every film and would have no weight, though a film that is
    refused moves it.

    Raises:
        ValueError: If there is no example.
    """
    generator = np.random.default_rng([seed, 0])
    picked = generator.permutation(len(examples))[: options.linear_examples]
    if not len(picked):
        raise ValueError("A linear ranker needs an example. Received none.")
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
    nothing = np.zeros((len(KNOTS), len(mean)), np.float32)
    start = Linear(mean.astype(np.float32), deviation.astype(np.float32), nothing)
    drawn = np.stack(raw)
    weights = _likeliest(
        start.standardised(drawn),
        shares_of(drawn),
        np.stack(truth),
        np.stack(correction),
        options,
    )
    return Linear(start.mean, start.deviation, weights.astype(np.float32))


def _likeliest(
    values: Floats, shares: Floats, truth: Floats, correction: Floats, options: RankingOptions
) -> npt.NDArray[np.float64]:
    """The weights under which the liked films are likeliest, `(knots, affinities)`.

    Args:
        values: Standardised affinities, `(examples, candidates, affinities)`.
        shares: How much each knot counts, `(examples, knots)`.
        truth: Shares of the truth, `(examples, candidates)`, each row with the sum 1.
        correction: What is added to the scores, `(examples, candidates)`.
        options: How the weights are drawn together.
    """
    shape = shares.shape[1], values.shape[2]

    def objective(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights = flat.reshape(shape)
        each = shares @ weights.astype(np.float32)
        scores = np.matmul(values, each[..., np.newaxis])[..., 0] + correction
        scores -= scores.max(axis=1, keepdims=True)
        likely = np.exp(scores)
        total = likely.sum(axis=1, keepdims=True)
        loss = -np.sum(truth * (scores - np.log(total)), dtype=np.float64) / len(values)
        surplus = (likely / total - truth)[:, np.newaxis] / len(values)
        slope = (shares.T @ np.matmul(surplus, values)[:, 0]).astype(np.float64)
        steps = np.diff(weights, axis=0)
        loss += options.linear_l2 * np.sum(weights**2) + options.linear_smoothing * np.sum(steps**2)
        slope += 2 * options.linear_l2 * weights
        slope[1:] += 2 * options.linear_smoothing * steps
        slope[:-1] -= 2 * options.linear_smoothing * steps
        return float(loss), slope.ravel()

    found = minimize(
        objective,
        np.zeros(shape).ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": ITERATIONS},
    )
    weights: npt.NDArray[np.float64] = found.x.reshape(shape)
    return weights
