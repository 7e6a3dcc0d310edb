"""A report as a reader and a browser would take it apart."""

from __future__ import annotations

from html.parser import HTMLParser


class Report(HTMLParser):
    """The parts of a page that the tests look at."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.titles: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.text = ""
        self._cell: list[str] | None = None
        self._title: list[str] | None = None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = []
        elif tag in ("h1", "h2", "h3"):
            self._title = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append("".join(self._cell))
            self._cell = None
        elif tag in ("h1", "h2", "h3") and self._title is not None:
            self.titles.append("".join(self._title))
            self._title = None

    def handle_data(self, data: str) -> None:
        self.text += data
        for part in (self._cell, self._title):
            if part is not None:
                part.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of each such element."""
        return [attributes for name, attributes in self.tags if name == tag]

    def table(self, *head: str) -> list[list[str]]:
        """The rows of the first table with this head."""
        return next(table[1:] for table in self.tables if tuple(table[0]) == head)
