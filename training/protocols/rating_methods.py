"""The models that protocols of likes measure, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from training.presets import PRESETS, FitOptions, Preset
from training.target_statistics import NAMES, VERSION


@dataclass(frozen=True)
class RatingMethod:
    """A model, and what it learns from beside the protocol's fields."""

    preset: Preset
    """The model, and how it is fitted."""
    ordinal: bool = False
    """Whether it learns how many stars a rating has, not just whether it is a like."""
    statistics: tuple[str, ...] = ()
    """Target statistics that are numeric fields, by `training.target_statistics.NAMES`."""

    @property
    def identity(self) -> str:
        """What tells it from another of the same name, whose results are not its own."""
        return f"{self}, statistics of version {VERSION}" if self.statistics else repr(self)


_STATISTICS = Preset(
    "AutoInt+ with target statistics as numeric fields",
    "autoint+",
    {
        "embed_dim": 16,
        "layers": 2,
        "heads": 2,
        "width": 32,
        "scaled": True,
        "dnn_units": [128, 64],
        "dnn_dropout": 0.3,
        "embedding_dropout": 0.1,
        "embedding_l2": 1e-5,
        "unknown_rate": 0.01,
    },
    FitOptions(epochs=6, cosine=True),
)

_WIDE = Preset(
    "AutoInt+ for fields without ids: larger, and with little dropout on its embeddings",
    "autoint+",
    {
        "embed_dim": 48,
        "layers": 3,
        "heads": 4,
        "width": 96,
        "scaled": True,
        "dnn_units": [400, 400],
        "dnn_dropout": 0.1,
        "embedding_dropout": 0.05,
        "embedding_l2": 3e-6,
        "unknown_rate": 0.01,
    },
    FitOptions(epochs=12, batch_size=2048, cosine=True),
)

RATING_METHODS: Mapping[str, RatingMethod] = {
    **{name: RatingMethod(preset) for name, preset in PRESETS.items()},
    "ordinal": RatingMethod(PRESETS["default"], ordinal=True),
    "wide": RatingMethod(_WIDE, ordinal=True),
    "statistics": RatingMethod(_STATISTICS, ordinal=True, statistics=NAMES),
    "statistics-no-taste": RatingMethod(
        _STATISTICS, ordinal=True, statistics=NAMES[: NAMES.index("factors")]
    ),
    "statistics-no-ordinal": RatingMethod(_STATISTICS, statistics=NAMES),
    "statistics-none": RatingMethod(_STATISTICS, ordinal=True),
}
"""Presets of `train`, and models that only protocols have: their numeric fields are not served. Those
named after *statistics* are the same model without one of its parts."""
