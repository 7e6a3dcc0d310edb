"""Plans so small that a model of theirs is trained in a second."""

from __future__ import annotations

from pathlib import Path

TINY = """
name = "tiny"
description = "two experiments, soon over"
vocabularies = "all"
weights = "last"
metrics = ["original_ndcg_at_10", "auc"]
models = ["autoint"]
published_on = { name = "the tiny one", users = 30, films = 40, ratings = 603 }

[options]
epochs = 2
batch_size = 64
embed_dim = 4
layers = 1
heads = 2
width = "embed_dim"
width_rule = "per_head"
dnn_units = [4]
dnn_dropout = 0.1

[experiments.slow]
learning_rate = 0.0001
published.autoint = { auc = 0.61803 }

[experiments.fast]
learning_rate = 0.03
heads = 1

[search]
models = ["autoint"]
trials = 3
startup_trials = 1
warmup_epochs = 0

[search.ranges]
learning_rate = { low = 0.001, high = 0.05, log = true }
heads = { choices = [1, 2] }
"""


def write_plan(folder: Path, text: str = TINY, **replaced: str) -> Path:
    """Write a plan, with pieces of its text replaced.

    Args:
        folder: Where it is written, as `plan.toml`.
        text: The plan.
        replaced: Under any name "old -> new", of which the old one has to be there.
    """
    for change in replaced.values():
        old, new = change.split(" -> ")
        assert old in text
        text = text.replace(old, new)
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return path
