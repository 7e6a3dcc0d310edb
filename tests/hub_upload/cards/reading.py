"""What a reader of a card sees, by a Markdown parser, and folders with some facts changed."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from huggingface_hub.repocard import REGEX_YAML_BLOCK
from markdown_it import MarkdownIt
from markdown_it.token import Token

from space.manifest import write_manifest

DATA = Path(__file__).parents[2] / "data"
BUNDLE = DATA / "bundle-v1"
DATASET = DATA / "dataset-v1"

HOSTILE = (
    "plain",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![picture](https://evil.example/x.png)",
    "[link](javascript:alert(1))",
    "# heading\n## heading",
    "---\nlicense: mit\n---\n\n# taken over",
    "```python\nraise SystemExit('ran')\n```",
    "`tick` and ``` ticks",
    "{{ 7 * 7 }} {% for x in y %} {# gone #}",
    "| cell | cell |\n| --- | --- |\n| a | b |",
    "**bold** _emphasis_ ~~gone~~ &lt;b&gt; \\<b\\>",
    "> quote\n> quote",
    "- item\n- item\n\n1. one\n2. two\n\n+ plus\n\n    indented",
    "title\n===",
    "\u202ebidi \x00\x1b[31m\ud800 \u2028line",
    "\r\nwindows\r\n---\r\n",
    '"quoted" \'quoted\' \\" end \\',
    "[ref]: https://evil.example",
    "$$x$$ $y$ <!-- comment",
)
"""Texts that would be markup, code or front matter if they were taken as they are."""


def front_matter(card: str) -> dict[str, Any]:
    """The card's front matter, as the Hub finds it."""
    found = REGEX_YAML_BLOCK.match(card)
    assert found is not None
    data = yaml.safe_load(found[2])
    assert isinstance(data, dict)
    return data


def body(card: str) -> str:
    """The Markdown below the front matter."""
    return REGEX_YAML_BLOCK.sub("", card, count=1)


def tokens(card: str) -> list[Token]:
    """The blocks of the card's Markdown, with tables and raw HTML read as such."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body(card))


def blocks(card: str, language: str) -> list[str]:
    """The code blocks of a language."""
    return [t.content for t in tokens(card) if t.type == "fence" and t.info == language]


def headings(card: str) -> list[str]:
    """The text of each heading, as it is shown."""
    found = tokens(card)
    return [shown(after) for token, after in pairwise(found) if token.type == "heading_open"]


def tables(card: str) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """The rows of each table, by its head, as they are shown."""
    result: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    rows: list[tuple[str, ...]] = []
    for token, after in pairwise([*tokens(card), Token("end", "", 0)]):
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append(())
        elif token.type in ("td_open", "th_open"):
            rows[-1] += (shown(after),)
        elif token.type == "table_close":
            result[rows[0]] = rows[1:]
    return result


def shown(token: Token) -> str:
    """The text of a token with no markup in it, code spans as what is in them."""
    return "".join(
        "\n" if child.type in ("softbreak", "hardbreak") else child.content
        for child in token.children or []
    )


def quoted(card: str) -> str:
    """The text of the card's block quotes."""
    texts, depth = [], 0
    for token in tokens(card):
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if depth and token.type == "inline":
            texts.append(shown(token))
    return "\n\n".join(texts)


def markup(card: str) -> list[str]:
    """Everything that a value could have smuggled in: kinds of blocks and spans, with targets."""
    found = []
    for token in tokens(card):
        if token.type != "inline":
            found.append(f"{token.type} {token.info}")
        for child in token.children or []:
            if child.type not in ("text", "softbreak", "hardbreak", "text_special", "code_inline"):
                found.append(f"{child.type} {child.attrs}")
    return found


@contextmanager
def changed(folder: Path, **changes: Callable[[Any], object] | Any) -> Iterator[Path]:
    """A copy of a folder in which JSON files are changed, or written anew, with a manifest that fits.

    Args:
        folder: The folder to copy.
        **changes: For each file's name without `.json`: a function that changes its content, or what
            should be in it.
    """
    with tempfile.TemporaryDirectory() as place:
        copy = Path(shutil.copytree(folder, Path(place) / folder.name))
        for name, change in changes.items():
            path = copy / f"{name}.json"
            if callable(change):
                content = json.loads(path.read_text(encoding="utf-8"))
                change(content)
            else:
                content = change
            path.write_text(json.dumps(content), encoding="utf-8")
        write_manifest(copy)
        yield copy
