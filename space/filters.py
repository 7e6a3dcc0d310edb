"""Which films of the catalogue can be in a list: the filters, and the candidates that they leave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.arguments import check_choice, check_genres, check_hidden, check_release_years

Match = Literal["any", "all"]
"""Whether a film should have any of the wanted genres, or all."""

Mask = npt.NDArray[np.bool_]


class FilterArguments(TypedDict, total=False):
    """The filters as keyword arguments; what is left out leaves out no film."""

    genres: Collection[str]
    """Wanted genres of the catalogue; none means all films."""
    match: Match
    """Whether a film should have "any" (the default) or "all" of them."""
    exclude_genres: Collection[str]
    """Genres that no film should have."""
    from_year: int | None
    """The first release year. A film of unknown year passes only if neither year is given."""
    to_year: int | None
    """The last release year."""
    hidden: Collection[int]
    """Ids of films to leave out."""


@dataclass(frozen=True)
class Filters:
    """What `FilterArguments` names, with its defaults."""

    genres: Collection[str] = ()
    match: Match = "any"
    exclude_genres: Collection[str] = ()
    from_year: int | None = None
    to_year: int | None = None
    hidden: Collection[int] = ()

    def check(self, genres: Sequence[str], films: Collection[int]) -> None:
        """Refuse what cannot be meant.

        Args:
            genres: The genres of the catalogue.
            films: The ids of the catalogue, to look up quickly.

        Raises:
            ValueError: If a genre or a film is not in the catalogue, or a value is none of its kind.
        """
        check_choice("match", self.match, get_args(Match))
        check_genres("genres", self.genres, genres)
        check_genres("exclude_genres", self.exclude_genres, genres)
        check_release_years(self.from_year, self.to_year)
        check_hidden(self.hidden, films)


def genre_flags(movies: pd.DataFrame) -> tuple[tuple[str, ...], Mask]:
    """Which film has which genre.

    Args:
        movies: The catalogue, with `genres`.

    Returns:
        All genres, sorted, and whether a film has each, `(films, genres)`.
    """
    names = tuple(sorted({name for row in movies["genres"] for name in row}))
    column = {name: place for place, name in enumerate(names)}
    has = np.zeros((len(movies), len(names)), dtype=bool)
    for film, row in enumerate(movies["genres"]):
        has[film, [column[name] for name in row]] = True
    return names, has


class Candidates:
    """Finds the films that pass filters. Each genre's films are found once, and not with each list.

    Args:
        movies: The catalogue, with `movie_id`, `year` and `genres`.
    """

    def __init__(self, movies: pd.DataFrame) -> None:
        self.genres, has = genre_flags(movies)
        """All genres of the catalogue, sorted."""
        self._ids = movies["movie_id"].to_numpy()
        self._films = frozenset(self._ids.tolist())
        # An unknown year is no number, which lies between no two.
        self._years = movies["year"].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
        self._having = dict(zip(self.genres, np.ascontiguousarray(has.T), strict=True))

    def check(self, filters: Filters) -> None:
        """Refuse filters that this catalogue cannot answer.

        Raises:
            ValueError: As `Filters.check`.
        """
        filters.check(self.genres, self._films)

    def of(self, filters: Filters, left_out: Collection[int] = ()) -> npt.NDArray[np.intp]:
        """The films that pass all filters.

        Args:
            filters: What is asked for, checked.
            left_out: Ids of more films to leave out; they need not be in the catalogue.

        Returns:
            Positions in the catalogue, ascending, `(candidates,)`.
        """
        return np.flatnonzero(_all([self._without(left_out), *self._passing(filters).values()]))

    def relaxed(
        self, filters: Filters, seen: Collection[int] = (), left_out: Collection[int] = ()
    ) -> dict[str, int]:
        """How many films there would be if one filter alone were dropped.

        Args:
            filters: What is asked for, checked.
            seen: Ids of films that are left out as long as "seen" is not dropped.
            left_out: Ids of films that are left out whatever is dropped.

        Returns:
            The number of films by the filter that is dropped: "genres", "match" ("all" becomes
            "any"), "exclude_genres", "years" (both), "hidden" or "seen". A filter that leaves out
            no film which passes all others is not named.
        """
        passing = {**self._passing(filters), "seen": self._without(seen)}
        fixed = self._without(left_out)
        left = {
            name: [mask for other, mask in passing.items() if other != name] for name in passing
        }
        if filters.match == "all" and len(filters.genres):
            left["match"] = [*left["genres"], self._of_genres(filters.genres, "any")]
        now = _all([fixed, *passing.values()]).sum()
        counts = {name: int(_all([fixed, *masks]).sum()) for name, masks in left.items()}
        return {name: count for name, count in counts.items() if count > now}

    def _passing(self, filters: Filters) -> dict[str, Mask]:
        """For each filter that is set, the films that pass it."""
        passing = {}
        if len(filters.genres):
            passing["genres"] = self._of_genres(filters.genres, filters.match)
        if len(filters.exclude_genres):
            passing["exclude_genres"] = ~self._of_genres(filters.exclude_genres, "any")
        if filters.from_year is not None or filters.to_year is not None:
            first = -np.inf if filters.from_year is None else filters.from_year
            last = np.inf if filters.to_year is None else filters.to_year
            passing["years"] = (first <= self._years) & (self._years <= last)
        if len(filters.hidden):
            passing["hidden"] = self._without(filters.hidden)
        return passing

    def _of_genres(self, genres: Collection[str], match: Match) -> Mask:
        of_each = [self._having[genre] for genre in dict.fromkeys(genres)]
        return _all(of_each) if match == "all" else np.any(of_each, axis=0)

    def _without(self, films: Collection[int]) -> Mask:
        return ~np.isin(self._ids, np.fromiter(films, np.int64, len(films)))


def _all(masks: Sequence[Mask]) -> Mask:
    together: Mask = np.logical_and.reduce(masks)
    return together
