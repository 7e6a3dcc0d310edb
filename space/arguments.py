"""Checks of what a caller asks for. Each says what was expected and what came."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, get_args

import numpy as np

from space.ranking import Match


def check_user(user_id: Any, user_ids: Sequence[int], known: Collection[int]) -> None:
    """Refuse a user who is not known.

    Args:
        user_id: Who is asked for.
        user_ids: All users, ascending.
        known: The same, to look up quickly.

    Raises:
        ValueError: If it is not one of them.
    """
    if not _is_whole(user_id):
        raise ValueError(f"`user_id` should be a whole number. Received: {user_id!r}")
    if not user_ids:
        raise ValueError("This model was trained without users' ids; give it its data set.")
    if user_id not in known:
        raise ValueError(
            f"`user_id` should be one of the data set's {len(user_ids):,} users, "
            f"{user_ids[0]} to {user_ids[-1]}. Received: {user_id}"
        )


def check_whole(name: str, value: Any, low: int, high: int) -> None:
    """Refuse what is not a whole number within bounds.

    Raises:
        ValueError: If `value` is not one.
    """
    if not _is_whole(value) or not low <= value <= high:
        raise ValueError(
            f"`{name}` should be a whole number from {low} to {high}. Received: {value!r}"
        )


def check_filters(genres: Any, match: Any, known: Sequence[str]) -> None:
    """Refuse genres that the catalogue does not have.

    Args:
        genres: The genres asked for.
        match: How they are to match.
        known: The catalogue's genres.

    Raises:
        ValueError: If a genre is not known, or `match` is no way to match.
    """
    if match not in get_args(Match):
        raise ValueError(f'`match` should be "any" or "all". Received: {match!r}')
    if isinstance(genres, str) or not isinstance(genres, Collection):
        raise ValueError(f"`genres` should be a list of genres. Received: {genres!r}")
    unknown = [genre for genre in genres if genre not in known]
    if unknown:
        raise ValueError(
            f"`genres` should be among {', '.join(known)}. Received: {', '.join(map(str, unknown))}"
        )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
