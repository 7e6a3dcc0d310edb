"""How the models are put together, as boxes with arrows between them. Every text is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from space.about import About
from space.page.language import text

_ARROW = '<span class="arrow" aria-hidden="true"></span>'

_SHOWN_FIELDS = 5
"""The fields that are named; the others stand behind a dot."""


def model_html(about: About, fields: Sequence[str], language: str) -> str:
    """From the fields to P(like): embeddings, then interacting layers beside a network, then the logit.

    Song et al., CIKM 2019 (arXiv 1810.11921), figure 2 and section 5.2.5.

    Args:
        about: The model.
        fields: The names of its fields.
        language: The visitor's.
    """
    size = "" if about.embed_dim is None else f"{len(fields)} × {about.embed_dim}"
    attention = ""
    if about.layers is not None and about.heads is not None:
        attention = text(language, "diagram.heads", layers=about.layers, heads=about.heads)
    branches = [_box("diagram.layers", attention, language)]
    if about.network:
        units = " → ".join(str(each) for each in about.network)
        branches.append(_box("diagram.network", units, language))
    named = ", ".join(fields[:_SHOWN_FIELDS]) + (", …" if len(fields) > _SHOWN_FIELDS else "")
    return _figure(
        text(language, "diagram.model", name=about.name),
        [
            _box("diagram.fields", f"{len(fields)}: {named}", language),
            _box("diagram.embeddings", size, language),
            f'<div class="beside">{"".join(branches)}</div>',
            _box("diagram.logit", "", language),
            _box("diagram.probability", "σ(logit)", language, result=True),
        ],
    )


def ranker_html(language: str) -> str:
    """From what somebody watched to the order of the list."""
    return _figure(
        text(language, "diagram.ranker"),
        [
            _box("diagram.history", "", language),
            _box("diagram.affinities", "", language),
            _box("diagram.attention", "", language),
            _box("diagram.order", "", language, result=True),
        ],
    )


def _figure(name: str, parts: Sequence[str]) -> str:
    return (
        f'<figure class="diagram"><figcaption>{escape(name)}</figcaption>'
        f'<div class="flow">{_ARROW.join(parts)}</div></figure>'
    )


def _box(key: str, more: str, language: str, *, result: bool = False) -> str:
    said = f"<small>{escape(more)}</small>" if more else ""
    kind = "box result" if result else "box"
    return f'<div class="{kind}"><span>{escape(text(language, key))}</span>{said}</div>'
