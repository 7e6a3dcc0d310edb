"""The controls: who a list is for, which films may be in it, and how it is ordered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import gradio as gr

from space.arguments import MAX_PICKS
from space.page.language import LANGUAGES, label, value_label, value_text
from space.page.shown import Shown
from space.page.starters import STARTER_EVENTS
from space.person import FACTS
from space.recommender import MAX_K, MovieRecommender


class Controls(NamedTuple):
    """What a visitor sets, in the order of `space.page.ask.Ask`."""

    language: gr.Textbox
    way: gr.Radio
    user: gr.Dropdown
    likes: gr.Dropdown
    dislikes: gr.Dropdown
    gender: gr.Dropdown
    age: gr.Dropdown
    occupation: gr.Dropdown
    year: gr.Textbox
    month: gr.Dropdown
    genres: gr.Dropdown
    match: gr.Radio
    exclude_genres: gr.Dropdown
    from_year: gr.Textbox
    to_year: gr.Textbox
    exclude_seen: gr.Checkbox
    hidden: gr.Dropdown
    k: gr.Slider
    familiarity: gr.Slider
    diversity: gr.Slider

    def changes(self) -> list[Any]:
        """The events by which a visitor changes something that the list depends on."""
        # A dropdown's `input` does not tell of what was typed and is not among the choices; what is
        # meant by that is for `space.page.meant` to find.
        dropdowns = [each for each in self if isinstance(each, gr.Dropdown)]
        return [
            *(each.change for each in dropdowns),
            *(each.input for each in (self.way, self.match, self.exclude_seen)),
        ]

    def typed(self) -> list[Any]:
        """The events after which something may have changed: gradio tells of each way out of a field."""
        return [
            *(each.release for each in (self.k, self.familiarity, self.diversity)),
            *(
                event
                for each in (self.year, self.from_year, self.to_year)
                for event in (each.submit, each.blur)
            ),
        ]


class Panel(NamedTuple):
    """The column of controls, with what is in it beside them."""

    controls: Controls
    newcomer: gr.Column
    """What is asked of somebody new."""
    starters: gr.HTML
    """Films to start from."""
    facts: gr.Accordion
    """What they can tell of themselves."""
    user: gr.Column
    """What is asked of a user of the data set."""
    own: gr.Accordion
    """Where own ratings are brought."""
    random: gr.Button
    recommend: gr.Button
    copy: gr.Button
    link: gr.Textbox
    """The link that was made."""


def build_panel() -> Panel:
    """Lay out the controls, all of them off until the model is loaded."""
    language = gr.Textbox(visible=False, elem_id="language")
    way = gr.Radio(
        [(label("way.you"), "you"), (label("way.user"), "user")],
        value="you",
        label=label("way"),
        interactive=False,
        elem_id="way",
    )
    with gr.Column(elem_id="picks") as newcomer:
        starters = gr.HTML("", js_on_load=STARTER_EVENTS, elem_id="starters")
        likes, dislikes = (
            gr.Dropdown(
                [],
                multiselect=True,
                max_choices=MAX_PICKS,
                label=label(name),
                info=label(f"{name}.info"),
                allow_custom_value=True,
                interactive=False,
                elem_id=name,
            )
            for name in ("likes", "dislikes")
        )
        with gr.Accordion(label("facts"), open=False, elem_id="facts") as facts, gr.Row():
            gender, age, occupation = (_fact(name) for name in FACTS)
        own = gr.Accordion(label("own"), open=False, visible=False, elem_id="own")
    with gr.Column(visible=False, elem_id="who") as chosen:
        user = gr.Dropdown(
            [],
            label=label("user"),
            info=label("user.info"),
            # The engine checks what is typed: gradio forgets new choices with the session.
            allow_custom_value=True,
            interactive=False,
            elem_id="user",
        )
        random = gr.Button(label("user.random"), size="sm", interactive=False, elem_id="random")
    genres = _genres("genres")
    match = gr.Radio(
        [(label("match.any"), "any"), (label("match.all"), "all")],
        value="any",
        label=label("match"),
        interactive=False,
        elem_id="match",
    )
    with gr.Accordion(label("sliders"), open=False, elem_id="sliders"):
        k = _slider("k", 1, MAX_K, 10, 1)
        familiarity = _slider("familiarity", -1, 1, 0, 0.1)
        diversity = _slider("diversity", 0, 1, 0, 0.1)
    with gr.Accordion(label("filters"), open=False, elem_id="filters"):
        exclude_genres = _genres("exclude_genres")
        with gr.Row():
            from_year, to_year = (
                build_year(name, "year.any", interactive=False) for name in ("from_year", "to_year")
            )
        exclude_seen = gr.Checkbox(
            True,
            label=label("exclude_seen"),
            visible=False,
            interactive=False,
            elem_id="exclude_seen",
        )
        hidden = gr.Dropdown(
            [],
            multiselect=True,
            label=label("hidden"),
            info=label("hidden.info"),
            allow_custom_value=True,
            interactive=False,
            elem_id="hidden",
        )
        with gr.Row():
            year = build_year("year", "year.last", interactive=False)
            month = gr.Dropdown(
                [(label(f"month.{number}"), number) for number in range(1, 13)],
                label=label("month"),
                interactive=False,
                min_width=110,
                elem_id="month",
            )
    recommend = gr.Button(
        label("recommend"), variant="primary", interactive=False, elem_id="recommend"
    )
    copy = gr.Button(label("link.copy"), size="sm", interactive=False, elem_id="copy")
    link = gr.Textbox(
        label=label("link"), visible=False, interactive=False, buttons=["copy"], elem_id="link"
    )
    controls = Controls(
        language, way, user, likes, dislikes, gender, age, occupation, year, month, genres,
        match, exclude_genres,
        from_year, to_year, exclude_seen, hidden, k, familiarity, diversity,
    )  # fmt: skip
    return Panel(controls, newcomer, starters, facts, chosen, own, random, recommend, copy, link)


def switched_on(
    recommender: MovieRecommender, shown: Shown, restored: Mapping[str, Any], *, users: bool
) -> list[Any]:
    """The controls once the model is loaded, without `language`, in the order of `Controls`.

    Args:
        recommender: The model.
        shown: What is shown of its bundle.
        restored: What the link says that the page was opened by.
        users: Whether there are users to choose.
    """
    year, month = recommender.last_month
    reads = recommender.bundle.ranking is not None
    ids = [(str(user), user) for user in recommender.user_ids]
    ways = [(label("way.you"), "you"), (label("way.user"), "user")]
    genres = [(value_label("genre", name), name) for name in recommender.genres]
    updates: dict[str, dict[str, Any]] = {
        "way": {"choices": ways if ids or users else ways[:1]},
        "user": {"choices": ids, "value": ids[0][1] if ids else None},
        "likes": {"choices": shown.films, "visible": reads},
        "dislikes": {"choices": shown.films, "visible": reads},
        **{
            name: {"choices": fact_choices(name, known), "visible": len(known) > 0}
            for name, known in shown.facts.items()
        },
        "year": {"value": year},
        "month": {"value": month},
        "genres": {"choices": genres},
        "exclude_genres": {"choices": genres},
        "exclude_seen": {"visible": restored.get("way") == "user"},
        "hidden": {"choices": shown.films},
    }
    said = {name: {"value": value} for name, value in restored.items()}
    return [
        gr.update(interactive=True, **{**updates.get(name, {}), **said.get(name, {})})
        for name in Controls._fields[1:]
    ]


def fact_choices(name: str, values: Sequence[str]) -> list[tuple[Any, str]]:
    """What somebody new can tell in one of the dropdowns: nothing, or a value that the model knows.

    Args:
        name: The field.
        values: Its vocabulary; "Under 18" goes before the ages that begin with a digit, and what
            stands within another, as "male" in "female", before that one: what is typed takes the
            first that has it.
    """
    said = {value: value_text(LANGUAGES[0], name, value).casefold() for value in values}

    def place(value: str) -> tuple[int, bool, str]:
        within = sum(other in said[value] for other in said.values())
        return within, not value.startswith("Under "), value

    known = sorted(values, key=place)
    return [(label("not_told"), ""), *((value_label(name, value), value) for value in known)]


def _fact(name: str) -> gr.Dropdown:
    """A dropdown for what somebody new can tell of themselves."""
    return gr.Dropdown(
        [(label("not_told"), "")],
        value="",
        label=label(name),
        allow_custom_value=True,
        interactive=False,
        min_width=200 if name == "occupation" else 110,
        elem_id=name,
    )


def _genres(name: str) -> gr.Dropdown:
    return gr.Dropdown(
        [],
        multiselect=True,
        label=label(name),
        info=label(f"{name}.info"),
        allow_custom_value=True,
        interactive=False,
        elem_id=name,
    )


def build_year(name: str, none: str, *, interactive: bool = True, elem_id: str = "") -> gr.Textbox:
    """A year, or none. It is a text, since gradio's numbers are 0 where there is none.

    Args:
        name: The key of its label.
        none: The key of what stands in it while there is none.
        interactive: Whether it is on.
        elem_id: Its id; that of the label by default.
    """
    return gr.Textbox(
        label=label(name),
        placeholder=label(none),
        max_lines=1,
        max_length=20,
        html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
        interactive=interactive,
        min_width=110,
        elem_id=elem_id or name,
    )


def _slider(name: str, low: float, high: float, value: float, step: float) -> gr.Slider:
    return gr.Slider(
        low,
        high,
        value=value,
        step=step,
        label=label(name),
        info=label(f"{name}.info"),
        interactive=False,
        elem_id=name,
    )
