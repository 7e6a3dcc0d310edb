from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import tiny_movielens
from tests.exports import Run, export_tiny, with_strangers


@pytest.fixture(scope="session")
def other_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of other ratings: its bundle and data set belong together, and to no other's."""
    return export_tiny(tmp_path_factory.mktemp("other"), tiny_movielens(seed=1))


@pytest.fixture
def hub_cache(tmp_path: Path) -> Path:
    """A cache of this test's own."""
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def old_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of format version 1, which has no ranking model."""
    data = with_strangers(tiny_movielens())
    return export_tiny(tmp_path_factory.mktemp("old"), data, ranked=False)
