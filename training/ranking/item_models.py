"""Fitting the item-item matrices on the rows that may be known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.linalg
import scipy.sparse as sp

from space.affinities import recency
from space.features import UNKNOWN
from space.item_models import AUDIENCES, GROUPS, MATRICES, ItemModels, Matrix
from training.baselines.ease import LIKED_L2, RATED_L2, ease
from training.ranking.sequences import Sequences

KEPT = 200
"""Entries of a row that are kept: those of the largest absolute weight."""

MOST_FILMS = 8000
"""Matrices are of the films with the most ratings, so many at the most: an inverse takes films^3."""

WINDOW, STEP = 50, 25
"""Likes of a window, and how many further on the next one begins, so that each like is in two."""

WINDOW_L2, LATER_L2 = 800.0, 400.0
"""EASE's lambda for windows, and the ridge of `later`. Set by hand near those of the baselines, which
stand for whole histories; no search over them, nor over the constants below, is recorded."""

SHRINKAGE = 20.0
"""Ratings without a like after them that are added to each film's, so that a film that few rated leads
to few others."""

CUTS, NEXT_RATINGS, LATER_DECAY = 8, 40, 15.0
"""Of `later`: cuts of each history, at random from its first fifth on; ratings behind a cut among which
likes are to be told; ratings before it after which one counts 1/e, as in the affinity `later_15`."""

Dense = npt.NDArray[np.float32]


def fit_item_models(
    known: Sequences,
    users: pd.DataFrame,
    movies: pd.DataFrame,
    like_threshold: float,
    matrices: Collection[str] = MATRICES,
    *,
    liked_ease: Dense | None = None,
) -> ItemModels:
    """Fit everything that is known of the films on some rows.

    Args:
        known: The rows.
        users: The users' table.
        movies: The catalogue, ordered by `movie_id`.
        like_threshold: A rating of at least this is a like.
        matrices: Which of `MATRICES` to fit; the others are empty.
        liked_ease: EASE on the likes of these rows, `(films, films)`, where it is there already.

    Raises:
        ValueError: If a matrix is not among `MATRICES`.
    """
    strange = set(matrices) - set(MATRICES)
    if strange:
        raise ValueError(
            f"Matrices should be among {', '.join(MATRICES)}. Received: {', '.join(sorted(strange))}"
        )
    liked = known.ratings >= like_threshold
    counts = np.bincount(known.films, minlength=len(movies))
    core = np.sort(np.argsort(-counts, kind="stable")[: min((counts > 0).sum(), MOST_FILMS)])
    inside = known.of_films(core, len(movies))
    likes = inside.ratings >= like_threshold
    fitted: Mapping[str, Callable[[], Dense]] = {
        "window_ease": lambda: ease(windows(inside.where(likes)), WINDOW_L2),
        "rated_ease": lambda: ease(interactions(inside), RATED_L2),
        "liked_ease": lambda: (
            ease(interactions(inside.where(likes)), LIKED_L2)
            if liked_ease is None
            else liked_ease[np.ix_(core, core)]
        ),
        "next30": lambda: transitions(inside, likes, 30, 15),
        "next10": lambda: transitions(inside, likes, 10, 5),
        "later": lambda: ridge(*beginnings(inside, likes), LATER_L2),
    }
    kept: Mapping[str, Matrix] = (
        {
            name: largest(fit(), core, len(movies))
            for name, fit in fitted.items()
            if name in matrices
        }
        if len(core)
        else {}
    )
    table = pd.DataFrame(
        {"user_id": known.user_ids[known.users], "film": known.films, "like": liked}
    )
    return ItemModels.of(kept, audiences(table, users), movies, like_threshold)


def ridge(inputs: sp.csr_matrix, targets: sp.csr_matrix, l2: float) -> Dense:
    """Ridge regression without an intercept, `W = (X'X + l2 I)^-1 X'Y`.

    Args:
        inputs: `X`, `(rows, films)`.
        targets: `Y`, `(rows, films)`.
        l2: Above 0.

    Returns:
        `W`, `(films, films)`: a row for each input, a column for each target.
    """
    gram = _product(inputs, inputs)
    gram[np.diag_indices_from(gram)] += l2
    solved: Dense = scipy.linalg.solve(
        gram,
        _product(inputs, targets),
        assume_a="pos",
        overwrite_a=True,
        overwrite_b=True,
        check_finite=False,
    ).astype(np.float32)
    return solved


def transitions(rows: Sequences, likes: npt.NDArray[np.bool_], within: int, decay: float) -> Dense:
    """How likely a film is liked within the next ratings after another.

    `T[i, j] = sum_d exp(-d / decay) #(j liked d ratings after i) / (#ratings of i + 20)`, `d` = 1 to
    `within`.

    Args:
        rows: Each user's ratings by time.
        likes: Which of them are likes, `(rows,)`.
        within: How many ratings on.
        decay: After how many ratings a like counts 1/e.

    Returns:
        `T`, `(films, films)`.
    """
    size = rows.size
    total = sp.csr_matrix((size, size), dtype=np.float32)
    for distance in range(1, min(within, len(rows) - 1) + 1):
        pairs = (rows.users[:-distance] == rows.users[distance:]) & likes[distance:]
        values = np.full(int(pairs.sum()), np.exp(-distance / decay), dtype=np.float32)
        places = (rows.films[:-distance][pairs], rows.films[distance:][pairs])
        total = total + sp.csr_matrix((values, places), shape=(size, size))
    counts = np.bincount(rows.films, minlength=size)
    shares: Dense = np.asarray(total.todense(), np.float32)
    shares /= (counts + SHRINKAGE).astype(np.float32)[:, None]
    return shares


def interactions(rows: Sequences, weights: npt.NDArray[np.floating] | None = None) -> sp.csr_matrix:
    """1 for each row, or its weight, `(users, films)`."""
    values = np.ones(len(rows), np.float32) if weights is None else weights.astype(np.float32)
    return sp.csr_matrix((values, (rows.users, rows.films)), shape=(rows.user_count, rows.size))


def windows(rows: Sequences) -> sp.csr_matrix:
    """1 for each row of each window, `(windows, films)`.

    Windows are `WINDOW` rows of one user long, and one begins every `STEP` rows.
    """
    place = rows.places()
    parts, base = [], 0
    for offset in range(0, WINDOW, STEP):
        key = rows.users.astype(np.int64) * (len(rows) + WINDOW) + (place + offset) // WINDOW
        distinct, window = np.unique(key, return_inverse=True)
        parts.append(window + base)
        base += len(distinct)
    films = np.tile(rows.films, len(parts))
    values = np.ones(len(films), dtype=np.float32)
    return sp.csr_matrix((values, (np.concatenate(parts), films)), shape=(base, rows.size))


def beginnings(
    rows: Sequences, likes: npt.NDArray[np.bool_], seed: int = 0
) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Histories cut at random places.

    Returns:
        What comes before each cut, weighted by recency, and 1 for each like that follows, both
        `(cuts, films)`.
    """
    generator = np.random.default_rng(seed)
    counts = np.bincount(rows.users, minlength=rows.user_count)
    place = rows.places()
    longest = len(recency(int(counts.max()), LATER_DECAY / 2))  # what is older counts below 1e-3
    before, after = [], []
    for _ in range(CUTS):
        cut = np.maximum((counts * generator.uniform(0.2, 1, len(counts))).astype(int), 1)[
            rows.users
        ]
        past = (place < cut) & (place >= cut - longest)
        decayed = np.exp(-(cut - 1 - place)[past] / LATER_DECAY)
        before.append(interactions(rows.where(past), decayed))
        after.append(
            interactions(rows.where(likes & (place >= cut) & (place < cut + NEXT_RATINGS)))
        )
    return sp.vstack(before).tocsr(), sp.vstack(after).tocsr()


def largest(weights: Dense, core: npt.NDArray[np.intp], films: int, kept: int = KEPT) -> Matrix:
    """The largest entries of each row by absolute value, with the precision of 16 bits, less the zeros.

    Args:
        weights: `(core films, core films)`.
        core: The row of the catalogue of each of them, ascending, `(core films,)`.
        films: How many films the catalogue has.
        kept: How many entries of a row, at the most.

    Returns:
        `(films, films)`, without entries outside of `core`.
    """
    kept = min(kept, weights.shape[1])
    columns = np.argpartition(-np.abs(weights), kept - 1, axis=1)[:, :kept]
    columns.sort(axis=1)
    values = np.take_along_axis(weights, columns, axis=1).astype(np.float16).astype(np.float32)
    rows, places = np.nonzero(values)
    return Matrix.of(core[rows], core[columns[rows, places]], values[rows, places], films)


def _product(left: sp.csr_matrix, right: sp.csr_matrix) -> npt.NDArray[np.float64]:
    return np.asarray((left.T @ right).todense(), dtype=np.float64)


def audiences(rows: pd.DataFrame, users: pd.DataFrame) -> pd.DataFrame:
    """How often each group rated and liked a film.

    Args:
        rows: A rating each: `user_id`, `film` (its row of the catalogue) and whether it is a `like`.
        users: The users' table: `user_id` and `space.item_models.GROUPS`. Who is not in it has the
            value `UNKNOWN` of each.

    Returns:
        A table with the columns of `AUDIENCES`, a row for each gender and age, with the occupation
        `UNKNOWN`, and each known occupation, with the others `UNKNOWN`, and each film rated there.
    """
    joined = rows.merge(users[["user_id", *GROUPS]], on="user_id", how="left")
    joined = joined.fillna(dict.fromkeys(GROUPS, UNKNOWN))
    counted = [
        joined.groupby([*names, "film"], as_index=False, observed=True).agg(
            ratings=("like", "size"), likes=("like", "sum")
        )
        for names in (["gender", "age"], ["occupation"])
    ]
    counted[1] = counted[1][counted[1]["occupation"] != UNKNOWN]
    table: pd.DataFrame = pd.concat(counted, ignore_index=True).fillna(
        dict.fromkeys(GROUPS, UNKNOWN)
    )
    table = table[AUDIENCES.names]
    return table.astype({"film": "int32", "ratings": "int32", "likes": "int32"})
