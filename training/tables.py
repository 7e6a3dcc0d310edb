"""Tables of cells: their headings, as Markdown, and as text in columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Lines = Sequence[Sequence[str]]
"""Lines of cells, the header first."""


def heading(name: str) -> str:
    """The name of a metric or an option as it is shown: `ndcg_at_10` is `ndcg@10`."""
    return name.replace("_at_", "@").replace("_", " ")


def markdown_table(lines: Lines, *, left: int = 1) -> list[str]:
    """Lines of Markdown.

    Args:
        lines: The cells.
        left: How many columns are set to the left; the others hold figures, and are set to the right.
    """
    header, *rest = (f"| {' | '.join(line)} |" for line in lines)
    rule = ["---"] * left + ["---:"] * (len(lines[0]) - left)
    return [header, f"| {' | '.join(rule)} |", *rest]


def in_columns(tables: Mapping[str, Lines]) -> str:
    """Tables by their titles set in columns, for a terminal."""
    return "\n\n".join(
        f"{title}\n{_set(lines)}" if title else _set(lines) for title, lines in tables.items()
    )


def _set(lines: Lines) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
