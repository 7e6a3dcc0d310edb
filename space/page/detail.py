"""What opens beside the list for one film: why it has its score, and which films are similar."""

from __future__ import annotations

from typing import Any

import gradio as gr

from space.page.answers import Answers
from space.page.ask import Ask
from space.page.controls import Controls
from space.page.language import label
from space.page.similar import similar_html
from space.page.why import why_html
from space.page.words import in_words

OPEN = """() => setTimeout(() => {
  const panel = document.querySelector("#detail");
  if (panel && !panel.contains(document.activeElement)) {
    window.returnTo = document.activeElement;
    panel.querySelector("#close")?.focus();
  }
}, 100)"""
"""Takes the keyboard to the panel, and remembers where it was."""

CLOSE = """() => window.returnTo?.focus()"""


class Detail:
    """A panel over the right edge of the page.

    Args:
        answers: What the page's modules share.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        with gr.Column(visible=False, elem_id="detail") as self._panel:
            self._close = gr.Button(label("close"), size="sm", elem_id="close")
            self._content = gr.HTML("", elem_id="detail-content")

    def wire(self, cards: gr.HTML, controls: Controls, private: dict[str, Any]) -> None:
        """Bind the buttons of the cards, and what closes the panel.

        Args:
            cards: The list.
            controls: The page's controls.
            private: How an event of the page's own is bound.
        """
        shown = [self._panel, self._content]
        for name, handler in (("why", self.why), ("similar", self.similar)):
            getattr(cards, name)(handler, [*controls], shown, **private).then(
                None, js=OPEN, **private
            )
        self._close.click(
            lambda: (gr.Column(visible=False), ""), None, shown, queue=False, **private
        ).then(None, js=CLOSE, **private)

    def why(self, event: gr.EventData, *values: Any) -> tuple[gr.Column, str]:
        """What the score of a film hangs on."""
        ask = Ask.of(values)
        with in_words(ask.language):
            recommender = self._answers.recommender(users=not ask.newcomer)
            html = why_html(self._answers, recommender, ask, film_of(event))
        return gr.Column(visible=True), html

    def similar(self, event: gr.EventData, *values: Any) -> tuple[gr.Column, str]:
        """Films like a film."""
        ask = Ask.of(values)
        with in_words(ask.language):
            recommender = self._answers.recommender(users=False)
            html = similar_html(self._answers, recommender, ask.language, film_of(event))
        return gr.Column(visible=True), html


def film_of(event: gr.EventData) -> Any:
    """The film whose button was pressed, as the browser says; the recommender checks it."""
    data = event._data
    return data.get("film") if isinstance(data, dict) else None
