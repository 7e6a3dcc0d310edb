"""Films by what somebody types: exact names first, then beginnings, then words, then near misses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from space.arguments import shown
from space.errors import Argument, ArgumentError
from space.titles.index import NameIndex
from space.titles.names import names_of, normalised, split_year

MAX_TITLE = 200
"""The most characters of a query, and of a title to look up."""

SAME = 100.0
"""The score of a film of the very name."""

_PART = 90.0
"""The score of a film of which the name begins or ends as the title, at a colon or dash."""

_A_YEAR_OFF = 5.0
"""By how much the score of a near miss falls if it is of the year beside, and again if of another."""


class FilmSearch:
    """Finds films of a catalogue by their titles. Safe in threads; its index is made at first use.

    Args:
        movies: The catalogue, with the columns `movie_id`, `title` (without the year), `year`, `genres`
            and `rating_count`.

    Example:
        >>> FilmSearch(recommender.bundle.movies).best("heat 1995")  # doctest: +SKIP
    """

    def __init__(self, movies: pd.DataFrame) -> None:
        self._movies = movies

    # Two threads may both make it: they make the same.
    @cached_property
    def _index(self) -> NameIndex:
        return NameIndex(self._movies["title"])

    @cached_property
    def years(self) -> tuple[int | None, ...]:
        """The release year of each film, in the catalogue's order."""
        return tuple(None if pd.isna(year) else int(year) for year in self._movies["year"])

    @cached_property
    def movie_ids(self) -> tuple[int, ...]:
        """The id of each film, in the catalogue's order."""
        return tuple(self._movies["movie_id"].tolist())

    @cached_property
    def _counts(self) -> list[int]:
        return self._movies["rating_count"].tolist()

    def best(self, query: str, k: int = 10) -> pd.DataFrame:
        """The films that a query may mean, best first.

        Films of that very name come first, then those that have it in brackets, or but for an article
        in front, then those whose name begins so, then those with all its words, then near misses. A
        year at the end, "Heat 1995" or "Heat (1995)", puts the films of that year in front of each of
        these, and those of the year beside it next; among equals the film with more ratings is first.

        Args:
            query: What somebody typed, at most `MAX_TITLE` characters.
            k: The most films to give.

        Returns:
            A frame with the columns `movie_id`, `title`, `year` and `genres` (a tuple); empty where
            nothing is like the query.

        Raises:
            ValueError: If the query is no text, or too long.
        """
        check_title("query", query)
        title, year = split_year(query)
        places = _Places(self.years, self._counts)
        # "Blade Runner 2049" is a title, so the query is looked up with its year as well.
        readings: list[tuple[str, int | None, int]] = [(normalised(query), None, 0)]
        if year is not None:
            readings.append((normalised(title), year, 0))
        # The catalogue may not have the other name that stands in brackets.
        if len(names := names_of(title)) > 1:
            readings.append((names[0], year, 1))
        for name, meant, behind in readings:
            for level, positions in enumerate(self._index.like(name), start=behind):
                places.note(level, positions, meant)
        if len(places) < k and (name := normalised(title)):
            for position, score in self._index.similar(name):
                places.note(_NEAR_MISS, [position], year, score)
        chosen = self._movies.iloc[places.best(k)]
        return pd.DataFrame(
            {
                "movie_id": chosen["movie_id"].to_numpy(),
                "title": chosen["title"].to_numpy(),
                "year": chosen["year"].to_numpy(),
                "genres": [tuple(row) for row in chosen["genres"]],
            }
        )

    def _known_by(self, position: int) -> tuple[int, int]:
        return -self._counts[position], position

    def same(self, title: str) -> tuple[Sequence[int], Sequence[int]]:
        """The films of a title: of that very name, and of that name but for an article in front.

        Args:
            title: A title without a year, at most `MAX_TITLE` characters.

        Returns:
            Rows of the catalogue, twice, those with more ratings first; the second holds the first.

        Raises:
            ValueError: If the title is no text, or too long.
        """
        check_title("title", title)
        # The catalogue may not have the other name that stands in brackets.
        main, *others = names_of(title)
        exact, bare = self._index.same(others[-1] if others else main)
        if not bare:
            exact, bare = self._index.same(main)
        return sorted(exact, key=self._known_by), sorted(bare, key=self._known_by)

    def close(self, titles: Sequence[str]) -> list[dict[int, float]]:
        """The films whose names are nearly a title, or begin or end as it does. Quick for many.

        Args:
            titles: Titles without a year, each at most `MAX_TITLE` characters.

        Returns:
            For each title its films, best first: rows of the catalogue with a score, up to 100.

        Raises:
            ValueError: If a title is no text, or too long.
        """
        for title in titles:
            check_title("title", title)
        near = self._index.near([normalised(title) for title in titles])
        found = []
        for title, films in zip(titles, near, strict=True):
            for position in self._index.sharing(title):
                films[position] = max(films.get(position, 0), _PART)
            known = sorted(films, key=self._known_by)
            order = sorted(known, key=films.__getitem__, reverse=True)
            found.append({position: films[position] for position in order})
        return found


def check_title(name: str, value: Any) -> None:
    """Refuse what is no title.

    Args:
        name: What it is called.
        value: What came.

    Raises:
        ValueError: If it is no text, or longer than `MAX_TITLE`.
    """
    if not isinstance(value, str):
        raise ArgumentError("text", name=Argument(name), received=shown(value))
    if len(value) > MAX_TITLE:
        raise ArgumentError(
            "text_length",
            name=Argument(name),
            most=MAX_TITLE,
            count=len(value),
            received=repr(value[:100]),
        )


_NEAR_MISS = 7
"""The level of films that are found by likeness alone, behind those of `NameIndex.like`."""


class _Places:
    """Where each film stands in the answer to a query."""

    def __init__(self, years: Sequence[int | None], counts: Sequence[int]) -> None:
        self._years, self._counts = years, counts
        self._places: dict[int, tuple[float, float, int, int]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def note(
        self, level: int, positions: Iterable[int], year: int | None, score: float = 0.0
    ) -> None:
        """Films of one level; a film keeps the best place that it was noted at."""
        for at in positions:
            behind = _A_YEAR_OFF * years_off(year, self._years[at]) - score
            place = (level, behind, -self._counts[at], at)
            self._places[at] = min(place, self._places.get(at, place))

    def best(self, k: int) -> list[int]:
        return sorted(self._places, key=self._places.__getitem__)[:k]


def years_off(wanted: int | None, year: int | None) -> int:
    """How far a film is from the year that is wanted: 0 (it is that, or none is), 1 (beside it), 2."""
    if wanted is None:
        return 0
    return 2 if year is None else min(2, abs(wanted - year))
