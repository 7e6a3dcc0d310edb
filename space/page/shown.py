"""What the page shows of a bundle, made once for all visitors: each one's session keeps its choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from space.bundle import Bundle
from space.errors import ArgumentError
from space.model_name import model_name
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

    def film(self, pick: Any) -> Any:
        """The film that a visitor means, by its id or by what they typed of its title.

        Args:
            pick: An id, which the recommender checks; or a title, with its year or without where one
                film alone is called that; or a part that one title alone has.

        Raises:
            ValueError: If it is none of them.
        """
        if not isinstance(pick, str):
            return pick
        if len(pick) < 12 and pick.isdecimal():
            return int(pick)
        typed = pick[:200].casefold().strip()
        for matches in (
            lambda title: title == typed,
            lambda title: title.rpartition(" (")[0] == typed,
            lambda title: typed in title,
        ):
            found = [film for title, film in self._titles if typed and matches(title)]
            if len(found) == 1:
                return found[0]
        raise ArgumentError("film_choice", received=pick[:200])

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
