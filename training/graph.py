"""Writing a Keras model as an ONNX graph, and comparing what the two compute."""

from __future__ import annotations

import contextlib
import io
import logging
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

TOLERANCE = 1e-5
"""What a graph's output may differ by from Keras's, relative to its size where that is above 1."""


def write_graph(model: keras.Model, path: Path, signature: Any) -> None:
    """Write a model that has been called once, without the converter's chatter.

    Args:
        model: The model.
        path: The ONNX file.
        signature: Its inputs, as `keras.InputSpec`.
    """
    logger = logging.getLogger("tf2onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            model.export(path, format="onnx", input_signature=signature, verbose=False)
    finally:
        logger.setLevel(level)


def difference(actual: npt.NDArray[np.floating], expected: Any) -> float:
    """The largest difference, relative to the expected value's size where that is above 1."""
    wanted = keras.ops.convert_to_numpy(expected)
    return float((np.abs(actual - wanted) / np.maximum(np.abs(wanted), 1)).max())
