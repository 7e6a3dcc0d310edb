"""Training and measuring a model by a protocol of likes: `original`, `paper` or `ids`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from training.errors import RunError
from training.fit import Inputs, fit, predict
from training.metrics import evaluate
from training.ordinal import OrdinalTargets
from training.progress import Reporter
from training.protocols.guard import check_positions
from training.protocols.rating import RatingProtocol
from training.protocols.rating_inputs import rating_inputs
from training.protocols.rating_methods import RATING_METHODS
from training.ratings import MovieLens
from training.splits import Rows


def run_rating(
    protocol: RatingProtocol,
    data: MovieLens,
    method: str,
    *,
    seed: int,
    epochs: int | None,
    folder: Path,
    reporter: Reporter,
) -> dict[str, float]:
    """Train a model on the protocol's training rows, and measure it on its test rows.

    Args:
        protocol: Rows, labels, split, fields and metrics.
        data: The whole data set.
        method: A key of `training.protocols.rating_methods.RATING_METHODS`.
        seed: Seed of the weights, the dropout and the order of rows.
        epochs: Epochs at the most, where not the method's.
        folder: For the checkpoints, from which an interrupted run goes on. Target statistics are kept
            beside it, for other seeds.
        reporter: Shows the progress.

    Returns:
        The protocol's metrics on the test rows, the number of test `rows`, and `parameters`.

    Raises:
        RunError: If there are too few rows, or no others beside likes.
        LeakError: If test rows, or statistics of them, are in what the model is fitted on.
    """
    kept = protocol.rows(data)
    split = protocol.split(kept.ratings)
    if not all(len(part) for part in (split.train, split.validation, split.test)):
        raise RunError(
            f"{len(kept.ratings):,} ratings are too few to split as {protocol.name} does. Give a larger "
            "data set."
        )
    chosen = RATING_METHODS[method]
    reporter.stage("Encoding")
    inputs = rating_inputs(
        protocol,
        kept,
        split,
        chosen.statistics,
        cache=folder.parent / "statistics.npz",
        reporter=reporter,
    )
    labels = targets = protocol.labels(kept.ratings)
    more: dict[str, Any] = {"numbers": inputs.numbers.shape[1]}
    if chosen.ordinal:
        stars = kept.ratings["rating"].to_numpy()
        try:
            ordinal = OrdinalTargets.of(stars[split.train], protocol.liked)
        except ValueError as error:
            raise RunError(f"{error} Give a larger data set.") from error
        targets = ordinal(stars)
        more |= {"outputs": len(ordinal.steps), "like_output": ordinal.like}
    options = chosen.preset.fit
    if epochs is not None:
        options = replace(options, epochs=epochs)

    def for_fitting(rows: Rows, wanted: npt.NDArray[np.float32]) -> tuple[Inputs, Any]:
        check_positions(rows, split)
        return inputs.of(rows), wanted[rows]

    keras.utils.set_random_seed(seed)
    model = chosen.preset.build(inputs.encoder.vocabulary_sizes, **more)
    reporter.stage("Training")
    fit(
        model,
        for_fitting(split.train, targets),
        for_fitting(split.validation, labels),
        options,
        checkpoints=folder / "checkpoints",
        seed=seed,
        reporter=reporter,
    )
    reporter.stage("Measuring")
    users = kept.ratings["user_id"].to_numpy()[split.test]
    found = evaluate(labels[split.test].astype(int), predict(model, inputs.of(split.test)), users)
    return {
        **{name: found[name] for name in protocol.metrics},
        "rows": len(split.test),
        "parameters": int(model.count_params()),
    }
