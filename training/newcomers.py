"""Rows as somebody new would ask for them: what they may tell, and what is never known of them."""

from __future__ import annotations

import numpy as np

from space.encoding import FeatureEncoder, Indices
from space.item_models import GROUPS


def identity_columns(encoder: FeatureEncoder) -> list[int]:
    """Columns of the user's fields that somebody new cannot tell, as `space.person.newcomer` has it.

    That is all but gender, age and occupation: the id, and the zip code, which on MovieLens 100K is one
    user's in most cases.
    """
    return [column for column in user_columns(encoder) if encoder.fields[column].name not in GROUPS]


def user_columns(encoder: FeatureEncoder) -> list[int]:
    """Columns of all the user's fields."""
    return [column for column, field in enumerate(encoder.fields) if field.source == "user"]


def without_identity(encoder: FeatureEncoder, rows: Indices) -> Indices:
    """The same rows as of somebody new who tells their gender, age and occupation."""
    return _unknown(rows, identity_columns(encoder))


def without_user(encoder: FeatureEncoder, rows: Indices) -> Indices:
    """The same rows as of somebody new who tells nothing: all fields of the user unknown."""
    return _unknown(rows, user_columns(encoder))


def _unknown(rows: Indices, columns: list[int]) -> Indices:
    changed = rows.copy()
    changed[:, columns] = 0
    return changed


def facts_are_fields(encoder: FeatureEncoder) -> bool:
    """Whether the model reads anything that somebody new can tell."""
    return any(np.isin([field.name for field in encoder.fields], GROUPS))
