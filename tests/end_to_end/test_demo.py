"""`python app.py` on a machine with no model: it trains the demo, serves it, and keeps it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import psutil
from playwright.sync_api import Page, expect

from tests.end_to_end.steps import choose, for_user, open_page, recommend, wait_until_listed
from tests.server import running_app, wait_for


def test_the_demo_is_trained_served_and_kept(tab: Page, tmp_path: Path) -> None:
    demo = tmp_path / "demo"
    started = time.monotonic()
    with running_app("--demo", str(demo)) as address:
        wait_for(address, "preparing")
        tab.goto(address)
        expect(tab.locator("#status")).to_contain_text("Preparing the model")
        expect(tab.locator("#recommend")).to_be_disabled()
        expect(tab.locator("#status")).to_contain_text("epoch", timeout=120_000)
        wait_until_listed(tab, seconds=240)
        # Shown by `pytest -rP` or `-s`; it depends on the machine, so that nothing is asserted of it.
        print(f"The demo was ready after {time.monotonic() - started:.0f} seconds.")
        for_user(tab, "42")
        choose(tab, "#genres", "Comedy")
        shown = recommend(tab)
        assert len(shown) == 10
        assert all("Comedy" in card[3].split(" · ") for card in shown)
        (server,) = (
            process
            for process in psutil.Process().children(recursive=True)
            if str(demo) in " ".join(process.cmdline())
        )
        assert not any("tensorflow" in mapped.path for mapped in server.memory_maps())
    assert_lists_beat_popularity(demo / "bundle")
    with running_app("--demo", str(demo)) as address:
        wait_for(address, "loaded", seconds=30)
        open_page(tab, address)
        for_user(tab, "42")
        choose(tab, "#genres", "Comedy")
        assert recommend(tab) == shown


def assert_lists_beat_popularity(bundle: Path) -> None:
    """It is trained on MovieLens 100K, where its NDCG@10 is about twice that of popularity."""
    measured = json.loads((bundle / "metrics.json").read_text())["ranking"]["test"]
    assert measured["users"] > 800
    popularity = measured["beside"]["popularity"]
    for metric in ("ndcg_at_10", "recall_at_20"):
        assert measured[metric] > 1.3 * popularity[metric] > 0, metric
