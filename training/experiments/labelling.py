"""Rows and labels: two ways of making them from the ratings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.schema import FIELD_PRESETS
from training.errors import RunError
from training.protocols.rating import ORIGINAL
from training.ratings import MovieLens
from training.splits import Rows, Split


@dataclass(frozen=True)
class Labelling:
    """How rows and labels come from the ratings."""

    name: str
    """"preference" or "sampled"."""
    threshold: float
    """A rating of at least this has the label 1."""
    fields: tuple[str, ...]
    """The model's inputs, by the names of `space.schema.FIELD_SOURCES`."""
    drawn: int = 0
    """Films that are drawn for each rating of label 1, with the label 0; 0 for preference."""
    seed: int = 42
    """Seed of the draw. Seeds of a run are the model's, the rows stay."""


LABELLINGS: Mapping[str, Labelling] = {
    "preference": Labelling("preference", ORIGINAL.threshold, FIELD_PRESETS["original"]),
    "sampled": Labelling(
        "sampled",
        threshold=3.0,
        fields=(
            *("user_id", "movie_id", "movie_decade", "movie_year", "genre1"),
            *("gender", "age", "occupation", "zip"),
        ),
        drawn=5,
    ),
}
"""The two tables that the original course project trained on, with its thresholds and fields.

*preference*, its second and the one of its ten experiments: every rating is a row, with the label 1
where it is 4 stars or more, else 0; fourteen fields.

*sampled*, its first: every rating of 3 stars or more is a row of label 1, and with each go five films
drawn from those that the user has not rated, as rows of label 0. There are no time fields, since
nobody rated a drawn film at any time, and one genre. It asks whether a user chose to watch a film and
did not dislike it, another question than preference asks: no figure of one compares with one of the
other, and no bundle is made of its models (`NOT_EXPORTED`).

Where the original's description is silent, this is so: ratings below the threshold are no rows, but a
film so rated is never drawn; films are those that somebody rated; the five of one rating differ from
each other, and draws for different ratings do not depend on each other, so that rows of label 0 may
repeat: a film drawn for a test rating may have been drawn for one of the same user's training ratings.
Such a row can be told from memory, since a film that was drawn is never one that the user rated, in
whatever part. This way of measuring is the original's and flatters; `repeats` tells how far it goes.
"""


NOT_EXPORTED = (
    "No bundle is exported, since a bundle tells how likely somebody who has chosen to watch a film "
    "likes it, and models of drawn films answer another question: which films somebody chose."
)
"""Why the best of a plan whose labelling draws films stays under `runs/`."""


@dataclass(frozen=True)
class LabelledRows:
    """Rows to train and measure on."""

    table: MovieLens
    """The data set with these rows as its ratings; a drawn row's stars are not known, its time is that
    of the rating that it was drawn for."""
    labels: npt.NDArray[np.float32]
    """1 or 0, `(rows,)`."""


def label(labelling: Labelling, data: MovieLens) -> LabelledRows:
    """Make rows and labels, the same ones for the same arguments.

    Raises:
        RunError: If no rating has the label 1.
    """
    liked = replace(ORIGINAL, threshold=labelling.threshold).labels(data.ratings)
    if not liked.any():
        raise RunError(
            f"{labelling.name} expects ratings of {labelling.threshold:g} stars or more; there are "
            "none. Set a lower threshold in the plan."
        )
    if not labelling.drawn:
        return LabelledRows(data, liked)
    chosen = np.flatnonzero(liked)
    drawn_for, films = _draw(data.ratings, chosen, labelling.drawn, labelling.seed)
    origin = np.concatenate([chosen, drawn_for])
    ratings = data.ratings.iloc[origin].reset_index(drop=True)
    drawn = np.arange(len(origin)) >= len(chosen)
    ratings.loc[drawn, "movie_id"] = films
    ratings["rating"] = ratings["rating"].mask(drawn)
    return LabelledRows(replace(data, ratings=ratings), (~drawn).astype(np.float32))


@dataclass(frozen=True)
class Repeats:
    """How far test rows repeat what is trained on, where films are drawn."""

    zeros: int
    """Test rows of label 0."""
    zeros_in_training: int
    """Those whose film was drawn for the same user among the training rows too."""
    drawn_that_are_test_ones: int
    """Drawn rows of any part whose film the same user rated in a test row: 0 unless drawing is wrong."""


def repeats(labelled: LabelledRows, split: Split) -> Repeats:
    """Compare the rows that were drawn with those of the test."""
    ratings = labelled.table.ratings
    _, film = np.unique(ratings["movie_id"], return_inverse=True)
    pairs = ratings["user_id"].to_numpy() * (int(film.max()) + 1) + film
    drawn = labelled.labels == 0

    def of(rows: Rows, *, zero: bool) -> npt.NDArray[np.int64]:
        found: npt.NDArray[np.int64] = pairs[rows[drawn[rows] == zero]]
        return found

    zeros = of(split.test, zero=True)
    return Repeats(
        zeros=len(zeros),
        zeros_in_training=int(np.isin(zeros, of(split.train, zero=True)).sum()),
        drawn_that_are_test_ones=int(np.isin(pairs[drawn], of(split.test, zero=False)).sum()),
    )


def _draw(
    ratings: pd.DataFrame, chosen: Rows, count: int, seed: int
) -> tuple[Rows, npt.NDArray[np.int64]]:
    """Films for each chosen rating that its user has not rated, all different, all equally likely.

    A user who has left fewer than `count` films unrated gets all of them for each rating.

    Returns:
        The positions of the ratings that they were drawn for, and the films, `(drawn,)` each.
    """
    generator = np.random.default_rng(seed)
    movie_ids, film = np.unique(ratings["movie_id"], return_inverse=True)
    users = ratings["user_id"].to_numpy()
    by_user = np.argsort(users, kind="stable")
    all_of = dict(_runs(users, by_user))
    drawn_for, films = [], []
    for user, positions in _runs(users[chosen], np.argsort(users[chosen], kind="stable")):
        unrated = np.delete(np.arange(len(movie_ids)), film[all_of[user]])
        picked = _subsets(generator, len(unrated), min(count, len(unrated)), len(positions))
        drawn_for.append(np.repeat(chosen[positions], picked.shape[1]))
        films.append(movie_ids[unrated[picked.ravel()]])
    return np.concatenate(drawn_for), np.concatenate(films)


def _runs(users: npt.NDArray[np.int64], order: Rows) -> list[tuple[int, Rows]]:
    """The positions of each user's rows, users in rising order."""
    found, starts = np.unique(users[order], return_index=True)
    return list(zip(found.tolist(), np.split(order, starts[1:]), strict=True))


def _subsets(generator: np.random.Generator, things: int, size: int, rows: int) -> Rows:
    """Random subsets of `range(things)`, each equally likely, `(rows, size)`.

    Floyd's algorithm (Bentley and Floyd, "Programming pearls: a sample of brilliance", CACM 1987): it
    draws `size` numbers a row and repeats none.
    """
    picked = np.empty((rows, size), dtype=np.intp)
    for column in range(size):
        last = things - size + column
        number = generator.integers(0, last + 1, rows)
        taken = (picked[:, :column] == number[:, None]).any(axis=1)
        picked[:, column] = np.where(taken, last, number)
    return picked
