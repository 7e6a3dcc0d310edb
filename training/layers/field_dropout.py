"""Replacing fields by "unknown" while training."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="autoint_movies")
class FieldDropout(keras.layers.Layer):
    """Set each field of each row to index 0, "unknown", with probability `rate` while training.

    Vocabularies are fitted on the training rows, so without this no training row would ever hold an
    unknown value, and the vectors of "unknown" would stay at their random start. It is the word
    dropout of Iyyer et al. ("Deep Unordered Composition", ACL 2015, section 3.2) on fields.

    Args:
        rate: Probability with which a field becomes unknown, `0 <= rate < 1`.

    Input and output shape: `(batch, fields)`, integers.

    Example:
        >>> layer = FieldDropout(rate=0.5)
        >>> layer(np.array([[2, 4]]), training=False).tolist()
        [[2, 4]]
    """

    def __init__(self, rate: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= rate < 1:
            raise ValueError(f"`rate` should be in [0, 1). Received: rate={rate}")
        self.rate = rate
        self.seed_generator = keras.random.SeedGenerator()
        self.built = True

    def call(self, fields: Any, training: bool | None = None) -> Any:
        if not training or self.rate == 0:
            return fields
        kept = keras.random.uniform(ops.shape(fields), seed=self.seed_generator) >= self.rate
        return fields * ops.cast(kept, fields.dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate}
