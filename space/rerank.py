"""Moving a list towards well-known or obscure films, and towards films that differ from each other.

Both are steps after the model's scores, and without a wish the order stays exactly what it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.arguments import check_number
from space.bundle import Bundle
from space.filters import genre_flags
from space.graph import Floats
from space.ranking import top

POOL = 300
"""Only the films that score best are made to differ: what is far down is not what is asked for."""

Scores = npt.NDArray[np.floating]
Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Wishes:
    """How a list should differ from the model's own order."""

    familiarity: float = 0.0
    """From -1, obscure films, to 1, well-known ones; 0 leaves the order as it is."""
    diversity: float = 0.0
    """From 0, which leaves the order as it is, to 1, films as different as they can be."""

    def check(self) -> None:
        """Refuse what is out of bounds.

        Raises:
            ValueError: Saying what was expected.
        """
        check_number("familiarity", self.familiarity, -1, 1)
        check_number("diversity", self.diversity, 0, 1)


AS_SCORED = Wishes()
"""The model's own order."""


class Similarity(Protocol):
    """How alike films are."""

    def pairwise(self, positions: Positions) -> Floats:
        """The similarity of each of some films to each, at most 1.

        Args:
            positions: Rows of the catalogue, `(films,)`.

        Returns:
            A symmetric matrix, `(films, films)`.
        """
        ...


class Cosines:
    """How alike films are by the model's vectors of them: the cosine.

    Args:
        vectors: Of length 1, or 0 of a film that is like no other, `(films, size)`.
    """

    def __init__(self, vectors: Floats) -> None:
        self._vectors = vectors

    def pairwise(self, positions: Positions) -> Floats:
        """The cosine of each of some films with each, as `Similarity` says."""
        vectors = self._vectors[positions]
        cosines: Floats = vectors @ vectors.T
        return cosines


class SharedGenres:
    """How alike films are by their genres: the Jaccard index, shared genres by those of either.

    Films without genres are like no other.

    Args:
        movies: The catalogue, with `genres`.
    """

    def __init__(self, movies: pd.DataFrame) -> None:
        self._has = genre_flags(movies)[1].astype(np.float32)

    def pairwise(self, positions: Positions) -> Floats:
        """The Jaccard index of each of some films with each, as `Similarity` says."""
        has = self._has[positions]
        shared = has @ has.T
        counts = has.sum(axis=1)
        either = counts[:, np.newaxis] + counts - shared
        jaccard: Floats = shared / np.maximum(either, 1)
        return jaccard


def similarity_of(bundle: Bundle) -> Similarity:
    """How alike a bundle's films are: by their vectors, or where it has none by their genres."""
    if bundle.similar is None:
        return SharedGenres(bundle.movies)
    return Cosines(bundle.similar.vectors)


class Reranker:
    """Chooses the best films by their scores and by what is wished for.

    Args:
        movies: The catalogue, with `movie_id` and `rating_count`.
        similarity: How alike its films are.
    """

    def __init__(self, movies: pd.DataFrame, similarity: Similarity) -> None:
        self._ids = movies["movie_id"].to_numpy()
        self._known = np.log1p(movies["rating_count"].to_numpy())
        self._similarity = similarity

    def best(self, scores: Scores, positions: Positions, k: int, wishes: Wishes) -> Positions:
        """The best films, best first, ties by movie id.

        Args:
            scores: The model's score of each candidate, `(candidates,)`; more is better.
            positions: Their rows of the catalogue, `(candidates,)`.
            k: How many at the most.
            wishes: What is wished for.

        Returns:
            Places among the candidates.
        """
        ids = self._ids[positions]
        if wishes.familiarity:
            scores = familiar(scores, self._known[positions], wishes.familiarity)
        if not wishes.diversity:
            return top(scores, ids, k)
        pool = top(scores, ids, max(k, POOL))
        alike = self._similarity.pairwise(positions[pool])
        return pool[diverse(scores[pool], alike, wishes.diversity, k)]


def familiar(scores: Scores, known: Scores, familiarity: float) -> npt.NDArray[np.float64]:
    """Scores that let well-known or obscure films rise.

    `z(score) + familiarity * z(log(1 + ratings))`, where `z` takes the candidates' mean away and
    divides by their standard deviation, so that at 1 and -1 how well known a film is weighs as much
    as the model.

    Args:
        scores: The model's scores, `(candidates,)`.
        known: `log(1 + ratings)` of each film, `(candidates,)`.
        familiarity: The weight, -1 to 1.

    Returns:
        Scores, `(candidates,)`; more is better.
    """
    return _standardised(scores) + familiarity * _standardised(known)


def diverse(scores: Scores, alike: Floats, diversity: float, k: int) -> Positions:
    """The order by maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998).

    The next film is always that with the most of `(1 - diversity) * relevance - diversity * max(alike)`,
    where the maximum is over the films listed already, and relevance is the score, scaled so that it
    is 1 for the best film and 0 for the last. The first film is therefore always the best.

    Args:
        scores: Scores of the films, best first, `(films,)`.
        alike: The similarity of each film to each, `(films, films)`.
        diversity: 1 minus the paper's lambda, 0 to 1.
        k: How many films at the most.

    Returns:
        Places in `scores`, in the new order; ties go to the film that was higher.
    """
    if not len(scores):
        return np.empty(0, dtype=np.intp)
    span = scores[0] - scores[-1]
    relevance = (scores - scores[-1]) / span if span > 0 else np.zeros(len(scores))
    gains = (1 - diversity) * relevance
    chosen = [0]
    nearest = alike[0].astype(np.float64)
    for _ in range(min(k, len(scores)) - 1):
        marginal = gains - diversity * nearest
        marginal[chosen] = -np.inf
        chosen.append(int(np.argmax(marginal)))
        nearest = np.maximum(nearest, alike[chosen[-1]])
    return np.array(chosen, dtype=np.intp)


def _standardised(values: Scores) -> npt.NDArray[np.float64]:
    """Values with mean 0 and standard deviation 1; all 0 where they do not differ."""
    centred = np.asarray(values, dtype=np.float64)
    if not len(centred) or np.ptp(centred) == 0:
        return np.zeros(len(centred))
    centred = centred - centred.mean()
    return np.asarray(centred / centred.std())
