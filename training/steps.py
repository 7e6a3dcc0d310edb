"""Telling a reporter of the steps of an epoch, a few times a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import keras

SECONDS = 0.2
"""At least this long between two reports, but for the last."""


class ReportSteps(keras.callbacks.Callback):
    """Reports how far an epoch has come.

    Args:
        steps: Steps of the epoch.
        report: Called with the number of steps that have ended, and the loss so far.
    """

    def __init__(self, steps: int, report: Callable[[int, float], None]) -> None:
        super().__init__()
        self._steps, self._report = steps, report
        self._shown = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """A step has ended."""
        now = time.perf_counter()
        if now - self._shown < SECONDS and batch + 1 < self._steps:
            return
        self._shown = now
        self._report(batch + 1, float((logs or {}).get("loss", float("nan"))))
