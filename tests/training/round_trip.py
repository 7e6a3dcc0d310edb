"""Check that what a class was made with survives `get_config` and `from_config`."""

from __future__ import annotations

import inspect
import json
from typing import Any

import numpy as np


def constructor_defaults(cls: type) -> dict[str, Any]:
    """The arguments of the class and of its bases in this project, with their defaults."""
    return {
        parameter.name: parameter.default
        for base in cls.__mro__
        if base.__module__.startswith("training.")
        for parameter in list(inspect.signature(base.__init__).parameters.values())[1:]
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }


def assert_every_argument_survives(cls: type, arguments: dict[str, Any]) -> None:
    """Make an object, and another from its config as JSON, and compare every argument.

    Args:
        cls: The class.
        arguments: A value for every argument of the constructor, none of them the default.
    """
    defaults = constructor_defaults(cls)
    assert arguments.keys() == defaults.keys(), "give a value for every argument"
    for name, value in arguments.items():
        assert value != defaults[name], f"{name}: the default would not show a lost argument"

    config = cls(**arguments).get_config()
    assert {name: config.get(name) for name in arguments} == arguments
    restored = cls.from_config(json.loads(json.dumps(config))).get_config()
    assert {name: restored.get(name) for name in arguments} == arguments


def assert_gradients_reach_every_weight(
    model: Any, inputs: Any, outputs_key: str | None
) -> dict[str, Any]:
    """Check that no trainable weight has a gradient that is absent or zero throughout.

    Args:
        model: A built layer or model.
        inputs: What it is called with.
        outputs_key: Which of its outputs to differentiate, `None` if there is just one.

    Returns:
        The gradients by the weights' paths.
    """
    import tensorflow as tf

    with tf.GradientTape() as tape:
        outputs = model(inputs)
        loss = tf.reduce_sum(tf.square((outputs[outputs_key] if outputs_key else outputs) - 0.3))
    assert model.trainable_weights
    found = {}
    gradients = tape.gradient(loss, [weight.value for weight in model.trainable_weights])
    for weight, gradient in zip(model.trainable_weights, gradients, strict=True):
        assert gradient is not None, f"{weight.path} has no gradient"
        values = tf.convert_to_tensor(gradient).numpy()
        assert np.isfinite(values).all(), f"{weight.path} has a gradient that is not finite"
        assert values.any(), f"{weight.path} has a gradient of zero"
        found[weight.path] = values
    return found
