"""Field embeddings: one table for all fields, one offset a field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="autoint_movies")
class FeatureEmbedding(keras.layers.Layer):
    """Turn field indices into embedding vectors, `e_i = V_i x_i` (AutoInt, equation 1).

    The tables `V_i` of all fields are stacked into one weight named `table`, and field `i` starts at
    the row `offsets[i]`. Row `offsets[i]` itself is the vector of that field's index 0, "unknown".

    Args:
        vocabulary_sizes: Number of indices of each field, index 0 included.
        dim: Size of every embedding vector.
        l2: Weight of the L2 penalty on the whole table.

    Input shape: `(batch, fields)`, integers with `0 <= x[:, i] < vocabulary_sizes[i]`.
    Output shape: `(batch, fields, dim)`.

    Example:
        >>> layer = FeatureEmbedding(vocabulary_sizes=(3, 5), dim=4)
        >>> layer(np.array([[2, 4]])).shape
        (1, 2, 4)

    Source: Song et al., "AutoInt", CIKM 2019, section 4.3.
    """

    def __init__(
        self, vocabulary_sizes: Sequence[int], dim: int, l2: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if not vocabulary_sizes or min(vocabulary_sizes) < 1:
            raise ValueError(
                "`vocabulary_sizes` should hold a positive size for each field. "
                f"Received: vocabulary_sizes={vocabulary_sizes}"
            )
        if dim < 1:
            raise ValueError(f"`dim` should be positive. Received: dim={dim}")
        self.vocabulary_sizes = tuple(int(size) for size in vocabulary_sizes)
        self.dim = dim
        self.l2 = l2
        self.offsets = np.cumsum((0, *self.vocabulary_sizes[:-1])).astype("int32")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        if input_shape[-1] != len(self.vocabulary_sizes):
            raise ValueError(
                f"The input should have {len(self.vocabulary_sizes)} fields, one for each vocabulary. "
                f"Received: input_shape={input_shape}"
            )
        self.table = self.add_weight(
            name="table",
            shape=(sum(self.vocabulary_sizes), self.dim),
            initializer=keras.initializers.RandomNormal(stddev=0.05),
            regularizer=keras.regularizers.L2(self.l2) if self.l2 else None,
        )

    def call(self, fields: Any) -> Any:
        return ops.take(self.table, ops.cast(fields, "int32") + self.offsets, axis=0)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape, self.dim)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "vocabulary_sizes": list(self.vocabulary_sizes),
            "dim": self.dim,
            "l2": self.l2,
        }
