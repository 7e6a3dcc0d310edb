"""What the ranker learns from: a history, and the likes that came after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.affinities import Floats, affinities
from space.encoding import FeatureEncoder
from space.history import LISTS, History
from space.item_models import ItemModels
from training.ranking.options import RankingOptions
from training.ranking.person import encode_persons, groups_of
from training.ranking.sequences import Mask, Sequences


@dataclass(frozen=True)
class Example:
    """A user at a moment."""

    history: History
    """What they had rated."""
    targets: npt.NDArray[np.int32]
    """Rows of the films that they liked afterwards; none of them is in the history."""
    person: npt.NDArray[np.int32]
    """Indices of the fields of the person."""
    group: Mapping[str, str]
    """Their `gender`, `age` and `occupation`."""


_Found = tuple[int, History, npt.NDArray[np.intp], int]
"""A user, what they had rated, the rows afterwards, and the row at whose time they ask."""


class ExampleMaker:
    """Makes examples of sequences.

    Args:
        known: The rows to take examples from.
        users: The users' table.
        encoder: The bundle's encoder.
        like_threshold: A rating of at least this is a like.
    """

    def __init__(
        self, known: Sequences, users: pd.DataFrame, encoder: FeatureEncoder, like_threshold: float
    ) -> None:
        self._known = known
        self._bounds = known.bounds()
        table = users.set_index("user_id", drop=False).loc[known.user_ids]
        self._groups = groups_of(table)
        self._table, self._encoder, self._like = table, encoder, like_threshold

    def split(
        self, later: Mask, users: npt.NDArray[np.intp], moment: int | None = None
    ) -> list[Example]:
        """One example a user: before are the rows not in `later`, and the targets are its likes.

        Args:
            later: For each row of the sequences whether it is later; a user's last rows.
            users: Whose; users without a like in `later` are left out.
            moment: When all of them ask, in seconds since 1970; by default each asks when the first of
                their later rows was made, of which the time is then known.
        """
        found = []
        for user in users:
            start, end = self._bounds[user], self._bounds[user + 1]
            cut = end - int(later[start:end].sum())
            found.append((user, self._known.history(start, cut), np.arange(cut, end), int(cut)))
        return self._examples(found, moment)

    def newcomers(self, users: npt.NDArray[np.intp], likes: int) -> list[Example]:
        """Users known by their first likes alone; the targets are all their other likes."""
        found = []
        for user in users:
            rows = np.arange(self._bounds[user], self._bounds[user + 1])
            liked = rows[self._known.ratings[rows] >= self._like]
            if len(liked) <= likes:
                continue
            first = liked[:likes][::-1]
            history = History(self._known.films[first], self._known.ratings[first])
            found.append((user, history, liked[likes:], int(liked[likes])))
        return self._examples(found)

    def _examples(self, found: Sequence[_Found], moment: int | None = None) -> list[Example]:
        examples = []
        if not found:
            return []
        last = len(self._known) - 1
        when = self._known.timestamps[[min(row, last) for *_, row in found]]
        if moment is not None:
            when = np.full(len(found), moment)
        persons = encode_persons(
            self._encoder, self._table.iloc[[user for user, *_ in found]], when
        )
        for (user, history, rows, _), person in zip(found, persons, strict=True):
            targets = self._known.films[rows][self._known.ratings[rows] >= self._like]
            if len(targets):
                examples.append(Example(history, targets, person, self._groups[user]))
        return examples


def features_of(examples: list[Example], models: ItemModels) -> Floats:
    """Raw affinities of all films for some examples, `(examples, films, affinities)`."""
    return np.stack([affinities(each.history, each.group, models) for each in examples])


def inputs_of(
    examples: list[Example], films: npt.NDArray[np.integer], raw: Floats, like_threshold: float
) -> dict[str, npt.NDArray[np.generic]]:
    """The ranker's inputs.

    Args:
        examples: Some examples.
        films: Rows of the films asked for, `(examples, candidates)`.
        raw: Their affinities, `(examples, candidates, affinities)`.
        like_threshold: A rating of at least this is a like.
    """
    lists = [each.history.lists(like_threshold) for each in examples]
    return {
        "person": np.stack([each.person for each in examples]),
        **{name: np.stack([of[name] for of in lists]) for name in LISTS},
        "film": (films + 1).astype(np.int32),
        "affinities": raw.astype(np.float32),
    }


def draw(
    example: Example,
    options: RankingOptions,
    count: int,
    scores: npt.NDArray[np.floating] | None,
    films: int,
    generator: np.random.Generator,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Candidates of an example: some of its targets, and others drawn with replacement.

    The others are never films of the history nor targets. One drawn with probability `q` in each of
    `n` draws stands for `1 / (n q)` films, so `-log(n q)` is added to its score (sampled softmax with
    the log-q correction: Bengio and Senecal, 2008); of `m` targets `k` are kept, each for `m / k`.

    Args:
        example: The example.
        options: How many targets, and the share drawn by the linear ranker.
        count: Number of candidates.
        scores: The linear ranker's scores of all films, or `None` to draw evenly.
        films: Number of films.
        generator: Random numbers.

    Returns:
        Rows of the candidates, their share of the truth, and the correction, each `(count,)`.
    """
    kept = generator.permutation(example.targets)[: min(options.positives, count - 1)]
    allowed = np.ones(films, dtype=bool)
    allowed[example.history.movies] = False
    allowed[example.targets] = False
    truth = np.zeros(count, dtype=np.float32)
    truth[: len(kept)] = 1 / len(kept)
    correction = np.full(count, -np.log(len(kept) / len(example.targets)), dtype=np.float32)
    rows = np.zeros(count, dtype=np.intp)
    rows[: len(kept)] = kept
    if not allowed.any():  # everything was rated: no film to compare with
        correction[len(kept) :] = -1e9
        return rows, truth, correction
    chances = allowed / allowed.sum()
    if scores is not None:
        likely = np.where(allowed, np.exp(np.minimum(scores - scores[allowed].max(), 0)), 0)
        chances = (1 - options.by_linear) * chances + options.by_linear * likely / likely.sum()
    cumulated = np.cumsum(chances)
    others = count - len(kept)
    drawn = np.searchsorted(cumulated, generator.random(others) * cumulated[-1], side="right")
    rows[len(kept) :] = drawn
    correction[len(kept) :] = -np.log(others * chances[drawn])
    return rows, truth, correction
