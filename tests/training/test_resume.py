from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

REPOSITORY = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")


def start(folder: Path, *kill: str) -> subprocess.Popen[str]:
    """A process that fits with its checkpoints in a folder, and is killed where `kill` says."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.training.fit_worker"),
            *(str(folder / "checkpoints"), str(folder / "result.npz"), *kill),
        ],
        cwd=REPOSITORY,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def events(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """What the process reported until its end."""
    return [json.loads(line) for line in process.communicate(timeout=200)[0].splitlines()]


def checkpoints(folder: Path) -> set[str]:
    """The names in the folder of checkpoints."""
    return {path.name for path in (folder / "checkpoints").iterdir()}


@dataclass
class Result:
    """What a fit that came to its end left."""

    history: list[dict[str, float]]
    arrays: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Result:
        """Of the process that had this folder."""
        with np.load(folder / "result.npz") as saved:
            arrays = dict(saved)
        return cls(json.loads(str(arrays.pop("history"))), arrays)

    def differences(self, other: Result) -> list[float]:
        """The largest difference of each array and of each number of the history."""
        assert [list(entry) for entry in self.history] == [list(entry) for entry in other.history]
        assert self.arrays.keys() == other.arrays.keys()
        return [
            *(np.abs(self.arrays[name] - other.arrays[name]).max() for name in self.arrays),
            *(
                abs(ours[name] - theirs[name])
                for ours, theirs in zip(self.history, other.history, strict=True)
                for name in ours
            ),
        ]


@dataclass
class Uninterrupted:
    """Two fits of one seed that nobody kills, running beside the tests."""

    folders: list[Path]
    processes: list[subprocess.Popen[str]]

    def results(self) -> list[Result]:
        """Of both, once they have ended."""
        for process in self.processes:
            process.wait(timeout=200)
            assert process.returncode == 0
        return [Result.read(folder) for folder in self.folders]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Uninterrupted]:
    """The fits, ended with the tests."""
    folders = [tmp_path_factory.mktemp("whole") for _ in range(2)]
    processes = [start(folder) for folder in folders]
    yield Uninterrupted(folders, processes)
    for process in processes:
        process.kill()
        process.communicate()


def test_a_fit_killed_again_and_again_ends_as_an_uninterrupted_one(
    uninterrupted: Uninterrupted, tmp_path: Path
) -> None:
    killed = tmp_path
    # Between the second epoch and the third: the second's checkpoint is there, and the first's still.
    process = start(killed, "shutil.rmtree", "epoch-0001")
    events(process)
    assert process.returncode == -signal.SIGKILL
    assert {"epoch-0001", "epoch-0002"} <= checkpoints(killed)

    # Inside the third epoch, after its first step.
    process = start(killed, "first-step")
    (event,) = events(process)
    assert process.returncode == -signal.SIGKILL
    assert 2 / 4 < event["fraction"] < 3 / 4

    # While the checkpoint of the third epoch is written: all is there but for its name.
    process = start(killed, "os.rename", "epoch-0003")
    events(process)
    assert process.returncode == -signal.SIGKILL
    assert "partial" in checkpoints(killed)
    assert "epoch-0003" not in checkpoints(killed)

    process = start(killed)
    notes = [event["note"].split(":")[0] for event in events(process) if "note" in event]
    assert process.returncode == 0
    assert notes == ["epoch 3", "epoch 4"]

    result, (whole, _) = Result.read(killed), uninterrupted.results()
    assert len(result.history) == 4
    assert max(result.differences(whole)) <= 1e-6


def test_one_seed_repeats_a_fit_exactly(uninterrupted: Uninterrupted) -> None:
    first, again = uninterrupted.results()
    assert max(first.differences(again)) == 0
