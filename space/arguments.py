"""Checks of what a caller asks for. Each says what was expected and what came."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set, Sized
from itertools import chain, islice
from types import MappingProxyType
from typing import Any

import numpy as np

from space.errors import Argument, ArgumentError

MAX_PICKS = 100
"""The most films that somebody new can pick."""

MAX_HIDDEN = 10_000
"""The most films that can be hidden."""

RELEASE_YEARS = (1800, 2100)
"""The first and the last year in which a film can have been released."""

_SHOWN = 200
"""At most this many characters of what came are repeated."""

_USER, _HIDDEN = Argument("user_id"), Argument("hidden")
_LIKED, _DISLIKED = Argument("liked"), Argument("disliked")

_TEXTS = (str, bytes, bytearray, memoryview, Mapping)
"""Collections of something else than what is listed in them."""

_NO_LISTS = (*_TEXTS, Set)
"""Collections that hold no ids, or in no order."""


def check_user(user_id: Any, user_ids: Sequence[int], known: Collection[int]) -> None:
    """Refuse a user who is not known.

    Args:
        user_id: Who is asked for.
        user_ids: All users, ascending.
        known: The same, to look up quickly.

    Raises:
        ArgumentError: If it is not one of them.
    """
    if not _is_whole(user_id):
        raise ArgumentError("whole", name=_USER, received=shown(user_id))
    if not user_ids:
        raise ArgumentError("users_unknown")
    if user_id not in known:
        raise ArgumentError(
            "user",
            name=_USER,
            count=len(user_ids),
            first=user_ids[0],
            last=user_ids[-1],
            received=shown(user_id),
        )


def check_whole(name: str, value: Any, low: int, high: int) -> None:
    """Refuse what is not a whole number within bounds.

    Raises:
        ArgumentError: If `value` is not one.
    """
    if not _is_whole(value) or not low <= value <= high:
        raise ArgumentError(
            "whole_within", name=Argument(name), low=low, high=high, received=shown(value)
        )


def check_number(name: str, value: Any, low: float, high: float) -> None:
    """Refuse what is not a number within bounds.

    Raises:
        ArgumentError: If `value` is not one.
    """
    number = _is_whole(value) or isinstance(value, float | np.floating)
    if not number or not low <= value <= high:
        raise ArgumentError(
            "number_within",
            name=Argument(name),
            low=f"{low:g}",
            high=f"{high:g}",
            received=shown(value),
        )


def check_flag(name: str, value: Any) -> None:
    """Refuse what is neither true nor false.

    Raises:
        ArgumentError: If `value` is something else.
    """
    if not isinstance(value, bool | np.bool):
        raise ArgumentError("flag", name=Argument(name), received=shown(value))


def check_choice(name: str, value: Any, choices: Sequence[str]) -> None:
    """Refuse what is none of a few words.

    Raises:
        ArgumentError: If `value` is none of `choices`.
    """
    if not isinstance(value, str) or value not in choices:
        raise ArgumentError(
            "choice", name=Argument(name), choices=tuple(choices), received=shown(value)
        )


def check_genres(name: str, genres: Any, known: Sequence[str]) -> None:
    """Refuse genres that the catalogue does not have.

    Args:
        name: What they are called.
        genres: The genres asked for.
        known: The catalogue's genres.

    Raises:
        ArgumentError: If they are no list of genres, or one is not known.
    """
    if isinstance(genres, _TEXTS) or not isinstance(genres, Collection) or _is_deep(genres):
        raise ArgumentError("genres", name=Argument(name), received=shown(genres))
    unknown = (genre for genre in genres if not isinstance(genre, str) or genre not in known)
    if first := list(islice(unknown, 10)):
        raise ArgumentError(
            "genres_unknown", name=Argument(name), known=[*known], received=_listed(first, str)
        )


def check_release_years(from_year: Any, to_year: Any) -> None:
    """Refuse what are no years in which films can have been released.

    Args:
        from_year: The first year; `None` is any.
        to_year: The last year; `None` is any.

    Raises:
        ArgumentError: If one is no such year, or the last is before the first.
    """
    for name, year in (("from_year", from_year), ("to_year", to_year)):
        if year is not None:
            check_whole(name, year, *RELEASE_YEARS)
    if from_year is not None and to_year is not None and from_year > to_year:
        raise ArgumentError(
            "years_order",
            first=Argument("from_year"),
            last=Argument("to_year"),
            from_year=from_year,
            to_year=to_year,
        )


def check_hidden(hidden: Any, known: Collection[int]) -> None:
    """Refuse what are no films to hide.

    Args:
        hidden: Ids of films.
        known: The ids of the catalogue.

    Raises:
        ArgumentError: If they are no list of ids, over `MAX_HIDDEN`, or one is not in the catalogue.
    """
    if isinstance(hidden, _TEXTS) or not isinstance(hidden, Collection) or _is_deep(hidden):
        raise ArgumentError("hidden", name=_HIDDEN, received=shown(hidden))
    if len(hidden) > MAX_HIDDEN:
        raise ArgumentError("hidden_count", name=_HIDDEN, most=MAX_HIDDEN, count=len(hidden))
    unknown = (movie for movie in hidden if not _is_whole(movie) or movie not in known)
    if first := list(islice(unknown, 10)):
        raise ArgumentError("films", name=_HIDDEN, received=_listed(first))


def check_picks(liked: Any, disliked: Any, known: Collection[int], *, readable: bool) -> None:
    """Refuse picked films that somebody cannot mean.

    Args:
        liked: Ids of the films that they like.
        disliked: Ids of the films that they do not like.
        known: The ids of the catalogue.
        readable: Whether the model can read picks at all.

    Raises:
        ArgumentError: If they are no list, tuple or array, one is not in the catalogue or stands in
            both, or there are over `MAX_PICKS`.
    """
    for name, picks in ((_LIKED, liked), (_DISLIKED, disliked)):
        unordered = isinstance(picks, _NO_LISTS) or not isinstance(picks, Collection)
        if unordered or getattr(picks, "ndim", 1) != 1:
            raise ArgumentError("picks", name=name, received=shown(picks))
        if len(picks) and not readable:
            raise ArgumentError("picks_unreadable", name=name)
    if _over(MAX_PICKS, chain(liked, disliked)):
        raise ArgumentError(
            "picks_count",
            liked=_LIKED,
            disliked=_DISLIKED,
            most=MAX_PICKS,
            likes=len(liked),
            dislikes=len(disliked),
        )
    for name, picks in ((_LIKED, liked), (_DISLIKED, disliked)):
        unknown = (pick for pick in picks if not _is_whole(pick) or pick not in known)
        if first := list(islice(unknown, 10)):
            raise ArgumentError("films", name=name, received=_listed(first))
    if both := sorted(set(liked) & set(disliked)):
        raise ArgumentError("picks_both", liked=_LIKED, disliked=_DISLIKED, both=both[:10])


def check_movie(movie_id: Any, known: Collection[int]) -> None:
    """Refuse a film that is not in the catalogue.

    Args:
        movie_id: The film asked for.
        known: The ids of the catalogue.

    Raises:
        ArgumentError: If it is not one of them.
    """
    if not _is_whole(movie_id) or movie_id not in known:
        raise ArgumentError("film", name=Argument("movie_id"), received=shown(movie_id))


def check_fact(name: str, value: Any, vocabulary: Sequence[str]) -> None:
    """Refuse what the model does not know of a person.

    Args:
        name: What it is: `gender`, `age` or `occupation`.
        value: Its value.
        vocabulary: The values that the model knows.

    Raises:
        ArgumentError: If it is not one of them.
    """
    if not vocabulary:
        raise ArgumentError("fact_unknown", name=Argument(name))
    if not isinstance(value, str) or value not in vocabulary:
        raise ArgumentError("fact", name=Argument(name), known=[*vocabulary], received=shown(value))


def check_left_out(
    facts: Mapping[str, Any], picks: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Refuse what somebody new can tell of themselves where a user is named.

    Args:
        facts: What is told, by name; `None` is nothing.
        picks: The films that are picked, by name; an empty list is nothing.

    Raises:
        ArgumentError: If anything is told.
    """
    told = [Argument(name) for name, value in facts.items() if value is not None]
    told += [Argument(name) for name, films in picks.items() if not _is_empty(films)]
    if told:
        *names, last = (Argument(name) for name in (*picks, *facts))
        raise ArgumentError("left_out", names=names, last=last, user=_USER, told=told)


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


def _is_empty(values: Any) -> bool:
    return isinstance(values, Sized) and len(values) == 0


def _is_deep(values: Any) -> bool:
    """Whether this is an array that is no list."""
    return bool(getattr(values, "ndim", 1) != 1)


def _listed(values: Iterable[Any], write: Callable[[Any], str] = repr) -> str:
    """The beginning of some values, in words."""
    return f"{', '.join(shown(value, write) for value in values):.{_SHOWN}}"


def shown(value: Any, write: Callable[[Any], str] = repr) -> str:
    """The beginning of a value, in words."""
    try:
        return f"{write(value):.{_SHOWN}}"
    except (ValueError, RecursionError):  # a number of thousands of digits, lists in lists in lists
        return f"({type(value).__name__})"
