"""The linear ranker: what the network adds to, and what draws its candidates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from space.affinities import AFFINITIES, Floats
from space.item_models import ItemModels
from training.errors import RunError
from training.progress import Reporter
from training.ranker import CLIPPED, HISTORY, KNOTS, LOG_KNOTS
from training.ranking.examples import Example, draw, features_of
from training.ranking.options import RankingOptions

STOPPING = {"maxiter": 100, "ftol": 2.2e-9, "gtol": 1e-5}
"""When L-BFGS ends. The steps at the most are those after which the lists of validation users no longer
changed by more than they do from seed to seed."""

STANDARDISED_OVER = 400
"""Examples from whose films the means and deviations are computed."""


@dataclass(frozen=True)
class Linear:
    """`score = l(n)'z` with `z = clip((affinities - mean) / deviation)`, for somebody with `n` ratings.

    `l(n)` is interpolated between the weights at the knots: what tells much of a person with a long
    history may tell little of a newcomer.
    """

    mean: Floats
    """Of each affinity over all films, `(affinities,)`."""
    deviation: Floats
    """Its standard deviation, 1 where it never varies, `(affinities,)`."""
    weights: Floats
    """Of each standardised affinity at each of `training.ranker.KNOTS`, `(knots, affinities)`."""

    def standardised(self, raw: Floats) -> Floats:
        """`z` of raw affinities, `(..., affinities)`, of the same shape, within `CLIPPED`."""
        scaled: Floats = np.clip((raw - self.mean) / self.deviation, *CLIPPED)
        return scaled

    def scores(self, raw: Floats) -> Floats:
        """Scores `(people, films)` for raw affinities `(people, films, affinities)`."""
        weights = shares_of(raw[:, 0, HISTORY]) @ self.weights
        scored: Floats = np.matmul(self.standardised(raw), weights[..., np.newaxis])[..., 0]
        return scored


def shares_of(history: Floats) -> Floats:
    """`training.ranker.knot_shares` without Keras, for the threads that prepare batches.

    Args:
        history: log(1 + rated films), `(people,)`.

    Returns:
        Shares, `(people, knots)`.
    """
    each = [np.interp(history, LOG_KNOTS, only) for only in np.eye(len(KNOTS))]
    return np.stack(each, axis=-1).astype(np.float32)


def fit_linear(
    examples: list[Example],
    models: ItemModels,
    options: RankingOptions,
    seed: int,
    reporter: Reporter,
) -> Linear:
    """Fit a linear ranker by sampled softmax, a convex problem, with L-BFGS.

    Weights at a knot are drawn towards 0, and more so towards those at the next.

    Args:
        examples: What to learn from.
        models: What their affinities are computed with.
        options: How many examples and candidates, and how weights are drawn together.
        seed: Seed of the examples and their candidates.
        reporter: Shows the progress.

    Raises:
        ValueError: If there is no example.
        RunError: If no finite weights are found.
    """
    generator = np.random.default_rng([seed, 0])
    picked = generator.permutation(len(examples))[: options.linear_examples]
    if not len(picked):
        raise ValueError("A linear ranker needs an example. Received none.")
    count = min(options.linear_candidates, len(models))
    sums, squares = np.zeros(len(AFFINITIES)), np.zeros(len(AFFINITIES))
    values = np.empty((len(picked), count, len(AFFINITIES)), np.float32)
    truth, correction = (np.empty((len(picked), count), np.float32) for _ in range(2))
    for done, place in enumerate(picked):
        everything = features_of([examples[place]], models)[0]
        if done < STANDARDISED_OVER:
            sums += everything.mean(axis=0, dtype=np.float64)
            squares += np.square(everything, dtype=np.float64).mean(axis=0)
        rows, truth[done], correction[done] = draw(
            examples[place], options, count, None, len(models), generator
        )
        values[done] = everything[rows]
        if done % 500 == 0:
            reporter.update(None, f"the linear ranker, example {done + 1:,} of {len(picked):,}")
    seen = min(len(picked), STANDARDISED_OVER)
    centre = sums / seen
    variance = np.maximum(squares / seen - centre**2, 0)
    mean = centre.astype(np.float32)
    deviation = np.where(variance > 1e-10, np.sqrt(variance), 1).astype(np.float32)
    shares = shares_of(values[:, 0, HISTORY])
    # In place: these are the largest arrays of a training run.
    values -= mean
    values /= deviation
    np.clip(values, *CLIPPED, out=values)
    reporter.update(None, "the linear ranker")
    weights = _likeliest(values, shares, truth, correction, options)
    return Linear(mean, deviation, weights.astype(np.float32))


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

    Raises:
        RunError: If they are not finite.
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
        objective, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options=STOPPING
    )
    if not np.isfinite(found.x).all():
        raise RunError(
            f"The linear ranker should have finite weights. Fitting it ended with {found.message!r}. "
            "Look for ratings or item-item models that are not finite."
        )
    weights: npt.NDArray[np.float64] = found.x.reshape(shape)
    return weights
