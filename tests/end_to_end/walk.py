"""A walk through the page: each state that a visitor can bring it into, in any language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from playwright.sync_api import Browser, Page, expect

from space.page.tabs import TABS
from tests.end_to_end.steps import cards, for_user, open_page, settle, unfold


class Look(NamedTuple):
    """A screen and a visitor."""

    width: int
    scheme: Literal["light", "dark"]
    language: str

    def __str__(self) -> str:
        return "-".join(map(str, self))


LOOKS = (
    Look(1440, "light", "en"),
    Look(1440, "dark", "ko"),
    Look(390, "light", "ko"),
    Look(390, "dark", "en"),
)

ACCORDIONS = ("#facts", "#own", "#sliders", "#filters")


def open_look(chromium: Browser, look: Look) -> Page:
    """A tab for a look, in which nothing moves."""
    return chromium.new_page(
        viewport={"width": look.width, "height": 900},
        color_scheme=look.scheme,
        reduced_motion="reduce",
        has_touch=look.width < 500,
    )


def width(page: Page) -> int:
    """How wide the page is, in pixels, with what one would have to scroll sideways for."""
    wide: int = page.evaluate("document.documentElement.scrollWidth")
    return wide


def open_details(page: Page, place: str) -> None:
    """Open whatever is folded within a part of the page."""
    page.locator(f"{place} details").evaluate_all("all => all.forEach(each => (each.open = true))")


def walk(page: Page, address: str, language: str) -> Iterator[str]:
    """Bring the page into one state after another.

    Args:
        page: A tab of a browser.
        address: Of the page.
        language: In which it is opened.

    Yields:
        What the state is called, while the page is in it.
    """
    here = f"{address}/?lang={language}"
    open_page(page, here)
    yield "newcomer"
    for accordion in ACCORDIONS:
        unfold(page, accordion)
    settle(page)
    yield "unfolded"
    page.locator("#view input[value=table]").check()
    settle(page)
    yield "table"
    page.locator("#view input[value=cards]").check()
    for does in ("why", "similar"):
        page.locator(f"#cards button[data-does={does}]").first.click()
        expect(page.locator(f"#detail article[data-does={does}]")).to_be_visible()
        settle(page)
        yield does
        page.keyboard.press("Escape")
        expect(page.locator("#detail")).to_be_hidden()
    page.locator("#copy").click()
    expect(page.locator("#link")).to_be_visible()
    settle(page)
    yield "link"
    for name in TABS:
        page.locator(f"#{name}-tab-button").click()
        settle(page)
        open_details(page, f"#{name}-tab")
        yield f"newcomer's {name}"
    page.locator("#films-tab-button").click()
    (doubtful, year), (sure, _) = [each[1:3] for each in cards(page) if each[2].isdecimal()][:2]
    brought = f"{doubtful} ({int(year) + 3}) 4\n{sure}\nNo such film at all"
    page.locator("#own-text textarea").fill(brought)
    page.locator("#own-match").click()
    expect(page.locator("#own-found select")).to_be_visible()
    open_details(page, "#own-found")
    settle(page)
    yield "own found"
    page.locator("#own-found button[data-does=use]").click()
    expect(page.locator("#own-used")).not_to_be_empty()
    settle(page)
    yield "picked"
    for_user(page, "7")
    settle(page)
    yield "user"
    for name in TABS:
        page.locator(f"#{name}-tab-button").click()
        settle(page)
        yield f"user's {name}"
    open_page(page, f"{here}&from_year=2099")
    expect(page.locator("#cards .card")).to_have_count(0)
    yield "empty"
    page.goto(f"{here}&from_year=1990&to_year=1980")
    expect(page.locator(".toast-body")).to_be_visible(timeout=30_000)
    settle(page)
    yield "refused"
