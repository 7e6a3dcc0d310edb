"""What the page shows of a bundle, made once for all visitors: each one's session keeps its choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from space.bundle import Bundle
from space.filters import genre_flags
from space.model_name import model_name
from space.page.language import LANGUAGES, value_text
from space.person import FACTS


@dataclass(frozen=True)
class Shown:
    """What is shown of a bundle."""

    bundle: Bundle
    """The bundle."""
    name: str
    """What its model of P(like) is called."""
    films: Sequence[tuple[str, int]]
    """The films to choose from, as `film_choices` gives them."""

    @classmethod
    def of(cls, bundle: Bundle) -> Shown:
        """What is shown of this bundle.

        Raises:
            DamagedError: If its `config.json` cannot be read.
        """
        return cls(bundle, model_name(bundle.folder), film_choices(bundle.movies))

    @property
    def facts(self) -> Mapping[str, Sequence[str]]:
        """For each fact that somebody new can tell the values that the model knows, if any.

        P(like) reads them, so that they count without a ranking model as well.
        """
        return {name: self.bundle.encoder.vocabularies.get(name, ()) for name in FACTS}

    def film(self, pick: Any) -> int | None:
        """The film that a visitor means, by its id or by what they typed of its title.

        Args:
            pick: An id; or a title, with its year or without where one film alone is called that; or an
                id as text; or a part that one title alone has.

        Returns:
            Its id, or `None` if it is none of them.
        """
        if not isinstance(pick, str):
            return pick if _is_id(pick) and pick in self._ids else None
        typed = _folded(pick)
        if not typed:
            return None
        for named in self._named:
            if len(films := named.get(typed, [])) == 1:
                return films[0]
        if len(typed) < 12 and typed.isdecimal() and int(typed) in self._ids:
            return int(typed)
        found = [film for title, film in self._titles if typed in title]
        return found[0] if len(found) == 1 else None

    def genre(self, pick: Any) -> str | None:
        """The genre that a visitor means, by its name in any of the page's languages.

        Args:
            pick: The name, or its beginning, or a part of it; the first in the alphabet is taken that
                has it.

        Returns:
            Its name in the catalogue, or `None` if there is none.
        """
        if not isinstance(pick, str):
            return None
        if pick in self.genres:
            return pick
        typed = _folded(pick)
        for matches in (str.__eq__, str.startswith, str.__contains__):
            for name, genre in self._genre_names:
                if typed and matches(name, typed):
                    return genre
        return None

    @cached_property
    def genres(self) -> Sequence[str]:
        """The genres to choose from."""
        return genre_flags(self.bundle.movies)[0]

    @cached_property
    def _genre_names(self) -> list[tuple[str, str]]:
        """Each genre's name in each language, and the genre."""
        return [
            (_folded(value_text(language, "genre", genre)), genre)
            for genre in self.genres
            for language in LANGUAGES
        ]

    @cached_property
    def _named(self) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
        """The films of each title with its year, and of each without."""
        whole: dict[str, list[int]] = {}
        short: dict[str, list[int]] = {}
        for title, film in self._titles:
            whole.setdefault(title, []).append(film)
            short.setdefault(title.rpartition(" (")[0], []).append(film)
        return whole, short

    @cached_property
    def _ids(self) -> frozenset[int]:
        return frozenset(film for _, film in self.films)

    @cached_property
    def _titles(self) -> list[tuple[str, int]]:
        return [(title.casefold(), film) for title, film in self.films]


def film_choices(movies: pd.DataFrame) -> list[tuple[str, int]]:
    """The films of a catalogue to choose from, by title: what is shown of each, and its id."""
    shown = [
        str(title) if pd.isna(year) else f"{title} ({year:.0f})"
        for title, year in zip(movies["title"], movies["year"], strict=True)
    ]
    return sorted(zip(shown, (int(movie) for movie in movies["movie_id"]), strict=True))


def _folded(typed: str) -> str:
    """What was typed, without what does not tell names apart."""
    return typed[:200].casefold().strip()


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
