"""Reading the page's HTML as a browser would."""

from __future__ import annotations

import re
from html.parser import HTMLParser

HOSTILE = "\"><img src=x onerror=alert(1)>&'<script>alert(2)</script>"
"""A text that would be markup where it is not escaped, in an element and in an attribute."""


class Tags(HTMLParser):
    """The tags of some HTML with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str]]:
        """The attributes of each such tag."""
        return [attributes for name, attributes in self.tags if name == tag]

    def classed(self, name: str) -> list[dict[str, str]]:
        """The attributes of each tag of a class."""
        return [each for _, each in self.tags if name in each.get("class", "").split()]


def harmless(html: str) -> bool:
    """Whether no tag and no handler of `HOSTILE` is in some HTML."""
    tags = Tags(html).tags
    return not any(
        name in ("img", "script") or any(each.startswith("on") for each in attributes)
        for name, attributes in tags
    )


def percents(html: str) -> list[float]:
    """The lengths, places and strengths in the styles of some HTML, in per cent, in their order."""
    styles = [attributes.get("style", "") for _, attributes in Tags(html).tags]
    told = r"(?:width|height|left|--strength):([^;]*)%"
    return [float(each) for style in styles for each in re.findall(told, style)]


def cells(html: str) -> list[list[str]]:
    """The text of each cell of a table, row by row."""
    rows = re.findall(r"<tr.*?</tr>", html)
    return [[Tags(cell).text for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]
