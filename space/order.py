"""The best of some films for a person, with the probability that each is liked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from space.bundle import Bundle
from space.graph import Floats
from space.inputs import Inputs
from space.like_weight import like_weight
from space.person import Person
from space.ranker import Ranker
from space.ranking import ranking_scores, top
from space.rerank import AS_SCORED, Reranker, Wishes, similarity_of
from space.scoring import Scorer, probability


class Order:
    """Orders films by a bundle's ranking model, or without one by P(like) and the likes.

    For users who have rated many films P(like) takes part beside the ranking model, see `like_weight`.

    Args:
        bundle: The models and the films.

    Raises:
        BundleError: If a graph of the bundle does not fit its schema.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.inputs = Inputs(bundle)
        self.scorer = Scorer(bundle.model, len(bundle.schema.fields))
        self._ranker = None if bundle.ranking is None else Ranker(bundle.ranking, bundle.encoder)
        self._movie_ids = bundle.movies["movie_id"].to_numpy()
        self._likes = bundle.movies["likes"].to_numpy()
        self._reranker = Reranker(bundle.movies, similarity_of(bundle))

    def ranking(
        self, person: Person, positions: npt.NDArray[np.intp], year: int, month: int
    ) -> npt.NDArray[np.intp]:
        """All the films, best first, ties by movie id.

        Args:
            person: Whom they are for; any history will do.
            positions: Rows of the catalogue to order, `(candidates,)`.
            year: Year of the moment.
            month: Month of the moment.

        Returns:
            The same rows of the catalogue, `(candidates,)`.
        """
        scores, _ = self._scores(person, positions, year, month)
        return positions[top(scores, self._movie_ids[positions], len(positions))]

    def best(
        self,
        person: Person,
        positions: npt.NDArray[np.intp],
        year: int,
        month: int,
        k: int,
        wishes: Wishes = AS_SCORED,
    ) -> tuple[npt.NDArray[np.intp], Floats]:
        """The best films, best first, ties by movie id.

        Args:
            person: Whom they are for.
            positions: Rows of the catalogue to choose from, `(candidates,)`.
            year: Year of the moment.
            month: Month of the moment.
            k: How many at the most.
            wishes: How the list should differ from the model's order.

        Returns:
            Their rows of the catalogue, and the probability of a like of each.
        """
        scores, logits = self._scores(person, positions, year, month)
        chosen = self._reranker.best(scores, positions, k, wishes)
        listed = positions[chosen]
        if logits is None:
            return listed, probability(self._logits(person, listed, year, month))
        return listed, probability(logits[chosen])

    def like_weight(self, person: Person) -> float:
        """How much the logit of P(like) counts in their order, beside a ranking model, 0 to 1."""
        if self._ranker is None or not person.in_data:
            return 0.0
        return like_weight(len(person.history), len(self._movie_ids))

    def _scores(
        self, person: Person, positions: npt.NDArray[np.intp], year: int, month: int
    ) -> tuple[npt.NDArray[np.floating], Floats | None]:
        """What films are ordered by, and their logits of a like where those are known with it."""
        if self._ranker is None:
            logits = self._logits(person, positions, year, month)
            return ranking_scores(logits, self._likes[positions]), logits
        moment = {"rating_year": str(year), "rating_month": str(month)}
        scores = self._ranker.scores(person.history, {**person.facts, **moment}, positions)
        weight = self.like_weight(person)
        if not weight:
            return scores, None
        logits = self._logits(person, positions, year, month)
        return scores + weight * logits, logits

    def _logits(
        self, person: Person, positions: npt.NDArray[np.intp], year: int, month: int
    ) -> Floats:
        return self.scorer.logits(self.inputs.rows(person.fields, positions, year, month))
