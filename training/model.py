"""AutoInt and AutoInt+."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import keras
from keras import ops

from training.layers import (
    FeatureEmbedding,
    FeedForward,
    FieldDropout,
    InteractingLayer,
    NewcomerCalibration,
    NumericEmbedding,
)
from training.layers.interacting import Residual

WidthRule = Literal["total", "per_head"]


@keras.saving.register_keras_serializable(package="autoint_movies")
class AutoInt(keras.Model):
    """Automatic feature interaction by self-attention.

    Fields become embeddings, pass `layers` interacting layers, are flattened and become a logit by a
    linear unit (equation 10); the probability of a like is its sigmoid. Numeric fields are value times
    vector (equation 4). With several outputs each has a linear unit of its own: they tell whether a
    rating reaches each step of the scale, one of them the like (ordinal targets: Cheng et al., "A
    Neural Network Approach to Ordinal Regression", IJCNN 2008).

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
        numbers: Number of numeric fields.
        outputs: Number of outputs.
        like_output: Which of them is the like.
        newcomer_columns: Columns that are all 0 of somebody new, whose `logit` (and none of `logits`) is
            calibrated apart, see `NewcomerCalibration`; none for no such calibration.
        nobody_columns: Columns that are all 0 of somebody who tells nothing, whose `logit` is then
            calibrated once more; none for no such calibration.

    Input shape: `(batch, fields)`, integers; with numeric fields a dict of that as `fields`, and of
    `numbers`, `(batch, numbers)`.
    Output: a dict of `logit` and `probability`, both `(batch,)`; with several outputs also `logits`,
    `(batch, outputs)`. With `return_attention=True` also what an explanation needs: `attention`,
    `(batch, layers, heads, fields, fields)`, where the numeric fields come last, and `logit_as_first`,
    `(batch,)`, where each row's logit is calibrated as the first row's is, whatever its own fields are.

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
        numbers: int = 0,
        outputs: int = 1,
        like_output: int = 0,
        newcomer_columns: Sequence[int] = (),
        nobody_columns: Sequence[int] = (),
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
        if not 0 <= like_output < outputs:
            raise ValueError(
                "`like_output` should be one of the outputs. "
                f"Received: outputs={outputs}, like_output={like_output}"
            )
        apart = {"newcomer_columns": newcomer_columns, "nobody_columns": nobody_columns}
        for name, columns in apart.items():
            if any(not 0 <= column < len(vocabulary_sizes) for column in columns):
                raise ValueError(
                    f"`{name}` should be columns of the {len(vocabulary_sizes)} fields. "
                    f"Received: {name}={columns}"
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
            "numbers": numbers,
            "outputs": outputs,
            "like_output": like_output,
            **{name: [int(column) for column in columns] for name, columns in apart.items()},
        }
        self.like_output = like_output
        self.field_dropout = FieldDropout(unknown_rate, name="field_dropout")
        self.embedding = FeatureEmbedding(
            vocabulary_sizes, embed_dim, l2=embedding_l2, name="embedding"
        )
        self.number_embedding = (
            NumericEmbedding(embed_dim, name="number_embedding") if numbers else None
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
        self.attention_logit = keras.layers.Dense(
            outputs, use_bias=output_bias, name="attention_logit"
        )
        self.newcomer_calibration = (
            NewcomerCalibration(newcomer_columns, name="newcomer_calibration")
            if len(newcomer_columns)
            else None
        )
        self.nobody_calibration = (
            NewcomerCalibration(nobody_columns, name="nobody_calibration")
            if len(nobody_columns)
            else None
        )

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.embedding.build(input_shape)
        if self.number_embedding is not None:
            self.number_embedding.build((None, self._arguments["numbers"]))
        if self.first_order is not None:
            self.first_order.build(input_shape)
        shape = self.embeddings_shape(input_shape)
        for layer in self.interacting:
            layer.build(shape)
            shape = (*shape[:-1], layer.width)
        self.attention_logit.build((None, shape[-2] * shape[-1]))  # type: ignore[operator]
        self.built = True

    def embeddings_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The shape of all fields' embeddings, for the shape of the indices."""
        rows, fields, dim = self.embedding.compute_output_shape(input_shape)
        return rows, fields + self._arguments["numbers"], dim

    def call(
        self, inputs: Any, training: bool | None = None, return_attention: bool = False
    ) -> dict[str, Any]:
        fields = inputs["fields"] if isinstance(inputs, Mapping) else inputs
        fields = self.field_dropout(fields, training=training)
        embeddings = self.embedding(fields)
        if self.number_embedding is not None:
            numbers = self.number_embedding(inputs["numbers"])
            embeddings = ops.concatenate([embeddings, numbers], axis=-2)
        embeddings = self.embedding_dropout(embeddings, training=training)

        hidden, attention = embeddings, []
        for layer in self.interacting:
            hidden, weights = layer(hidden, training=training, return_attention=True)
            attention.append(weights)
        flat = ops.reshape(hidden, (-1, hidden.shape[-2] * hidden.shape[-1]))
        logits = self.attention_logit(flat)

        if self.first_order is not None:
            logits = logits + ops.sum(self.first_order(fields), axis=-2)
        logits = logits + self.side_logits(embeddings, training=training)

        like = logits[:, self.like_output]
        logit = self._calibrated(like, fields)
        outputs = {"logit": logit, "probability": ops.sigmoid(logit)}
        if logits.shape[-1] > 1:
            outputs["logits"] = logits
        if return_attention:
            outputs["attention"] = ops.stack(attention, axis=1)
            outputs["logit_as_first"] = self._calibrated(like, fields[:1])
        return outputs

    def _calibrated(self, logits: Any, fields: Any) -> Any:
        """Logits `(batch,)`, calibrated for whom the fields are of; `(1, fields)` decide for all."""
        for calibration in (self.newcomer_calibration, self.nobody_calibration):
            if calibration is not None:
                logits = calibration(logits, fields)
        return logits

    def logit_units(self) -> list[Any]:
        """The layers whose outputs add up to the logits, each linear in its weights.

        Scaling all their weights by a number scales the logits by it. A method for the same reason as
        `FeedForward.logit_unit`.
        """
        return [self.attention_logit, *([self.first_order] if self.first_order is not None else [])]

    def side_logits(self, embeddings: Any, training: bool | None = None) -> Any:
        """What is added to the attention part's logits: nothing here, a network in AutoInt+.

        Args:
            embeddings: The raw field embeddings, `(batch, fields, dim)`.
            training: Whether dropout is active.

        Returns:
            Logits, `(batch, outputs)`, or 0.
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
        self.feed_forward = FeedForward(
            dnn_units, dropout=dnn_dropout, outputs=self._arguments["outputs"], name="feed_forward"
        )

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        super().build(input_shape)
        self.feed_forward.build(self.embeddings_shape(input_shape))

    def logit_units(self) -> list[Any]:
        return [*super().logit_units(), self.feed_forward.logit_unit()]

    def side_logits(self, embeddings: Any, training: bool | None = None) -> Any:
        logits = self.feed_forward(embeddings, training=training)
        return ops.reshape(logits, (-1, self._arguments["outputs"]))
