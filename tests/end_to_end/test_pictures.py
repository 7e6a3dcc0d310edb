"""What a visitor sees who has to wait, or who waits in vain, beside the pictures that are kept of it.

`make screenshot` takes those anew.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.pictures import difference, kept, picture_of, use_own_font
from tests.end_to_end.states import DONE, REASON
from tests.end_to_end.steps import open_page

LOOKS = {"desktop": (1280, 900, "light"), "phone": (390, 844, "dark")}
"""Width, height and colours."""

ALIKE = 0.02
"""The share of cells that another machine's way to draw letters may change."""


@pytest.fixture(params=LOOKS)
def look(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[Page, str]]:
    """A tab, and the look's name."""
    width, height, scheme = LOOKS[request.param]
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    yield context.new_page(), request.param
    context.close()


def check_picture(page: Page, name: str, designed: str) -> None:
    """Compare the page with its picture.

    Args:
        page: The page.
        name: The picture's.
        designed: What makes the state: without it the page has to look different.
    """
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement?.blur()")
    use_own_font(page)
    page.wait_for_timeout(300)
    seen = picture_of(page)
    picture = kept(name, seen)
    assert difference(seen, picture) <= ALIKE
    page.add_style_tag(content=designed)
    assert difference(picture_of(page), picture) > ALIKE


def test_the_last_list_fades_while_the_next_one_is_loading(
    address: str, look: tuple[Page, str]
) -> None:
    page, name = look
    open_page(page, address)
    page.route("**/gradio_api/queue/join*", lambda route: None)  # which never comes to an end
    page.click("#recommend")
    expect(page.locator("#cards [data-testid=status-tracker].translucent")).to_be_visible()
    page.locator("#tabs").evaluate("tabs => tabs.scrollIntoView()")
    check_picture(page, f"loading-{name}", "#cards .pending { opacity: 1 !important; }")


def test_the_page_says_how_far_preparing_has_come(look: tuple[Page, str], preparing: str) -> None:
    page, name = look
    page.goto(preparing)
    expect(page.locator("#status")).to_contain_text(DONE["en"])
    expect(page.locator("#recommend")).to_be_disabled()
    check_picture(page, f"preparing-{name}", "#status { display: none !important; }")


def test_the_page_says_why_it_failed_and_offers_to_try_again(
    look: tuple[Page, str], failed: str
) -> None:
    page, name = look
    page.goto(failed)
    expect(page.locator("#status")).to_contain_text(REASON["en"])
    expect(page.locator("#retry")).to_be_visible()
    check_picture(page, f"failed-{name}", "#status { display: none !important; }")
