"""What the model is, how good it is, and what it was trained on. Every value is escaped here."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import gradio as gr

from space.about import LIST_FIGURES, About, about
from space.page.answers import Answers
from space.page.ask import Ask
from space.page.charts import Bar, bars_html
from space.page.controls import Controls
from space.page.diagram import model_html, ranker_html
from space.page.language import text
from space.page.person_tab import facts_html, month_text
from space.recommender import MovieRecommender

_ADDRESS = re.compile(r"https?://[^\s\"'<>]{1,500}")
_SHARES = ("auc", "user_auc", "ndcg_at_10", "accuracy")
"""Figures of which 1 is the best."""
_ERRORS = (
    "log_loss",
    "expected_calibration_error",
    "expected_calibration_error_unknown_user",
    "expected_calibration_error_told_user",
)
"""Figures of which 0 is the best."""
_PAPER = "https://arxiv.org/abs/1810.11921"


class AboutTab:
    """The tab about the model.

    Args:
        answers: What the page's modules share.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.outputs: list[Any] = [gr.HTML("", elem_id="about")]

    def wire(self, controls: Controls, private: dict[str, Any]) -> None:
        """The tab has no events of its own."""

    def show(self, ask: Ask) -> list[Any]:
        """What there is to tell of the model.

        Raises:
            PreparationError: If the model cannot be had.
            BundleError: If its bundle cannot be read.
        """
        recommender = self._answers.recommender(users=False)

        def made(language: str) -> str:
            return about_html(recommender, about(recommender.bundle), language)

        return [self._answers.of(recommender, "about", made, language=ask.language)]


def about_html(recommender: MovieRecommender, told: About, language: str) -> str:
    """All of the tab.

    Args:
        recommender: The model.
        told: What its bundle tells of it.
        language: The visitor's.
    """
    parts = (
        _model(recommender, told, language),
        _figures(told, language),
        _lists(told, language),
        _plots(recommender, told, language),
        _data(recommender, language),
        _version(recommender, told, language),
    )
    return f'<article class="help about">{"".join(parts)}</article>'


def _model(recommender: MovieRecommender, told: About, language: str) -> str:
    bundle = recommender.bundle
    fields = bundle.schema.names()
    threshold = f"{bundle.schema.like_threshold:g}"
    said = [
        text(language, "about.model", name=told.name, fields=len(fields), threshold=threshold),
        text(language, "about.model.attention"),
    ]
    if told.network:
        said.append(text(language, "about.model.network"))
    ranked = bundle.ranking is not None
    said.append(text(language, "about.model.ranker" if ranked else "about.model.likes"))
    limits = "".join(
        f"<li>{escape(text(language, f'about.limit.{name}'))}</li>"
        for name in ("chosen", "popular", "past", "people")
    )
    paper = _link(_PAPER, text(language, "about.paper"))
    return (
        f"{_head('about.how', language)}{_notes(said[:-1])}"
        f"{model_html(told, fields, language)}{_notes(said[-1:])}"
        f"{ranker_html(language) if ranked else ''}<p>{paper}</p>"
        f'<h3>{escape(text(language, "about.limits"))}</h3><ul class="limits">{limits}</ul>'
    )


def _figures(told: About, language: str) -> str:
    """How good P(like) is on the test rows."""
    if not told.figures:
        return ""
    rows = "–" if told.test_rows is None else f"{told.test_rows:,}"
    bars = [
        Bar(text(language, f"metric.{name}"), told.figures[name], f"{told.figures[name]:.3f}")
        for name in _SHARES
        if name in told.figures
    ]
    errors = {
        text(language, f"metric.{name}"): f"{told.figures[name]:.3f}"
        for name in _ERRORS
        if name in told.figures
    }
    said = [text(language, "about.figures.text", rows=rows)]
    if told.scaling is not None:
        slope, intercept = told.scaling
        sign = "\N{MINUS SIGN}" if intercept < 0 else "+"
        scaled = f"{slope:.3f}", f"{sign} {abs(intercept):.3f}"
        said.append(text(language, "about.scaling", slope=scaled[0], intercept=scaled[1]))
    if told.bent:
        said.append(text(language, "about.scaling.newcomer"))
    return (
        f"{_head('about.figures', language)}{_notes(said)}"
        f"{bars_html(bars, name=text(language, 'about.shares'), top=1)}"
        f'<p class="note">{escape(text(language, "about.errors"))}</p>{facts_html(errors)}'
    )


def _lists(told: About, language: str) -> str:
    """How good the lists are, beside those of other orders."""
    if not told.lists:
        return ""
    users = "–" if told.list_users is None else f"{told.list_users:,}"
    charts = "".join(
        bars_html(
            [
                Bar(text(language, f"order.by.{order}"), figures[name], f"{figures[name]:.3f}")
                for order, figures in told.lists.items()
                if name in figures
            ],
            name=text(language, f"metric.list.{name}"),
        )
        for name in LIST_FIGURES
    )
    return (
        f"{_head('about.lists', language)}"
        f"{_notes([text(language, 'about.lists.text', users=users)])}"
        f'<div class="charts">{charts}</div>'
    )


def _plots(recommender: MovieRecommender, told: About, language: str) -> str:
    """The plots of the card, where the bundle has them."""
    if not told.plots:
        return ""
    # A newer model has other plots under the same names.
    version = escape(str(recommender.bundle.schema.dataset.get("fingerprint", ""))[:12])
    drawn = "".join(
        f'<figure><img src="plots/{name}.png?{version}" '
        f'alt="{escape(text(language, f"plot.{name}"))}">'
        f"<figcaption>{escape(text(language, f'plot.{name}'))}</figcaption></figure>"
        for name in told.plots
    )
    return f'{_head("about.plots", language)}<div class="plots">{drawn}</div>'


def _data(recommender: MovieRecommender, language: str) -> str:
    """What it was trained on, and under which terms."""
    schema = recommender.bundle.schema
    dataset = schema.dataset
    facts = {"data": str(dataset.get("name") or text(language, "footer.unnamed"))}
    for name in ("users", "movies", "ratings"):
        if type(dataset.get(name)) is int:
            facts[name] = f"{dataset[name]:,}"
    facts["last"] = month_text(recommender.last_month, language)
    facts["like"] = text(language, "about.like", threshold=f"{schema.like_threshold:g}")
    named = {text(language, f"about.fact.{name}"): value for name, value in facts.items()}
    terms = "".join(
        f"<h3>{escape(text(language, f'footer.{what}'))}</h3><p>{_linked(str(dataset[what]))}</p>"
        for what in ("licence", "citation")
        if dataset.get(what)
    )
    address = str(dataset.get("licence_url") or "")
    link = _link(address, text(language, "about.licence.link"))
    return (
        f"{_head('about.data', language)}{facts_html(named)}{terms}"
        f"{f'<p>{link}</p>' if link else ''}"
    )


def _version(recommender: MovieRecommender, told: About, language: str) -> str:
    """Which version of which model this is."""
    schema = recommender.bundle.schema
    facts = {"format": str(schema.format_version)}
    for name, value in (
        ("parameters", told.parameters),
        ("ranker_parameters", told.ranker_parameters),
        ("preset", told.preset),
    ):
        if value is not None:
            facts[name] = f"{value:,}" if isinstance(value, int) else value
    if told.seed is not None:
        facts["seed"] = str(told.seed)
    named = {text(language, f"about.fact.{name}"): value for name, value in facts.items()}
    origins = "".join(
        f"<p>{escape(text(language, key))}: "
        f"{_link(origin.url, f'{origin.repository.id} @ {origin.short_sha}')}</p>"
        for key, origin in (
            ("footer.model", recommender.origin),
            ("footer.users", recommender.dataset_origin),
        )
        if origin is not None
    )
    nowhere = f'<p class="note">{escape(text(language, "about.local"))}</p>'
    return f"{_head('about.version', language)}{origins or nowhere}{facts_html(named)}"


def _head(key: str, language: str) -> str:
    return f"<h2>{escape(text(language, key))}</h2>"


def _notes(said: list[str]) -> str:
    return "".join(f"<p>{escape(each)}</p>" for each in said)


def _linked(said: str) -> str:
    """A text in which addresses of the web are links."""
    parts: list[str] = []
    end = 0
    for found in _ADDRESS.finditer(said):
        # What closes a sentence is not of the address.
        address = found.group().rstrip(".,;:")
        if address.count(")") > address.count("("):
            address = address.rstrip(".,;:)")
        link = _link(address, address) or escape(address)
        parts += [escape(said[end : found.start()]), link]
        end = found.start() + len(address)
    return "".join([*parts, escape(said[end:])])


def _link(address: str, said: str) -> str:
    """A link, if the address is one of the web."""
    if not _ADDRESS.fullmatch(address):
        return ""
    return (
        f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{escape(said)}</a>'
    )
