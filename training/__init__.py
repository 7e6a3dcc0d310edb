"""From ratings to a bundle: sources, readers, splits, vocabularies, model, fit, metrics, export."""

import os

# The model is written on keras.ops; training and export run it on TensorFlow.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
