"""The embedding of a list: the weighted mean of its films' vectors."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="autoint_movies")
class PooledEmbedding(keras.layers.Layer):
    """Pool the vectors of a list, newest first: `sum_r w_r E[x_r] / max(sum_r w_r, 1)`.

    `w_r` is `exp(-r / decay)`, and 0 where the list is padded. AutoInt takes the plain mean of a
    field's values (section 4.3, equation 3); the decay makes recent films count more. A list whose
    weights sum to less than 1 is not scaled up, and an empty one is 0.

    Args:
        length: Length of the list, padding included.
        decay: Films after which a film counts 1/e; `None` for the plain mean.

    Inputs: the table `(films + 1, dim)`, whose row 0 is never used, and the list `(batch, length)`
    of indices into it, 0 for padding.
    Output shape: `(batch, dim)`.

    Example:
        >>> layer = PooledEmbedding(length=3)
        >>> layer(keras.ops.ones((5, 4)), np.array([[2, 4, 0]])).shape
        (1, 4)

    Source: Song et al., "AutoInt", CIKM 2019.
    """

    def __init__(self, length: int, decay: float | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if length < 1 or (decay is not None and decay <= 0):
            raise ValueError(
                f"`length` and `decay` should be positive. Received: length={length}, decay={decay}"
            )
        self.length = length
        self.decay = decay
        places = np.arange(length)
        self._weights_of_places = (
            np.ones(length) if decay is None else np.exp(-places / decay)
        ).astype("float32")
        self.built = True

    def call(self, table: Any, listed: Any) -> Any:
        weights = ops.cast(listed > 0, "float32") * self._weights_of_places
        total = ops.sum(ops.take(table, listed, axis=0) * weights[..., None], axis=1)
        return total / ops.maximum(ops.sum(weights, axis=1, keepdims=True), 1.0)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "length": self.length, "decay": self.decay}
