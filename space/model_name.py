"""What a bundle's model of P(like) is called."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from space.manifest import read_json

_NAMES: Mapping[str, str] = {"AutoInt": "AutoInt", "AutoIntPlus": "AutoInt+"}


def model_name(bundle: Path) -> str:
    """AutoInt+ if the model has a feed-forward network beside the attention, else AutoInt.

    The names are those of Song et al., CIKM 2019 (arXiv 1810.11921), section 5.2.5.

    Args:
        bundle: The folder of a verified bundle.

    Raises:
        DamagedError: If its `config.json` cannot be read.
    """
    config = read_json(bundle / "config.json")
    named = config.get("class_name") if isinstance(config, Mapping) else None
    return _NAMES.get(str(named), "AutoInt")
