"""Tiny models, and the weights that two of them share."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from training.model import AutoInt, AutoIntPlus

SIZES = (5, 3, 4)
ROWS = np.array([[4, 2, 3], [1, 1, 1], [0, 2, 0], [3, 0, 2], [2, 1, 3]], dtype="int32")
"""Every index of every field, the unknown ones too."""

TINY = {"embed_dim": 4, "layers": 2, "heads": 2, "width": 6}

EVERY_OPTION: dict[str, Any] = {
    "vocabulary_sizes": list(SIZES),
    "embed_dim": 4,
    "layers": 2,
    "heads": 3,
    "width": 6,
    "width_rule": "per_head",
    "scaled": True,
    "projection_bias": True,
    "projection_activation": "relu",
    "residual": "identity",
    "layer_norm": True,
    "attention_dropout": 0.1,
    "embedding_dropout": 0.15,
    "embedding_l2": 0.25,
    "first_order": True,
    "output_bias": False,
    "unknown_rate": 0.35,
    "numbers": 2,
    "outputs": 3,
    "like_output": 1,
    "newcomer_columns": [0, 2],
    "nobody_columns": [0, 1, 2],
}
"""A value for every argument of `AutoInt` that is not its default."""

EVERY_PLUS_OPTION = {**EVERY_OPTION, "dnn_units": [7, 5], "dnn_dropout": 0.45}
"""The same for `AutoIntPlus`."""


NUMBERS = np.array([[0.5, -1], [0, 2], [1, 1], [-2, 0.25], [0.1, 0.3]], dtype="float32")
"""Two numeric fields for each row of `ROWS`."""

WITH_NUMBERS = {"fields": ROWS, "numbers": NUMBERS}
"""The inputs of a model with `EVERY_OPTION`."""


def build(cls: type[AutoInt] = AutoInt, sizes: tuple[int, ...] = SIZES, **options: Any) -> Any:
    """A tiny model with weights large enough to matter, the same at each call."""
    keras.utils.set_random_seed(5)
    model = cls(sizes, **{**TINY, **options})
    model.build((None, len(sizes)))
    return randomize(model)


def build_plus(**options: Any) -> AutoIntPlus:
    """A tiny AutoInt+."""
    return build(AutoIntPlus, **{"dnn_units": (8, 4), **options})


def randomize(model: Any, seed: int = 0, size: float = 0.5) -> Any:
    """Draw all weights of a layer or model anew."""
    generator = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(generator.normal(scale=size, size=weight.shape))
    return model


def share_attention_part(source: AutoInt, target: AutoInt) -> None:
    """Give the target the source's embeddings, interacting layers and linear unit."""
    target.embedding.set_weights(source.embedding.get_weights())
    for ours, theirs in zip(target.interacting, source.interacting, strict=True):
        ours.set_weights(theirs.get_weights())
    target.attention_logit.set_weights(source.attention_logit.get_weights())


def logits(model: Any, rows: Any = ROWS, **options: Any) -> npt.NDArray[Any]:
    """The model's logits of a like."""
    inputs = rows if isinstance(rows, dict) else np.asarray(rows)
    return np.asarray(model(inputs, **options)["logit"])
