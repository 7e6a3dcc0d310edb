"""What TensorFlow and NumPy say at every training and what means nothing to whoever waits for it."""

from __future__ import annotations

import logging
import warnings


def quieten() -> None:
    """Leave out two warnings, from here on in this process."""
    # TensorFlow counts tracings by the code that is traced, which is Keras's for every model: when each
    # model of a run is traced once or twice, it looks to it like one that is traced over and over.
    logging.getLogger("tensorflow").addFilter(_is_told)
    # Keras looks for a name that NumPy has no more when it exports ONNX.
    warnings.filterwarnings("ignore", r"In the future `np\.object` will be", FutureWarning)


def _is_told(record: logging.LogRecord) -> bool:
    return "triggered tf.function retracing" not in str(record.msg)
