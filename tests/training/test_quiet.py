from __future__ import annotations

import os
import subprocess
import sys

WORK = """
import logging, warnings
import numpy as np
from training.quiet import quieten
quieten()
import tensorflow as tf
from tensorflow.python.platform import tf_logging

tf.config.list_physical_devices()

def traced(): return tf.function(lambda value: value)
for place in range(6):
    # Each is another function of one code, as Keras's is for each model.
    traced()(tf.constant(place))
tf_logging.warning("something else")
assert not hasattr(np, "object")
warnings.warn("another matter", FutureWarning)
"""


def test_a_training_says_nothing_of_what_is_no_failure() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    done = subprocess.run(
        [sys.executable, "-c", WORK], env=environment, capture_output=True, text=True, check=True
    )
    for noise in ("cuInit", "retracing", "np.object"):
        assert noise not in done.stderr
    assert "something else" in done.stderr
    assert "another matter" in done.stderr
