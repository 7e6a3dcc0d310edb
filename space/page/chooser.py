"""The choice of the page's language: what is set goes with it, since a link restores it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import gradio as gr

from space.page.language import LANGUAGES, text
from space.page.link import SPOKEN

NAMES: Mapping[str, str] = {"en": "English", "ko": "한국어"}
"""What each language is called by those who read it."""

EVENTS = """
const here = document.documentElement.lang.split("-")[0];
for (const button of element.querySelectorAll("button[lang]")) {
  if (button.lang === here) button.setAttribute("aria-current", "true");
}
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[lang]");
  if (!button) return;
  window.chosenLanguage = button.lang;
  trigger("speak", {});
});
"""
"""Marks the language that the page is in, and tells the page of a press of another."""


def build_chooser() -> gr.HTML:
    """A button for each language."""
    named = " / ".join(text(language, "language") for language in LANGUAGES)
    buttons = "".join(
        f'<button type="button" lang="{language}">{escape(NAMES[language])}</button>'
        for language in LANGUAGES
    )
    html = f'<nav aria-label="{escape(named)}">{buttons}</nav>'
    return gr.HTML(html, js_on_load=EVENTS, elem_id="languages")


def wire_chooser(chooser: gr.HTML, linked: Sequence[Any], private: dict[str, Any]) -> None:
    """Have a press open the page in that language, with all that is set.

    Args:
        chooser: What `build_chooser` gave.
        linked: What a link holds.
        private: How an event of the page's own is bound.
    """
    chooser.speak(None, [*linked], None, js=SPOKEN, **private)
