"""The page in the visitor's language: chosen by the browser, switched, remembered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from space.page.language import CATALOGUES, text
from space.recommender import MovieRecommender
from tests.end_to_end.framed import framed
from tests.end_to_end.steps import READY, open_page

FORBIDDEN = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("forbidden", "SecurityError"); },
});"""
"""What a browser does to a frame whose outer page is of another host, if it is set to."""


@pytest.fixture
def korean(chromium: Browser) -> Iterator[Page]:
    """A browser that is set to Korean."""
    context = chromium.new_context(locale="ko-KR", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def english(chromium: Browser) -> Iterator[Page]:
    """A browser that is set to English, with a memory of its own."""
    context = chromium.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def see(page: Page | FrameLocator, language: str) -> None:
    """Wait until the page is there in a language."""
    expect(page.locator(READY)).to_be_visible(timeout=30_000)
    expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{language}"))
    expect(page.locator("#title h1")).to_have_text(text(language, "title"))
    expect(page.locator("#recommend")).to_have_text(text(language, "recommend"))
    expect(page.locator(".card").first).to_be_visible()
    expect(page.locator(".card .number").first).to_contain_text("P(like)")
    why = page.locator(".card button[data-does=why]").first
    expect(why).to_have_text(text(language, "card.why"))


def switch(page: Page | FrameLocator, language: str) -> None:
    page.locator(f"#languages button[lang={language}]").click()


def test_the_browser_chooses_first(korean: Page, address: str) -> None:
    korean.goto(address)
    see(korean, "ko")
    expect(korean).to_have_title(text("ko", "title"))
    expect(korean.locator("#languages [aria-current]")).to_have_text("한국어")
    words = korean.locator("body").inner_text()
    for key in ("likes", "genres.info", "match.all", "facts", "tab.person", "order.you"):
        assert CATALOGUES["ko"][key] in words, key
        assert CATALOGUES["en"][key] not in words, key


def test_switching_keeps_what_is_set_and_is_remembered(
    english: Page, address: str, recommender: MovieRecommender
) -> None:
    genre = recommender.genres[0]
    english.goto(address)
    see(english, "en")
    expect(english).to_have_title(text("en", "title"))
    box = english.locator("#genres input")
    box.click()
    box.fill(genre)
    box.press("Enter")
    box.press("Escape")
    expect(english.locator("#heading")).to_contain_text(genre)
    films = english.locator(".card h3").all_inner_texts()

    switch(english, "ko")
    see(english, "ko")
    expect(english).to_have_title(text("ko", "title"))
    assert parse_qs(urlsplit(english.url).query)["lang"] == ["ko"]
    assert parse_qs(urlsplit(english.url).query)["genres"] == [genre]
    expect(english.locator("#heading")).to_contain_text(CATALOGUES["ko"][f"genre.{genre}"])
    assert english.locator(".card h3").all_inner_texts() == films

    english.goto(address)
    see(english, "ko")
    switch(english, "en")
    see(english, "en")
    english.goto(address)
    see(english, "en")


def test_switching_keeps_the_tab_the_view_and_the_compared_month(
    english: Page, address: str
) -> None:
    place = {"tab": ["months"], "view": ["table"], "other_year": ["2000"], "other_month": ["2"]}
    query = "&".join(f"{name}={value}" for name, (value,) in place.items())
    open_page(english, f"{address}/?{query}")
    expect(english.locator("#months")).to_contain_text("February 2000")
    switch(english, "ko")
    expect(english.locator("#months")).to_contain_text("2000년 2월")
    assert place.items() <= parse_qs(urlsplit(english.url).query).items()
    english.locator("#films-tab-button").click()
    expect(english.locator("#recommended")).to_be_visible()


def test_a_link_names_its_language_without_changing_what_is_remembered(
    english: Page, address: str
) -> None:
    english.goto(f"{address}/?lang=ko")
    see(english, "ko")
    english.goto(address)
    see(english, "en")


@pytest.mark.parametrize("lang", ["xx", "", "<script>", "ko-KR"])
def test_a_language_that_the_page_does_not_have_leaves_the_browsers(
    english: Page, address: str, lang: str
) -> None:
    english.goto(f"{address}/?lang={lang}")
    see(english, "en")


def test_in_a_frame_that_may_remember_nothing_the_language_is_switched(
    english: Page, address: str
) -> None:
    errors: list[str] = []
    english.on("pageerror", lambda error: errors.append(str(error)))
    english.context.add_init_script(FORBIDDEN)
    frame = framed(english, address, "k=7")
    outer = english.url
    see(frame, "en")
    switch(frame, "ko")
    see(frame, "ko")
    expect(frame.locator(".card")).to_have_count(7)
    assert english.url == outer
    assert not [error for error in errors if "forbidden" in error]


def test_what_makes_no_sense_is_told_in_korean(korean: Page, address: str) -> None:
    korean.goto(f"{address}/?from_year=1990&to_year=1980")
    toast = korean.locator(".toast-body")
    expect(toast).to_contain_text(text("ko", "error"))
    expect(toast).to_contain_text("“개봉 연도 시작” 값은 “개봉 연도 끝” 값보다 뒤일 수 없습니다.")
    expect(toast).to_contain_text("1990, 1980")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_number_that_gradio_would_refuse_is_told_in_our_words(
    english: Page, address: str, language: str
) -> None:
    english.goto(f"{address}/?lang={language}")
    see(english, language)
    english.locator(f"#filters button:has-text('{text(language, 'filters')}')").click()
    box = english.locator("#from_year input")
    box.fill("12")
    box.press("Enter")
    toast = english.locator(".toast-body")
    expect(toast).to_contain_text(text(language, "error"))
    expect(toast).to_contain_text(f"“{text(language, 'from_year')}”")
    expect(toast).to_contain_text("1800")


def test_a_server_that_is_gone_is_told_in_korean(korean: Page, address: str) -> None:
    korean.goto(address)
    see(korean, "ko")
    korean.route("**/gradio_api/queue/join*", lambda route: route.abort())
    korean.locator("#recommend").click()
    expect(korean.locator(".toast-body")).to_contain_text(text("ko", "gradio.lost"))


def test_a_full_queue_is_told_in_korean(korean: Page, address: str) -> None:
    korean.goto(address)
    see(korean, "ko")
    korean.route(
        "**/gradio_api/queue/join*",
        lambda route: route.fulfill(status=503, json={"detail": "Queue is full."}),
    )
    korean.locator("#recommend").click()
    expect(korean.locator(".toast-body")).to_contain_text(text("ko", "gradio.busy"))
