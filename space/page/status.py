"""Where the model stands, as a visitor sees it: absent, being prepared, failed, loaded."""

from __future__ import annotations

from html import escape

from space.artifacts import Status
from space.page.language import text
from space.page.words import html_in


def status_html(status: Status, language: str) -> str:
    """The panel that says where the model stands; empty once it is loaded and nothing is to be noted."""
    if status.state == "loaded":
        if not status.note:
            return ""
        lead = escape(text(language, "noted"))
        note = html_in(language, status.note)
        return f'<div class="status" role="status"><strong>{lead}</strong> {note}</div>'
    told = html_in(language, status.text)
    if status.state == "failed":
        return (
            f'<div class="status failed" role="alert"><strong>{escape(text(language, "failed"))}'
            f"</strong><pre>{told}</pre></div>"
        )
    value = "" if status.fraction is None else f' value="{status.fraction:.3f}"'
    percent = "" if status.fraction is None else f"{status.fraction:.0%} · "
    named = escape(text(language, "preparing"))
    return (
        f'<div class="status" role="status"><strong>{named}</strong> '
        f"{escape(text(language, 'preparing.more'))}"
        f'<progress aria-label="{named}"{value}></progress>'
        f"<div>{percent}{told}</div></div>"
    )
