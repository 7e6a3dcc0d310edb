"""A walk through the page: each state that a visitor can bring it into, in any language."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from space.page.tabs import TABS
from tests.end_to_end.steps import for_user, open_page, settle, unfold

ACCORDIONS = ("#facts", "#own", "#filters")


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
        yield f"newcomer's {name}"
    page.locator("#films-tab-button").click()
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
