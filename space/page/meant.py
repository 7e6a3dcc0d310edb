"""What a visitor means by what they typed, or by what a link says: choices of the controls, or nothing.

What means nothing is left out and told; the list is made of the rest, rather than of nothing at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from space.arguments import check_fact
from space.arguments import shown as written
from space.errors import Argument, ArgumentError, Said
from space.page.ask import FILMS, GENRES, Ask, choices, user_of
from space.page.controls import Controls
from space.page.language import text, value_text
from space.page.shown import Shown
from space.page.words import html_in, said_of
from space.person import FACTS
from space.recommender import MovieRecommender

TYPED = (*FILMS, *GENRES, *FACTS, "user")
"""The controls in which something can be typed, or named by a link, that is none of their choices."""

_SECONDS = 30
"""How long a message stays, as in `space.page.words`."""

_CORRECT = """(instead, ...values) => {
  const meant = instead ? JSON.parse(instead) : {};
  const key = (value) => JSON.stringify(value);
  return NAMES.map((name, place) => {
    const found = new Map((meant[name] ?? []).map(([typed, value]) => [key(typed), value]));
    const value = values[place];
    const given = Array.isArray(value) ? value : [value];
    if (!given.some((each) => found.has(key(each)))) return { __type__: "update" };
    // A user whom there is not is nobody known; the press also lists anew.
    if (name === "user") document.querySelector("#way input[value=you]")?.click();
    const corrected = given.map((each) => (found.has(key(each)) ? found.get(key(each)) : each));
    return Array.isArray(value) ? [...new Set(corrected.filter((each) => each !== null))] : corrected[0];
  });
}""".replace("NAMES", json.dumps(TYPED))
"""Puts what is meant in place of what was typed, into what the controls hold by now: the visitor may
have chosen more since the server was asked."""


@dataclass(frozen=True)
class Meant:
    """What is meant by what was asked."""

    ask: Ask
    """The same with choices alone; somebody new in place of a user whom there is not."""
    instead: Mapping[str, Sequence[tuple[Any, Any]]]
    """By control, each value that is no choice, and what takes its place; `None` is nothing."""
    left_out: Mapping[str, str]
    """By control, what is said of what means nothing, as HTML."""

    @classmethod
    def of(cls, ask: Ask, shown: Shown, recommender: MovieRecommender) -> Meant:
        """What is meant.

        Args:
            ask: What is asked.
            shown: What is shown of the bundle.
            recommender: The model, with its users if a user is asked for.

        Raises:
            ValueError: If the list is for a user, and none is chosen.
        """
        instead: dict[str, list[tuple[Any, Any]]] = {}
        left_out: dict[str, str] = {}
        if not ask.newcomer:
            user = user_of(ask.user)
            if refused := _refused(ask.language, recommender.users.check, user):
                instead["user"] = [(ask.user, next(iter(recommender.user_ids), None))]
                left_out["user"] = refused
                ask = replace(ask, way="you")
        values: dict[str, Any] = {}
        for name, value in ask.facts.items():
            if refused := _refused(ask.language, check_fact, name, value, shown.facts[name]):
                instead[name] = [(value, "")]
                left_out[name] = refused
                values[name] = ""
        for name in (*FILMS, *GENRES):
            meant = ask.meant(name, shown)
            values[name] = choices(meant)
            if changed := [(typed, value) for typed, value in meant if typed != value]:
                instead[name] = changed
            if nothing := [typed for typed, value in changed if value is None]:
                left_out[name] = _nothing(ask.language, name, nothing, shown)
        return cls(replace(ask, **values), instead, left_out)

    def tell(self) -> str:
        """Warn of what is left out.

        Returns:
            What `correct` needs; it is empty where nothing is to be corrected.
        """
        language = self.ask.language
        for name, said in self.left_out.items():
            rest = text(language, "left_out.user" if name == "user" else "left_out.rest")
            gr.Warning(f"{said}<br>{rest}", duration=_SECONDS, title=text(language, "left_out"))
        return json.dumps(self.instead) if self.instead else ""


def correct(told: gr.Textbox, controls: Controls, private: dict[str, Any]) -> None:
    """Have the controls show what is meant by what was typed.

    Args:
        told: Holds what `Meant.tell` gave.
        controls: The page's controls.
        private: How an event of the page's own is bound.
    """
    typed = [getattr(controls, name) for name in TYPED]
    told.change(None, [told, *typed], typed, js=_CORRECT, queue=False, **private)


def _refused(language: str, check: Callable[..., None], *values: Any) -> str:
    """What a check says of values that it refuses, as HTML; nothing where it does not."""
    try:
        check(*values)
    except ArgumentError as error:
        return html_in(language, said_of(error))
    return ""


def _nothing(language: str, name: str, values: Sequence[Any], shown: Shown) -> str:
    """What is said of values that are no film or no genre, as HTML."""
    received = f"{', '.join(written(value, str) for value in values[:10]):.200}"
    if name in FILMS:
        return html_in(language, Said("film_choice", received=received))
    known = [value_text(language, "genre", genre) for genre in shown.genres]
    said = Said("genres_unknown", name=Argument(name), known=known, received=received)
    return html_in(language, said)
