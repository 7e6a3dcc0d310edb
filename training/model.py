"""AutoInt and AutoInt+."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras
from keras import ops

from training.layers import FeatureEmbedding, FeedForward, FieldDropout, InteractingLayer
from training.layers.interacting import Residual

WidthRule = Literal["total", "per_head"]


@keras.saving.register_keras_serializable(package="autoint_movies")
class AutoInt(keras.Model):
    """Automatic feature interaction by self-attention.

    Field indices become embeddings, pass `layers` interacting layers, are flattened and become one
    logit by a linear unit (equation 10); the probability of a like is its sigmoid.

    Every point in which published implementations differ is an argument; `training.presets` holds
    the combinations that have a name.

    Args:
        vocabulary_sizes: Number of indices of each field, index 0 ("unknown") included.
        embed_dim: Size of a field's embedding.
        layers: Number of interacting layers.
        heads: Attention heads of each layer.
        width: Size of an interacting layer's output: of all heads together, or of each.
        width_rule: "total" (the paper) splits `width` among the heads; "per_head" (DeepCTR and the
            original app) gives each head `width`.
        scaled: Divide attention scores by the root of the head size.
        projection_bias: Bias on query, key, value and residual projections.
        projection_activation: Activation on those projections, `None` or "relu".
        residual: "projected" or "identity", see `InteractingLayer`.
        layer_norm: Normalise each interacting layer's output.
        attention_dropout: Rate on the attention weights.
        embedding_dropout: Rate on the embeddings, before all else.
        embedding_l2: Weight of the L2 penalty on the embedding table.
        first_order: Add a learned weight for each field value to the logit.
        output_bias: Bias of the attention part's final linear unit.
        unknown_rate: Probability with which training replaces a field by "unknown".

    Input shape: `(batch, fields)`, integers.
    Output: a dict of `logit` and `probability`, both `(batch,)`; with `return_attention=True` also
    `attention`, `(batch, layers, heads, fields, fields)`.

    Example:
        >>> model = AutoInt(vocabulary_sizes=(3, 5), embed_dim=4, layers=1, heads=2, width=8)
        >>> model(np.array([[2, 4]]))["probability"].shape
        (1,)

    Source: Song et al., "AutoInt", CIKM 2019, arXiv 1810.11921.
    """

    def __init__(
        self,
        vocabulary_sizes: Sequence[int],
        *,
        embed_dim: int = 16,
        layers: int = 3,
        heads: int = 2,
        width: int = 32,
        width_rule: WidthRule = "total",
        scaled: bool = False,
        projection_bias: bool = False,
        projection_activation: str | None = None,
        residual: Residual = "projected",
        layer_norm: bool = False,
        attention_dropout: float = 0.0,
        embedding_dropout: float = 0.0,
        embedding_l2: float = 0.0,
        first_order: bool = False,
        output_bias: bool = True,
        unknown_rate: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if layers < 1 or heads < 1:
            raise ValueError(
                "`layers` and `heads` should be at least 1. "
                f"Received: layers={layers}, heads={heads}"
            )
        if width_rule not in ("total", "per_head"):
            raise ValueError(
                f'`width_rule` should be "total" or "per_head". Received: width_rule={width_rule!r}'
            )
        if width_rule == "total" and width % heads:
            raise ValueError(
                "`width` should be a multiple of `heads` where it is the total. "
                f"Received: width={width}, heads={heads}"
            )
        self._arguments: dict[str, Any] = {
            "vocabulary_sizes": [int(size) for size in vocabulary_sizes],
            "embed_dim": embed_dim,
            "layers": layers,
            "heads": heads,
            "width": width,
            "width_rule": width_rule,
            "scaled": scaled,
            "projection_bias": projection_bias,
            "projection_activation": projection_activation,
            "residual": residual,
            "layer_norm": layer_norm,
            "attention_dropout": attention_dropout,
            "embedding_dropout": embedding_dropout,
            "embedding_l2": embedding_l2,
            "first_order": first_order,
            "output_bias": output_bias,
            "unknown_rate": unknown_rate,
        }
        self.field_dropout = FieldDropout(unknown_rate, name="field_dropout")
        self.embedding = FeatureEmbedding(
            vocabulary_sizes, embed_dim, l2=embedding_l2, name="embedding"
        )
        self.embedding_dropout = keras.layers.Dropout(embedding_dropout, name="embedding_dropout")
        self.first_order = (
            FeatureEmbedding(vocabulary_sizes, 1, name="first_order") if first_order else None
        )
        self.interacting = [
            InteractingLayer(
                heads,
                width if width_rule == "per_head" else width // heads,
                scaled=scaled,
                projection_bias=projection_bias,
                projection_activation=projection_activation,
                residual=residual,
                layer_norm=layer_norm,
                dropout=attention_dropout,
                name=f"interacting_{index}",
            )
            for index in range(1, layers + 1)
        ]
        self.attention_logit = keras.layers.Dense(1, use_bias=output_bias, name="attention_logit")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.embedding.build(input_shape)
        if self.first_order is not None:
            self.first_order.build(input_shape)
        shape = self.embedding.compute_output_shape(input_shape)
        for layer in self.interacting:
            layer.build(shape)
            shape = (*shape[:-1], layer.width)
        self.attention_logit.build((None, shape[-2] * shape[-1]))  # type: ignore[operator]
        self.built = True

    def call(
        self, fields: Any, training: bool | None = None, return_attention: bool = False
    ) -> dict[str, Any]:
        fields = self.field_dropout(fields, training=training)
        embeddings = self.embedding_dropout(self.embedding(fields), training=training)

        hidden, attention = embeddings, []
        for layer in self.interacting:
            hidden, weights = layer(hidden, training=training, return_attention=True)
            attention.append(weights)
        flat = ops.reshape(hidden, (-1, hidden.shape[-2] * hidden.shape[-1]))
        logit = ops.squeeze(self.attention_logit(flat), axis=-1)

        if self.first_order is not None:
            logit = logit + ops.sum(self.first_order(fields), axis=(-2, -1))
        logit = logit + self.side_logit(embeddings, training=training)

        outputs = {"logit": logit, "probability": ops.sigmoid(logit)}
        if return_attention:
            outputs["attention"] = ops.stack(attention, axis=1)
        return outputs

    def side_logit(self, embeddings: Any, training: bool | None = None) -> Any:
        """What is added to the attention part's logit: nothing here, a network in AutoInt+.

        Args:
            embeddings: The raw field embeddings, `(batch, fields, dim)`.
            training: Whether dropout is active.

        Returns:
            A logit, `(batch,)`, or 0.
        """
        return 0.0

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "trainable": self.trainable, **self._arguments}


@keras.saving.register_keras_serializable(package="autoint_movies")
class AutoIntPlus(AutoInt):
    """AutoInt trained jointly with a feed-forward network on the same raw embeddings.

    Args:
        vocabulary_sizes: Number of indices of each field, index 0 ("unknown") included.
        dnn_units: Sizes of the network's hidden layers.
        dnn_dropout: Rate after each hidden layer.
        **kwargs: All arguments of `AutoInt`.

    Shapes and outputs are `AutoInt`'s.

    Example:
        >>> model = AutoIntPlus(vocabulary_sizes=(3, 5), embed_dim=4, dnn_units=(8,))
        >>> model(np.array([[2, 4]]))["logit"].shape
        (1,)

    Source: Song et al., "AutoInt", CIKM 2019, section 5.2.5.
    """

    def __init__(
        self,
        vocabulary_sizes: Sequence[int],
        *,
        dnn_units: Sequence[int] = (32, 32),
        dnn_dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(vocabulary_sizes, **kwargs)
        self._arguments |= {"dnn_units": list(dnn_units), "dnn_dropout": dnn_dropout}
        self.feed_forward = FeedForward(dnn_units, dropout=dnn_dropout, name="feed_forward")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        super().build(input_shape)
        self.feed_forward.build(self.embedding.compute_output_shape(input_shape))

    def side_logit(self, embeddings: Any, training: bool | None = None) -> Any:
        return self.feed_forward(embeddings, training=training)
