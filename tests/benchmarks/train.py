"""Training rows a second, beside the same architecture written naively, in turn in one process.

`make bench-train` prints both medians and their ratio: embed 16, 3 layers, 2 heads of 16, network
128-64, batch 4096, vocabularies of ML-1M's sizes, random rows.
"""

from __future__ import annotations

import time

import keras
import numpy as np

from tests.benchmarks.naive import naive_model
from training.fit import Batches
from training.presets import PRESETS

SIZES = (6041, 3707, 11, 82, 5, 13, 2, 19, 19, 17, 3, 8, 22, 3440)
"""ML-1M's vocabularies with "unknown", in the order of the fields."""
BATCH, BATCHES, REPEATS = 4096, 40, 5
AIM = 45_000


def main() -> None:
    """Measure and print."""
    random = np.random.default_rng(0)
    count = BATCH * BATCHES
    rows = np.stack([random.integers(0, size, count) for size in SIZES], axis=1).astype("int32")
    labels = random.integers(0, 2, count).astype("float32")
    preset = PRESETS["default"]
    naive = naive_model(SIZES, dict(preset.model_options))
    naive.compile(keras.optimizers.Adam(preset.fit.learning_rate), "binary_crossentropy")
    ours = preset.build(SIZES)

    ours.compile(
        keras.optimizers.Adam(preset.fit.learning_rate),
        {"logit": keras.losses.BinaryCrossentropy(from_logits=True)},
    )
    contenders = {
        # As training.fit runs an epoch.
        "ours": lambda epoch: ours.fit(
            Batches(rows, labels, BATCH, 0, epoch), epochs=1, shuffle=False, verbose=0
        ),
        "naive": lambda epoch: naive.fit(rows, labels, batch_size=BATCH, verbose=0),
    }
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for epoch in range(REPEATS + 1):
        for name, run in contenders.items():
            start = time.perf_counter()
            run(epoch)
            if epoch:  # the first one traces the graph
                rates[name].append(count / (time.perf_counter() - start))
    print(f"Training rows a second, {REPEATS} epochs of {count:,} rows each, in turn:")
    for name, values in rates.items():
        print(f"  {name:6s} median {np.median(values):8,.0f}   best {max(values):8,.0f}")
    ratio = float(np.median(np.array(rates["ours"]) / np.array(rates["naive"])))
    print(f"  ours / naive, median of pairs: {ratio:.2f}")
    verdict = "met" if np.median(rates["ours"]) >= AIM else "not met on this machine now"
    print(f"  aim: {AIM:,} rows a second on two quiet cores   {verdict}")


if __name__ == "__main__":
    main()
