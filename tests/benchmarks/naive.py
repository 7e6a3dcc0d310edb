"""AutoInt+ as one writes it first: the baseline of the training benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


class NaiveInteracting(keras.layers.Layer):
    """The same layer as ours with a projection each for query, key, value and residual."""

    def __init__(self, heads: int, head_size: int) -> None:
        super().__init__()
        self.heads, self.head_size = heads, head_size
        self.projections = [keras.layers.Dense(heads * head_size, use_bias=False) for _ in range(4)]

    def call(self, inputs: Any) -> Any:
        query, key, value, residual = (projection(inputs) for projection in self.projections)

        def by_head(block: Any) -> Any:
            split = ops.reshape(block, (-1, block.shape[1], self.heads, self.head_size))
            return ops.transpose(split, (0, 2, 1, 3))

        scores = ops.matmul(by_head(query), ops.transpose(by_head(key), (0, 1, 3, 2)))
        heads = ops.matmul(ops.softmax(scores / self.head_size**0.5), by_head(value))
        joined = ops.reshape(
            ops.transpose(heads, (0, 2, 1, 3)), (-1, inputs.shape[1], residual.shape[-1])
        )
        return ops.relu(joined + residual)


def naive_model(vocabulary_sizes: Sequence[int], options: dict[str, Any]) -> keras.Model:
    """The architecture of some options of ours, with a table for each field."""
    fields = keras.Input((len(vocabulary_sizes),), dtype="int32")
    columns = [
        keras.layers.Embedding(size, options["embed_dim"])(fields[:, index])
        for index, size in enumerate(vocabulary_sizes)
    ]
    embeddings = ops.stack(columns, axis=1)
    embeddings = keras.layers.Dropout(options["embedding_dropout"])(embeddings)
    hidden = embeddings
    for _ in range(options["layers"]):
        hidden = NaiveInteracting(options["heads"], options["width"] // options["heads"])(hidden)
    attention = keras.layers.Dense(1)(keras.layers.Flatten()(hidden))
    deep = keras.layers.Flatten()(embeddings)
    for units in options["dnn_units"]:
        deep = keras.layers.Dense(units, activation="relu")(deep)
        deep = keras.layers.Dropout(options["dnn_dropout"])(deep)
    logit = attention + keras.layers.Dense(1)(deep)
    return keras.Model(fields, keras.layers.Activation("sigmoid")(logit))
