"""Where a visitor brings ratings of their own: titles that they paste, or a file that they choose.

The browser keeps what was brought and sends it anew with each press; the server reads it in memory,
writes it nowhere and forgets it with the answer. A file is read by the browser as well, so that it is
never uploaded to a folder of the server's.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import gradio as gr

from space import memory
from space.errors import Argument, ArgumentError
from space.page.answers import Answers
from space.page.ask import listed
from space.page.controls import Controls
from space.page.language import label, language_of
from space.page.own_matches import matches_html, used_html
from space.page.words import in_words
from space.recommender import MovieRecommender
from space.titles.own_ratings import (
    MAX_BYTES,
    Matches,
    OwnRating,
    match_ratings,
    picks,
    read_csv,
    read_titles,
)

EVENTS = """
const own = (window.ownRatings ??= {});
const chooser = document.createElement("input");
chooser.type = "file";
chooser.accept = ".csv,text/csv";
chooser.addEventListener("change", () => {
  const [file] = chooser.files;
  if (!file) return;
  const reader = new FileReader();
  reader.onload = () => {
    own.brought = { file: reader.result.split(",")[1] ?? "" };
    trigger("read", own.brought);
  };
  // One byte more than is allowed tells the server that it is too much.
  reader.readAsDataURL(file.slice(0, MOST + 1));
  chooser.value = "";
});
own.choose = () => chooser.click();
element.addEventListener("click", (event) => {
  if (!event.target.closest("button[data-does='use']")) return;
  const chosen = [...element.querySelectorAll("select")].map(({ value }) => value);
  trigger("use", { ...own.brought, choices: chosen.map((film) => (film ? Number(film) : null)) });
});
""".replace("MOST", str(MAX_BYTES))
"""Reads the file that is chosen, and gives what was brought to the server: again, with the films that
were chosen for the doubtful rows, where it is to be used."""

PASTED = "(text, language) => { window.ownRatings.brought = { text }; return [text, language]; }"
"""Keeps what was pasted in the browser."""

_LONGEST = 4 * (MAX_BYTES // 3 + 2)
"""The most characters of a file in base64."""


class OwnPanel:
    """What is in the panel for ratings of one's own.

    Args:
        answers: What the page's modules share.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        gr.Markdown(label("own.intro"), elem_classes="note")
        self._text = gr.Textbox(
            label=label("own.text"),
            info=label("own.text.info"),
            placeholder="Heat (1995)\nFargo (1996) 4.5\nScream, 1996, 2",
            lines=4,
            max_lines=10,
            elem_id="own-text",
        )
        self._match = gr.Button(label("own.match"), size="sm", elem_id="own-match")
        self._choose = gr.Button(label("own.file"), size="sm", elem_id="own-file")
        self._found = gr.HTML("", js_on_load=EVENTS, elem_id="own-found")
        self._used = gr.HTML("", elem_id="own-used")

    def wire(self, controls: Controls, private: dict[str, Any]) -> None:
        """Bind the panel's events.

        Args:
            controls: The page's controls.
            private: How an event of the page's own is bound.
        """
        language, found = controls.language, [self._found, self._used]
        self._choose.click(None, js="() => window.ownRatings.choose()", **private)
        for matched in (
            self._match.click(self.match, [self._text, language], found, js=PASTED, **private),
            self._found.read(self.read, language, found, **private),
        ):
            # What was found before is not of what was brought now.
            matched.failure(lambda: ("", ""), None, found, queue=False, **private)
        self._found.use(
            self.use, language, [controls.likes, controls.dislikes, self._used], **private
        )

    def match(self, pasted: Any, language: Any) -> tuple[str, str]:
        """What is found of the titles that were pasted."""
        return self._found_of({"text": pasted}, language), ""

    def read(self, event: gr.EventData, language: Any) -> tuple[str, str]:
        """What is found of the films of a file."""
        return self._found_of(sent(event), language), ""

    def use(self, event: gr.EventData, language: Any) -> tuple[Any, Any, str]:
        """The films liked and disliked by what was brought, and what is said of them."""
        language, brought = language_of(language), sent(event)
        with in_words(language):
            recommender, matches = self._matches(brought)
            # Of more doubtful rows than are shown the rest count as none of the films.
            choices = listed(brought.get("choices"))
            choices += [None] * (len(matches.doubtful) - len(choices))
            chosen = picks(matches.chosen(choices), recommender.bundle.schema.like_threshold)
        said = used_html(chosen, language)
        if not chosen.liked and not chosen.disliked:
            return gr.skip(), gr.skip(), said
        # The control's last film counts as the newest, the engine's first.
        liked, disliked = (
            [int(film) for film in reversed(films)] for films in (chosen.liked, chosen.disliked)
        )
        return liked, disliked, said

    def _found_of(self, brought: Mapping[str, Any], language: Any) -> str:
        language = language_of(language)
        with in_words(language):
            recommender, matches = self._matches(brought)
            shown = self._answers.shown(recommender)
            threshold = recommender.bundle.schema.like_threshold
            return matches_html(
                matches, {film: title for title, film in shown.films}, threshold, language
            )

    def _matches(self, brought: Mapping[str, Any]) -> tuple[MovieRecommender, Matches]:
        """The model, and the films of what was brought."""
        rows = rows_of(brought)
        recommender = self._answers.recommender(users=False)
        with memory.released():
            return recommender, match_ratings(recommender.search, rows)


def sent(event: gr.EventData) -> Mapping[str, Any]:
    """What the browser sent with an event; nothing is sure of it."""
    return event._data if isinstance(event._data, dict) else {}


def rows_of(brought: Mapping[str, Any]) -> list[OwnRating]:
    """The films of what a visitor brought.

    Args:
        brought: Under "file" a CSV in base64, or else under "text" what was pasted.

    Raises:
        ValueError: If it cannot be read, or is too much.
    """
    if "file" not in brought:
        return read_titles(brought.get("text", ""))
    content = brought["file"]
    name = Argument("file")
    if not isinstance(content, str):
        raise ArgumentError("own_content", name=name, received=type(content).__name__)
    if len(content) > _LONGEST:
        raise ArgumentError("own_bytes", name=name, most=MAX_BYTES)
    try:
        decoded = base64.b64decode(content, validate=True)
    except ValueError:
        raise ArgumentError("own_content", name=name, received="text") from None
    return read_csv(decoded)
