"""Servers whose model stays in one state for as long as a test lasts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.server import running_app, wait_for

_SERVE = """
import time
from space.artifacts import SharedModel
from space.errors import PreparationError
from space.page import build_page, serve

class Source:
    def prepare(self, report):
        {prepare}

model = SharedModel(Source())
serve(build_page(model), model)
"""

DONE = "42% · Training: epoch 2"
"""How far the model that is being prepared has come."""

REASON = (
    "models--ada--autoint-ml-1m/snapshots/3f2a9c41d07be85fa6c2/model.onnx: it should have "
    "2840 bytes, it has 2830. The file is incomplete or altered; fetch it again."
)
"""Why the model failed."""


@contextmanager
def preparing() -> Iterator[str]:
    """A page whose model is being prepared; gives its address."""
    with _serving("report(0.42, 'Training: epoch 2'); time.sleep(600)") as address:
        yield address


@contextmanager
def failing() -> Iterator[str]:
    """A page whose model could not be prepared; gives its address."""
    with _serving(f"raise PreparationError({REASON!r})") as address:
        wait_for(address, "failed")
        yield address


def _serving(prepare: str) -> AbstractContextManager[str]:
    return running_app(python=(sys.executable, "-c", _SERVE.format(prepare=prepare)))
