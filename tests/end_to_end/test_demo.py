"""`python app.py` on a machine with no model: it trains the demo, serves it, and keeps it."""

from __future__ import annotations

from pathlib import Path

import psutil
from playwright.sync_api import Page, expect

from tests.end_to_end.steps import choose, open_page, recommend
from tests.server import running_app, wait_for


def test_the_demo_is_trained_served_and_kept(tab: Page, tmp_path: Path) -> None:
    demo = tmp_path / "demo"
    with running_app("--demo", str(demo)) as address:
        wait_for(address, "preparing")
        tab.goto(address)
        expect(tab.locator("#status")).to_contain_text("Preparing the model")
        expect(tab.locator("#recommend")).to_be_disabled()
        expect(tab.locator("#status")).to_contain_text("epoch", timeout=120_000)
        tab.wait_for_selector("#recommend:not([disabled])", timeout=240_000)
        choose(tab, "#user", "42")
        choose(tab, "#genres", "Comedy")
        shown = recommend(tab)
        assert len(shown) == 10
        assert all("Comedy" in row[3].split(" · ") for row in shown)
        (server,) = (
            process
            for process in psutil.Process().children(recursive=True)
            if str(demo) in " ".join(process.cmdline())
        )
        assert not any("tensorflow" in mapped.path for mapped in server.memory_maps())
    with running_app("--demo", str(demo)) as address:
        wait_for(address, "loaded", seconds=30)
        open_page(tab, address)
        choose(tab, "#user", "42")
        choose(tab, "#genres", "Comedy")
        assert recommend(tab) == shown
