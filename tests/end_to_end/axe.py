"""What axe finds on a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def faults(page: Page) -> list[str]:
    """What axe finds, but for what it calls minor."""
    return [
        f"{each['id']} ({each['impact']}): {node['target']} {node['failureSummary']}"
        for each in Axe().run(page).response["violations"]
        if each["impact"] != "minor"
        for node in each["nodes"]
    ]
