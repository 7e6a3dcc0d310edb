"""The steps of a visitor on the page."""

from __future__ import annotations

from playwright.sync_api import Page, expect

READY = "#recommend:not([disabled])"


def open_page(tab: Page, address: str, seconds: float = 30) -> None:
    """Open the page and wait until its controls are on."""
    tab.goto(address)
    tab.wait_for_selector(READY, timeout=seconds * 1000)


def choose(tab: Page, control: str, value: str) -> None:
    """Type into a dropdown and take the first match."""
    box = tab.locator(f"{control} input")
    box.click()
    box.fill(value)
    box.press("Enter")
    box.press("Escape")


def recommend(tab: Page) -> list[list[str]]:
    """Press the button and read the table of recommendations."""
    tab.click("#recommend")
    expect(tab.locator("#profile .profile")).to_be_visible()
    expect(tab.locator("#heading")).not_to_be_empty()
    tab.wait_for_function("!document.querySelector('.generating, .pending')")
    return rows(tab, "#recommended")


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
