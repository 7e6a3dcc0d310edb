"""From ML-100K to a visitor of the Space: train, publish, start what was pushed, click."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from space.recommender import MovieRecommender
from tests.end_to_end.steps import choose, for_user, open_page, recommend
from tests.hub import HubServer, session
from tests.server import ROOT, ask_recommend, running_app, wait_for

NAME = "ada/autoint-ml-100k"


@dataclass(frozen=True)
class Deployed:
    """A Space as the Hub would run it, and the run that it came from."""

    run: Path
    tree: Path
    python: Path
    variables: Mapping[str, str]
    secrets: Mapping[str, str]


def run_module(*arguments: str, token: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={**os.environ, "HF_TOKEN": token},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def online() -> Iterator[HubServer]:
    with session.fresh_hub() as server:
        yield server


@pytest.fixture(scope="module")
def deployed(online: HubServer, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    """Trained and published by the commands; installed as the builder of Spaces does it."""
    folder = tmp_path_factory.mktemp("round_trip")
    run, tree, token = folder / "run", folder / "space", online.token("ada")
    run_module("training", "train", "--dataset", "ml-100k", "--epochs", "2", "--out", str(run))
    published = ("hub_upload", "all", str(run), "--owner", "ada", "--space-token-env", "HF_TOKEN")
    run_module(*published, token=token)
    for path, content in online.repositories["spaces", NAME].download().items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_bytes(content)
    lines = (tree / "requirements.txt").read_text().splitlines()
    (pinned,) = (line for line in lines if line.startswith("gradio=="))
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    extras = pinned.replace("gradio", "gradio[oauth,mcp]")
    subprocess.run([*install, extras, "-r", tree / "requirements.txt"], check=True)
    space = online.space(NAME)
    return Deployed(run, tree, python, dict(space.variables), dict(space.secrets))


def test_a_visitor_of_the_space_gets_the_recommendations_of_the_run(
    tab: Page, deployed: Deployed, online: HubServer, tmp_path: Path
) -> None:
    expected = MovieRecommender.load(deployed.run / "bundle", deployed.run / "dataset")
    environment = {**deployed.variables, **deployed.secrets, "HF_HUB_CACHE": str(tmp_path)}
    with running_app(
        python=[str(deployed.python)], root=deployed.tree, environment=environment
    ) as address:
        open_page(tab, address)
        for_user(tab, "42")
        choose(tab, "#genres", "Comedy")
        shown = recommend(tab)
        assert [card[1] for card in shown] == list(
            expected.recommend(42, genres=["Comedy"])["title"]
        )
        commit = online.repositories["models", NAME].head()
        expect(tab.locator("#footer")).to_contain_text(commit[:7])
        assert wait_for(address, "loaded")["revision"] == commit
        assert [film["rank"] for film in ask_recommend(address, 1)] == [1, 2, 3, 4, 5]


def test_without_its_secret_the_space_has_lists_for_somebody_new_alone(
    tab: Page, deployed: Deployed, online: HubServer, tmp_path: Path
) -> None:
    environment = {**deployed.variables, "HF_HUB_CACHE": str(tmp_path)}
    with running_app(
        python=[str(deployed.python)], root=deployed.tree, environment=environment
    ) as address:
        open_page(tab, address)
        expect(tab.locator("#heading")).to_contain_text("10")
        for_user(tab, "42")
        expect(tab.locator(".toast-body").first).to_contain_text("private")


def test_what_is_deployed_has_no_training_library_and_starts_without_a_model(
    deployed: Deployed,
) -> None:
    listed = subprocess.run(
        [deployed.python, "-m", "pip", "list", "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    installed = {package["name"].lower() for package in json.loads(listed.stdout)}
    assert "gradio" in installed
    assert installed.isdisjoint({"tensorflow", "keras", "torch", "scikit-learn", "datasets"})
    with running_app(python=[str(deployed.python)], root=deployed.tree) as address:
        assert wait_for(address, "failed")["status"] == "ok"
