"""The training command after a kill -9: it goes on, and ends as if nothing had happened."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import LAYOUTS, tiny_movielens
from tests.hub import HubServer
from tests.server import ROOT
from tests.training.test_start import files_of


def command(data: Path, out: Path, *more: str) -> list[str]:
    return [
        *(sys.executable, "-m", "training", "train", "--data", str(data), "--out", str(out)),
        *("--epochs", "4", "--deterministic", "--progress", "json", *more),
    ]


def kill_in_epoch_4(arguments: list[str]) -> None:
    """Run a command until its third epoch has ended, and not to its end."""
    with subprocess.Popen(
        arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line).get("note", "").startswith("epoch 3:"):
                process.kill()
                break


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A tiny data set."""
    folder = tmp_path / "data"
    folder.mkdir()
    LAYOUTS["ml-100k"](tiny_movielens(), folder)
    return folder


def metrics(out: Path) -> dict[str, float]:
    """Everything that was measured, less what is a time."""
    found = json.loads((out / "bundle" / "metrics.json").read_text())
    flat = {
        f"{part} {name}": value
        for part in ("validation", "test")
        for name, value in found[part].items()
    }
    for entry in found["history"]:
        flat |= {
            f"epoch {entry['epoch']} {name}": value
            for name, value in entry.items()
            if name not in ("seconds", "rows_per_second")
        }
    return {**flat, "best_epoch": found["best_epoch"]}


def test_a_killed_run_ends_with_the_metrics_of_an_uninterrupted_one(
    data: Path, tmp_path: Path
) -> None:
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    kill_in_epoch_4(command(data, killed))
    assert not (killed / "bundle").exists()
    for out in (killed, whole):
        subprocess.run(command(data, out), cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    assert metrics(killed) == pytest.approx(metrics(whole), abs=1e-6, nan_ok=True)
    assert len(json.loads((killed / "bundle" / "metrics.json").read_text())["history"]) == 4


def test_a_killed_run_from_a_published_model_goes_on_from_the_commit_that_it_began_with(
    data: Path, tmp_path: Path, hub: HubServer
) -> None:
    first = tmp_path / "first"
    subprocess.run(command(data, first), cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    files = files_of(first / "bundle")
    published = hub.add("models", "owner/model", files)
    label = f"owner/model@{published.head()}"

    killed, whole = tmp_path / "killed", tmp_path / "whole"
    moving = command(data, killed, "--init-from", "owner/model")
    kill_in_epoch_4(moving)
    published.commit({**files, "schema.json": b"{}"})
    for arguments in (moving, command(data, whole, "--init-from", label)):
        done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True)
        assert "Traceback" not in done.stderr
        assert "Skipping" not in done.stderr  # as Keras says of weights that it does not load
    assert metrics(killed) == pytest.approx(metrics(whole), abs=1e-6, nan_ok=True)
    for out in (killed, whole):
        assert json.loads((out / "run.json").read_text())["init_from"] == label
    # It began where the first run had ended.
    losses = [
        json.loads((out / "bundle" / "metrics.json").read_text())["history"][0]["loss"]
        for out in (first, whole)
    ]
    assert losses[1] < losses[0]
