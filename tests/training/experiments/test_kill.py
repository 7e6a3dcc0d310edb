"""Experiments and searches that are killed by SIGKILL go on, and end as uninterrupted ones do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from space.bundle import read_bundle, read_dataset
from tests.training.experiments.plans import write_plan

REPOSITORY = Path(__file__).parents[3]

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")


def start(work: str, plan: Path, ratings: Path, out: Path, *kill: str) -> subprocess.Popen[str]:
    """A process that works in a folder, and is killed where `kill` says."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.training.experiments.worker", work),
            *(str(plan), str(ratings), str(out), *kill),
        ],
        cwd=REPOSITORY,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def notes(process: subprocess.Popen[str]) -> list[str]:
    """What a process said until its end, up to the first colon."""
    lines = [json.loads(line) for line in process.communicate(timeout=250)[0].splitlines()]
    return [line["note"].split(":")[0] for line in lines if "note" in line]


def killed(process: subprocess.Popen[str]) -> list[str]:
    """What a process said until it was killed."""
    said = notes(process)
    assert process.returncode == -signal.SIGKILL
    return said


def epochs(said: list[str]) -> list[str]:
    return [note for note in said if note.startswith("epoch")]


def test_experiments_killed_again_and_again_end_as_uninterrupted_ones(
    ratings: Path, tmp_path: Path
) -> None:
    plan, out = write_plan(tmp_path), tmp_path / "killed"
    whole = start("run", plan, ratings, tmp_path / "whole")

    # Before the second checkpoint of the first experiment has its name.
    said = killed(start("run", plan, ratings, out, "os.rename", "epoch-0002"))
    assert epochs(said) == ["epoch 1", "epoch 2"]
    # With all epochs over, before the result is there.
    said = killed(start("run", plan, ratings, out, "os.rename", "result.json"))
    assert epochs(said) == ["epoch 2"]
    assert not list(out.glob("runs/*/result.json"))
    # With the result there, before the first experiment's checkpoints are gone.
    said = killed(start("run", plan, ratings, out, "shutil.rmtree", "checkpoints"))
    assert epochs(said) == []
    assert len(list(out.glob("runs/*/result.json"))) == 1
    # In the export, with the bundle built and not yet in its place.
    said = killed(start("run", plan, ratings, out, "os.rename", "bundle"))
    assert epochs(said) == ["epoch 1", "epoch 2"]
    assert not (out / "bundle").exists()

    last = start("run", plan, ratings, out)
    assert epochs(notes(last)) == []
    notes(whole)
    assert last.returncode == whole.returncode == 0
    assert not list(out.glob("runs/*/checkpoints"))
    assert not list(out.glob(".export*"))
    read_dataset(out / "dataset", read_bundle(out / "bundle"))
    tables = [pd.read_csv(folder / "results.csv") for folder in (out, tmp_path / "whole")]
    ours, theirs = (table.drop(columns="seconds") for table in tables)
    pd.testing.assert_frame_equal(ours, theirs, rtol=0, atol=1e-6)


def test_a_search_killed_again_and_again_ends_as_an_uninterrupted_one(
    ratings: Path, tmp_path: Path
) -> None:
    plan, out = write_plan(tmp_path, a="trials = 3 -> trials = 2"), tmp_path / "killed"
    whole = start("search", plan, ratings, tmp_path / "whole")

    # Before the first trial's second checkpoint has its name; its first epoch is reported.
    said = killed(start("search", plan, ratings, out, "os.rename", "epoch-0002"))
    assert epochs(said) == ["epoch 1", "epoch 2"]
    # With its model finished, before the study knows.
    said = killed(start("search", plan, ratings, out, "shutil.rmtree", "checkpoints"))
    assert epochs(said) == ["epoch 2"]

    last = start("search", plan, ratings, out)
    said = notes(last)
    assert said.count("Trial 0") == 1
    assert len(epochs(said)) <= 2  # the second trial's
    notes(whole)
    assert last.returncode == whole.returncode == 0

    def trials(folder: Path) -> list[dict[str, Any]]:
        found = json.loads((folder / "trials.json").read_text())["trials"]
        return [{name: v for name, v in trial.items() if name != "seconds"} for trial in found]

    ours, theirs = trials(out), trials(tmp_path / "whole")
    assert [trial["number"] for trial in ours] == [0, 1]
    for trial, expected in zip(ours, theirs, strict=True):
        assert trial.pop("values") == pytest.approx(expected.pop("values"), abs=1e-6)
        assert trial == expected
