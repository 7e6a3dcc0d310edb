"""What the model's probability for one person and one film hangs on, field by field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from space.encoding import FeatureEncoder, Indices
from space.features import UNKNOWN
from space.graph import Floats
from space.scoring import Scorer, probability


@dataclass(frozen=True)
class FieldPair:
    """Two fields and how much they attend to each other."""

    first: str
    """The field that comes first among the model's columns."""
    second: str
    """The other one."""
    attention: float
    """Mean attention weight over layers, heads and both directions, 0 to 1."""


@dataclass(frozen=True, eq=False)
class Explanation:
    """How one probability of a like comes about in the model.

    Attention says where the interacting layers look, and a change of the logit says what the output
    loses with a value. Neither says why somebody likes a film, and changes of several fields do not
    add up: each is of one field alone, while all others stay.
    """

    fields: tuple[str, ...]
    """The model's fields, in the order of its columns."""
    values: tuple[str, ...]
    """What was encoded for each field; "unknown" where its vocabulary does not hold the value."""
    logit: float
    """The model's logit with every value as encoded."""
    probability: float
    """Its sigmoid: the probability of a like of somebody who has chosen to watch the film."""
    attention: Floats
    """Attention weights averaged over heads, `(layers, fields, fields)`: a row is the field that asks
    (query), a column the one that it looks at (key). Rows sum to 1."""
    change: Floats
    """The logit with every value as encoded, minus the logit with one field set to unknown, `(fields,)`.
    Positive where the value speaks for the film, 0 where it is unknown already.

    Both logits are calibrated as `logit` is: for a user, for somebody new or for somebody who tells
    nothing, whichever the row is as encoded. Without its last fact a row would be calibrated as another
    kind of person's, and the change would be that of the calibration too; so it is with a bundle whose
    graph has no `logit_as_first`."""

    def received(self) -> Floats:
        """Attention that each field receives from a field other than itself, `(fields,)`.

        The mean over layers and the other fields. In the layers above the first a column is a field's
        vector with others mixed in, and is counted as the field that it started as.
        """
        return self._from_others(self.attention)

    def departure(self) -> Floats:
        """How far the attention that each field receives is from even weights, `(fields,)`.

        The mean over layers and the other fields of |weight - 1 / fields|. Of even weights a layer takes
        the plain mean of the fields, whatever they hold. A field that the others turn away from stands
        out as much as one that they turn to: the weights of a row sum to 1, and the layer's projections
        can learn either.

        Attention may be all but even, and the differences between fields a small part of a small
        number: they order the fields, and how large they are says nothing of how much a field matters.
        `make bench-explain` prints how near to even a model's attention is.
        """
        return self._from_others(np.abs(self.attention - 1 / len(self.fields)))

    def most_important(self) -> str | None:
        """The known field of the largest `departure`, so by attention alone; of equals the first.

        A field of an unknown value is attended to as any other, but nothing is known that it could say:
        `None` where no field's value is known.

        Not the one of the most attention received, which in some trained models moves the logit less
        than a field drawn at random does: `make bench-explain` measures both.
        """
        known = self.known()
        if not known.any():
            return None
        return self.fields[int(np.argmax(np.where(known, self.departure(), -np.inf)))]

    def known(self) -> npt.NDArray[np.bool_]:
        """Which fields have a value that is not unknown, `(fields,)`."""
        return np.array([value != UNKNOWN for value in self.values], dtype=bool)

    def _from_others(self, weights: Floats) -> Floats:
        """The mean of a column over layers and the rows of other fields, `(fields,)`."""
        mean = weights.mean(axis=0)
        others: Floats = (mean.sum(axis=0) - np.diag(mean)) / max(len(self.fields) - 1, 1)
        return others

    def strongest_pairs(self, count: int = 5, *, known: bool = False) -> list[FieldPair]:
        """The pairs of different fields that attend to each other most, strongest first.

        Even weights are 1 / fields. Where attention is all but even, the strongest pair is hardly
        stronger than the weakest, and which one it is says little.

        Args:
            count: How many at the most.
            known: Leave out fields of unknown values, of which there is nothing to say.
        """
        mean = self.attention.mean(axis=0)
        both = (mean + mean.T) / 2
        first, second = np.triu_indices(len(self.fields), k=1)
        if known:
            told = self.known()
            both_known = told[first] & told[second]
            first, second = first[both_known], second[both_known]
        weights = both[first, second]
        order = np.argsort(-weights, kind="stable")[:count]
        return [
            FieldPair(self.fields[first[i]], self.fields[second[i]], float(weights[i]))
            for i in order
        ]


def explain(scorer: Scorer, encoder: FeatureEncoder, row: Indices) -> Explanation:
    """Explain the model's probability for one encoded row.

    Args:
        scorer: The model.
        encoder: The encoding of its fields.
        row: The indices, `(1, fields)`.
    """
    known = np.flatnonzero(row[0])
    # The row as it is, then once for each known field with that field set to unknown.
    rows = np.repeat(row, len(known) + 1, axis=0)
    rows[np.arange(1, len(rows)), known] = 0
    logits = scorer.logits_as_first(rows)
    change = np.zeros(row.shape[1], dtype=np.float32)
    change[known] = logits[0] - logits[1:]
    return Explanation(
        fields=tuple(field.name for field in encoder.fields),
        values=values_of(encoder, row[0]),
        logit=float(logits[0]),
        probability=float(probability(logits[:1])[0]),
        attention=scorer.attention(row)[0].mean(axis=1),
        change=change,
    )


def values_of(encoder: FeatureEncoder, row: Indices) -> tuple[str, ...]:
    """The text of each field's value in one encoded row, `(fields,)`."""
    return tuple(
        encoder.vocabularies[field.name][index - 1] if index else UNKNOWN
        for field, index in zip(encoder.fields, row.tolist(), strict=True)
    )
