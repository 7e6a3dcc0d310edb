"""An exported bundle as a method, whose lists are those that the page shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from space.bundle import read_bundle
from space.errors import BundleError
from space.item_models import GROUPS
from space.manifest import MANIFEST, sha256
from space.order import Order
from space.person import Person
from training.errors import RunError
from training.progress import Reporter
from training.protocols.guard import LeakError
from training.protocols.ranker import Fitting, People

SAME_TEST_ROWS = "user-time"
"""The split of `training.splits` whose test rows are those of `topn`."""

BUNDLE_VERSION = 4
"""Raised when a change of the code makes other lists out of an equal bundle."""


class BundleRanker:
    """Orders films by the code that serves the bundle: by its ranking model, or what stands in for one.

    People are asked for as the page asks for users of its data set, except that of what they rated only
    the training rows are known. The month is the page's as well, that of the data set's last rating,
    test rows included: all who ask share it, so that it tells nothing of when one of them went on.

    Args:
        folder: The bundle.
        fingerprint: The fingerprint of the whole data set that it is measured on.
        likes: Whether P(like) takes part in the order, as on the page; else a ranking model decides
            it alone, to compare with.

    Raises:
        RunError: If it is no whole bundle, or of another data set.
        LeakError: If it was fitted on rows that are test rows here.
    """

    def __init__(self, folder: Path, fingerprint: str, *, likes: bool = True) -> None:
        self._likes = likes
        try:
            self._bundle = read_bundle(folder)
        except BundleError as error:
            raise RunError(str(error)) from error
        schema = self._bundle.schema
        if schema.dataset.get("fingerprint") != fingerprint:
            raise RunError(
                f"--bundle {folder} should have been trained on the ratings that it is measured on. "
                f"Its data set is another {schema.dataset.get('name')!r}. Give that with --data."
            )
        if schema.split.get("name") != SAME_TEST_ROWS:
            raise LeakError(
                f"--bundle {folder} should have been trained with the split {SAME_TEST_ROWS!r}, whose "
                f"test rows are those of topn; it was with {schema.split.get('name')!r}, and has seen "
                "some of them. Train with --split user-time."
            )
        if schema.split.get("vocabularies") != "train":
            raise LeakError(
                f"--bundle {folder} should have vocabularies of the training rows, it has those of "
                f"{schema.split.get('vocabularies')!r}. Train with --vocabularies train."
            )
        if "parameters" not in self._bundle.metrics:
            raise RunError(
                f"{folder}: metrics.json should tell the model's parameters, as train writes it. "
                "Export the bundle again."
            )
        try:
            self._order = Order(self._bundle)
        except BundleError as error:
            raise RunError(str(error)) from error
        self._rows: npt.NDArray[np.intp] = np.empty(0, dtype=np.intp)

    def fit(self, fitting: Fitting, *, seed: int, folder: Path, reporter: Reporter) -> None:
        """Nothing is fitted; the films to rank are noted."""
        ids = self._bundle.movies["movie_id"].to_numpy()
        self._rows = np.searchsorted(ids, fitting.axes.film_ids)

    def scores(self, people: People) -> npt.NDArray[np.floating]:
        """Minus the place on a list of all films not rated yet, from 0; rated films come after them.

        Returns:
            `(people, films)`.
        """
        column_of = np.full(len(self._bundle.movies), -1)
        column_of[self._rows] = np.arange(len(self._rows))
        dataset = self._bundle.schema.dataset
        moment = dataset["last_year"], dataset["last_month"]
        scores = np.full((len(people.users), len(self._rows)), -float(len(self._rows)))
        for place in range(len(people.users)):
            unseen = np.delete(self._rows, people.newest_first[place])
            listed = self._order.ranking(self._person(people, place), unseen, *moment)
            scores[place, column_of[listed]] = -np.arange(len(listed))
        return scores

    def _person(self, people: People, place: int) -> Person:
        user, history = people.users.iloc[[place]], people.history_of(place, self._rows)
        return Person(
            fields=self._bundle.encoder.encode("user", user),
            facts={name: str(user[name].iloc[0]) for name in GROUPS},
            history=history,
            known_films=self._bundle.movies["movie_id"].to_numpy()[history.movies],
            # Of somebody who is not, P(like) has no part in the order.
            in_data=self._likes,
        )

    @property
    def has_ranking_model(self) -> bool:
        """Whether the bundle has a ranking model."""
        return self._bundle.ranking is not None

    @property
    def parameters(self) -> int:
        """Those of the models that take part in the order, as their metrics say."""
        metrics = self._bundle.metrics
        of_ranking = int(metrics.get("ranking", {}).get("parameters", 0))
        return of_ranking + (int(metrics["parameters"]) if self._likes else 0)

    def identity(self) -> str:
        """What tells this bundle from another: the SHA-256 of its manifest."""
        likes = "" if self._likes else ", without likes"
        return f"version {BUNDLE_VERSION}{likes}, {sha256(self._bundle.folder / MANIFEST)}"
