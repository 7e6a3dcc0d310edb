"""The README's pictures of the page: `make screenshot` writes them to `docs/` from the demo model.

`python -m tests.screenshot --bundle B --dataset D` takes them of another, with `app.py`'s options.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.browser import browser
from tests.end_to_end.steps import choose, open_page, settle, tell
from tests.server import ROOT, running_app

FOLDER = ROOT / "docs"
LIKED = ("Toy Story (1995)", "Fargo (1996)", "Groundhog Day (1993)")
DISLIKED = ("Scream (1996)",)
LONG_ENOUGH = 600
"""Milliseconds after which whatever moved or faded in stands still."""


def picked(tab: Page) -> None:
    """Somebody new who has picked some films, and told of themselves."""
    for control, films in (("#likes", LIKED), ("#dislikes", DISLIKED)):
        for film in films:
            choose(tab, control, film)
            settle(tab)
    expect(tab.locator("#likes .token")).to_have_count(len(LIKED))


def with_facts(tab: Page) -> None:
    """The same, with gender and age told."""
    picked(tab)
    for control, value in (("#gender", "Female"), ("#age", "25-34")):
        tell(tab, control, value)
        settle(tab)


def why(tab: Page) -> None:
    """The same, asking why the first film is there."""
    with_facts(tab)
    tab.locator("#cards button[data-does=why]").first.click()
    expect(tab.locator("#detail article")).to_be_visible()


PICTURES: dict[str, tuple[Callable[[Page], None], tuple[int, int], str]] = {
    "page.png": (with_facts, (1440, 1100), "en-US"),
    "phone.png": (picked, (390, 844), "en-US"),
    "why.png": (why, (1440, 1100), "en-US"),
    "korean.png": (picked, (1440, 1100), "ko-KR"),
}
"""For each picture the steps to it, width and height, and the browser's language."""


def take(opened: Browser, address: str, name: str) -> None:
    """Take one picture, in a browser that knows nothing of the others."""
    steps, (width, height), locale = PICTURES[name]
    context = opened.new_context(
        viewport={"width": width, "height": height},
        locale=locale,
        device_scale_factor=2 if width < 500 else 1,
        reduced_motion="reduce",
    )
    tab = context.new_page()
    open_page(tab, address, seconds=300)
    steps(tab)
    settle(tab)
    tab.mouse.move(0, 0)
    tab.evaluate("document.activeElement?.blur(); window.scrollTo(0, 0)")
    if name == "phone.png":
        # Below the controls, where the list begins.
        tab.locator("#tabs").evaluate("tabs => tabs.scrollIntoView()")
    tab.wait_for_timeout(LONG_ENOUGH)
    tab.screenshot(path=FOLDER / name, animations="disabled")
    context.close()


def main() -> None:
    """Serve the model, and take each picture."""
    FOLDER.mkdir(exist_ok=True)
    with running_app(*sys.argv[1:]) as address, browser() as opened:
        for name in PICTURES:
            take(opened, address, name)
            print(f"Wrote {(FOLDER / name).relative_to(ROOT)}", flush=True)


if __name__ == "__main__":
    main()
