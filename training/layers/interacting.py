"""The interacting layer: multi-head self-attention over the fields."""

from __future__ import annotations

from typing import Any, Literal

import keras
from keras import ops

Residual = Literal["projected", "identity"]


@keras.saving.register_keras_serializable(package="autoint_movies")
class InteractingLayer(keras.layers.Layer):
    """Let every field attend to every field (AutoInt, equations 5 to 8).

    For head `h`, with the field vectors `e` of shape `(fields, dim)`::

        q, k, v = e W_q, e W_k, e W_v
        a       = softmax_j(<q_i, k_j>)             equation 5 (6 defines <., .>)
        head    = sum_j a_ij v_j                    equation 6
        output  = ReLU(concat(heads) + e W_res)     equations 7 and 8

    The four projections are one weight named `kernel`, shape `(dim, 4 * width)` with the blocks
    query, key, value, residual in this order and `width = heads * head_size`; inside a block the
    heads stand one after the other. With an identity residual the fourth block is absent.

    Args:
        heads: Number of attention heads.
        head_size: Size of each head.
        scaled: Divide `<q, k>` by `sqrt(head_size)`. The paper does not.
        projection_bias: Add a bias to the four projections. The authors' code does.
        projection_activation: Activation on the four projections; the authors' code has "relu".
        residual: "projected" always learns `W_res`. "identity" adds the input itself where it has
            the output's size, as FuxiCTR does, and falls back to "projected" elsewhere.
        layer_norm: Normalise the output, after the ReLU, as the authors' code does.
        dropout: Rate on the attention weights, while training.

    Input shape: `(batch, fields, dim)`.
    Output shape: `(batch, fields, heads * head_size)`; with `return_attention=True` a pair of that
    and the attention weights, `(batch, heads, fields, fields)`, whose last axis sums to 1.

    Example:
        >>> layer = InteractingLayer(heads=2, head_size=8)
        >>> layer(keras.ops.ones((1, 3, 4))).shape
        (1, 3, 16)

    Source: Song et al., "AutoInt", CIKM 2019, section 4.4.
    """

    def __init__(
        self,
        heads: int,
        head_size: int,
        *,
        scaled: bool = False,
        projection_bias: bool = False,
        projection_activation: str | None = None,
        residual: Residual = "projected",
        layer_norm: bool = False,
        dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if heads < 1 or head_size < 1:
            raise ValueError(
                "`heads` and `head_size` should be positive. "
                f"Received: heads={heads}, head_size={head_size}"
            )
        if residual not in ("projected", "identity"):
            raise ValueError(
                f'`residual` should be "projected" or "identity". Received: residual={residual!r}'
            )
        self.heads = heads
        self.head_size = head_size
        self.scaled = scaled
        self.projection_bias = projection_bias
        self.projection_activation = projection_activation
        self.residual = residual
        self.layer_norm = layer_norm
        self.dropout = dropout
        self._activation = keras.activations.get(projection_activation)
        self._dropout = keras.layers.Dropout(dropout, name="attention_dropout")
        self._norm = keras.layers.LayerNormalization(name="norm") if layer_norm else None

    @property
    def width(self) -> int:
        """Size of the output's last axis."""
        return self.heads * self.head_size

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        dim = int(input_shape[-1])  # type: ignore[arg-type]
        self._projects_residual = self.residual == "projected" or dim != self.width
        blocks = 4 if self._projects_residual else 3
        self.kernel = self.add_weight(
            name="kernel",
            shape=(dim, blocks * self.width),
            # One block's fan-out, so that fusing the projections does not shrink them.
            initializer=_BlockwiseGlorot(blocks),
        )
        self.bias = (
            self.add_weight(name="bias", shape=(blocks * self.width,), initializer="zeros")
            if self.projection_bias
            else None
        )
        if self._norm is not None:
            self._norm.build((*input_shape[:-1], self.width))

    def call(
        self, inputs: Any, training: bool | None = None, return_attention: bool = False
    ) -> Any:
        fields, dim = inputs.shape[-2:]
        blocks = self.kernel.shape[-1] // self.width

        # One product for all projections of all heads. With the heads in front, as (blocks * heads,
        # batch * fields, head_size), no transposed copy of query, key or value is needed.
        kernel = ops.reshape(self.kernel, (dim, blocks * self.heads, self.head_size))
        rows = ops.reshape(inputs, (1, -1, dim))
        projected = ops.matmul(rows, ops.transpose(kernel, (1, 0, 2)))
        if self.bias is not None:
            projected = projected + ops.reshape(self.bias, (-1, 1, self.head_size))
        projected = self._activation(projected)
        query, key, value, *residual = ops.unstack(
            ops.reshape(projected, (blocks, self.heads, -1, fields, self.head_size)), blocks
        )

        if self.scaled:
            query = query * self.head_size**-0.5
        attention = ops.softmax(ops.matmul(query, ops.swapaxes(key, -1, -2)), axis=-1)
        output = ops.matmul(self._dropout(attention, training=training), value)
        if residual:
            output = output + residual[0]
        output = ops.reshape(output, (self.heads, -1, self.head_size))
        output = ops.reshape(ops.transpose(output, (1, 0, 2)), (-1, fields, self.width))
        output = ops.relu(output if residual else output + inputs)
        if self._norm is not None:
            output = self._norm(output)
        return (output, ops.swapaxes(attention, 0, 1)) if return_attention else output

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "heads": self.heads,
            "head_size": self.head_size,
            "scaled": self.scaled,
            "projection_bias": self.projection_bias,
            "projection_activation": self.projection_activation,
            "residual": self.residual,
            "layer_norm": self.layer_norm,
            "dropout": self.dropout,
        }


class _BlockwiseGlorot(keras.initializers.Initializer):
    """Glorot-uniform for each of `blocks` equal column blocks, drawn independently."""

    def __init__(self, blocks: int) -> None:
        self.blocks = blocks

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        rows, columns = shape
        limit = (6.0 / (rows + columns / self.blocks)) ** 0.5
        return keras.random.uniform(shape, -limit, limit, dtype=dtype)
