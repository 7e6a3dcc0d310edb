"""The tab "person"."""

from __future__ import annotations

from typing import Any

import gradio as gr

from space.page.answers import Answers
from space.page.ask import Ask
from space.page.controls import Controls


class PersonTab:
    """To come.

    Args:
        answers: What the page's modules share.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.outputs: list[Any] = [gr.HTML("", elem_id="person")]

    def wire(self, controls: Controls, private: dict[str, Any]) -> None:
        """Bind the tab's own events."""

    def show(self, ask: Ask) -> list[Any]:
        """The tab's content for what is asked."""
        return [""]
