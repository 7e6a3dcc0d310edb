"""A user, a moment and a film of a bundle, for the card's code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from hub_upload.cards.facts import whole
from hub_upload.cards.markdown import literal
from space.bundle import Bundle
from space.features import VALUES
from space.schema import Source

_ENTRIES_A_LINE = 4


@dataclass(frozen=True)
class Example:
    """One question to the model, as field values."""

    user_id: int | None
    """A user that the vocabularies hold, if they hold users."""
    movie_id: int
    """A film that many liked."""
    title: str
    """Its title."""
    lines: tuple[str, ...]
    """Field values as the inside of a Python dict; the moment is the data's last month."""


def example_of(bundle: Bundle) -> Example | None:
    """The first user and the most liked film that the vocabularies hold.

    The user is known by id alone: a profile is the data set's, and not for a card to tell.

    Returns:
        The example; none if the bundle has no film to ask for.
    """
    vocabularies = bundle.encoder.vocabularies
    movies = bundle.movies
    if "movie_id" in vocabularies:
        known = movies["movie_id"].astype(str).isin(vocabularies["movie_id"])
        movies = movies[known] if known.any() else movies
    if movies.empty:
        return None
    film = movies.sort_values(["likes", "movie_id"], ascending=[False, True]).head(1)

    users = [int(user) for user in vocabularies.get("user_id", ()) if _is_id(user)]
    user_id = min(users, default=None)
    facts = bundle.schema.dataset
    year, month = whole(facts, "last_year"), whole(facts, "last_month")
    dated = year is not None and month is not None
    user = [] if user_id is None else _lines(bundle, "user", {"user_id": [user_id]})
    moment = _lines(bundle, "time", {"year": [year], "month": [month]}) if dated else []
    return Example(
        user_id=user_id,
        movie_id=int(film["movie_id"].iloc[0]),
        title=str(film["title"].iloc[0]),
        lines=(*user, *moment, *_lines(bundle, "movie", film)),
    )


def newcomer_of(bundle: Bundle) -> str:
    """Arguments of `recommend_for`: a film that many liked and an age, as far as they are read."""
    example = example_of(bundle)
    ages = bundle.encoder.vocabularies.get("age", ())
    told = []
    if example is not None and bundle.ranking is not None:
        told.append(f"liked=[{example.movie_id}]")
    if ages:
        told.append(f"age={literal('25-34' if '25-34' in ages else ages[0])}")
    return ", ".join([*told, "k=5"])


def _lines(
    bundle: Bundle, source: Source, row: pd.DataFrame | Mapping[str, Sequence[object]]
) -> list[str]:
    """The values of the fields that a table has, of its one row, some on a line."""
    table = pd.DataFrame(row)
    fields = [field.name for field in bundle.schema.fields if field.source == source]
    entries = [
        f"{literal(name)}: {literal(str(VALUES[name](table).iloc[0]))}"
        for name in fields
        if source != "user" or name in table
    ]
    starts = range(0, len(entries), _ENTRIES_A_LINE)
    return [", ".join(entries[start : start + _ENTRIES_A_LINE]) for start in starts]


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdecimal() and str(int(value)) == value
