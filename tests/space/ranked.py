"""The right answers of the ranking model, worked out by Keras from the ratings themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import softmax

from space.affinities import affinities
from space.history import History
from tests.exports import LIKE, Run

LAST = (2003, 12)
Rated = Sequence[tuple[int, float]]


def rated_by(run: Run, user: int) -> list[tuple[int, float]]:
    """What a user rated, newest first: movie and stars."""
    own = run.data.ratings[run.data.ratings["user_id"] == user]
    own = own.sort_values("timestamp", ascending=False, kind="stable")
    return list(zip(own["movie_id"].tolist(), own["rating"].tolist(), strict=True))


def facts_of(run: Run, user: int) -> dict[str, str]:
    row = run.data.users.set_index("user_id").loc[user]
    return {name: str(row[name]) for name in ("gender", "age", "occupation")}


def catalogue(run: Run) -> list[int]:
    return sorted(run.data.movies["movie_id"].tolist())


def keras_scores(
    run: Run,
    rated: Rated,
    facts: Mapping[str, str],
    moment: tuple[int, int] = LAST,
    refused: Sequence[int] = (),
) -> dict[int, float]:
    """Keras's score of each film of the catalogue for a person, who may say what they do not like."""
    scores = _keras_scores(run, rated, facts, moment)
    if not refused:
        return scores
    shares = [
        softmax(list(_keras_scores(run, picked, facts, moment).values()))
        for picked in ([(movie, 5.0) for movie in refused], [])
    ]
    return {
        movie: score - max(0.0, np.log(liked / nobody))
        for (movie, score), liked, nobody in zip(scores.items(), *shares, strict=True)
    }


def _keras_scores(
    run: Run, rated: Rated, facts: Mapping[str, str], moment: tuple[int, int]
) -> dict[int, float]:
    assert run.ranking is not None
    movies = catalogue(run)
    row = {movie: place for place, movie in enumerate(movies)}
    lists = {
        "liked": (100, [row[m] + 1 for m, stars in rated if stars >= LIKE]),
        "recent": (20, [row[m] + 1 for m, _ in rated]),
        "disliked": (50, [row[m] + 1 for m, stars in rated if stars < LIKE - 1]),
    }
    inputs: dict[str, Any] = {
        name: np.array([(films + [0] * size)[:size]], "int32")
        for name, (size, films) in lists.items()
    }
    told = {**facts, "rating_year": str(moment[0]), "rating_month": str(moment[1])}
    names = ("gender", "age", "occupation", "rating_year", "rating_month")
    known = [list(run.encoder.vocabularies[name]) for name in names]
    inputs["person"] = np.array(
        [
            [
                values.index(told[name]) + 1 if told.get(name) in values else 0
                for name, values in zip(names, known, strict=True)
            ]
        ],
        "int32",
    )
    history = History(
        np.array([row[m] for m, _ in rated], "int32"),
        np.array([s for _, s in rated], "float32"),
    )
    inputs["film"] = np.arange(1, len(movies) + 1, dtype="int32")[np.newaxis]
    inputs["affinities"] = affinities(history, told, run.ranking.models)[np.newaxis]
    scores = np.asarray(run.ranking.ranker(inputs, training=False))[0]
    return dict(zip(movies, scores.tolist(), strict=True))


def order(scores: Mapping[int, float], without: Sequence[int] = ()) -> list[int]:
    """The films from the best to the worst, ties by id."""
    left = [(-round(score, 5), movie) for movie, score in scores.items() if movie not in without]
    return [movie for _, movie in sorted(left)]


def agrees(shown: pd.DataFrame, scores: Mapping[int, float], without: Sequence[int] = ()) -> bool:
    """Whether a list is the best of the films, in order; what differs by 1e-5 may be either way."""
    movies = shown["movie_id"].tolist()
    best = order(scores, without)[: len(movies)]
    return len(set(movies)) == len(movies) and np.allclose(
        [scores[movie] for movie in movies], [scores[movie] for movie in best], rtol=0, atol=2e-5
    )
