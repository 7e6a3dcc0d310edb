"""The feed-forward network that turns AutoInt into AutoInt+."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="autoint_movies")
class FeedForward(keras.layers.Layer):
    """Dense layers over the flattened field embeddings, ending in logits.

    Args:
        units: Sizes of the hidden layers, each followed by ReLU and dropout.
        dropout: Rate after each hidden layer, while training.
        outputs: Number of logits.

    Input shape: `(batch, fields, dim)`.
    Output shape: `(batch,)`; with several outputs `(batch, outputs)`.

    Example:
        >>> FeedForward(units=(8, 4))(keras.ops.ones((2, 3, 4))).shape
        (2,)

    Source: Song et al., "AutoInt", CIKM 2019, section 5.2.5 (AutoInt+).
    """

    def __init__(
        self, units: Sequence[int], dropout: float = 0.0, outputs: int = 1, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if any(size < 1 for size in units):
            raise ValueError(f"`units` should be positive sizes. Received: units={units}")
        self.units = tuple(units)
        self.dropout = dropout
        self.outputs = outputs
        self._hidden = [
            keras.layers.Dense(size, activation="relu", name=f"hidden_{index}")
            for index, size in enumerate(self.units, start=1)
        ]
        self._dropouts = [
            keras.layers.Dropout(dropout, name=f"dropout_{index}")
            for index, _ in enumerate(self.units, start=1)
        ]
        self._logit = keras.layers.Dense(outputs, name="logit")

    def logit_unit(self) -> keras.layers.Dense:
        """The last layer, whose output is the logits.

        A method, since Keras saves what a property holds under the property's name, and published
        weights have the layer under another.
        """
        return self._logit

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        size = input_shape[-2] * input_shape[-1]  # type: ignore[operator]
        for layer in (*self._hidden, self._logit):
            layer.build((None, size))
            size = layer.units

    def call(self, embeddings: Any, training: bool | None = None) -> Any:
        flat = ops.reshape(embeddings, (-1, embeddings.shape[-2] * embeddings.shape[-1]))
        for hidden, dropout in zip(self._hidden, self._dropouts, strict=True):
            flat = dropout(hidden(flat), training=training)
        logits = self._logit(flat)
        return ops.squeeze(logits, axis=-1) if self.outputs == 1 else logits

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": list(self.units),
            "dropout": self.dropout,
            "outputs": self.outputs,
        }
