"""Runs to publish, one for each kind of licence, and what the Hub was told."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hub_upload import PublishError
from hub_upload.errors import Failure
from tests.builders import tiny_movielens
from tests.exports import Run, export_tiny
from tests.hub import HubServer
from training.licences import LICENCES

MODEL = "ada/model"
DATASET = "ada/ratings"
SPACE = "ada/page"


def _run_of(folder: Path, facts: dict[str, str]) -> Run:
    return export_tiny(
        folder, replace(tiny_movielens(), facts=facts), training={"options": {"seed": 1}}
    )


@pytest.fixture(scope="session")
def free(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run on ratings that may be passed on. None of these runs may be changed."""
    facts = {"name": "ml-32m", **LICENCES["ml-32m"].facts()}
    return _run_of(tmp_path_factory.mktemp("free"), facts)


@pytest.fixture(scope="session")
def forbidden(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run on ratings that may not be passed on."""
    facts = {"name": "ml-1m", **LICENCES["ml-1m"].facts()}
    return _run_of(tmp_path_factory.mktemp("forbidden"), facts)


@pytest.fixture
def bundle(free: Run, tmp_path: Path) -> Path:
    """A bundle that a test may damage."""
    return Path(shutil.copytree(free.bundle, tmp_path / "bundle"))


@pytest.fixture
def dataset(free: Run, tmp_path: Path) -> Path:
    """A data set folder that a test may damage."""
    return Path(shutil.copytree(free.dataset, tmp_path / "dataset"))


def writes(hub: HubServer) -> list[str]:
    """What the Hub and its storage were asked to do, beyond telling something."""
    return [
        f"{request.method} {request.path}"
        for request in hub.requests
        if request.method not in ("GET", "HEAD")
    ]


def tree(folder: Path) -> dict[str, bytes]:
    """The files of a folder by their paths."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def refusal(failure: Failure, do: Callable[[], object]) -> str:
    """The message of the failure in which something ends.

    It is one line, and names no token.
    """
    with pytest.raises(PublishError) as caught:
        do()
    message = str(caught.value)
    assert caught.value.failure is failure, message
    assert message.strip() == message
    assert "\n" not in message
    assert re.search("hf_[A-Za-z0-9]{20}", message) is None
    return message
