"""Servers whose model stays in one state for as long as a test lasts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.server import running_app, wait_for

_SERVE = """
import time
from space.artifacts import SharedModel
from space.errors import BundleError, Said
from space.page import build_page, serve
from space.stages import Stage, stage_of

class Source:
    def prepare(self, report):
        {prepare}

model = SharedModel(Source())
serve(build_page(model), model)
"""

_EPOCH = "epoch 2 of at most 30, loss 0.5312, 51,200 rows/s, at most 42 s left"

_PATH = "models--ada--autoint-ml-1m/snapshots/3f2a9c41d07be85fa6c2/model.onnx"

DONE = {
    "en": f"42% · Training: {_EPOCH}",
    "ko": "42% · 학습 중: 에포크 2(최대 30), 손실 0.5312, 초당 51,200행, 최대 42초 남음",
}
"""How far the model that is being prepared has come, in each language."""

REASON = {
    "en": f"{_PATH}: it should have 2840 bytes, it has 2830. The file is incomplete or altered; "
    "export or fetch it again.",
    "ko": f"{_PATH}: 크기가 2840바이트여야 하는데 2830바이트입니다. 파일이 불완전하거나 바뀌었습니다. "
    "다시 내보내거나 다시 받아 주십시오.",
}
"""Why the model failed, in each language."""


@contextmanager
def preparing() -> Iterator[str]:
    """A page whose model is being prepared; gives its address."""
    stage = f"Stage('with', stage=Stage('training'), more=stage_of({_EPOCH!r}))"
    with _serving(f"report(0.42, {stage}); time.sleep(600)") as address:
        yield address


@contextmanager
def failing() -> Iterator[str]:
    """A page whose model could not be prepared; gives its address."""
    said = f"Said('file_size', path={_PATH!r}, expected=2840, size=2830)"
    with _serving(f"raise BundleError({said})") as address:
        wait_for(address, "failed")
        yield address


def _serving(prepare: str) -> AbstractContextManager[str]:
    return running_app(python=(sys.executable, "-c", _SERVE.format(prepare=prepare)))
