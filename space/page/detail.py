"""What opens beside the list for one film: why it has its score, and which films are similar.

The dialog itself is the browser's (`page.js`): it opens as soon as a button is pressed, and is filled
when the answer has come.
"""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from space.page.answers import Answers
from space.page.ask import Ask, listed
from space.page.cards import film_of
from space.page.controls import Controls
from space.page.language import LANGUAGES, text
from space.page.similar import similar_html
from space.page.why import why_html
from space.page.words import in_words

_WORDS = {
    language: {name: text(language, name) for name in ("close", "loading", "card.picked")}
    for language in LANGUAGES
}

EVENTS = """
const asks = {
  why: (film) => trigger("why", { film }),
  similar: (film) => trigger("similar", { film }),
  pick: (film) => trigger("pick", { film }),
};
Object.assign(window.filmDetail ??= {}, { words: WORDS, ask: (does, film) => asks[does](film) });
""".replace("WORDS", json.dumps(_WORDS))
"""Gives each press of a button within the dialog to the server, with the film's id."""

FILL = "(html) => window.filmDetail.fill(html)"
FAIL = "() => window.filmDetail.fail()"


class Detail:
    """A dialog over the right edge of the page.

    Args:
        answers: What the page's modules share.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._events = gr.HTML("", js_on_load=EVENTS, visible="hidden", elem_id="detail-events")
        self._content = gr.Textbox(visible=False)

    def wire(self, cards: gr.HTML, controls: Controls, private: dict[str, Any]) -> None:
        """Bind the buttons of the cards, in the list and in the dialog.

        Args:
            cards: The list.
            controls: The page's controls.
            private: How an event of the page's own is bound.
        """
        for source in (cards, self._events):
            for name, handler in (("why", self.why), ("similar", self.similar)):
                asked = getattr(source, name)(
                    handler,
                    [*controls],
                    self._content,
                    # A film may be asked for while the answer to another is on its way.
                    trigger_mode="multiple",
                    show_progress="hidden",
                    **private,
                )
                asked.success(None, self._content, None, js=FILL, **private)
                asked.failure(None, None, None, js=FAIL, **private)
        picked = [controls.likes, controls.dislikes]
        self._events.pick(self.pick, picked, picked, trigger_mode="multiple", **private)

    def why(self, event: gr.EventData, *values: Any) -> str:
        """What the score of a film hangs on."""
        ask = Ask.of(values)
        with in_words(ask.language):
            recommender = self._answers.recommender(users=not ask.newcomer)
            return why_html(self._answers, recommender, ask, film_of(event))

    def similar(self, event: gr.EventData, *values: Any) -> str:
        """Films like a film."""
        ask = Ask.of(values)
        with in_words(ask.language):
            recommender = self._answers.recommender(users=False)
            return similar_html(self._answers, recommender, ask, film_of(event))

    def pick(self, event: gr.EventData, likes: Any, dislikes: Any) -> tuple[list[Any], list[Any]]:
        """The films liked and disliked, once one more is liked."""
        film = film_of(event)
        others = [[each for each in listed(picks) if each != film] for picks in (likes, dislikes)]
        return [*others[0], film], others[1]
