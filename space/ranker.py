"""Ranking films for one person with the bundle's ranking model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from space.affinities import AFFINITIES, affinities
from space.encoding import FeatureEncoder
from space.errors import BundleError, fault_in
from space.graph import Floats, Graph
from space.history import LISTS, History
from space.ranking_files import PERSON, Ranking

_INT, _FLOAT = "tensor(int32)", "tensor(float)"
# A size of `None` may be any.
_INPUTS: Mapping[str, tuple[tuple[int | None, ...], str]] = {
    "person": ((1, len(PERSON)), _INT),
    **{name: ((1, size), _INT) for name, size in LISTS.items()},
    "film": ((None,), _INT),
    "affinities": ((None, len(AFFINITIES)), _FLOAT),
}


class Ranker:
    """Runs `ranking.onnx`. Safe to use from several threads at once.

    Args:
        ranking: The ranking model.
        encoder: The bundle's encoding, whose vocabularies the graph was trained with.
        threads: Chunks of films scored at the same time; by default one for each core.

    Raises:
        BundleError: If the file is no ONNX graph with the inputs and the output of a ranking model.
    """

    def __init__(
        self, ranking: Ranking, encoder: FeatureEncoder, threads: int | None = None
    ) -> None:
        self._ranking = ranking
        self._graph = Graph(ranking.graph, threads)
        if not _fits(self._graph.inputs) or "score" not in self._graph.outputs:
            wanted = ", ".join(f"`{name}` {list(shape)}" for name, (shape, _) in _INPUTS.items())
            found = ", ".join(
                f"`{name}` {shape} ({kind})" for name, (shape, kind) in self._graph.inputs.items()
            )
            raise BundleError(
                fault_in(
                    ranking.graph,
                    f"it should read {wanted} (`affinities` as float, all others as int32) and give "
                    f"`score`; it reads {found} and gives {sorted(self._graph.outputs)}",
                )
            )
        self._index = {
            name: {
                value: index for index, value in enumerate(encoder.vocabularies.get(name, ()), 1)
            }
            for name in PERSON
        }

    def scores(
        self, history: History, person: Mapping[str, str], positions: npt.NDArray[np.integer]
    ) -> Floats:
        """How high films rank for a person; more is better.

        The softmax of scores over all films is how likely each of them is to be liked next. From a film
        that is likelier for somebody who likes the refused films than for somebody of whom no film is
        known, the logarithm of how many times likelier is taken away.

        Args:
            history: What the person rated, and refuses.
            person: What is known of `PERSON`; what is left out or not in a vocabulary is "unknown".
            positions: Rows of the catalogue, `(films,)`.

        Returns:
            Scores, `(films,)`.
        """
        scores = self._scores(history, person, positions)
        if not len(history.refused):
            return scores
        everything = np.arange(len(self._ranking.models))
        turned, nothing = History.picked(history.refused.tolist()), History.picked([])
        liked, known = (self._scores(each, person, everything) for each in (turned, nothing))
        lifts = (liked - np.logaddexp.reduce(liked)) - (known - np.logaddexp.reduce(known))
        taken: Floats = scores - np.maximum(lifts, 0)[positions]
        return taken

    def _scores(
        self, history: History, person: Mapping[str, str], positions: npt.NDArray[np.integer]
    ) -> Floats:
        """What the graph gives for the films that are liked or rated, `(films,)`."""
        near = affinities(history, person, self._ranking.models)[positions]
        films = (positions + 1).astype(np.int32)
        known = [self._index[name].get(person.get(name, ""), 0) for name in PERSON]
        given: dict[str, npt.NDArray[Any]] = {"person": np.array([known], dtype=np.int32)}
        for name, rows in history.lists(self._ranking.like_threshold).items():
            given[name] = rows[np.newaxis]
        return self._graph.run_rows(
            "score",
            len(films),
            lambda chunk: {**given, "film": films[chunk], "affinities": near[chunk]},
        )


def _fits(inputs: Mapping[str, tuple[list[Any], str]]) -> bool:
    """Whether a graph takes what it will be given."""
    if inputs.keys() != _INPUTS.keys():
        return False
    for name, (sizes, wanted) in _INPUTS.items():
        shape, kind = inputs[name]
        if kind != wanted or len(shape) != len(sizes):
            return False
        for size, found in zip(sizes, shape, strict=True):
            # A size that the graph leaves open is a name or nothing.
            if isinstance(found, int) and found != size:
                return False
    return True
