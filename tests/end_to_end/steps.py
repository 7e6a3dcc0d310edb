"""The steps of a visitor on the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from weakref import WeakSet

from playwright.sync_api import Locator, Page, expect

READY = "#recommend:not([disabled])"
ASKED = Path(__file__).with_name("asked.js")
QUIET = 0.3
"""Seconds for which nothing may have changed."""

SETTLED = """([quiet, seconds]) => new Promise((settled) => {
  const waiting = ".pending, .generating, .translucent:not(:has(> .error))";
  const end = performance.now() + 1000 * seconds;
  let before = "", since = performance.now();
  const look = () => {
    const open = document.querySelector(waiting);
    const asked = window.unanswered(), said = document.body.innerText, now = performance.now();
    if (asked || open || said !== before) [before, since] = [said, now];
    if (now - since >= 1000 * quiet) settled("");
    else if (now > end) settled(`${asked} unanswered, ${open?.outerHTML.slice(0, 200)}`);
    else setTimeout(look, 40);
  };
  look();
})"""
"""Gives what the page still waits for after so many seconds, or nothing once it has been quiet."""

_WATCHED: WeakSet[Page] = WeakSet()


def open_page(tab: Page, address: str, seconds: float = 30) -> None:
    """Open the page and wait until its controls are on and the first list is there."""
    watch(tab)
    tab.goto(address)
    wait_until_listed(tab, seconds)


def wait_until_listed(tab: Page, seconds: float = 30) -> None:
    """Wait until the controls are on and the first list is there, or what is said in its place."""
    tab.wait_for_selector(READY, timeout=seconds * 1000)
    tab.wait_for_function(
        "document.querySelector('#heading')?.innerText.trim() || document.querySelector('.toast-body')",
        timeout=seconds * 1000,
    )
    settle(tab)


def watch(tab: Page) -> None:
    """Have the page count what it asks of the server, from the next address on."""
    if tab not in _WATCHED:
        _WATCHED.add(tab)
        tab.add_init_script(path=ASKED)


def settle(tab: Page, seconds: float = 30) -> None:
    """Wait until the page waits for nothing: no answer is to come, and its text stays as it is."""
    waits_for = tab.evaluate(SETTLED, [QUIET, seconds])
    assert not waits_for, f"the page should have settled: {waits_for}"


def choose(tab: Page, control: str, value: str) -> None:
    """Type into a dropdown and take the first match."""
    box = tab.locator(f"{control} input")
    box.click()
    box.fill(value)
    box.press("Enter")
    # Whatever has the keyboard: to give it to the box would open what is closed.
    tab.keyboard.press("Escape")
    options = tab.locator(f"{control} [role=option]")
    try:
        expect(options).to_have_count(0, timeout=2_000)  # they fade
    except AssertionError:  # an answer that came meanwhile has opened them again
        box.focus()
        box.blur()
        expect(options).to_have_count(0)


def unfold(tab: Page, accordion: str) -> None:
    """Open an accordion, if it is closed."""
    button = tab.locator(f"{accordion} button").first
    if button.get_attribute("aria-expanded") != "true" and "open" not in (
        button.get_attribute("class") or ""
    ):
        button.click()
        # Gradio makes what is in it only now, and sets it to what it was once more.
        settle(tab)


def for_user(tab: Page, user: str) -> None:
    """Choose a user of the data set."""
    tab.locator("#way input[value=user]").check()
    expect(tab.locator("#user")).to_be_visible()
    for _ in range(3):  # an answer that comes while one types puts back what was chosen before
        choose(tab, "#user", user)
        if tab.locator("#user input").input_value() == user:
            break


def for_me(tab: Page) -> None:
    """Have the list for the visitor again."""
    tab.locator("#way input[value=you]").check()
    expect(tab.locator("#who")).to_be_hidden()


def recommend(tab: Page) -> list[list[str]]:
    """Press the button and read the cards."""
    tab.click("#recommend")
    settle(tab)
    return cards(tab)


def cards(tab: Page) -> list[list[str]]:
    """The cards in their order: rank, title, year, genres with a dot between them, score."""
    read: list[list[str]] = tab.locator("#cards .card").evaluate_all(
        """cards => cards.map((card) => {
          const text = (name) => card.querySelector(name).innerText.trim();
          const chips = [...card.querySelectorAll(".chip")].map((chip) => chip.innerText.trim());
          const title = card.querySelector("h3").firstChild.textContent.trim();
          return [text(".rank"), title, text(".year"), chips.join(" · "), text(".number")];
        })"""
    )
    return read


def titles(tab: Page) -> list[str]:
    """The titles of the cards in their order."""
    return [card[1] for card in cards(tab)]


def expect_titles(tab: Page, titles: Sequence[str]) -> None:
    """Wait until the cards are of these films, in this order."""
    heads: Locator = tab.locator("#cards .card h3")
    expect(heads).to_have_count(len(titles))
    for place, title in enumerate(titles):
        expect(heads.nth(place)).to_contain_text(title)


def tell(tab: Page, control: str, value: str) -> None:
    """Tell a fact of oneself."""
    unfold(tab, "#facts")
    choose(tab, control, value)


def filter_by(tab: Page, control: str, value: str) -> None:
    """Set one of the filters that are folded away, and wait for the list."""
    unfold(tab, "#filters")
    box = tab.locator(f"{control} input")
    if box.get_attribute("role") == "combobox":
        choose(tab, control, value)
    else:
        box.fill(value)
        box.press("Enter")
    settle(tab)


def slide(tab: Page, control: str, value: str) -> None:
    """Set one of the sliders by its number, and wait for the list."""
    unfold(tab, "#sliders")
    box = tab.locator(f"{control} input[type=number]")
    box.fill(value)
    # Gradio has what is typed a moment later; no hand is faster than that.
    tab.wait_for_timeout(500)
    settle(tab)
    box.blur()
    settle(tab)


def show_as(tab: Page, view: str) -> None:
    """Show the list as "cards" or as a "table"."""
    tab.locator(f"#view input[value={view}]").check()
    settle(tab)


def open_tab(tab: Page, name: str) -> None:
    """Choose one of the tabs by its text, and wait for its content."""
    tab.get_by_role("tab", name=name, exact=True).click()
    settle(tab)


def rows(tab: Page, table: str) -> list[list[str]]:
    """The cells of a table, row by row, as a visitor reads them."""
    texts = tab.locator(f"{table} [data-testid^='cell-']").evaluate_all(
        "cells => cells.map(cell => [cell.dataset.testid, cell.innerText.trim()])"
    )
    read: dict[int, dict[int, str]] = {}
    for name, text in texts:
        row, column = (int(number) for number in name.removeprefix("cell-").split("-"))
        read.setdefault(row, {})[column] = text
    return [[cells[column] for column in sorted(cells)] for _, cells in sorted(read.items())]
