"""The page within a page of another host, as the Hub shows it."""

from __future__ import annotations

from playwright.sync_api import FrameLocator, Page

FRAME = """address => {
  document.body.innerHTML = '<iframe style="width: 1200px; height: 860px"></iframe>';
  document.querySelector("iframe").src = address;
}"""


def framed(outer: Page, address: str, query: str) -> FrameLocator:
    """Open the page in a frame.

    Args:
        outer: A tab, which is brought to a page of another host.
        address: Of the page that is to be framed.
        query: With what it is opened.
    """
    # To the browser, a host by another name is another host.
    outer.goto(f"{address.replace('127.0.0.1', 'localhost')}/healthz")
    outer.evaluate(FRAME, f"{address}/?{query}")
    return outer.frame_locator("iframe")
