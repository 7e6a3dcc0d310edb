"""What the tests of the training commands share."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import tiny_movielens, write_ml_100k


@pytest.fixture(autouse=True)
def logger_as_before() -> Iterator[None]:
    """The command line sends the package's warnings elsewhere; other tests want them back."""
    logger = logging.getLogger("training")
    handlers, propagate = logger.handlers, logger.propagate
    yield
    logger.handlers, logger.propagate = handlers, propagate


@pytest.fixture(scope="module")
def ratings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny data set in ML-100K's layout."""
    folder = tmp_path_factory.mktemp("ratings")
    write_ml_100k(tiny_movielens(), folder)
    return folder
