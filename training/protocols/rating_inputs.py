"""What a protocol of likes gives a model: encoded fields, numeric fields and labels."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from space.encoding import FeatureEncoder
from space.schema import fields_of
from training.fit import Inputs, rows_of
from training.progress import Reporter
from training.protocols.guard import check_preparation
from training.protocols.rating import RatingProtocol
from training.ratings import MovieLens
from training.splits import PARTS, Split
from training.target_statistics import NAMES, VERSION, out_of_fold
from training.target_statistics.folds import FOLDS
from training.vocabularies import encode_ratings, fit_encoder

FOLDS_SEED = 42
"""Seed of the folds of target statistics; seeds of a run are the model's."""


@dataclass(frozen=True)
class RatingInputs:
    """The inputs of all rows that a protocol keeps."""

    fields: npt.NDArray[np.int32]
    """Encoded fields, `(rows, fields)`."""
    numbers: npt.NDArray[np.float32]
    """Numeric fields, `(rows, numbers)`."""
    encoder: FeatureEncoder
    """What encoded the fields."""

    def of(self, rows: npt.NDArray[np.integer]) -> Any:
        """A model's inputs for some rows."""
        inputs: Inputs = self.fields
        if self.numbers.shape[1]:
            inputs = {"fields": self.fields, "numbers": self.numbers}
        return rows_of(inputs, rows)


def rating_inputs(
    protocol: RatingProtocol,
    data: MovieLens,
    split: Split,
    statistics: Sequence[str],
    *,
    cache: Path,
    reporter: Reporter,
) -> RatingInputs:
    """Encode all rows, with nothing fitted on test rows but the vocabularies where that is the protocol.

    Args:
        protocol: Fields, labels and vocabularies.
        data: The rows that the protocol keeps.
        split: Their split.
        statistics: Target statistics that are numeric fields, by their names.
        cache: A file for the statistics, which take a minute or more; they are the same for each seed.
        reporter: Shows the progress.

    Raises:
        LeakError: If what training rows get depends on test rows.
    """
    if protocol.vocabularies == "train":  # those of all rows know the test rows by definition
        check_preparation(lambda rows, parts: fitting_inputs(protocol, rows, parts), data, split)
    encoder = _encoder(protocol, data, split)
    fields = encode_ratings(encoder, data, data.ratings)
    numbers = np.zeros((len(fields), 0), dtype=np.float32)
    if protocol.request_time:
        check_preparation(
            lambda rows, parts: [_fitted(request_time(rows, parts), parts)], data, split
        )
        numbers = np.concatenate([numbers, request_time(data, split)], axis=1)
    if statistics:
        every = _statistics(protocol, data, split, cache, reporter)
        columns = [NAMES.index(name) for name in statistics]
        numbers = np.concatenate([numbers, every[:, columns]], axis=1)
    return RatingInputs(fields, numbers, encoder)


def request_time(data: MovieLens, split: Split) -> npt.NDArray[np.float32]:
    """When each rating was given, from 0 for the first training row to 1 for the last, `(rows, 1)`."""
    seconds = data.ratings["timestamp"].to_numpy(dtype=np.float64)
    least, greatest = seconds[split.train].min(), seconds[split.train].max()
    scaled = (seconds - least) / max(greatest - least, 1)
    numbers: npt.NDArray[np.float32] = np.clip(scaled, 0, 1).astype(np.float32)[:, None]
    return numbers


def _statistics(
    protocol: RatingProtocol, data: MovieLens, split: Split, cache: Path, reporter: Reporter
) -> npt.NDArray[np.float32]:
    """All target statistics, from the cache if it holds those of these rows, parts and labels."""
    parts_and_labels = hashlib.sha256()
    for name in PARTS:
        rows = np.asarray(getattr(split, name), dtype=np.int64)
        parts_and_labels.update(f"{name} {len(rows)}".encode() + rows.tobytes())
    parts_and_labels.update(protocol.labels(data.ratings).tobytes())
    of = [data.fingerprint(), parts_and_labels.hexdigest()]
    key = json.dumps([VERSION, *of, FOLDS, FOLDS_SEED, NAMES])
    if cache.exists():
        with np.load(cache, allow_pickle=False) as saved:
            if str(saved["key"]) == key:
                found: npt.NDArray[np.float32] = saved["statistics"]
                return found
    made: list[npt.NDArray[np.float32]] = []

    def report(share: float) -> None:
        done = (len(made) + share) / 2
        reporter.update(done, "target statistics, and whether test rows reach them")

    def prepare(rows: MovieLens, parts: Split) -> list[npt.NDArray[Any]]:
        labels = protocol.labels(rows.ratings)
        made.append(out_of_fold(rows, parts.train, labels, FOLDS_SEED, report))
        return [_fitted(made[-1], parts)]

    check_preparation(prepare, data, split)
    found = made[0]  # that of the whole data set comes first
    cache.parent.mkdir(parents=True, exist_ok=True)
    partial = cache.with_suffix(".partial.npz")
    np.savez(partial, statistics=found, key=np.array(key))
    partial.replace(cache)
    return found


def fitting_inputs(
    protocol: RatingProtocol, data: MovieLens, split: Split
) -> Sequence[npt.NDArray[Any]]:
    """All that fitting gets of the fields: vocabularies, encoded rows, and labels."""
    fitted = data.ratings.iloc[np.concatenate([split.train, split.validation])]
    encoded = encoded_for_fitting(_encoder(protocol, data, split), data, split)
    return [*encoded, protocol.labels(fitted)]


def encoded_for_fitting(
    encoder: FeatureEncoder, data: MovieLens, split: Split
) -> Sequence[npt.NDArray[Any]]:
    """An encoder's vocabularies, and the train and validation rows as it encodes them."""
    fitted = data.ratings.iloc[np.concatenate([split.train, split.validation])]
    return [
        np.array(encoder.vocabulary_sizes),
        np.array([json.dumps(encoder.to_json())]),
        encode_ratings(encoder, data, fitted),
    ]


def _encoder(protocol: RatingProtocol, data: MovieLens, split: Split) -> FeatureEncoder:
    rows = split.train if protocol.vocabularies == "train" else np.arange(len(data.ratings))
    return fit_encoder(fields_of(protocol.fields), data, rows)


def _fitted(values: npt.NDArray[Any], split: Split) -> npt.NDArray[Any]:
    """The values of the rows that fitting gets."""
    fitted: npt.NDArray[Any] = values[np.concatenate([split.train, split.validation])]
    return fitted
