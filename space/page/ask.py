"""What a visitor asks for, as the page's controls have it, and as the recommender takes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any, Self

from space.errors import ArgumentError
from space.page.language import language_of
from space.page.shown import Shown
from space.person import FACTS


@dataclass(frozen=True)
class Ask:
    """The value of each control, in the order of `space.page.controls.Controls`.

    They come from a browser, so nothing is sure of them: the recommender checks what it is given. What
    is no film or genre is left out, though, as `space.page.meant` does for good and says so.
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
            ValueError: If no user is chosen.
        """
        if not self.newcomer:
            return {"user_id": user_of(self.user)}
        # The film that was picked last stands last, and counts as the newest.
        liked, disliked = (self.picked(name, shown)[::-1] for name in ("likes", "dislikes"))
        return {"liked": liked, "disliked": disliked, **self.facts}

    def filters(self, shown: Shown) -> dict[str, Any]:
        """Which films may be listed, and how, as arguments of both.

        Args:
            shown: What is shown of the bundle.
        """
        seen = {} if self.newcomer else {"exclude_seen": bool(self.exclude_seen)}
        return {
            **self.moment,
            **seen,
            "genres": self.picked("genres", shown),
            "match": self.match,
            "exclude_genres": self.picked("exclude_genres", shown),
            "from_year": self.from_year,
            "to_year": self.to_year,
            "hidden": self.picked("hidden", shown),
            "k": self.k,
            "familiarity": self.familiarity,
            "diversity": self.diversity,
        }

    def picked(self, name: str, shown: Shown) -> list[Any]:
        """The films or genres of a control of many, without what is none.

        Args:
            name: One of `FILMS` or `GENRES`.
            shown: What is shown of the bundle.
        """
        return choices(self.meant(name, shown))

    def meant(self, name: str, shown: Shown) -> list[tuple[Any, Any]]:
        """Each value of a control of many, and the film or genre that is meant by it, or `None`.

        Args:
            name: As of `picked`.
            shown: As of `picked`.
        """
        meaning = shown.film if name in FILMS else shown.genre
        values = listed(getattr(self, name))
        # Of more text than anybody types the search for titles would take long.
        read = {
            *islice((at for at, each in enumerate(values) if isinstance(each, str)), MOST_TYPED)
        }
        return [
            (each, meaning(each) if at in read or not isinstance(each, str) else None)
            for at, each in enumerate(values)
        ]

    @property
    def moment(self) -> dict[str, Any]:
        """Year and month for which to recommend."""
        return {"year": self.year, "month": self.month}


FILMS = ("likes", "dislikes", "hidden")
"""The controls of many films."""

GENRES = ("genres", "exclude_genres")
"""The controls of many genres."""

MOST_TYPED = 20
"""Texts of one control that are looked for among titles or genres; any more are none."""

NAMES = tuple(each.name for each in fields(Ask))
"""The names of the controls, in their order."""


def choices(meant: Iterable[tuple[Any, Any]]) -> list[Any]:
    """What is meant by the values of a control, each once, without what is nothing.

    Args:
        meant: As `Ask.meant` gives it.
    """
    return [*dict.fromkeys(value for _, value in meant if value is not None)]


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
