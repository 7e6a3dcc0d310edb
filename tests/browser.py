"""The browser of the end-to-end tests: found, or brought by `python -m tests.browser`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Error, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

SHELL = "chromium-headless-shell"
"""Chromium without its windows, which opens a page for a seventh of the work."""


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium: the system's where there is one, its shell first, else playwright's own."""
    with sync_playwright() as playwright:
        options: dict[str, Any] = {"args": FLAGS}
        system = map(shutil.which, (SHELL, "chromium", "chromium-browser"))
        if found := next(filter(None, system), None):
            options["executable_path"] = found
        opened = playwright.chromium.launch(**options)
        try:
            yield opened
        finally:
            opened.close()


def works() -> bool:
    """Whether a browser can be opened."""
    try:
        with browser():
            return True
    except Error:
        return False


def install() -> str:
    """Bring a browser: the system's package, the shell rather than the whole, else playwright's own.

    Returns:
        An empty text, or why it could not be had.
    """
    by_apt = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    package = [*apt, "install", "-y", "--no-install-recommends", "fonts-noto-cjk"]
    tried: list[str] = []
    if by_apt and shutil.which(SHELL) is None:
        tried += [_run([*apt, "update"]), _run([*package, SHELL])]
    if not works() and by_apt:
        tried.append(_run([*package, "chromium"]))
    if not works():
        tried.append(_run([sys.executable, "-m", "playwright", "install", "chromium"]))
    if works():
        return ""
    return "\n".join(
        [
            "The end-to-end tests need Chromium, and it could not be had. Tried:",
            *tried,
            "Install Chromium, or run `playwright install --with-deps chromium`, and try again.",
        ]
    )


def _run(command: list[str]) -> str:
    """Run a command; gives it with the last line that it said."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
        said = (done.stderr or done.stdout).strip().splitlines()
    except (OSError, subprocess.TimeoutExpired) as error:
        said = [str(error)]
    return f"  {' '.join(command)}: {said[-1] if said else 'nothing was said'}"


if __name__ == "__main__":
    sys.exit(install() or None)
