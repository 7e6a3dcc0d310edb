from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Before all that may import the Hub's client, which reads the address then.
from tests.hub import session

# isort: split
from tests.builders import tiny_movielens
from tests.exports import Run, export_tiny, with_strangers
from tests.hub import HubServer

# How long an example takes says nothing of what it tests.
settings.register_profile("without deadlines", deadline=None)
settings.load_profile("without deadlines")


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """An exported run, shared by all tests, so that none may change it."""
    return export_tiny(tmp_path_factory.mktemp("run"), with_strangers(tiny_movielens()))


@pytest.fixture
def bundle_copy(run: Run, tmp_path: Path) -> Path:
    """A copy of the bundle that a test may damage."""
    return Path(shutil.copytree(run.bundle, tmp_path / "bundle"))


@pytest.fixture
def dataset_copy(run: Run, tmp_path: Path) -> Path:
    """A copy of the data set that a test may damage."""
    return Path(shutil.copytree(run.dataset, tmp_path / "dataset"))


@pytest.fixture
def hub() -> Iterator[HubServer]:
    """An empty Hub, which the client finds in this process and in those that it starts."""
    with session.fresh_hub() as server:
        yield server


@pytest.fixture
def writer(hub: HubServer) -> str:
    """A token with which the account "ada" writes."""
    return hub.token("ada", "write")
