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


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium: the system's where there is one, else playwright's own."""
    with sync_playwright() as playwright:
        options: dict[str, Any] = {"args": FLAGS}
        system = shutil.which("chromium") or shutil.which("chromium-browser")
        if system:
            options["executable_path"] = system
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
    """Bring a browser: playwright's own download, else the system's package.

    Returns:
        An empty text, or why it could not be had.
    """
    if works():
        return ""
    tried = []
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
        commands += [
            [*apt, "update"],
            [*apt, "install", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"],
        ]
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
            said = (done.stderr or done.stdout).strip().splitlines()
        except (OSError, subprocess.TimeoutExpired) as error:
            said = [str(error)]
        if works():
            return ""
        tried.append(f"  {' '.join(command)}: {said[-1] if said else 'ran, but no browser opens'}")
    return "\n".join(
        [
            "The end-to-end tests need Chromium, and it could not be had. Tried:",
            *tried,
            "Install Chromium, or run `playwright install --with-deps chromium`, and try again.",
        ]
    )


if __name__ == "__main__":
    sys.exit(install() or None)
