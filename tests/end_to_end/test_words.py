"""The words of every tab, in both languages: no key or mark of gradio's own stands in place of one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from space.page.films_tab import COLUMNS
from space.page.language import LANGUAGES, text
from space.page.person_tab import LIKED
from tests.end_to_end.steps import open_page, open_tab, settle, show_as, unfold

SAID = """() => {
  const said = [document.title, document.body.innerText];
  for (const each of document.querySelectorAll("body *")) {
    if (each.matches("script, style")) continue;
    for (const { value } of each.attributes) said.push(value);
    if (each.matches("input, textarea")) said.push(each.value);
  }
  return said.filter((each) => each.includes("__i18n__") || each.includes("translation_metadata"));
}"""
"""What a visitor can read or hear that is a mark of gradio's for a text, rather than that text."""


def headers(tab: Page, table: str) -> list[str]:
    """The headers of a table, as a visitor reads them."""
    shown = tab.locator(f"{table} thead").locator("visible=true").first.locator("th")
    return [header.strip() for header in shown.all_inner_texts()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_have_headers_in_the_visitors_language(
    tab: Page, address: str, language: str
) -> None:
    open_page(tab, f"{address}/?lang={language}&way=user&user=5&view=table")
    expected = [text(language, f"column.{name}") for name in COLUMNS]
    expect(tab.locator("#recommended")).to_be_visible()
    assert headers(tab, "#recommended") == expected
    open_tab(tab, text(language, "tab.person"))
    assert headers(tab, "#liked") == [text(language, f"column.{name}") for name in LIKED]


def test_the_headers_are_in_the_language_that_is_switched_to(tab: Page, address: str) -> None:
    open_page(tab, f"{address}/?lang=en&view=table")
    assert headers(tab, "#recommended")[1] == "Title"
    tab.locator("#languages button[lang=ko]").click()
    title = tab.locator("#recommended thead th").locator("visible=true").nth(1)
    expect(title).to_contain_text("제목")


def test_an_empty_table_has_its_headers(tab: Page, address: str) -> None:
    open_page(tab, f"{address}/?lang=ko&view=table&genres=Drama&exclude_genres=Drama")
    assert headers(tab, "#recommended")[1] == "제목"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", ["you", "user"])
def test_no_mark_of_gradios_stands_on_any_tab(
    tab: Page, address: str, language: str, way: str
) -> None:
    open_page(tab, f"{address}/?lang={language}&way={way}&user=5")
    for accordion in ("#sliders", "#filters", *(("#facts", "#own") if way == "you" else ())):
        unfold(tab, accordion)
    show_as(tab, "table")
    assert tab.evaluate(SAID) == []
    names = tab.locator("#tabs [role=tab]").all_inner_texts()
    assert len(names) == 6
    for name in names:
        open_tab(tab, name)
        settle(tab)
        assert tab.evaluate(SAID) == [], name
