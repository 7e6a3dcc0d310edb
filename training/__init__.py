"""From ratings to a bundle: sources, readers, splits, vocabularies, model, fit, metrics, export."""

import os
from pathlib import Path

# The model is written on keras.ops; training and export run it on TensorFlow.
os.environ["KERAS_BACKEND"] = "tensorflow"
# Where there is no GPU, TensorFlow calls it an error that it found none. What fails otherwise is raised
# in Python as well, but for GPUs, of which it may tell here alone why they are not used.
_DEVICES = Path("/dev")
_HAS_GPU = any(next(_DEVICES.glob(name), None) for name in ("nvidia[0-9]*", "dxg", "kfd"))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2" if _HAS_GPU else "3")
