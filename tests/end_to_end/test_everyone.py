"""On any screen, in each language: nothing to scroll sideways, nothing asked of other hosts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from space.page.language import LANGUAGES, text
from space.page.tabs import TABS
from tests.end_to_end.steps import open_page
from tests.end_to_end.walk import walk


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_nothing_is_wider_than_the_screen(
    chromium: Browser, address: str, language: str
) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    try:
        wide = {
            state: width
            for state in walk(page, address, language)
            if (width := page.evaluate("document.documentElement.scrollWidth")) > 390
        }
    finally:
        page.close()
    assert wide == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_asks_nothing_of_other_hosts_and_its_scripts_do_not_fail(
    chromium: Browser, address: str, language: str
) -> None:
    asked: list[str] = []
    failed: list[str] = []
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.on("pageerror", lambda error: failed.append(str(error)))
    try:
        states = list(walk(page, address, language))
    finally:
        page.close()
    assert len(states) > 15
    assert len(asked) > 50
    assert [url for url in asked if not re.match(rf"{re.escape(address)}/|data:|blob:", url)] == []
    assert failed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_all_tabs_are_to_be_seen(chromium: Browser, address: str, language: str) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    try:
        open_page(page, f"{address}/?lang={language}")
        names = page.locator("#tabs [role=tab]:visible").all_inner_texts()
    finally:
        page.close()
    assert names == [text(language, f"tab.{name}") for name in ("films", *TABS)]
