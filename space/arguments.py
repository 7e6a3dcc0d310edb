"""Checks of what a caller asks for. Each says what was expected and what came."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from itertools import chain, islice
from typing import Any, get_args

import numpy as np

from space.ranking import Match

MAX_PICKS = 100
"""The most films that somebody new can pick."""

_NO_LISTS = (str, bytes, bytearray, memoryview, Set, Mapping)
"""Collections that hold no ids, or in no order."""


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


def check_picks(liked: Any, disliked: Any, known: Collection[int], *, readable: bool) -> None:
    """Refuse picked films that somebody cannot mean.

    Args:
        liked: Ids of the films that they like.
        disliked: Ids of the films that they do not like.
        known: The ids of the catalogue.
        readable: Whether the model can read picks at all.

    Raises:
        ValueError: If they are no list, tuple or array, one is not in the catalogue or stands in both,
            or there are over `MAX_PICKS`.
    """
    for name, picks in (("liked", liked), ("disliked", disliked)):
        unordered = isinstance(picks, _NO_LISTS) or not isinstance(picks, Collection)
        if unordered or getattr(picks, "ndim", 1) != 1:
            raise ValueError(
                f"`{name}` should be a list, tuple or array of movie ids, since their order counts. "
                f"Received: {picks!r:.200}"
            )
        if len(picks) and not readable:
            raise ValueError(
                f"`{name}` should be empty: this model was exported before picked films could be read. "
                "Train or fetch a newer one to use them."
            )
    if _over(MAX_PICKS, chain(liked, disliked)):
        raise ValueError(
            f"`liked` and `disliked` should have at most {MAX_PICKS} films together. "
            f"Received: more, in lists of {len(liked)} and {len(disliked)}"
        )
    for name, picks in (("liked", liked), ("disliked", disliked)):
        unknown = (pick for pick in picks if not _is_whole(pick) or pick not in known)
        if shown := ", ".join(f"{pick!r:.100}" for pick in islice(unknown, 10)):
            raise ValueError(f"`{name}` should be ids of films in the catalogue. Received: {shown}")
    if both := sorted(set(liked) & set(disliked)):
        raise ValueError(
            "A film should be in `liked` or in `disliked`. "
            f"Received in both: {', '.join(map(str, both[:10]))}"
        )


def check_movie(movie_id: Any, known: Collection[int]) -> None:
    """Refuse a film that is not in the catalogue.

    Args:
        movie_id: The film asked for.
        known: The ids of the catalogue.

    Raises:
        ValueError: If it is not one of them.
    """
    if not _is_whole(movie_id) or movie_id not in known:
        raise ValueError(
            f"`movie_id` should be the id of a film in the catalogue. Received: {movie_id!r:.100}"
        )


def check_fact(name: str, value: Any, vocabulary: Sequence[str]) -> None:
    """Refuse what the model does not know of a person.

    Args:
        name: What it is: `gender`, `age` or `occupation`.
        value: Its value.
        vocabulary: The values that the model knows.

    Raises:
        ValueError: If it is not one of them.
    """
    if not vocabulary:
        raise ValueError(f"`{name}` should be left out: this model does not know it of anybody.")
    if not isinstance(value, str) or value not in vocabulary:
        raise ValueError(
            f"`{name}` should be one of {', '.join(vocabulary)}. Received: {value!r:.200}"
        )


def check_left_out(facts: Mapping[str, Any]) -> None:
    """Refuse what somebody new can tell of themselves where a user is named.

    Args:
        facts: What is told, by name; `None` is nothing.

    Raises:
        ValueError: If anything is told.
    """
    if told := [f"`{name}`" for name, value in facts.items() if value is not None]:
        raise ValueError(
            "`gender`, `age` and `occupation` are of somebody new: they should be left out, or "
            f"`user_id` be None. Received: {', '.join(told)}"
        )


def _over(limit: int, picks: Iterable[Any]) -> bool:
    """Whether there are more different ids than `limit`; it looks at no more of them than that takes."""
    different = set()
    for pick in picks:
        if _is_whole(pick):
            different.add(int(pick))
            if len(different) > limit:
                return True
    return False


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
