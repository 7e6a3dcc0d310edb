"""The fields of a person that the ranker reads."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.encoding import FeatureEncoder
from space.features import moments
from space.item_models import GROUPS
from space.ranking_files import PERSON


def person_sizes(encoder: FeatureEncoder) -> list[int]:
    """Number of indices of each field; a field that the bundle's model does not read has one, 0."""
    return [len(encoder.vocabularies.get(name, ())) + 1 for name in PERSON]


def encode_persons(
    encoder: FeatureEncoder, users: pd.DataFrame, timestamps: npt.NDArray[np.int64]
) -> npt.NDArray[np.int32]:
    """Indices of users at moments, `(users, fields)`, by the bundle's own vocabularies.

    Args:
        encoder: The bundle's encoder.
        users: Their rows of the users' table.
        timestamps: When each of them asks.
    """
    parts = {
        "user": encoder.encode("user", users),
        "time": encoder.encode("time", moments(timestamps)),
    }
    indices = np.zeros((len(users), len(PERSON)), dtype=np.int32)
    for source, encoded in parts.items():
        names = [field.name for field in encoder.fields if field.source == source]
        for place, name in enumerate(names):
            if name in PERSON:
                indices[:, PERSON.index(name)] = encoded[:, place]
    return indices


def groups_of(users: pd.DataFrame) -> list[dict[str, str]]:
    """The group that each user belongs to: their values of `space.item_models.GROUPS`."""
    columns = [users[name].astype(str) for name in GROUPS]
    return [dict(zip(GROUPS, values, strict=True)) for values in zip(*columns, strict=True)]
