"""`train --push-to`: what is checked before, and what is published after."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub_upload import Failure
from space.recommender import MovieRecommender
from tests.builders import tiny_movielens, write_ml_100k
from tests.hub import HubServer
from tests.server import ROOT


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    folder = tmp_path / "ratings"
    folder.mkdir()
    write_ml_100k(tiny_movielens(), folder)
    return folder


def train(ratings: Path, out: Path, push_to: str, token: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "training", "train", "--data", str(ratings), "--epochs", "1"]
    done = subprocess.run(
        [*command, "--out", str(out), "--push-to", push_to],
        cwd=ROOT,
        env={**os.environ, "HF_TOKEN": token},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    if token:
        assert token not in done.stdout + done.stderr
    return done


def test_a_run_is_published_when_it_has_ended_and_not_again(
    ratings: Path, hub: HubServer, writer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    hub.faults.status("POST", "/api/datasets/ada/films/commit/", 503)
    failed = train(ratings, out, "ada/films", writer)
    assert failed.returncode == Failure.UNREACHABLE
    assert "The model is published" in failed.stderr
    assert "the same command goes on" in failed.stderr
    done = train(ratings, out, "ada/films", writer)
    assert done.returncode == 0, done.stderr
    assert "holds this run already" in done.stderr
    for kind in ("models", "datasets"):
        repository = hub.repositories[kind, "ada/films"]
        assert repository.head() in done.stderr
        assert len(repository.history()) == 2, "the first is the Hub's own"
    assert hub.repositories["datasets", "ada/films"].private, "of data with an unknown licence"
    monkeypatch.setenv("HF_TOKEN", writer)
    pulled = MovieRecommender.from_pretrained("ada/films", dataset="ada/films")
    assert pulled.recommend(1).equals(
        MovieRecommender.load(out / "bundle", out / "dataset").recommend(1)
    )


@pytest.mark.parametrize(
    ("role", "name", "failure"),
    [
        ("", "ada/films", Failure.TOKEN),
        ("read", "ada/films", Failure.FORBIDDEN),
        ("write", "grace/films", Failure.FORBIDDEN),
        ("write", "films", Failure.REFUSED),
    ],
)
def test_what_would_not_be_let_in_is_told_before_training(
    ratings: Path, hub: HubServer, tmp_path: Path, role: str, name: str, failure: Failure
) -> None:
    token = hub.token("ada", role=role) if role else ""
    done = train(ratings, tmp_path / "run", name, token)
    assert done.returncode == failure, done.stderr
    assert not (tmp_path / "run").exists()
    assert hub.repositories == {}
