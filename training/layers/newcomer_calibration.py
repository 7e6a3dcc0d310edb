"""Calibration of the logit of somebody new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="autoint_movies")
class NewcomerCalibration(keras.layers.Layer):
    """Bend the logits of rows whose user is unknown; those of all other rows stay.

    With the logit `x` of a row whose `columns` are all 0, and `s` its sigmoid::

        x' = high softplus(x) - low softplus(-x) + intercept
           = -high log(1 - s) + low log(s) + intercept

    which for `high = low` is Platt scaling. It rises with `x` where `low` and `high` are positive, so
    that the order of one person's films stays. The three are a weight that no gradient changes: they
    are fitted when all else is, see `training.newcomer_calibration`, and 1, 1, 0 (`x' = x`) till then.

    Args:
        columns: The columns that are 0 of somebody new.

    Input shape: logits `(batch,)` and fields `(batch, fields)`, integers, or `(1, fields)` for all rows.
    Output shape: `(batch,)`.

    Example:
        >>> layer = NewcomerCalibration(columns=[0])
        >>> layer.set(low=1.0, high=3.0, intercept=0.5)
        >>> layer(np.zeros(2), np.array([[0, 4], [7, 4]])).numpy().round(3).tolist()
        [1.886, 0.0]

    Source: Kull, Silva Filho and Flach, "Beta calibration", AISTATS 2017, equation 5 (`a`, `b`, `c` are
        `low`, `high`, `intercept`).
    """

    def __init__(self, columns: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not len(columns) or min(columns) < 0:
            raise ValueError(
                f"`columns` should be numbers of columns, from 0. Received: columns={columns}"
            )
        self.columns = [int(column) for column in columns]
        self.scaling = self.add_weight(
            name="scaling",
            shape=(3,),
            initializer=keras.initializers.Constant([1.0, 1.0, 0.0]),
            trainable=False,
        )
        self.built = True

    def set(self, *, low: float, high: float, intercept: float) -> None:
        """Set what the logits of somebody new become."""
        self.scaling.assign([low, high, intercept])

    def call(self, logits: Any, fields: Any) -> Any:
        logits = ops.convert_to_tensor(logits)
        low, high, intercept = ops.unstack(ops.cast(self.scaling, logits.dtype), 3)
        bent = high * ops.softplus(logits) - low * ops.softplus(-logits) + intercept
        newcomer = ops.all(ops.equal(ops.take(fields, self.columns, axis=-1), 0), axis=-1)
        return ops.where(newcomer, bent, logits)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...], fields_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "columns": self.columns}
