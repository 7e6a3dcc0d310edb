"""On any screen, in each language, in each state: no fault, no scrolling sideways, no other host."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser

from space.page.language import LANGUAGES, text
from space.page.tabs import TABS
from tests.end_to_end.axe import faults
from tests.end_to_end.steps import open_page
from tests.end_to_end.walk import LOOKS, Look, open_look, walk, width


@dataclass
class Walk:
    """What was seen on a walk through all states."""

    look: Look
    faults: dict[str, list[str]] = field(default_factory=dict)
    """What axe found, by the state."""
    widths: dict[str, int] = field(default_factory=dict)
    """How wide the page was."""
    asked: list[str] = field(default_factory=list)
    """The addresses that were asked."""
    failed: list[str] = field(default_factory=list)
    """What scripts failed with."""


@pytest.fixture(scope="module", params=LOOKS, ids=str)
def walked(chromium: Browser, address: str, request: pytest.FixtureRequest) -> Walk:
    seen = Walk(request.param)
    page = open_look(chromium, seen.look)
    page.on("request", lambda request: seen.asked.append(request.url))
    page.on("websocket", lambda socket: seen.asked.append(socket.url))
    page.on("pageerror", lambda error: seen.failed.append(str(error)))
    try:
        for state in walk(page, address, seen.look.language):
            seen.faults[state], seen.widths[state] = faults(page), width(page)
    finally:
        page.close()
    assert len(seen.faults) > 15
    return seen


def test_axe_finds_no_fault_in_any_state(walked: Walk) -> None:
    assert {state: each for state, each in walked.faults.items() if each} == {}


def test_nothing_is_wider_than_the_screen(walked: Walk) -> None:
    wide = {state: each for state, each in walked.widths.items() if each > walked.look.width}
    assert wide == {}


def test_the_page_asks_nothing_of_other_hosts(walked: Walk, address: str) -> None:
    assert len(walked.asked) > 50
    own = re.compile(rf"{re.escape(address)}/|data:|blob:")
    assert [url for url in walked.asked if not own.match(url)] == []


def test_no_script_fails(walked: Walk) -> None:
    assert walked.failed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_all_tabs_are_to_be_seen(chromium: Browser, address: str, language: str) -> None:
    page = open_look(chromium, Look(390, "light", language))
    try:
        open_page(page, f"{address}/?lang={language}")
        names = page.locator("#tabs [role=tab]:visible").all_inner_texts()
    finally:
        page.close()
    assert names == [text(language, f"tab.{name}") for name in ("films", *TABS)]
