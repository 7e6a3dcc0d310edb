"""The packages as `pip install` gives them, in an environment of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub_upload import push_dataset, push_model
from tests.exports import Run
from tests.hub import HubServer
from tests.server import ROOT

FILES = """
import json, sys
from importlib.metadata import distribution, version

installed = distribution("autoint-movies")
tops = {file.parts[0] for file in installed.files if file.suffix in (".py", ".md", ".txt")}
print(json.dumps(sorted(top for top in tops if "dist-info" not in top)))
"""

RECOMMEND = """
import sys
from space.recommender import MovieRecommender

recommender = MovieRecommender.from_pretrained("ada/films", dataset="ada/films")
print(*recommender.recommend(1)["movie_id"])
loaded = {"gradio", "tensorflow", "keras", "datasets", "sklearn"} & set(sys.modules)
print(sorted(loaded), file=sys.stderr)
assert not loaded
"""


@dataclass(frozen=True)
class Installed:
    """An environment with the packages and the extra `hub`."""

    bin: Path
    folder: Path

    def run(self, name: str, *arguments: str, **environment: str) -> str:
        """What one of its programs prints."""
        done = subprocess.run(
            [self.bin / name, *arguments],
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Installed from a copy, since a build leaves files behind."""
    folder = tmp_path_factory.mktemp("install")
    source = folder / "source"
    ignored = shutil.ignore_patterns("__pycache__", ".*", "build", "*.egg-info", "runs")
    shutil.copytree(ROOT, source, ignore=ignored)
    venv.create(folder / "venv", with_pip=True)
    made = Installed(folder / "venv" / "bin", folder)
    made.run("pip", "install", "--quiet", "--disable-pip-version-check", f"{source}[hub]")
    return made


def test_it_gives_three_packages_and_no_others(installed: Installed) -> None:
    assert json.loads(installed.run("python", "-c", FILES)) == ["hub_upload", "space", "training"]


def test_it_gives_the_two_commands(installed: Installed) -> None:
    assert (installed.bin / "autoint-train").is_file()
    assert "exit codes" in installed.run("autoint-publish", "--help").lower()


def test_a_published_model_is_used_without_gradio_or_tensorflow(
    installed: Installed, run: Run, hub: HubServer, writer: str
) -> None:
    push_model(run.bundle, "ada/films", token=writer)
    push_dataset(run.dataset, "ada/films", token=writer)
    printed = installed.run("python", "-c", RECOMMEND, HF_TOKEN=writer)
    assert len(printed.split()) == 10
    packages = json.loads(installed.run("pip", "list", "--format", "json"))
    assert not {"gradio", "tensorflow", "keras"} & {package["name"] for package in packages}


def test_the_command_publishes_all_three(
    installed: Installed, run: Run, hub: HubServer, writer: str
) -> None:
    folder = str(run.bundle.parent)
    printed = installed.run("autoint-publish", "all", folder, "--owner", "ada", HF_TOKEN=writer)
    assert printed.count(hub.address) == 3
    kinds = {kind for kind, _ in hub.repositories}
    assert kinds == {"models", "datasets", "spaces"}
    (tree,) = (
        repository.download()
        for (kind, _), repository in hub.repositories.items()
        if kind == "spaces"
    )
    assert tree["app.py"] == (ROOT / "app.py").read_bytes()
