"""The demo model: trained on ML-100K by a child process, kept, and read like any other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from space.errors import BundleError, Detail, PreparationError, Said
from space.hub.transfer import Report
from space.recommender import MovieRecommender
from space.sources import FolderSource
from space.stages import Stage, stage_of

_SHOWN_LINES = 12

_STAGE_BOUNDS = {
    "Fetching ml-100k": (0.0, 0.08),
    "Reading ratings": (0.0, 0.1),
    "Training": (0.1, 0.7),
    "Measuring": (0.7, 0.72),
    "Ranking": (0.72, 0.93),
    "Exporting": (0.93, 1.0),
}
"""The share of the whole that each stage takes, about; the first is left out where it is not needed."""


@dataclass(frozen=True)
class DemoSource:
    """Trains AutoInt+ on ML-100K on first use.

    The training runs in a process of its own, so that this one never loads TensorFlow. It ends with
    this process, since it stops when nobody reads its progress, and goes on from its last epoch.
    """

    run: Path
    """Where the run is kept."""
    root: Path
    """The folder that holds the `training` package."""

    def prepare(self, report: Report) -> MovieRecommender:
        """Read the demo model, training it first where it is not there or damaged.

        Raises:
            PreparationError: If training failed; the message ends with what it printed last.
        """
        kept = FolderSource(self.run / "bundle", self.run / "dataset")
        # With one of them missing the run was stopped while it exported, and goes on from there.
        if kept.bundle.is_dir() and (self.run / "dataset").is_dir():
            try:
                return kept.prepare(report)
            except BundleError:
                report(None, Stage("demo_again"))
                # The run's record says that it is finished; without it the run begins anew.
                (self.run / "run.json").unlink(missing_ok=True)
        self._train(report)
        return kept.prepare(report)

    def _train(self, report: Report) -> None:
        report(0.0, Stage("demo_starting"))
        command = [sys.executable, "-m", "training", "train", "--dataset", "ml-100k"]
        with subprocess.Popen(  # noqa: S603
            [*command, "--out", str(self.run.absolute()), "--progress", "json"],
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as child:
            last: deque[str] = deque(maxlen=_SHOWN_LINES)
            errors = Thread(target=_drain, args=(child.stderr or (), last), daemon=True)
            errors.start()
            _follow(child.stdout or (), report)
            code = child.wait()
            errors.join(timeout=5)
        if code:
            printed = Detail("\n".join(line for line in last if line.strip()))
            if not printed:
                raise PreparationError(Said("demo_silent", status=code))
            raise PreparationError(Said("demo_failed", status=code, last=printed))


def _follow(lines: Iterable[str], report: Report) -> None:
    """Pass on the progress that the training process writes, as a part of the whole."""
    stage, low, high, reached = "", 0.0, 0.0, 0.0
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if not isinstance(event, dict):
            continue
        if "stage" in event:
            stage = str(event["stage"])
            low, high = _STAGE_BOUNDS.get(stage, (high, high))
        if "fraction" in event:
            # Null where the stage cannot tell, and less than before where it tries another way.
            reached = max(reached, low + (high - low) * float(event["fraction"] or 0.0))
            named, text = stage_of(stage), str(event.get("text", ""))
            report(reached, Stage("with", stage=named, more=stage_of(text)) if text else named)


def _drain(lines: Iterable[str], last: deque[str]) -> None:
    """Read what the process complains of, keeping the end; its libraries' chatter is left out."""
    for line in lines:
        if not line.startswith(("I0000", "W0000", "WARNING: All log")):
            last.append(line.rstrip())
