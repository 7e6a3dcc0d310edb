"""How the films rank that a user of the data set rated, and that the model has not learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.arguments import check_whole
from space.features import moments
from space.moment import Moment
from space.ranking import top
from space.recommender import MAX_K, MovieRecommender


@dataclass(frozen=True)
class Found:
    """How good an order of the candidates is."""

    hits: int
    """Liked held-out films among the first `k`."""
    ndcg: float | None
    """NDCG@k of the liked held-out films, see `ndcg`; nothing where none was liked."""


@dataclass(frozen=True)
class HeldOut:
    """What a user rated in the validation and test rows, and where the model ranks it."""

    films: pd.DataFrame
    """The held-out films, the one ranked best first: `movie_id`, `title`, `year`, `genres` (a tuple),
    `rating`, `timestamp` (seconds since 1970), `rank` (from 1, of `candidates`) and `popularity_rank`,
    by the number of training likes. Empty where nothing of the user's was held out."""
    candidates: int
    """How many films were ranked."""
    moment: Moment
    """The year and the month for which they were."""
    k: int
    """How many of the first films are looked at."""
    likes: int
    """Held-out films that the user liked."""
    model: Found
    """The model's order."""
    popularity: Found
    """The order by training likes, the same for everybody, to compare with."""


def held_out(recommender: MovieRecommender, user_id: int, k: int = 10) -> HeldOut:
    """Rank all films for a user by the training rows alone, and look the held-out ones up.

    Candidates are the films that anybody rated, less those in the user's training rows. The month is
    that of the user's first held-out rating, the first in which the history is what the model is told;
    where nothing was held out, it is the data's last month. With a random split the held-out films are
    not those that came later, but any.

    This looks back on one user, and its figures do not average to those of `training.ranking.stage`.
    There validation rows belong to the history, and everybody asks at the last rating known of anybody:
    a recommender does not know beforehand when a user will go on.

    Args:
        recommender: With the data set.
        user_id: One of `user_ids`.
        k: How many of the first films to look at, 1 to `MAX_K`.

    Raises:
        ValueError: If an argument is not what is said above, or there is no data set.

    Example:
        >>> held_out(recommender, 42).model.hits  # doctest: +SKIP
    """
    users, bundle = recommender.users, recommender.bundle
    everybody = users.everybody
    users.check(user_id)
    check_whole("k", k, 1, MAX_K)
    ids = bundle.movies["movie_id"].to_numpy()
    person = users.person(user_id, "train")
    positions = np.flatnonzero((everybody.films > 0) & ~np.isin(ids, person.known_films))
    rated = users.ratings(user_id)
    looked_up = (rated["part"] != "train") & rated["movie_id"].isin(ids[positions])
    rated = rated[looked_up]
    moment = _first(rated) if len(rated) else recommender.last_month

    likes = bundle.movies["likes"].to_numpy()[positions]
    popular = positions[top(likes, ids[positions], len(positions))]
    ordered = recommender.order.ranking(person, positions, *moment)
    films = rated[["movie_id", "rating", "timestamp"]].merge(
        bundle.movies[["movie_id", "title", "year", "genres"]], on="movie_id"
    )
    films["genres"] = [tuple(row) for row in films["genres"]]
    for name, order in (("rank", ordered), ("popularity_rank", popular)):
        films[name] = pd.Index(ids[order]).get_indexer(pd.Index(films["movie_id"])) + 1
    films = films.sort_values("rank", ignore_index=True)
    liked = films[films["rating"] >= bundle.schema.like_threshold]
    columns = ["movie_id", "title", "year", "genres", "rating", "timestamp"]
    return HeldOut(
        films=films[[*columns, "rank", "popularity_rank"]],
        candidates=len(positions),
        moment=moment,
        k=k,
        likes=len(liked),
        model=_found(liked["rank"].to_numpy(), k),
        popularity=_found(liked["popularity_rank"].to_numpy(), k),
    )


def ndcg(ranks: Sequence[int] | npt.NDArray[np.integer], k: int) -> float | None:
    """Normalised discounted cumulative gain of a list that is cut after `k` films.

    The sum of `1 / log2(1 + rank)` over the relevant films of the first `k`, divided by the same sum of
    the ideal list, which has them on its first places and is cut at `k` too (Järvelin and Kekäläinen,
    TOIS 2002; trec_eval's `ndcg_cut`).

    Args:
        ranks: The rank, from 1, of each film that is relevant.
        k: Length of the list.

    Returns:
        0 to 1; nothing where no film is relevant.
    """
    if not len(ranks):
        return None
    gains = 1 / np.log2(1 + np.asarray(ranks, dtype=np.float64))
    ideal = 1 / np.log2(2 + np.arange(min(k, len(ranks))))
    return float(gains[np.asarray(ranks) <= k].sum() / ideal.sum())


def _found(ranks: npt.NDArray[np.integer], k: int) -> Found:
    return Found(int((ranks <= k).sum()), ndcg(ranks, k))


def _first(rated: pd.DataFrame) -> Moment:
    """The year and the month of the first of these ratings, with `timestamp`; at least one."""
    month = moments([rated["timestamp"].min()]).iloc[0]
    return int(month["year"]), int(month["month"])
