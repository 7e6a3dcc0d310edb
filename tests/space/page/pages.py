"""The page of a bundle without a browser: its layout, and what its controls say."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr

from space.artifacts import SharedModel
from space.page.answers import Answers
from space.page.ask import NAMES, Ask
from space.page.build import Layout
from space.sources import FolderSource


def answers_of(bundle: Path, dataset: Path | None = None) -> Answers:
    """The loaded model of a bundle."""
    model = SharedModel(FolderSource(bundle, dataset))
    model.ready()
    return Answers(model)


def layout_of(answers: Answers) -> Layout:
    """The page."""
    with gr.Blocks():
        return Layout(answers)


def values(**asked: Any) -> list[Any]:
    """What the controls give to the server."""
    ask = Ask(**asked)
    return [getattr(ask, name) for name in NAMES]


def pressed(data: Any) -> Any:
    """The event of a button, with what a browser says of it."""
    return SimpleNamespace(_data=data)
