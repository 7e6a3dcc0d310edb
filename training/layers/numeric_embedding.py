"""Embeddings of numeric fields: the value times a learned vector."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="autoint_movies")
class NumericEmbedding(keras.layers.Layer):
    """Turn numeric fields into vectors, `e_m = v_m x_m` (AutoInt, section 4.3, equation 4).

    Args:
        dim: Size of every vector.

    Input shape: `(..., fields)`, standardised numbers.
    Output shape: `(..., fields, dim)`.

    Example:
        >>> NumericEmbedding(dim=4)(keras.ops.ones((2, 3))).shape
        (2, 3, 4)

    Source: Song et al., "AutoInt", CIKM 2019.
    """

    def __init__(self, dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if dim < 1:
            raise ValueError(f"`dim` should be positive. Received: dim={dim}")
        self.dim = dim

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.vectors = self.add_weight(
            name="vectors",
            shape=(input_shape[-1], self.dim),
            initializer=keras.initializers.RandomNormal(stddev=0.05),
        )

    def call(self, values: Any) -> Any:
        return values[..., None] * self.vectors

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dim": self.dim}
