"""An exported bundle as a ranker, by its P(like) and the likes of the films."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from space.bundle import read_bundle
from space.errors import BundleError
from space.manifest import MANIFEST, sha256
from training.errors import RunError
from training.progress import Reporter
from training.protocols.guard import LeakError
from training.protocols.ranker import Fitting, People

SAME_TEST_ROWS = "user-time"
"""The split of `training.splits` whose test rows are those of `topn`."""


class BundleRanker:
    """Scores by the logit plus 2 log(1 + likes of the film in the training data).

    The page orders so where a bundle has no ranking model; one that there is is not read here.

    Histories are not read: the model knows a user by the id and the other fields.

    Args:
        folder: The bundle.
        fingerprint: The fingerprint of the whole data set that it is measured on.

    Raises:
        RunError: If it is no whole bundle, or of another data set.
        LeakError: If it was fitted on rows that are test rows here.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
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
        self._session = onnxruntime.InferenceSession(
            self._bundle.model, providers=["CPUExecutionProvider"]
        )
        self._films: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def fit(self, fitting: Fitting, *, seed: int, folder: Path, reporter: Reporter) -> None:
        """Nothing is fitted; the films to rank are noted."""
        self._films = fitting.axes.film_ids

    def scores(self, people: People) -> npt.NDArray[np.floating]:
        """The scores, `(people, films)`."""
        encoder, movies = (
            self._bundle.encoder,
            self._bundle.movies.set_index("movie_id", drop=False),
        )
        films = movies.loc[self._films]
        dataset = self._bundle.schema.dataset
        moment = films.iloc[:1].assign(year=dataset["last_year"], month=dataset["last_month"])
        encoded = encoder.encode("movie", films)
        users, time = encoder.encode("user", people.users), encoder.encode("time", moment)
        scores = np.empty((len(users), len(films)))
        for place, user in enumerate(users):
            rows = encoder.assemble(user=user[None], movie=encoded, time=time)
            scores[place] = self._session.run(["logit"], {"fields": rows})[0].reshape(-1)
        # The order of space.ranking, which training does not import; a test compares the two.
        likes = films["likes"].to_numpy()
        return np.asarray(scores + 2 * np.log1p(likes), dtype=np.float64)

    @property
    def parameters(self) -> int:
        """The model's, as its metrics say."""
        return int(self._bundle.metrics["parameters"])

    def identity(self) -> str:
        """What tells this bundle from another: the SHA-256 of its manifest."""
        return sha256(self._bundle.folder / MANIFEST)
