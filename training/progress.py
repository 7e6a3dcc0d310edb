"""Telling how far a long piece of work has come, to a person or to another program."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import time
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Reporter(Protocol):
    """Something that shows progress."""

    def stage(self, name: str) -> None:
        """A new stage of the work begins."""

    def update(self, fraction: float | None, text: str = "") -> None:
        """The stage has come this far: 0 to 1, or `None` where it cannot be told."""

    def note(self, text: str) -> None:
        """Say something that stays."""

    def close(self) -> None:
        """The work has ended."""


LINE_SECONDS = 30.0
"""At least this long between two lines of one stage where there is no terminal."""


class ConsoleReporter:
    """Draws a bar for each stage on the terminal.

    Where standard error is a file or a pipe, no bar can move, and it writes lines instead: one for each
    stage, and now and then one that says how far it has come.
    """

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._lines = not self._console.is_terminal
        self._told = 0.0
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[text]}"),
            console=self._console,
            disable=self._lines,
        )
        self._task: TaskID | None = None
        self._progress.start()

    def stage(self, name: str) -> None:
        """Finish the last bar and begin a new one."""
        self._finish()
        self._task = self._progress.add_task(name, total=1.0, text="")
        if self._lines:
            self._told = time.monotonic()
            self.note(name)

    def update(self, fraction: float | None, text: str = "") -> None:
        """Move the bar."""
        if self._task is None:
            return
        if fraction is None:
            self._progress.update(self._task, text=text)
        else:
            self._progress.update(self._task, completed=fraction, text=text)
        if self._lines and time.monotonic() - self._told >= LINE_SECONDS:
            self._told = time.monotonic()
            (task,) = (each for each in self._progress.tasks if each.id == self._task)
            self.note(f"{task.description}: {task.percentage:.0f}%{text and f', {text}'}")

    def note(self, text: str) -> None:
        """Print a line above the bars."""
        self._progress.console.print(text, highlight=False, markup=False, soft_wrap=True)

    def close(self) -> None:
        """Finish the last bar."""
        self._finish()
        self._progress.stop()

    def _finish(self) -> None:
        if self._task is not None:
            self._progress.update(self._task, completed=1.0)


class JsonReporter:
    """Writes one JSON object a line to standard output, for a program that waits.

    Each has some of the keys `stage`, `fraction` (0 to 1 or null), `text` and `note`. If nobody reads
    any more, writing fails, and so the work ends with the program that wanted it.
    """

    def stage(self, name: str) -> None:
        """A line with the stage's name."""
        self._write(stage=name, fraction=0.0, text="")

    def update(self, fraction: float | None, text: str = "") -> None:
        """A line with how far the stage has come."""
        self._write(fraction=fraction, text=text)

    def note(self, text: str) -> None:
        """A line with something to keep."""
        self._write(note=text)

    def close(self) -> None:
        """Nothing to do."""

    def _write(self, **event: object) -> None:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()


def stop_at_once(reporter: Reporter) -> None:
    """End at an interruption, at once: an exception out of the middle of a step crashes TensorFlow.

    Nothing is lost by it, since a checkpoint appears whole or not at all.
    """
    with contextlib.suppress(RuntimeError):  # where the interruption came in the middle of a write
        reporter.close()
    os.write(2, b"Stopped. The same command goes on from the last epoch.\n")
    os._exit(130)


class _ReporterHandler(logging.Handler):
    def __init__(self, reporter: Reporter) -> None:
        super().__init__()
        self._reporter = reporter

    def emit(self, record: logging.LogRecord) -> None:
        self._reporter.note(self.format(record))


def log_to(reporter: Reporter) -> None:
    """Send the package's warnings to where the progress is shown."""
    logger = logging.getLogger("training")
    logger.handlers = [_ReporterHandler(reporter)]
    logger.propagate = False
