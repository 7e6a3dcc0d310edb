"""What a visitor asks for, as the page's controls have it, and as the recommender takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from space.errors import ArgumentError
from space.page.language import language_of
from space.page.shown import Shown
from space.person import FACTS


@dataclass(frozen=True)
class Ask:
    """The value of each control, in the order of `space.page.controls.Controls`.

    They come from a browser, so nothing is sure of them: the recommender checks what it is given.
    """

    language: Any = "en"
    way: Any = "you"
    user: Any = None
    likes: Any = ()
    dislikes: Any = ()
    gender: Any = None
    age: Any = None
    occupation: Any = None
    year: Any = None
    month: Any = None
    genres: Any = ()
    match: Any = "any"
    exclude_genres: Any = ()
    from_year: Any = None
    to_year: Any = None
    exclude_seen: Any = True
    hidden: Any = ()
    k: Any = 10
    familiarity: Any = 0.0
    diversity: Any = 0.0

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """What the controls' values say."""
        asked = cls(*values)
        years = {name: year_of(getattr(asked, name)) for name in ("year", "from_year", "to_year")}
        return cls(**{**asked.__dict__, **years, "language": language_of(asked.language)})

    @property
    def newcomer(self) -> bool:
        """Whether the list is for the visitor, and not for a user of the data set."""
        return bool(self.way != "user")

    @property
    def facts(self) -> dict[str, str]:
        """What the visitor tells of themselves."""
        told = {name: getattr(self, name) for name in FACTS} if self.newcomer else {}
        return {name: value for name, value in told.items() if value not in (None, "")}

    def person(self, shown: Shown) -> dict[str, Any]:
        """Who the list is for, as arguments of `recommend_for` or of `recommend`.

        Args:
            shown: What is shown of the bundle.

        Raises:
            ValueError: If there is no such film, or no user is chosen.
        """
        if not self.newcomer:
            return {"user_id": user_of(self.user)}
        # The film that was picked last stands last, and counts as the newest.
        picks = {
            name: [shown.film(pick) for pick in reversed(listed(picked))]
            for name, picked in (("liked", self.likes), ("disliked", self.dislikes))
        }
        return {**picks, **self.facts}

    def filters(self, shown: Shown) -> dict[str, Any]:
        """Which films may be listed, and how, as arguments of both.

        Args:
            shown: What is shown of the bundle.

        Raises:
            ValueError: If there is no such film.
        """
        seen = {} if self.newcomer else {"exclude_seen": bool(self.exclude_seen)}
        return {
            **self.moment,
            **seen,
            "genres": listed(self.genres),
            "match": self.match,
            "exclude_genres": listed(self.exclude_genres),
            "from_year": self.from_year,
            "to_year": self.to_year,
            "hidden": [shown.film(film) for film in listed(self.hidden)],
            "k": self.k,
            "familiarity": self.familiarity,
            "diversity": self.diversity,
        }

    @property
    def moment(self) -> dict[str, Any]:
        """Year and month for which to recommend."""
        return {"year": self.year, "month": self.month}


NAMES = tuple(each.name for each in fields(Ask))
"""The names of the controls, in their order."""


def user_of(value: Any) -> Any:
    """The user that was chosen or typed.

    Raises:
        ValueError: If there is none.
    """
    if value in (None, ""):
        raise ArgumentError("user_missing")
    text = str(value)[:40]
    return int(text) if text.isdecimal() else value


def year_of(value: Any) -> Any:
    """The year that was typed, `None` if there is none; what is no number is as it came."""
    text = value.strip() if isinstance(value, str) else value
    if text in (None, ""):
        return None
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 10 else value


def listed(values: Any) -> list[Any]:
    """The values of a control of many; nothing chosen is an empty list."""
    if isinstance(values, list | tuple):
        return list(values)
    return [] if values is None else [values]
