"""How programs ask: examples that run, and what each endpoint takes. Every value is escaped here."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import gradio as gr

from space.page.answers import Answers
from space.page.ask import Ask
from space.page.controls import Controls
from space.page.described import Described, described
from space.page.examples import calls, mcp_config, python_code, shell_code
from space.page.language import text
from space.recommender import MovieRecommender

EVENTS = """
const here = new URL(".", location.href).href.replace(/[/]$/, "");
const fill = () => {
  for (const address of element.querySelectorAll(".address")) address.textContent = here;
};
fill();
watch("value", fill);
element.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copied]");
  if (!button) return;
  const code = button.closest("figure").querySelector("pre");
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = button.dataset.copied;
  } catch {
    // A frame may be forbidden to copy: what is to be copied is then marked.
    getSelection().selectAllChildren(code);
  }
});
"""
"""Puts the page's own address into the examples, which the server does not know, and copies them."""

_ADDRESS = "\ue000"
"""Stands for the page's address: no title and no argument has this character."""
_USUAL = "http://127.0.0.1:7860"


class ProgramsTab:
    """The tab for those who write programs.

    Args:
        answers: What the page's modules share.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.outputs: list[Any] = [gr.HTML("", js_on_load=EVENTS, elem_id="programs")]

    def wire(self, controls: Controls, private: dict[str, Any]) -> None:
        """The tab's events are the browser's alone."""

    def show(self, ask: Ask) -> list[Any]:
        """The examples for the model that is loaded, and the endpoints.

        Raises:
            PreparationError: If the model cannot be had.
        """
        recommender = self._answers.recommender(users=False)
        return [programs_html(recommender, ask.language)]


def programs_html(recommender: MovieRecommender, language: str) -> str:
    """All of the tab.

    Args:
        recommender: The model.
        language: The visitor's.
    """
    asked = calls(recommender)
    examples = {
        "python": python_code(asked, _ADDRESS),
        "shell": shell_code(asked, _ADDRESS),
        "mcp": mcp_config(_ADDRESS),
    }
    blocks = "".join(_block(name, code, language) for name, code in examples.items())
    endpoints = "".join(_endpoint(endpoint, language) for endpoint in described())
    return (
        f'<article class="help programs"><p>{escape(text(language, "programs.intro"))}</p>{blocks}'
        f"<h2>{escape(text(language, 'programs.endpoints'))}</h2>"
        f"<p>{escape(text(language, 'programs.endpoints.text'))}</p>{endpoints}</article>"
    )


def _block(name: str, code: str, language: str) -> str:
    """An example with a button that copies it."""
    said = escape(text(language, f"programs.{name}"))
    copy, copied = (escape(text(language, f"programs.{key}")) for key in ("copy", "copied"))
    address = f'<span class="address">{_USUAL}</span>'
    return (
        f"<h2>{said}</h2><p>{escape(text(language, f'programs.{name}.text'))}</p>"
        f'<figure class="code" data-code="{name}">'
        f'<button type="button" data-copied="{copied}" aria-label="{copy}: {said}">{copy}</button>'
        f'<pre tabindex="0" role="region" aria-label="{said}"><code>'
        f"{escape(code).replace(_ADDRESS, address)}</code></pre></figure>"
    )


def _endpoint(endpoint: Described, language: str) -> str:
    """What an endpoint gives and takes, as it says itself: in English."""
    heads = "".join(
        f'<th scope="col">{escape(text(language, f"programs.{name}"))}</th>'
        for name in ("argument", "type", "default", "meaning")
    )
    needed = escape(text(language, "programs.needed"))
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(each.name)}</code></th>'
        f"<td><code>{escape(each.type)}</code></td>"
        f"<td>{needed if each.default is None else f'<code>{escape(each.default)}</code>'}</td>"
        f'<td lang="en">{_marked(each.text)}</td></tr>'
        for each in endpoint.parameters
    )
    table = (
        f'<div class="scrolled" role="region" tabindex="0" aria-label="{escape(endpoint.name)}">'
        f'<table class="moves"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )
    returns = escape(text(language, "programs.returns"))
    return (
        f"<details><summary><code>{escape(endpoint.name)}</code>"
        f' <span lang="en">{_marked(endpoint.text)}</span></summary>{table if rows else ""}'
        f'<p style="margin: 14px 0 18px"><strong>{returns}</strong>'
        f' <span lang="en">{_marked(endpoint.returns)}</span></p></details>'
    )


def _marked(said: str) -> str:
    """A docstring's text as HTML, where what stands in backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(said))
