"""The page's layout, and which events call which handler."""

from __future__ import annotations

import os
import random
from itertools import islice
from typing import Any

import gradio as gr

from space.artifacts import SharedModel
from space.page.answers import KEPT, Answers
from space.page.api import add_endpoints
from space.page.ask import NAMES, Ask, listed
from space.page.cards import film_of
from space.page.chooser import build_chooser, wire_chooser
from space.page.controls import Controls, Panel, build_panel, switched_on
from space.page.detail import Detail
from space.page.events import ONE_QUEUE, CheckedBlocks
from space.page.films_tab import FilmsTab
from space.page.footer import footer
from space.page.language import LANGUAGES, label, language_of, text
from space.page.link import COPY, HIDE, LINKED, restored
from space.page.own_panel import OwnPanel
from space.page.starters import example, starters_html, with_pick
from space.page.status import status_html
from space.page.tabs import TABS, own_inputs
from space.page.words import in_words, told_in

_POLL_SECONDS = 1.0
_FETCHING = gr.Progress()

HERE = """() => [document.documentElement.lang, location.search]"""
"""The visitor's language, and what the page's link says."""

ANEW = "() => `${performance.now()}`"
"""Another value than before, whose change asks for the list."""

LISTED = """(...asked) => {
  window.listed = JSON.stringify(asked);
  return asked;
}"""
"""Remembers what a list is asked for with."""

TYPED = """(anew, ...asked) =>
  JSON.stringify(asked) === window.listed ? anew : `${performance.now()}`"""
"""As `ANEW`, if anything is not as it was then. To list whenever a field is left would take a button
from under the mouse that leaves the field to press it."""

STALE = """(selected, stale) => selected === "films" ? stale : `${performance.now()}`"""
"""Has the open tab filled again, which is nothing to do for the list's own."""

OPENED = """(loaded, stale) => ["NAME", loaded === "loaded" ? `${performance.now()}` : stale]"""
"""Has a tab filled that is opened. Until the controls are set that is left to the first list."""

SETTLED = """() => new Promise((done) => setTimeout(() => done("loaded"), 150))"""
"""Waits until the controls have what they were set to, of which each one tells at a time of its own."""

# Values come as they are sent: the recommender checks them, and says in the visitor's words what is
# wrong; gradio would say it in its own, or fail.
PRIVATE: dict[str, Any] = {
    "api_visibility": "private",
    "preprocess": False,
    "concurrency_id": ONE_QUEUE,
}
QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", **PRIVATE}


def build_page(model: SharedModel, *, kept: int = KEPT) -> gr.Blocks:
    """Lay out the page. Building it starts nothing and loads nothing; neither does a plain GET of it.

    Args:
        model: The model that all visitors share; while it is being prepared the controls are off.
        kept: How many answers are kept, to be given again.

    Returns:
        The page, to be served by `space.page.serve`.
    """
    # The page asks nothing of other hosts.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    answers = Answers(model, kept)
    page = CheckedBlocks(title=text(LANGUAGES[0], "title"), analytics_enabled=False)
    with page:
        Layout(answers).wire(page)
        add_endpoints(answers)
    return page


class Layout:
    """All of the page, and the events that concern more than one part of it."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._query = gr.Textbox(visible=False)
        self._ready = gr.Textbox(visible=False)
        self._loaded = gr.Textbox(visible=False)
        self._anew = gr.Textbox(visible=False)
        self._stale = gr.Textbox(visible=False)
        self._selected = gr.Textbox("films", visible=False)
        self._languages = build_chooser()
        gr.Markdown(label("title.markdown"), elem_id="title")
        self._status = gr.HTML(status_html(answers.model.status, "en"), elem_id="status")
        self._retry = gr.Button(label("retry"), visible=False, elem_id="retry")
        with gr.Row(equal_height=False, elem_id="main"):
            with gr.Column(scale=1, min_width=290, elem_id="panel"):
                self._panel: Panel = build_panel()
                with self._panel.own:
                    self._own = OwnPanel(answers)
                # On a narrow screen the list is below; page.js shows it and scrolls.
                gr.Button(label("list.see"), variant="primary", elem_id="to-list")
            with gr.Column(scale=3, min_width=320), gr.Tabs(elem_id="tabs") as tabs:
                with gr.Tab(label("tab.films"), id="films", elem_id="films-tab") as films:
                    self._films = FilmsTab(answers)
                self._tabs, self._first = tabs, films
                self._others = {}
                for name, kind in TABS.items():
                    with gr.Tab(label(f"tab.{name}"), id=name, elem_id=f"{name}-tab") as tab:
                        self._others[name] = (tab, kind(answers))
        self._detail = Detail(answers)
        self._footer = gr.Markdown("", elem_classes="note", elem_id="footer")
        self._timer = gr.Timer(_POLL_SECONDS)

    def wire(self, page: gr.Blocks) -> None:
        """Bind all events.

        Args:
            page: The page that is being built.
        """
        panel, controls = self._panel, self._panel.controls
        asked = [*controls]
        polled: list[Any] = [self._status, self._retry, self._timer, self._footer]
        polled += [controls.language, self._query, *controls[1:]]
        polled += [panel.newcomer, panel.user, panel.facts, panel.own]
        polled += [panel.random, panel.recommend, panel.copy, self._tabs, *self._place, self._ready]
        here = [controls.language, self._query]
        # A tick may come before the first answer, which sets what `here` holds.
        page.load(self.visit, here, polled, js=HERE, **QUIET)
        self._timer.tick(self.poll, here, polled, js=HERE, **QUIET)
        self._retry.click(self.retry, here, polled, js=HERE, **QUIET)

        controls.way.input(
            self.ways, controls.way, [panel.newcomer, panel.user, controls.exclude_seen], **QUIET
        )
        panel.random.click(self.random_user, controls.language, controls.user, **QUIET)
        self._ready.change(None, None, self._loaded, js=SETTLED, **QUIET)
        # One event lists for all that can ask for it, so that no earlier answer comes after a later one.
        self._films.wire_offers(controls, QUIET).success(None, None, self._anew, js=ANEW, **QUIET)
        gr.on(
            controls.typed(),
            None,
            [self._anew, self._loaded, *asked],
            self._anew,
            js=TYPED,
            **QUIET,
        )
        asking = [
            self._loaded.change, self._anew.change, panel.recommend.click, *controls.changes()
        ]  # fmt: skip
        gr.on(
            asking,
            self.show,
            [self._loaded, *asked],
            self._shown,
            js=LISTED,
            trigger_mode="always_last",
            show_progress_on=self._films.lists,
            **PRIVATE,
            # Where the list has failed, the same failure is not told twice.
        ).success(None, [self._selected, self._stale], self._stale, js=STALE, **QUIET)
        # One event here too: what a user's list has brought may not come after the next user's.
        self._stale.change(
            self.refresh,
            self._refreshing,
            self._refreshed,
            trigger_mode="always_last",
            show_progress_on=[part.outputs[0] for _, part in self._others.values()],
            **PRIVATE,
        )
        linked = [*asked, *self._place]
        panel.copy.click(None, linked, panel.link, js=COPY, **PRIVATE)
        moves = [each.change for each in self._place]
        gr.on([*asking, *moves], None, None, panel.link, js=HIDE, **QUIET)
        wire_chooser(self._languages, linked, QUIET)
        for pressed in (self._films.cards.like, panel.starters.pick):
            pressed(with_pick, controls.likes, controls.likes, **QUIET)
        panel.starters.example(self.example, controls.language, controls.likes, **QUIET)
        self._films.cards.hide(self.hide, [controls.hidden], controls.hidden, **QUIET)
        self._films.wire(controls, PRIVATE)
        self._detail.wire(self._films.cards, controls, PRIVATE)
        self._own.wire(controls, PRIVATE)
        for name, (tab, part) in self._others.items():
            part.wire(controls, PRIVATE)
            chosen = OPENED.replace("NAME", name)
            opened = [self._selected, self._stale]
            tab.select(None, [self._loaded, self._stale], opened, js=chosen, **PRIVATE)
        # The list itself is always up to date.
        self._first.select(None, None, self._selected, js="() => 'films'", **PRIVATE)

    @property
    def _shown(self) -> list[Any]:
        return [*self._films.outputs, self._panel.starters, self._footer, self._status]

    @property
    def _own_inputs(self) -> list[Any]:
        return [each for _, part in self._others.values() for each in own_inputs(part)]

    @property
    def _place(self) -> list[Any]:
        """What a link holds beside the controls, in the order of `space.page.link.LINKED`."""
        return [self._selected, self._films.view, *self._own_inputs]

    @property
    def _refreshing(self) -> list[Any]:
        return [self._selected, *self._panel.controls, *self._own_inputs]

    @property
    def _refreshed(self) -> list[Any]:
        return [output for _, part in self._others.values() for output in part.outputs]

    def visit(self, language: Any, query: Any) -> list[Any]:
        """A browser has opened the page: see to the model, then as `poll`."""
        self._answers.model.visit()
        return self.poll(language, query)

    def retry(self, language: Any, query: Any) -> list[Any]:
        """Prepare the model again after a failure."""
        self._answers.model.start()
        return self.poll(language, query)

    def poll(self, language: Any, query: Any) -> list[Any]:
        """Updates of the status and, once the model is loaded, of the controls."""
        model, language = self._answers.model, language_of(language)
        status, recommender = model.status, model.recommender
        retry = gr.Button(visible=status.state == "failed")
        if recommender is None:
            skipped = [gr.skip()] * (len(LINKED) - 1 + 8)
            head = [self._status_panel(language), retry, gr.Timer(active=True), gr.skip()]
            return [*head, language, query, *skipped, ""]
        said = restored(query)
        shown = self._answers.shown(recommender)
        has_users = model.users != "none" or bool(recommender.user_ids)
        on = switched_on(recommender, shown, said, users=has_users)
        told = any(shown.facts.values())
        return [
            self._status_panel(language),
            retry,
            gr.Timer(active=False),
            footer(recommender, shown.name, language),
            language,
            query,
            *on,
            *self.ways(said.get("way", "you"))[:2],
            gr.Accordion(visible=told),
            # Picks are read by a ranking model alone.
            gr.Accordion(visible=recommender.bundle.ranking is not None),
            *[gr.Button(interactive=True)] * 3,
            gr.Tabs(selected=said["tab"]) if "tab" in said else gr.skip(),
            *[said.get(name, gr.skip()) for name in LINKED[len(NAMES) :]],
            "loaded",
        ]

    def ways(self, way: Any) -> tuple[gr.Column, gr.Column, gr.Checkbox]:
        """What is asked: of somebody new, or of a user of the data set, who alone has rated films."""
        user = way == "user"
        return gr.Column(visible=not user), gr.Column(visible=user), gr.Checkbox(visible=user)

    def random_user(self, language: Any) -> Any:
        """A user of the data set by chance."""
        with in_words(language_of(language)):
            ids = self._answers.recommender(users=True).user_ids
        return random.choice(ids) if ids else gr.skip()  # noqa: S311 – nothing depends on it

    def example(self, event: gr.EventData, language: Any) -> list[int]:
        """The films that an example visitor likes."""
        with in_words(language_of(language)):
            return example(self._answers, event)

    def hide(self, event: gr.EventData, hidden: Any) -> list[Any]:
        """The hidden films, and one more."""
        film, films = film_of(event), listed(hidden)
        return films if film in films else [*films, film]

    def show(self, progress: gr.Progress = _FETCHING, loaded: Any = "", *values: Any) -> list[Any]:
        """The list that is asked for; none while the controls are being set to what a link says."""
        ask = Ask.of(values)
        if loaded != "loaded" or self._answers.model.recommender is None:
            return [gr.skip()] * len(self._shown)
        with in_words(ask.language):
            recommender = self._answers.recommender(
                users=not ask.newcomer,
                report=lambda fraction, told: progress(
                    fraction or 0.0, desc=told_in(ask.language, told)
                ),
            )
            return [
                *self._films.show(ask, recommender),
                starters_html(self._answers, recommender, ask),
                footer(recommender, self._answers.shown(recommender).name, ask.language),
                self._status_panel(ask.language),
            ]

    def refresh(self, selected: Any, *values: Any) -> list[Any]:
        """The content of the tab that is open, where it is not the list's."""
        ask, own = Ask.of(values[: len(Controls._fields)]), iter(values[len(Controls._fields) :])
        updates: list[Any] = []
        for name, (_, part) in self._others.items():
            given = [*islice(own, len(own_inputs(part)))]
            if name != selected or self._answers.model.recommender is None:
                updates += [gr.skip()] * len(part.outputs)
                continue
            with in_words(ask.language):
                updates += part.show(ask, *given)
        return updates

    def _status_panel(self, language: str) -> gr.HTML:
        """Where the model stands, while that is worth telling."""
        html = status_html(self._answers.model.status, language)
        return gr.HTML(html, visible=html != "")
