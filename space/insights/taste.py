"""What a user of the data set watches and how they rate it, beside everybody."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from space.features import moments
from space.recommender import MovieRecommender


@dataclass(frozen=True)
class Taste:
    """A user's ratings beside those of all users, the user among them.

    Rows are of what anybody rated. A `share` is 0 where the user rated nothing, and a `mean`, in stars,
    is missing.
    """

    genres: pd.DataFrame
    """By genre, sorted: `genre`; `share` of the user's ratings that are of films with it, and
    `share_all` of everybody's; `mean` of those ratings, and `mean_all`. A film counts in each of its
    genres and one without counts in none, so that shares do not sum to 1."""
    decades: pd.DataFrame
    """By decade of release, ascending: `decade`, such as 1990; `share` and `share_all` of the ratings of
    films whose year is known. Each sums to 1."""
    stars: pd.DataFrame
    """By the stars given, ascending: `rating`; `share` and `share_all` of the ratings. Each sums to
    1."""
    timeline: pd.DataFrame
    """By month in which the user rated, UTC, ascending: `year`, `month`, `ratings` and their `mean`."""


def taste(recommender: MovieRecommender, user_id: int) -> Taste:
    """Compare a user's ratings with everybody's.

    Everybody's ratings are counted once for each data set.

    Args:
        recommender: With the data set.
        user_id: One of `user_ids`.

    Raises:
        ValueError: If there is no such user, or no data set.

    Example:
        >>> taste(recommender, 42).genres  # doctest: +SKIP
    """
    everybody = recommender.users.everybody
    recommender.users.check(user_id)
    rated = recommender.users.ratings(user_id)
    own = recommender.users.totals(rated)
    genres = own.genres.reindex(everybody.genres.index)
    return Taste(
        genres=pd.DataFrame(
            {
                "genre": everybody.genres.index,
                "share": _shares(genres["ratings"], own.ratings),
                "share_all": _shares(everybody.genres["ratings"], everybody.ratings),
                "mean": genres["mean"],
                "mean_all": everybody.genres["mean"],
            }
        ).reset_index(drop=True),
        decades=_beside("decade", own.decades, everybody.decades),
        stars=_beside("rating", own.stars, everybody.stars),
        timeline=_by_month(rated),
    )


def _shares(counts: pd.Series, of: int) -> pd.Series:
    return counts.fillna(0) / max(of, 1)


def _beside(name: str, own: pd.Series, everybody: pd.Series) -> pd.DataFrame:
    """The distributions of the two over what everybody's has."""
    return pd.DataFrame(
        {
            name: everybody.index,
            "share": _shares(own.reindex(everybody.index), int(own.sum())).to_numpy(),
            "share_all": _shares(everybody, int(everybody.sum())).to_numpy(),
        }
    )


def _by_month(rated: pd.DataFrame) -> pd.DataFrame:
    stars = rated["rating"].to_numpy(dtype="float64")
    months = moments(rated["timestamp"]).assign(rating=stars).groupby(["year", "month"])["rating"]
    return months.agg(ratings="size", mean="mean").reset_index()
