"""Markdown whose values cannot become markup, and the templates that hold it together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import jinja2
from huggingface_hub import CardData, RepoCard
from jinja2 import meta

TEMPLATES = Path(__file__).parent / "templates"

_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|!~&$]")
_BLOCK_START = re.compile(r"^(\d*)([-+=:.)])")
_PLAIN = re.compile(r"[\w.@/+-]+|\[[\w., -]*\]", re.ASCII)
_ADDRESS = re.compile(r"https?://[\w.-]+(:\d+)?(/[\w./~%?=&#:,;+-]*)?", re.ASCII)


def one_line(value: Any) -> str:
    """A value as one line of text, without what cannot be seen: control characters and the like."""
    return " ".join(_visible(value).split())


def inline(value: Any) -> str:
    """A value as one line that cannot become markup, wherever it stands."""
    escaped = _MARKUP.sub(r"\\\g<0>", one_line(value))
    return _BLOCK_START.sub(r"\1\\\2", escaped)


def quote(value: Any) -> str:
    """A text of several lines as a block quote that keeps its lines and cannot become markup."""
    lines = [inline(line) for line in _visible(value).strip().splitlines()]
    # A backslash at the end of a line is a line break, but only where text follows.
    for place in range(len(lines) - 1):
        if lines[place] and lines[place + 1]:
            lines[place] += "\\"
    return "\n".join(f"> {line}".rstrip() for line in lines)


def code(value: Any) -> str:
    """A value as a code span where it is a plain name or list, else as text."""
    text = str(value)
    return f"`{text}`" if _PLAIN.fullmatch(text) else inline(text)


def literal(text: str) -> str:
    """A Python string literal that stays on its line."""
    return json.dumps(text, ensure_ascii=False) if text.isprintable() else repr(text)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already; empty without rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    rule = f"| {' | '.join('---' for _ in head)} |"
    return "\n".join([f"| {' | '.join(head)} |", rule, *lines]) if lines else ""


def address(value: Any) -> str | None:
    """A web address, if the value is one and nothing else."""
    return value if isinstance(value, str) and _ADDRESS.fullmatch(value) else None


def slug(value: Any) -> str:
    """A value as an identifier of lower-case letters, digits, dots and dashes; may be empty."""
    return re.sub(r"[^a-z0-9.]+", "-", str(value).lower()).strip("-.")


def render(card: type[RepoCard], data: CardData, template: str, **values: Any) -> str:
    """Fill a template.

    Args:
        card: The class of the card.
        data: Its front matter.
        template: A file's name in `templates/`.
        **values: The template's variables: Markdown, flags and numbers.

    Raises:
        ValueError: If the template has a variable that is not given: Jinja would leave a gap.
    """
    source = (TEMPLATES / template).read_text(encoding="utf-8")
    parsed = jinja2.Environment(autoescape=False).parse(source)  # noqa: S701
    missing = meta.find_undeclared_variables(parsed) - values.keys() - {"card_data"}
    if missing:
        raise ValueError(f"{template} should be given {', '.join(sorted(missing))}.")
    filled = card.from_template(data, template_str=source, **values)
    filled.text = re.sub(r"\n{3,}", "\n\n", filled.text).rstrip("\n") + "\n"
    return str(filled)


def _visible(value: Any) -> str:
    return "".join(letter for letter in str(value) if letter.isprintable() or letter.isspace())
