"""The lists for two months side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from space.arguments import shown
from space.errors import Argument, ArgumentError
from space.moment import Moment, moment_of
from space.recommender import MovieRecommender


@dataclass(frozen=True)
class Comparison:
    """Two lists of the same length and the same filters, each for a month of its own."""

    films: pd.DataFrame
    """The films of either list, as the second has them, then those that it lost, as the first has them:
    `movie_id`, `title`, `year`, `genres` (a tuple); `first_rank` and `second_rank`, missing where a film
    is not in that list; `move`, by how many places it rose, below 0 if it fell, missing where it is in
    one list only."""
    first: Moment
    """Year and month of the first list."""
    second: Moment
    """Year and month of the second list."""
    moved: bool
    """Whether the lists differ in a film or in a place. The month may be of no weight to a model."""


def compare_months(
    recommender: MovieRecommender,
    first: Moment,
    second: Moment,
    *,
    user_id: int | None = None,
    **asked: Any,
) -> Comparison:
    """Recommend films for each of two months, and compare the lists.

    Args:
        recommender: The recommender.
        first: A year and a month, such as `(2000, 7)`.
        second: The same of the second list.
        user_id: As for `MovieRecommender.recommend`.
        asked: All else that `recommend` takes, or without a user `recommend_for`.

    Raises:
        ValueError: If an argument is not what is said there.

    Example:
        >>> compare_months(recommender, (2000, 1), (2000, 7), user_id=42, k=20)  # doctest: +SKIP
    """
    months = [_moment(name, given) for name, given in (("first", first), ("second", second))]
    lists = []
    for year, month in months:
        if user_id is None:
            lists.append(recommender.recommend_for(year=year, month=month, **asked))
        else:
            lists.append(recommender.recommend(user_id, year=year, month=month, **asked))
    ranks = [films.set_index("movie_id")["rank"].astype("Int64") for films in lists]
    films = pd.concat(lists[::-1]).drop_duplicates("movie_id", ignore_index=True)
    films = films[["movie_id", "title", "year", "genres"]]
    for name, rank in zip(("first_rank", "second_rank"), ranks, strict=True):
        films[name] = rank.reindex(films["movie_id"]).array
    films["move"] = films["first_rank"] - films["second_rank"]
    moved = not ranks[0].equals(ranks[1])
    return Comparison(films, first=months[0], second=months[1], moved=moved)


def _moment(name: str, given: Any) -> Moment:
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise ArgumentError("month", name=Argument(name), received=shown(given))
    year, month = given
    if year is None or month is None:
        raise ArgumentError("month_part", name=Argument(name), received=shown(given))
    return moment_of(year, month, default=(year, month))
