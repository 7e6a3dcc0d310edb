"""An index of films' names: who has a name, who begins with it, who is nearly called so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np

from space.titles.names import names_of, normalised, parts_of, without_article

CLOSE = 82
"""The least score of a near miss of a whole title: about one letter in six is another."""

SIMILAR = 75
"""The least score of a near miss for somebody who types, and sees at once what is found."""

_IN_PART = 0.9
"""What likeness to a piece of a name counts beside likeness to the whole."""

_TELLING = 4
"""The fewest letters of which a near miss says anything."""

_AT_ONCE = 250
"""How many titles are compared with all names at once: 1 MB for 4,000 names."""


class NameIndex:
    """The names of all films of a catalogue, and what is found by them. Films are rows of the catalogue.

    Args:
        titles: The titles as MovieLens writes them, without years.
    """

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
        """The films that have a name, and those that have it but for an article in front."""
        return self._exact.get(name, ()), self._bare.get(without_article(name), ())

    def like(self, name: str) -> Iterator[Sequence[int]]:
        """The films of a name, level by level; each level is looked for when it is asked for.

        The levels are: films of that name, those that have it in brackets, those that have it but for
        an article in front, those whose name begins so, those whose name begins so but for the article,
        those with all its words or beginnings of words.
        """
        if not name:
            return
        yield self._own.get(name, ())
        yield from self.same(name)
        bare = without_article(name)
        yield self._where(
            whole.startswith(name) or short.startswith(name)
            for whole, short in zip(self._names, self._bare_names, strict=True)
        )
        yield (
            ()
            if bare == name
            else self._where(short.startswith(bare) for short in self._bare_names)
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
        for at in np.flatnonzero(scores >= SIMILAR).tolist():
            yield self._owners[at], float(scores[at])

    def near(self, names: Sequence[str]) -> list[dict[int, float]]:
        """Films by likeness of the whole name."""
        from rapidfuzz import fuzz, process

        found: list[dict[int, float]] = []
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            scores = process.cdist(
                some, self._names, scorer=fuzz.ratio, score_cutoff=CLOSE, dtype=np.uint8
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
