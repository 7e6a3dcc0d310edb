"""Named combinations of model and fitting options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras

from training.model import AutoInt, AutoIntPlus

MODELS: Mapping[str, type[AutoInt]] = {"autoint": AutoInt, "autoint+": AutoIntPlus}


@dataclass(frozen=True)
class FitOptions:
    """How a model is fitted."""

    epochs: int = 20
    """Passes over the training rows at the most."""
    batch_size: int = 4096
    """Rows of a step."""
    learning_rate: float = 2e-3
    """Adam's step size at the start."""
    decay: float = 1.0
    """Factor on the step size after each epoch."""
    cosine: bool = False
    """Let the step size fall to 0 along a cosine over all epochs instead (Loshchilov and Hutter, "SGDR",
    ICLR 2017)."""
    patience: int = 2
    """Epochs without a better validation log loss after which fitting stops."""


@dataclass(frozen=True)
class Preset:
    """A model with its options, and how it is fitted."""

    description: str
    """What the preset stands for, in one line."""
    model: str
    """A key of `MODELS`."""
    model_options: Mapping[str, Any] = field(default_factory=dict)
    """Arguments of the model's class."""
    fit: FitOptions = field(default_factory=FitOptions)
    """How it is fitted."""

    def build(self, vocabulary_sizes: Sequence[int], **more: Any) -> keras.Model:
        """A new model of these options and more, with its weights made."""
        model = MODELS[self.model](vocabulary_sizes, **{**self.model_options, **more})
        model.build((None, len(vocabulary_sizes)))
        return model


PRESETS: Mapping[str, Preset] = {
    "default": Preset(
        "AutoInt+ as it scores best here: scaled attention, dropout on embeddings and network",
        "autoint+",
        {
            "embed_dim": 16,
            "layers": 3,
            "heads": 2,
            "width": 32,
            "scaled": True,
            "dnn_units": [128, 64],
            "dnn_dropout": 0.3,
            "embedding_dropout": 0.2,
            "embedding_l2": 1e-5,
            "unknown_rate": 0.01,
        },
    ),
    "paper": Preset(
        "AutoInt+ with the settings of Song et al., CIKM 2019, section 5.1.4",
        "autoint+",
        {
            "embed_dim": 16,
            "layers": 3,
            "heads": 2,
            "width": 32,
            "dnn_units": [32, 32],
            "unknown_rate": 0.01,
        },
        FitOptions(batch_size=1024, learning_rate=1e-3),
    ),
    "original": Preset(
        "AutoInt+ of the course project's best experiment: embed 32, 8 heads of 32, unscaled",
        "autoint+",
        {
            "embed_dim": 32,
            "layers": 3,
            "heads": 8,
            "width": 32,
            "width_rule": "per_head",
            "output_bias": False,
            "dnn_units": [32, 32],
            "dnn_dropout": 0.5,
            "unknown_rate": 0.01,
        },
        FitOptions(epochs=5, batch_size=1024, learning_rate=1e-3),
    ),
}
"""The presets by the names that the command line knows."""
