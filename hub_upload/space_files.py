"""The files of a Space: the app, the package that serves, its requirements."""

from __future__ import annotations

import re
from pathlib import Path

import space
from hub_upload.contents import check_secrets

_PACKAGE = Path(space.__file__).parent
_REQUIREMENTS = "requirements.txt"
_SUFFIXES = frozenset({".css", ".js", ".json", ".py"})
"""Of the files of the package that a Space runs: code, and what the page is made of."""


def space_files() -> dict[str, Path]:
    """What a Space runs, by its path in the repository, without the card."""
    files = {
        "app.py": Path(__file__).parent / "templates" / "app.py",
        _REQUIREMENTS: _PACKAGE / _REQUIREMENTS,
    }
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in _SUFFIXES:
            files[f"space/{path.relative_to(_PACKAGE).as_posix()}"] = path
    for name, path in files.items():
        check_secrets(name, path.read_bytes())
    return files


def gradio_version() -> str:
    """The version that the requirements pin; the builder of a Space installs it by the card."""
    pinned = re.search(
        r"^gradio==(\S+)", (_PACKAGE / _REQUIREMENTS).read_text(encoding="utf-8"), re.MULTILINE
    )
    if pinned is None:
        raise ValueError(f"space/{_REQUIREMENTS} should pin gradio as gradio==VERSION.")
    return pinned[1]
