"""The numbers of the report: everything about a data set that can be counted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.features import UNKNOWN, moments
from training.ratings import MovieLens
from training.readers.normalise import AGE_GROUPS

CHUNK = 1_000_000
"""Ratings that are looked at together, which bounds what counting needs in memory."""

DEMOGRAPHICS = ("gender", "age", "occupation")
GROUPS = 5
"""Groups of users and of films, for the density of the table that they make."""
MOST_RATED = 10

Counts = npt.NDArray[np.int64]
Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Tail:
    """How ratings are spread over the users who give them, or over the films that get them."""

    none: int
    """Users or films without a rating."""
    median: float
    """Ratings of the one in the middle, of those with any; NaN if there are none."""
    top_tenth: float
    """Share of the ratings that is the most rated tenth's, of all; NaN without ratings."""
    curve: pd.DataFrame
    """`at_least`, a number of ratings, and `number`, how many have at least as many."""


@dataclass(frozen=True, eq=False)
class Statistics:
    """The numbers of a data set. None of them depends on the order of rows."""

    ratings: int
    users: int
    films: int
    mean: float
    """Mean rating; NaN without ratings."""
    genres: pd.DataFrame
    """`genre`, `films`, `ratings`, `mean`; most films first. A film counts in each of its genres."""
    without_genre: int
    """Films without a genre."""
    release_years: pd.DataFrame
    """`year`, `films`; years without a film left out."""
    without_year: int
    """Films whose year is not known."""
    values: pd.DataFrame
    """`rating`, `ratings`, `share`."""
    months: pd.DataFrame
    """`month` as "1997-09", in UTC, `ratings`, `mean`; from the first to the last without a gap."""
    demographics: Mapping[str, pd.DataFrame]
    """For each of `DEMOGRAPHICS` that is known of anybody: `group`, `users`, `share`, `ratings`,
    `mean`; ages youngest first, others most users first, "unknown" last."""
    activity: Tail
    popularity: Tail
    most_rated: pd.DataFrame
    """`title`, `year`, `ratings`, `mean` of the ten films with the most ratings."""
    density: npt.NDArray[np.float64]
    """Share of the pairs of user and film that are rated, `(user groups, film groups)`: both in up to
    five groups of equal size, most ratings first."""

    @property
    def sparsity(self) -> float:
        """Share of the pairs of user and film without a rating; NaN if there is no pair."""
        pairs = self.users * self.films
        return 1 - self.ratings / pairs if pairs else math.nan

    @property
    def period(self) -> tuple[str, str] | None:
        """The months of the first and the last rating."""
        months = self.months["month"]
        return (months.iloc[0], months.iloc[-1]) if len(months) else None


def describe(
    data: MovieLens, progress: Progress = lambda _: None, chunk_size: int = CHUNK
) -> Statistics:
    """Count everything, in two passes over the ratings.

    Args:
        data: The data set.
        progress: Told how far it has come, 0 to 1.
        chunk_size: Ratings that are looked at together.
    """
    sums = _Sums(data)
    chunks = max(1, 2 * math.ceil(len(data.ratings) / chunk_size))
    for done, chunk in enumerate(_chunks(data.ratings, chunk_size), 1):
        sums.add(chunk)
        progress(done / chunks)
    by_user = pd.DataFrame({"ratings": sums.of_user, "stars": sums.stars_of_user})
    by_film = pd.DataFrame({"ratings": sums.of_film, "stars": sums.stars_of_film})
    genres, without_genre = _genres(data.movies, by_film)
    years = data.movies["year"].dropna().astype("int64").value_counts().sort_index()
    user_groups = _groups(sums.of_user, data.users["user_id"])
    film_groups = _groups(sums.of_film, data.movies["movie_id"])
    rated = np.zeros((_group_count(user_groups), _group_count(film_groups)), dtype="int64")
    for done, chunk in enumerate(_chunks(data.ratings, chunk_size), chunks // 2 + 1):
        users, films = sums.positions(chunk)
        pairs = user_groups[users] * rated.shape[1] + film_groups[films]
        rated += np.bincount(pairs, minlength=rated.size).reshape(rated.shape)
        progress(done / chunks)
    possible = np.outer(np.bincount(user_groups), np.bincount(film_groups))
    return Statistics(
        ratings=len(data.ratings),
        users=len(data.users),
        films=len(data.movies),
        mean=_mean(sums.stars_of_film.sum(), len(data.ratings)),
        genres=genres,
        without_genre=without_genre,
        release_years=pd.DataFrame({"year": years.index, "films": years.to_numpy()}),
        without_year=int(data.movies["year"].isna().sum()),
        values=sums.values(),
        months=sums.months(),
        demographics=_demographics(data.users, by_user),
        activity=_tail(sums.of_user),
        popularity=_tail(sums.of_film),
        most_rated=_most_rated(data.movies, by_film),
        density=rated / possible,
    )


class _Sums:
    """What one pass over the ratings adds up."""

    def __init__(self, data: MovieLens) -> None:
        self._user_ids = pd.Index(data.users["user_id"])
        self._film_ids = pd.Index(data.movies["movie_id"])
        self.of_user: Counts = np.zeros(len(self._user_ids), dtype="int64")
        self.of_film: Counts = np.zeros(len(self._film_ids), dtype="int64")
        self.stars_of_user = np.zeros(len(self._user_ids))
        self.stars_of_film = np.zeros(len(self._film_ids))
        self._values: list[pd.DataFrame] = []
        self._months: list[pd.DataFrame] = []

    def positions(self, chunk: pd.DataFrame) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """The rows of the ratings' users and films in their tables."""
        return (
            self._user_ids.get_indexer(chunk["user_id"]),
            self._film_ids.get_indexer(chunk["movie_id"]),
        )

    def add(self, chunk: pd.DataFrame) -> None:
        """Add some ratings."""
        users, films = self.positions(chunk)
        stars = chunk["rating"].to_numpy()
        self.of_user += np.bincount(users, minlength=len(self.of_user))
        self.of_film += np.bincount(films, minlength=len(self.of_film))
        # Exact, in any order: stars are multiples of a half.
        self.stars_of_user += np.bincount(users, stars, minlength=len(self.of_user))
        self.stars_of_film += np.bincount(films, stars, minlength=len(self.of_film))
        self._values.append(chunk["rating"].value_counts().to_frame("ratings"))
        when = moments(chunk["timestamp"])
        month = (when["year"] - 1970) * 12 + when["month"] - 1
        self._months.append(
            pd.DataFrame({"ratings": np.bincount(month), "stars": np.bincount(month, stars)})
        )

    def values(self) -> pd.DataFrame:
        """How often each number of stars was given."""
        counts = _added(self._values)
        ratings = counts["ratings"].to_numpy(dtype="int64")
        return pd.DataFrame(
            {
                "rating": counts.index.to_numpy(dtype="float64"),
                "ratings": ratings,
                "share": ratings / max(1, ratings.sum()),
            }
        )

    def months(self) -> pd.DataFrame:
        """The ratings of each month from the first to the last."""
        added = _added(self._months)
        counted = np.flatnonzero(added["ratings"])
        if len(counted):
            added = added.iloc[counted[0] : counted[-1] + 1]
        ratings = added["ratings"].to_numpy(dtype="int64")
        return pd.DataFrame(
            {
                "month": added.index.to_numpy("int64").astype("datetime64[M]").astype(str),
                "ratings": ratings,
                "mean": added["stars"].to_numpy() / np.where(ratings, ratings, np.nan),
            }
        )


def _added(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Tables of sums put together; rows of one index are added."""
    joined = pd.concat(parts) if parts else pd.DataFrame({"ratings": [], "stars": []})
    return joined.groupby(level=0).sum()


def _chunks(ratings: pd.DataFrame, size: int) -> Iterator[pd.DataFrame]:
    return (ratings.iloc[start : start + size] for start in range(0, len(ratings), size))


def _mean(stars: float, ratings: int) -> float:
    return float(stars) / ratings if ratings else math.nan


def _genres(movies: pd.DataFrame, by_film: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The table of genres, and how many films have none."""
    named = pd.DataFrame({"film": np.arange(len(movies)), "genre": movies["genres"].to_numpy()})
    named = named.explode("genre").dropna().drop_duplicates()
    without = len(movies) - named["film"].nunique()
    counted = by_film.iloc[named["film"].to_numpy(dtype="int64")].assign(
        genre=named["genre"].astype("str").to_numpy(), films=1
    )
    return _summed(counted, "genre", "films"), without


def _summed(counted: pd.DataFrame, key: str, number: str) -> pd.DataFrame:
    """A row for each key, most first: its `number`, its ratings and their mean."""
    table = counted.groupby(key).sum().reset_index()
    table = table.sort_values([number, key], ascending=[False, True], ignore_index=True)
    table["mean"] = table["stars"] / table["ratings"]  # 0/0 is NaN
    return table[[key, number, "ratings", "mean"]]


def _demographics(users: pd.DataFrame, by_user: pd.DataFrame) -> dict[str, pd.DataFrame]:
    tables = {}
    for column in DEMOGRAPHICS:
        if (users[column] == UNKNOWN).all():
            continue
        table = _summed(by_user.assign(group=users[column].to_numpy(), users=1), "group", "users")
        order = [*AGE_GROUPS, UNKNOWN] if column == "age" else [UNKNOWN]
        place = table["group"].map({name: i for i, name in enumerate(order, 1)})
        table = table.iloc[np.argsort(place.fillna(0).to_numpy(), kind="stable")]
        table.insert(2, "share", table["users"] / len(users))
        tables[column] = table.reset_index(drop=True)
    return tables


def _tail(counts: Counts) -> Tail:
    some = np.sort(counts[counts > 0])
    if not len(some):
        curve = pd.DataFrame({"at_least": [], "number": []}, dtype="int64")
        return Tail(len(counts), math.nan, math.nan, curve)
    levels = np.array(_levels(int(some[-1])))
    tenth = some[-math.ceil(len(counts) / 10) :]
    return Tail(
        none=len(counts) - len(some),
        median=float(np.median(some)),
        top_tenth=float(tenth.sum() / some.sum()),
        curve=pd.DataFrame(
            {"at_least": levels, "number": len(some) - np.searchsorted(some, levels)}
        ),
    )


def _levels(highest: int) -> list[int]:
    """1, 2, 3, 5, 7, 10, 15, 20, 30, ... and the highest."""
    steps = (int(step * 10**power) for power in range(12) for step in (1, 1.5, 2, 3, 5, 7))
    return sorted({step for step in steps if step < highest} | {highest})


def _most_rated(movies: pd.DataFrame, by_film: pd.DataFrame) -> pd.DataFrame:
    table = movies[["movie_id", "title", "year"]].reset_index(drop=True).join(by_film)
    table = table[table["ratings"] > 0].sort_values(
        ["ratings", "movie_id"], ascending=[False, True], ignore_index=True
    )
    table["mean"] = table["stars"] / table["ratings"]
    return table[["title", "year", "ratings", "mean"]].head(MOST_RATED)


def _groups(counts: Counts, ids: pd.Series) -> npt.NDArray[np.intp]:
    """The group of each user or film, 0 for those with the most ratings; equal ones by their id."""
    place = np.empty(len(counts), dtype="int64")
    place[np.lexsort((ids.to_numpy(), -counts))] = np.arange(len(counts))
    groups: npt.NDArray[np.intp] = place * min(GROUPS, len(counts)) // max(1, len(counts))
    return groups


def _group_count(groups: npt.NDArray[np.intp]) -> int:
    return int(groups.max()) + 1 if len(groups) else 0
