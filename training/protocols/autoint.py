"""The project's own ranking model, fitted and asked as a bundle's is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from space.encoding import FeatureEncoder
from space.features import UNKNOWN
from space.item_models import GROUPS, ItemModels
from space.ranking_files import PERSON
from space.schema import fields_of
from training.errors import RunError
from training.progress import Reporter
from training.protocols.ranker import Fitting, People
from training.ranker import RankingModel
from training.ranking.examples import Example
from training.ranking.item_models import fit_item_models
from training.ranking.learn import learn_linear, learn_order, parameters_of
from training.ranking.linear import Linear
from training.ranking.measure import all_scores
from training.ranking.options import RankingOptions
from training.ranking.person import encode_persons, groups_of
from training.ranking.sequences import Sequences, by_id
from training.vocabularies import fit_encoder

_NOTHING = np.empty(0, dtype=np.int32)


@dataclass(frozen=True)
class _Fitted:
    order: RankingModel | Linear
    models: ItemModels
    encoder: FeatureEncoder
    film_rows: npt.NDArray[np.intp]
    """The catalogue's row of each film of the axes."""
    moment: int
    """When people ask: at the last rating that is known, as on the page."""


class AutoIntRanker:
    """AutoInt+ over item-item affinities and the order of the history: `training.ranker.RankingModel`.

    It is fitted on all rows of both parts, since its options are fixed and nothing stops it early; all
    films are scored, as serving does.

    Args:
        options: What it reads and how it is fitted; by default as for a bundle.
        network: Whether the network is trained; else the order is that of the linear ranker, to which it
            would add.
    """

    def __init__(
        self,
        options: RankingOptions | None = None,
        *,
        network: bool = True,
        told: bool = True,
    ) -> None:
        self.options = options or RankingOptions()
        self.network = network
        self.told = told
        self._known: _Fitted | None = None

    def fit(self, fitting: Fitting, *, seed: int, folder: Path, reporter: Reporter) -> None:
        """Fit, with a checkpoint in the folder after each epoch.

        Raises:
            RunError: If there is no like to learn from.
        """
        data = fitting.data
        rows = np.arange(len(data.ratings))
        movies = by_id(data.movies)
        encoder = fit_encoder(fields_of(PERSON), data, rows)
        known = Sequences.of(data, rows, movies)
        order = self._learn(fitting, known, encoder, seed, folder / "checkpoints", reporter)
        if order is None:
            raise RunError(
                f"The ranker learns from ratings of {fitting.like:g} stars or more that come late in "
                "a user's history. There are none. Leave it out of --methods."
            )
        reporter.update(None, "item-item models of all rows")
        models = fit_item_models(known, data.users, movies, fitting.like, self.options.matrices)
        film_rows = np.searchsorted(movies["movie_id"], fitting.axes.film_ids)
        moment = int(data.ratings["timestamp"].max())
        self._known = _Fitted(order, models, encoder, film_rows, moment)

    def _learn(
        self,
        fitting: Fitting,
        known: Sequences,
        encoder: FeatureEncoder,
        seed: int,
        checkpoints: Path,
        reporter: Reporter,
    ) -> RankingModel | Linear | None:
        given = (fitting.data, known, encoder, fitting.like, self.options)
        if not self.network:
            start = learn_linear(*given, seed=seed, reporter=reporter)
            return None if start is None else start.linear
        learned = learn_order(*given, seed=seed, checkpoints=checkpoints, reporter=reporter)
        return None if learned is None else learned.ranker

    def scores(self, people: People) -> npt.NDArray[np.floating]:
        """The scores of all films, `(people, films)`."""
        known = self._fitted()
        scores = all_scores(self._examples(people), known.models, known.order)
        chosen: npt.NDArray[np.floating] = scores[:, known.film_rows]
        return chosen

    def _examples(self, people: People) -> list[Example]:
        known = self._fitted()
        moments = np.full(len(people.users), known.moment)
        users = people.users
        if not self.told:
            users = users.assign(**dict.fromkeys(GROUPS, UNKNOWN))
        persons = encode_persons(known.encoder, users, moments)
        groups = groups_of(users)
        examples = []
        for place, group in enumerate(groups):
            history = people.history_of(place, known.film_rows)
            examples.append(Example(history, _NOTHING, persons[place], group))
        return examples

    @property
    def parameters(self) -> int:
        """The weights that are fitted, and the entries of the item-item matrices."""
        known = self._fitted()
        return parameters_of(known.order, known.models)

    def _fitted(self) -> _Fitted:
        if self._known is None:
            raise ValueError("fit should be called before a ranker is used.")
        return self._known
