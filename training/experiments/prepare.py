"""From a data set and a plan to what every model of the plan is fitted and measured on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from space.encoding import FeatureEncoder
from space.schema import fields_of
from training.errors import RunError
from training.experiments.labelling import LabelledRows, label, repeats
from training.experiments.plan import Plan
from training.measuring import Part
from training.protocols.guard import check_positions, check_preparation
from training.protocols.rating_inputs import encoded_for_fitting
from training.ratings import MovieLens
from training.splits import PARTS, SPLITS, Rows, Split
from training.vocabularies import encode_ratings, fit_encoder


@dataclass(frozen=True)
class Prepared:
    """Rows, split and vocabularies, the same for every model of a plan."""

    data: MovieLens
    """The data set."""
    labelled: LabelledRows
    """The rows that were made of it."""
    split: Split
    """Of those rows."""
    encoder: FeatureEncoder
    """The vocabularies."""
    train: Part
    """Rows to fit on."""
    validation: Part
    """Rows by which the best is chosen."""
    test: Part
    """Rows that are measured, and decide nothing."""
    identity: dict[str, Any]
    """What all this came from, for comparing."""

    def facts(self) -> dict[str, Any]:
        """The data set's facts and fingerprint, its `counts`, and the number of `rows` of each part.

        Where films are drawn, also `repeats`: see `training.experiments.labelling.repeats`.
        """
        told = {
            **self.data.facts,
            "fingerprint": self.identity["fingerprint"],
            "counts": {
                "users": len(self.data.users),
                "films": len(self.data.movies),
                "ratings": len(self.data.ratings),
            },
            "rows": {name: len(getattr(self, name).labels) for name in PARTS},
        }
        if self.identity["labelling"]["drawn"]:
            told["repeats"] = asdict(repeats(self.labelled, self.split))
        return told


def prepare(plan: Plan, data: MovieLens) -> Prepared:
    """Make rows, split them, fit the vocabularies, encode.

    Raises:
        RunError: If there are too few rows.
        LeakError: If a test row is among those to fit on, or decides how they are encoded where
            vocabularies are of the training rows.
    """
    labelled = label(plan.labelling, data)
    table = labelled.table
    split = SPLITS[plan.split](table.ratings)
    for name in PARTS:
        labels = labelled.labels[getattr(split, name)]
        if not len(labels) or labels.min() == labels.max():
            raise RunError(
                f"The {name} rows of the split {plan.split} should have both labels. Of "
                f"{len(table.ratings):,} rows it has {len(labels):,}, with "
                f"{'one label' if len(labels) else 'none'}. Give a larger data set."
            )
    if plan.vocabularies == "train":  # those of all rows know the test rows by definition
        check_preparation(
            lambda rows, parts: encoded_for_fitting(_encoder(plan, rows, parts), rows, parts),
            table,
            split,
        )
    encoder = _encoder(plan, table, split)
    rows = encode_ratings(encoder, table, table.ratings)
    user_ids = table.ratings["user_id"].to_numpy()

    def part(picked: Rows) -> Part:
        return Part(rows[picked], labelled.labels[picked], user_ids[picked])

    def for_fitting(picked: Rows) -> Part:
        check_positions(picked, split)
        return part(picked)

    parts = {
        "train": for_fitting(split.train),
        "validation": for_fitting(split.validation),
        "test": part(split.test),
    }
    identity = {
        "fingerprint": data.fingerprint(),
        "labelling": asdict(plan.labelling),
        "split": plan.split,
        "vocabularies": plan.vocabularies,
    }
    return Prepared(data, labelled, split, encoder, **parts, identity=identity)


def _encoder(plan: Plan, table: MovieLens, split: Split) -> FeatureEncoder:
    known = split.train if plan.vocabularies == "train" else np.arange(len(table.ratings))
    return fit_encoder(fields_of(plan.labelling.fields), table, known)
