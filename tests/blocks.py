"""The code in a document, to be run as a reader would run it."""

from __future__ import annotations

import re
import shlex
import sys

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language, in their order."""
    return [code for found, code in _BLOCK.findall(text) if found == language]


def commands(block: str) -> list[list[str]]:
    """The commands of a console block, run by the Python that runs the tests."""
    split = [shlex.split(line) for line in block.splitlines() if line.strip()]
    names = ("python", ".venv/bin/python")
    return [[sys.executable if word in names else word for word in words] for words in split]


def section(text: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    found = re.search(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert found is not None, heading
    return found[1]
