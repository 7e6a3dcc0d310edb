"""The training command after a kill -9: it goes on, and ends as if nothing had happened."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import LAYOUTS, tiny_movielens
from tests.server import ROOT


def command(data: Path, out: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "training", "train", "--data", str(data), "--out", str(out)),
        *("--epochs", "4", "--deterministic", "--progress", "json"),
    ]


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


def test_a_killed_run_ends_with_the_metrics_of_an_uninterrupted_one(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    LAYOUTS["ml-100k"](tiny_movielens(), data)
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    with subprocess.Popen(
        command(data, killed),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line).get("note", "").startswith("epoch 3:"):
                process.kill()
                break
    assert not (killed / "bundle").exists()
    for out in (killed, whole):
        subprocess.run(command(data, out), cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    assert metrics(killed) == pytest.approx(metrics(whole), abs=1e-6, nan_ok=True)
    assert len(json.loads((killed / "bundle" / "metrics.json").read_text())["history"]) == 4
