from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.builders import tiny_movielens
from tests.exports import Run, export_tiny, with_strangers


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
