"""Statistics of every row that never saw the row itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from training.ratings import MovieLens
from training.target_statistics.means import fit_biases, means
from training.target_statistics.rows import Floats, Rows
from training.target_statistics.taste import taste

FOLDS = 5
"""Parts of the training rows; the statistics of each are made of the others."""

NAMES = (
    *(
        f"{of}_{name}"
        for of in ("user", "film")
        for name in ("bias", "likes", "count", "deviation")
    ),
    "factors",
    "items",
    "like_items",
    "rated",
    "genres",
)
"""All statistics, in the order of the columns."""

VERSION = 3
"""Raised when other statistics come out of the same rows."""

CLIPPED = 5.0


def out_of_fold(
    data: MovieLens,
    train: npt.NDArray[np.integer],
    labels: Floats,
    seed: int,
    progress: Callable[[float], None] = lambda done: None,
) -> npt.NDArray[np.float32]:
    """The statistics of all rows.

    Those of a training row are made of the training rows in the other folds, so that a model cannot
    read its label off them; those of any other row are made of all training rows.

    Args:
        data: The data set.
        train: Positions of the training rows.
        labels: 1 for a like, else 0, of all rows; only the training rows' are read.
        seed: Seed of the folds.
        progress: Told the share that is done.

    Returns:
        `(rows, statistics)`, in the order of `NAMES`, each with the mean 0 and deviation 1 over the
        training rows, clipped at 5 deviations.
    """
    rows = Rows.of(data)
    others = np.setdiff1d(np.arange(len(labels)), train)
    fold = np.random.default_rng(seed).integers(0, FOLDS, len(train))
    steps = [(train[fold != part], train[fold == part]) for part in range(FOLDS)]
    found = np.zeros((len(labels), len(NAMES)))
    for done, (known, asked) in enumerate([*steps, (train, others)], start=1):
        if len(known) and len(asked):
            values = _statistics(rows.pick(known), rows.pick(asked), labels[known])
            found[asked] = np.stack([values[name] for name in NAMES], axis=1)
        progress(done / (FOLDS + 1))
    return standardised(found, train)


def standardised(values: Floats, train: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
    """The columns with the mean 0 and deviation 1 over the training rows, clipped at 5."""
    mean, deviation = values[train].mean(axis=0), values[train].std(axis=0)
    standard = (values - mean) / np.where(deviation > 0, deviation, 1)
    clipped: npt.NDArray[np.float32] = np.clip(standard, -CLIPPED, CLIPPED).astype(np.float32)
    return clipped


def _statistics(known: Rows, asked: Rows, likes: Floats) -> dict[str, Floats]:
    biases = fit_biases(known)
    liked = replace(known, stars=likes)
    return {
        **means(known, asked, biases, likes),
        **taste(known, asked, biases.residuals(known), fit_biases(liked).residuals(liked)),
    }
