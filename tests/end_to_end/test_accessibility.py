"""A visit with the keyboard alone, what a screen reader is told, and what axe finds where no list is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from space.page.language import text
from space.page.shown import film_choices
from space.recommender import MovieRecommender
from tests.end_to_end.axe import faults
from tests.end_to_end.states import DONE
from tests.end_to_end.steps import expect_titles, open_page, settle
from tests.end_to_end.walk import LOOKS, open_look, width


@pytest.fixture(params=LOOKS, ids=str)
def look(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[Page, str]]:
    """A tab of a width and a colour scheme, and the language to read."""
    page = open_look(chromium, request.param)
    yield page, request.param.language
    page.close()


def test_axe_finds_no_fault_while_the_model_is_prepared(
    look: tuple[Page, str], preparing: str
) -> None:
    page, language = look
    page.goto(f"{preparing}/?lang={language}")
    panel = page.locator("#status")
    expect(panel).to_contain_text(DONE[language])
    expect(panel).to_contain_text(text(language, "preparing"))
    assert faults(page) == []
    assert width(page) <= page.viewport_size["width"]


def test_axe_finds_no_fault_after_a_failure(look: tuple[Page, str], failed: str) -> None:
    page, language = look
    page.goto(f"{failed}/?lang={language}")
    expect(page.locator("#status")).to_contain_text(text(language, "failed"))
    expect(page.locator("#retry")).to_be_visible()
    assert faults(page) == []
    assert width(page) <= page.viewport_size["width"]


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press a key until something has the keyboard, which should show that it has it."""
    for _ in range(80):
        page.keyboard.press(key)
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not come to {target}")


def test_a_newcomer_comes_to_films_and_their_reasons_by_keyboard_alone(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    films = film_choices(recommender.bundle.movies)
    picks = [films[3], films[11]]
    open_page(tab, address)
    tab_to(tab, tab.locator("#likes input"))
    for title, _ in picks:
        tab.keyboard.type(title)
        tab.keyboard.press("Enter")
        expect(tab.locator("#likes")).to_contain_text(title)
    expected = recommender.recommend_for(liked=[movie for _, movie in reversed(picks)])
    expect_titles(tab, list(expected["title"]))
    settle(tab)

    why = tab.locator("#cards button[data-does=why]").first
    tab_to(tab, why)
    tab.keyboard.press("Enter")
    expect(tab.locator("#detail article[data-does=why]")).to_be_visible()
    assert tab.evaluate("document.querySelector('#detail').contains(document.activeElement)")
    tab.keyboard.press("Escape")
    expect(tab.locator("#detail")).to_be_hidden()
    expect(why).to_be_focused()

    person = tab.get_by_role("tab", name=text("en", "tab.person"), exact=True)
    tab_to(tab, person, "Shift+Tab")
    tab.keyboard.press("Enter")
    expect(person).to_have_attribute("aria-selected", "true")
    expect(tab.locator("#person-tab")).to_be_visible()


def test_the_language_is_chosen_by_keyboard_first_of_all(tab: Page, address: str) -> None:
    open_page(tab, address)
    tab_to(tab, tab.locator("#languages button[lang=ko]"))
    tab.keyboard.press("Enter")
    expect(tab.locator("#title h1")).to_have_text(text("ko", "title"))


@pytest.mark.parametrize("name", ["way", "match", "view"])
def test_a_group_of_radio_buttons_is_called_by_its_label(
    tab: Page, address: str, name: str
) -> None:
    open_page(tab, address)
    group = tab.get_by_role("group", name=text("en", name), exact=True)
    expect(group).to_have_id(name)


def test_headings_make_an_outline(tab: Page, address: str) -> None:
    open_page(tab, address)
    levels = tab.locator("h1:visible, h2:visible, h3:visible, h4:visible").evaluate_all(
        "headings => headings.map(heading => Number(heading.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
