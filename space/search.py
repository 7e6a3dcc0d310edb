"""Films by what somebody types: exact names first, then beginnings, then words, then near misses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from space.titles import names_of, normalised, parts_of, split_year, without_article

MAX_TITLE = 200
"""The most characters of a query, and of a title to look up."""

SAME = 100.0
"""The score of a film of the very name."""

_PART = 90.0
"""The score of a film of which the name begins or ends as the title, at a colon or dash."""

_CLOSE = 82
"""The least score of a near miss of a whole title: about one letter in six is another."""

_SIMILAR = 75
"""The least score of a near miss for somebody who types, and sees at once what is found."""

_IN_PART = 0.9
"""What likeness to a piece of a name counts beside likeness to the whole."""

_TELLING = 4
"""The fewest letters of which a near miss says anything."""

_A_YEAR_OFF = 5.0
"""By how much the score of a near miss falls if it is of the year beside, and again if of another."""

_AT_ONCE = 250
"""How many titles are compared with all names at once: 1 MB for 4,000 names."""


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
    def _index(self) -> _Index:
        return _Index(self._movies["title"])

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
        in front, then those whose name begins so, then those with all its words, then near misses. A year at the end,
        "Heat 1995" or "Heat (1995)", puts the films of that year in front of each of these, and those
        of the year beside it next; among equals the film with more ratings is first.

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
        readings = [(normalised(query), None, 0)]
        if year is not None:
            readings.append((normalised(title), year, 0))
        # The catalogue may not have the other name that stands in brackets.
        readings += [(name, year, 1) for name in names_of(title)[:1]]
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
        raise ValueError(f"`{name}` should be text. Received: {value!r:.100}")
    if len(value) > MAX_TITLE:
        raise ValueError(
            f"`{name}` should have at most {MAX_TITLE} characters. "
            f"Received {len(value):,} characters: {value[:100]!r}..."
        )


_NEAR_MISS = 7
"""The level of films that are found by likeness alone, behind those of `_Index.like`."""


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


class _Index:
    """The names of all films, and what is found by them."""

    def __init__(self, titles: Iterable[str]) -> None:
        self._names: list[str] = []
        self._bare_names: list[str] = []
        self._owners: list[int] = []
        self._own: dict[str, list[int]] = {}
        self._exact: dict[str, list[int]] = {}
        self._bare: dict[str, list[int]] = {}
        self._parts: dict[str, list[int]] = {}
        for position, title in enumerate(titles):
            names = names_of(title)
            for name in {names[0], names[-1]}:
                _add(self._own, name, position)
            for name in names:
                self._names.append(name)
                self._bare_names.append(without_article(name))
                self._owners.append(position)
                _add(self._exact, name, position)
                _add(self._bare, self._bare_names[-1], position)
            for part in parts_of(title):
                _add(self._parts, without_article(part), position)

    def same(self, name: str) -> tuple[Sequence[int], Sequence[int]]:
        return self._exact.get(name, ()), self._bare.get(without_article(name), ())

    def like(self, name: str) -> Iterator[Sequence[int]]:
        """The films of a name, level by level, each looked for when it is asked for."""
        if not name:
            return
        yield self._own.get(name, ())
        yield from self.same(name)
        for begins in (name, without_article(name)):
            yield self._where(
                full.startswith(begins) or bare.startswith(begins)
                for full, bare in zip(self._names, self._bare_names, strict=True)
            )
        words = [f" {word}" for word in name.split()]
        yield self._where(all(word in f" {owned}" for word in words) for owned in self._names)

    def similar(self, name: str) -> Iterator[tuple[int, float]]:
        """Films by likeness of their name, or of as much of it as is typed: positions and scores."""
        # Here, so that a program that looks nothing up needs no rapidfuzz.
        from rapidfuzz import fuzz, process

        typed = without_article(name)
        if len(typed) < _TELLING:
            return
        whole = process.cdist([typed], self._bare_names, scorer=fuzz.ratio)[0]
        longer = np.fromiter((len(bare) > len(typed) for bare in self._bare_names), dtype=bool)
        some = process.cdist([typed], self._bare_names, scorer=fuzz.partial_ratio)[0]
        # A short name in a long query is no likeness: "M" is in most of them.
        scores = np.maximum(whole, np.where(longer, _IN_PART * some, 0))
        for at in np.flatnonzero(scores >= _SIMILAR).tolist():
            yield self._owners[at], float(scores[at])

    def near(self, names: Sequence[str]) -> list[dict[int, float]]:
        """Films by likeness of the whole name."""
        from rapidfuzz import fuzz, process

        found: list[dict[int, float]] = []
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            scores = process.cdist(
                some, self._names, scorer=fuzz.ratio, score_cutoff=_CLOSE, dtype=np.uint8
            )
            films: list[dict[int, float]] = [{} for _ in some]
            for row, at in np.argwhere(scores).tolist():
                owner, score = self._owners[at], float(scores[row, at])
                films[row][owner] = max(score, films[row].get(owner, 0.0))
            found += films
        return found

    def sharing(self, title: str) -> Iterator[int]:
        """Films of which a part is the title, or of which the title has the name as a part."""
        whole = self._parts.get(without_article(normalised(title)), ())
        parts = (self._bare.get(without_article(part), ()) for part in parts_of(title))
        return chain(whole, *parts)

    def _where(self, chosen: Iterable[bool]) -> list[int]:
        return [owner for owner, wanted in zip(self._owners, chosen, strict=True) if wanted]


def _add(films: dict[str, list[int]], name: str, position: int) -> None:
    owners = films.setdefault(name, [])
    if position not in owners:
        owners.append(position)
