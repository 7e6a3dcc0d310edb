"""Making the list for a person: what can be asked of it, and the steps from there to its rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
import pandas as pd

from space.arguments import check_whole
from space.bundle import Bundle
from space.filters import Candidates, FilterArguments, Filters
from space.moment import Moment, last_moment, moment_of
from space.order import Order
from space.person import Person
from space.rerank import Wishes

MAX_K = 100
"""The longest list."""


class ListArguments(FilterArguments, total=False):
    """What a list should be, as keyword arguments; each can be left out."""

    year: int | None
    """Year for which to recommend; the data's last by default."""
    month: int | None
    """Month, 1 to 12; the data's last by default."""
    k: int
    """Length of the list, 1 to `MAX_K`, 10 by default; shorter where fewer films pass the filters."""
    familiarity: float
    """From -1, obscure films, to 1, well-known ones; 0 is the model's own order."""
    diversity: float
    """From 0, the model's own order, to 1, films as different from each other as they can be."""


@dataclass(frozen=True)
class Asked:
    """What `ListArguments` names, with its defaults."""

    year: int | None = None
    month: int | None = None
    k: int = 10
    familiarity: float = 0.0
    diversity: float = 0.0
    filters: Filters = field(default_factory=Filters)

    @classmethod
    def of(cls, arguments: ListArguments) -> Self:
        """What some arguments ask for.

        Raises:
            TypeError: If there is no such argument, as Python says it of any function.
        """
        given: dict[str, Any] = dict(arguments)
        names = [each.name for each in fields(Filters) if each.name in given]
        return cls(filters=Filters(**{name: given.pop(name) for name in names}), **given)


class Lists:
    """Makes lists from a bundle. Holds no state that a call changes.

    Args:
        bundle: The models and the films.

    Raises:
        BundleError: If a graph of the bundle does not fit its schema, or the schema does not say the
            data's last month.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.order = Order(bundle)
        """What the lists are ordered by."""
        self.last = last_moment(bundle.schema)
        """The month that stands for what is not named."""
        self._movies = bundle.movies
        self._candidates = Candidates(bundle.movies)

    @property
    def genres(self) -> tuple[str, ...]:
        """All genres of the catalogue, sorted."""
        return self._candidates.genres

    def best(self, person: Person, left_out: Collection[int], asked: Asked) -> pd.DataFrame:
        """The best films for a person, of those that pass the filters.

        Args:
            person: Whom the list is for.
            left_out: Ids of more films to leave out; they need not be in the catalogue.
            asked: What the list should be.

        Returns:
            A frame as that of `MovieRecommender.recommend`.

        Raises:
            ValueError: If what is asked cannot be meant.
        """
        moment = self._check(asked)
        positions = self._candidates.of(asked.filters, left_out)
        wishes = Wishes(asked.familiarity, asked.diversity)
        best, likely = self.order.best(person, positions, *moment, asked.k, wishes)
        chosen = self._movies.iloc[best]
        return pd.DataFrame(
            {
                "rank": np.arange(1, len(best) + 1),
                "movie_id": chosen["movie_id"].to_numpy(),
                "title": chosen["title"].to_numpy(),
                "year": chosen["year"].to_numpy(),
                "genres": [tuple(row) for row in chosen["genres"]],
                "score": likely,
            }
        )

    def relaxed(
        self, asked: Asked, seen: Collection[int], left_out: Collection[int]
    ) -> dict[str, int]:
        """How many films there would be if one filter alone were dropped, as `Candidates.relaxed`.

        Raises:
            ValueError: If what is asked cannot be meant.
        """
        self._check(asked)
        return self._candidates.relaxed(asked.filters, seen, left_out)

    def _check(self, asked: Asked) -> Moment:
        """The month that is asked for, if all that is asked makes sense."""
        moment = moment_of(asked.year, asked.month, self.last)
        check_whole("k", asked.k, 1, MAX_K)
        self._candidates.check(asked.filters)
        Wishes(asked.familiarity, asked.diversity).check()
        return moment
