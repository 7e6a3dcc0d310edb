"""The original app's AutoInt+, written again in plain numpy, one head at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

EMBED, LAYERS, HEADS = 32, 3, 8
WIDTH = EMBED * HEADS


@dataclass
class OriginalWeights:
    """All weights; a layer's matrices are `(inputs, WIDTH)`, head after head."""

    tables: list[Array]
    query: list[Array]
    key: list[Array]
    value: list[Array]
    residual: list[Array]
    attention_logit: Array
    dense: list[tuple[Array, Array]]

    @classmethod
    def draw(cls, vocabulary_sizes: list[int], seed: int) -> OriginalWeights:
        """Random weights, of a size that keeps all parts of the logit near 1."""
        generator = np.random.default_rng(seed)

        def normal(*shape: int) -> Array:
            return generator.normal(scale=shape[0] ** -0.5, size=shape)

        inputs = [EMBED, *[WIDTH] * (LAYERS - 1)]
        flat = EMBED * len(vocabulary_sizes)
        return cls(
            tables=[generator.normal(size=(n, EMBED)) for n in vocabulary_sizes],
            query=[normal(size, WIDTH) for size in inputs],
            key=[normal(size, WIDTH) for size in inputs],
            value=[normal(size, WIDTH) for size in inputs],
            residual=[normal(size, WIDTH) for size in inputs],
            attention_logit=normal(WIDTH * len(vocabulary_sizes), 1),
            dense=[
                (normal(size, units), generator.normal(scale=0.3, size=units))
                for size, units in ((flat, 32), (32, 32), (32, 1))
            ],
        )


def attention_logit(weights: OriginalWeights, row: Array) -> float:
    """The attention part's logit of one row of field indices."""
    e = np.stack([table[index] for table, index in zip(weights.tables, row, strict=True)])
    for layer in range(LAYERS):
        heads = []
        for head in range(HEADS):
            columns = slice(head * EMBED, (head + 1) * EMBED)
            query = e @ weights.query[layer][:, columns]
            key = e @ weights.key[layer][:, columns]
            value = e @ weights.value[layer][:, columns]
            powers = np.exp(query @ key.T)
            heads.append(powers / powers.sum(axis=1, keepdims=True) @ value)
        e = np.maximum(np.concatenate(heads, axis=1) + e @ weights.residual[layer], 0)
    return float(e.reshape(-1) @ weights.attention_logit[:, 0])


def dense_logit(weights: OriginalWeights, row: Array) -> float:
    """The network's logit of one row of field indices."""
    hidden = np.concatenate(
        [table[index] for table, index in zip(weights.tables, row, strict=True)]
    )
    for kernel, bias in weights.dense[:-1]:
        hidden = np.maximum(hidden @ kernel + bias, 0)
    kernel, bias = weights.dense[-1]
    return float(hidden @ kernel[:, 0] + bias[0])


def probabilities(weights: OriginalWeights, rows: Array) -> Array:
    """Probabilities of a like, for rows of field indices."""
    logits = [attention_logit(weights, row) + dense_logit(weights, row) for row in rows]
    return 1 / (1 + np.exp(-np.array(logits)))


def load_into(model: Any, weights: OriginalWeights) -> None:
    """Copy the weights into an AutoInt+ of the preset `original`."""
    model.embedding.set_weights([np.concatenate(weights.tables)])
    for layer, *blocks in zip(
        model.interacting,
        weights.query,
        weights.key,
        weights.value,
        weights.residual,
        strict=True,
    ):
        layer.set_weights([np.concatenate(blocks, axis=1)])
    model.attention_logit.set_weights([weights.attention_logit])
    model.feed_forward.set_weights([array for pair in weights.dense for array in pair])
