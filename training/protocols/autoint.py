"""The project's own ranking model, fitted and asked as a bundle's is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from space.encoding import FeatureEncoder
from space.history import History
from space.item_models import ItemModels
from space.ranking_files import PERSON
from space.schema import fields_of
from training.errors import RunError
from training.progress import Reporter
from training.protocols.ranker import Fitting, People
from training.ranker import Ranker
from training.ranking.examples import Example
from training.ranking.item_models import fit_item_models
from training.ranking.learn import learn_order
from training.ranking.measure import all_scores
from training.ranking.options import RankingOptions
from training.ranking.person import encode_persons
from training.ranking.sequences import Sequences
from training.vocabularies import fit_encoder

_NOTHING = np.empty(0, dtype=np.int32)


@dataclass(frozen=True)
class _Fitted:
    ranker: Ranker
    models: ItemModels
    encoder: FeatureEncoder
    film_rows: npt.NDArray[np.intp]
    """The catalogue's row of each film of the axes."""
    moment: int
    """When people ask: at the last rating that is known, as on the page."""


class AutoIntRanker:
    """AutoInt+ over item-item affinities and the order of the history: `training.ranker.Ranker`.

    It is fitted on all rows of both parts, since its options are fixed and nothing stops it early; all
    films are scored, as serving does.

    Args:
        options: What it reads and how it is fitted; by default as for a bundle.
    """

    def __init__(self, options: RankingOptions | None = None) -> None:
        self.options = options or RankingOptions()
        self._known: _Fitted | None = None

    def fit(self, fitting: Fitting, *, seed: int, folder: Path, reporter: Reporter) -> None:
        """Fit, with a checkpoint in the folder after each epoch.

        Raises:
            RunError: If there is no like to learn from.
        """
        data, options = fitting.data, self.options
        rows = np.arange(len(data.ratings))
        movies = data.movies.sort_values("movie_id", ignore_index=True)
        encoder = fit_encoder(fields_of(PERSON), data, rows)
        known = Sequences.of(data, rows, movies)
        learned = learn_order(
            data,
            known,
            encoder,
            fitting.like,
            options,
            checkpoints=folder / "checkpoints",
            seed=seed,
            reporter=reporter,
        )
        if learned is None:
            raise RunError(
                f"The ranker learns from ratings of {fitting.like:g} stars or more that come late in "
                "a user's history. There are none. Leave it out of --methods."
            )
        reporter.update(None, "item-item models of all rows")
        models = fit_item_models(known, data.users, movies, fitting.like, options.matrices)
        film_rows = np.searchsorted(movies["movie_id"], fitting.axes.film_ids)
        moment = int(data.ratings["timestamp"].max())
        self._known = _Fitted(learned.ranker, models, encoder, film_rows, moment)

    def scores(self, people: People) -> npt.NDArray[np.floating]:
        """The network's scores of all films, `(people, films)`."""
        known = self._fitted()
        scores = all_scores(self._examples(people), known.models, known.ranker)
        chosen: npt.NDArray[np.floating] = scores[:, known.film_rows]
        return chosen

    def _examples(self, people: People) -> list[Example]:
        known = self._fitted()
        moments = np.full(len(people.users), known.moment)
        persons = encode_persons(known.encoder, people.users, moments)
        told = people.users[["gender", "age"]].astype(str).itertuples(index=False)
        examples = []
        for place, (columns, (gender, age)) in enumerate(
            zip(people.newest_first, told, strict=True)
        ):
            stars = people.history[place].toarray()[0, columns]
            history = History(known.film_rows[columns].astype(np.int32), stars)
            group = {"gender": gender, "age": age}
            examples.append(Example(history, _NOTHING, persons[place], group))
        return examples

    @property
    def parameters(self) -> int:
        """The network's weights, and the entries of the item-item matrices."""
        known = self._fitted()
        weights = sum(int(np.prod(weight.shape)) for weight in known.ranker.trainable_weights)
        return weights + sum(len(matrix.weights) for matrix in known.models.matrices.values())

    def _fitted(self) -> _Fitted:
        if self._known is None:
            raise ValueError("fit should be called before a ranker is used.")
        return self._known
