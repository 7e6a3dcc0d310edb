"""A process that fits a tiny ranker and may kill itself: the test of resuming starts it.

    python -m tests.training.ranking.worker CHECKPOINTS RESULT [kill]

With `kill` it is killed by SIGKILL inside the second epoch.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

from space.schema import FIELD_PRESETS, fields_of
from tests.training.ranking.planted import planted
from training.progress import JsonReporter
from training.ranking.options import RankingOptions
from training.ranking.stage import train_ranking
from training.splits import user_time_split
from training.vocabularies import fit_encoder


class DyingReporter(JsonReporter):
    """Kills the process at the first report from the second epoch."""

    def update(self, fraction: float | None, text: str = "") -> None:
        super().update(fraction, text)
        if text.startswith("epoch 2"):
            os.kill(os.getpid(), signal.SIGKILL)


def main(checkpoints: str, result: str, *kill: str) -> None:
    """Train, and write the weights."""
    tf.config.experimental.enable_op_determinism()
    data = planted()
    split = user_time_split(data.ratings)
    ranking = train_ranking(
        data,
        split,
        "user-time",
        fit_encoder(fields_of(FIELD_PRESETS["original"]), data, split.train),
        4.0,
        checkpoints=Path(checkpoints),
        seed=3,
        reporter=DyingReporter() if kill else JsonReporter(),
        options=RankingOptions(candidates=20, linear_examples=50),
    )
    assert ranking is not None
    weights = {f"weight_{i}": w for i, w in enumerate(ranking.ranker.get_weights())}
    np.savez(result, **weights)


if __name__ == "__main__":
    main(*sys.argv[1:])
