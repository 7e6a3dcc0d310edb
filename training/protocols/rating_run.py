"""Training and measuring the present model by a protocol of likes: `original` or `ids`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from space.schema import fields_of
from training.errors import RunError
from training.fit import fit, predict
from training.metrics import evaluate
from training.presets import PRESETS
from training.progress import Reporter
from training.protocols.guard import check_positions, check_preparation, check_split
from training.protocols.rating import RatingProtocol, check_fields
from training.ratings import MovieLens
from training.splits import Split
from training.vocabularies import encode_ratings, fit_encoder


def run_rating(
    protocol: RatingProtocol,
    data: MovieLens,
    preset: str,
    *,
    seed: int,
    epochs: int | None,
    folder: Path,
    reporter: Reporter,
) -> dict[str, float]:
    """Train a preset's model on the protocol's training rows, and measure it on its test rows.

    Args:
        protocol: Rows, labels, split, fields and metrics.
        data: The whole data set.
        preset: A key of `training.presets.PRESETS`.
        seed: Seed of the weights, the dropout and the order of rows.
        epochs: Epochs at the most, where not the preset's.
        folder: For the checkpoints, from which an interrupted run goes on.
        reporter: Shows the progress.

    Returns:
        The protocol's metrics on the test rows, the number of test `rows`, and `parameters`.

    Raises:
        RunError: If the model cannot read a field, or there are too few rows.
        LeakError: If test rows, or statistics of them, are in what the model is fitted on.
    """
    check_fields(protocol)
    kept = protocol.rows(data)
    split = protocol.split(kept.ratings)
    if not all(len(part) for part in (split.train, split.validation, split.test)):
        raise RunError(f"{len(kept.ratings)} ratings are too few to split as {protocol.name} does.")
    check_split(split, len(kept.ratings))
    check_positions(np.concatenate([split.train, split.validation]), split)
    reporter.stage("Encoding")
    if (
        protocol.vocabularies == "train"
    ):  # those of all rows know the test rows' values by definition
        check_preparation(lambda rows, parts: fitting_inputs(protocol, rows, parts), kept, split)
    encoder = fit_encoder(fields_of(protocol.fields), kept, _vocabulary_rows(protocol, kept, split))
    rows = encode_ratings(encoder, kept, kept.ratings)
    labels = protocol.labels(kept.ratings)
    options = PRESETS[preset].fit
    if epochs is not None:
        options = replace(options, epochs=epochs)
    keras.utils.set_random_seed(seed)
    model = PRESETS[preset].build(encoder.vocabulary_sizes)
    reporter.stage("Training")
    fit(
        model,
        (rows[split.train], labels[split.train]),
        (rows[split.validation], labels[split.validation]),
        options,
        checkpoints=folder / "checkpoints",
        seed=seed,
        reporter=reporter,
    )
    reporter.stage("Measuring")
    users = kept.ratings["user_id"].to_numpy()[split.test]
    found = evaluate(labels[split.test].astype(int), predict(model, rows[split.test]), users)
    return {
        **{name: found[name] for name in protocol.metrics},
        "rows": len(split.test),
        "parameters": int(model.count_params()),
    }


def fitting_inputs(
    protocol: RatingProtocol, data: MovieLens, split: Split
) -> Sequence[npt.NDArray[Any]]:
    """All that fitting gets: sizes and values of the vocabularies, encoded rows, and labels.

    Args:
        protocol: Fields and labels.
        data: The rows that the protocol keeps.
        split: Their split.
    """
    rows = _vocabulary_rows(protocol, data, split)
    encoder = fit_encoder(fields_of(protocol.fields), data, rows)
    fitted = data.ratings.iloc[np.concatenate([split.train, split.validation])]
    return [
        np.array(encoder.vocabulary_sizes),
        np.array([json.dumps(encoder.to_json())]),
        encode_ratings(encoder, data, fitted),
        protocol.labels(fitted),
    ]


def _vocabulary_rows(
    protocol: RatingProtocol, data: MovieLens, split: Split
) -> npt.NDArray[np.intp]:
    return split.train if protocol.vocabularies == "train" else np.arange(len(data.ratings))
