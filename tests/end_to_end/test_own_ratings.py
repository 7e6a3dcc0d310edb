"""A visitor who brings ratings of their own: pasted, or in a file as Letterboxd exports it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from space.page.shown import film_choices
from space.recommender import MovieRecommender
from space.titles.own_ratings import MAX_BYTES
from tests.end_to_end.steps import expect_titles, open_page, settle, unfold
from tests.exports import export_tiny
from tests.server import running_app, wait_for

HEADER = "Date,Name,Year,Letterboxd URI,Rating\n"


@pytest.fixture(scope="module")
def films(recommender: MovieRecommender) -> list[tuple[str, str, int]]:
    """Titles, years and ids of films that have a year."""
    return [
        (shown[:-7], shown[-5:-1], film)
        for shown, film in film_choices(recommender.bundle.movies)
        if shown.endswith(")") and shown[-5].isdigit()
    ]


def bring(tab: Page, content: str | bytes) -> None:
    """Choose a file."""
    with tab.expect_file_chooser() as chooser:
        tab.click("#own-file")
    content = content.encode() if isinstance(content, str) else content
    file = {"name": "ratings.csv", "mimeType": "text/csv", "buffer": content}
    chooser.value.set_files([file])  # type: ignore[list-item]
    settle(tab)


def use(tab: Page) -> None:
    tab.click("#own-found button[data-does=use]")
    settle(tab)


def test_pasted_titles_make_the_list(
    tab: Page, address: str, recommender: MovieRecommender, films: list[tuple[str, str, int]]
) -> None:
    (one, year, first), (two, _, second), (three, _, third) = films[:3]
    open_page(tab, address)
    unfold(tab, "#own")
    tab.fill("#own-text textarea", f"{one} ({year}) 5\n{two}\n{three} 1/5\nNo such film at all")
    tab.click("#own-match")
    expect(tab.locator("#own-found")).to_contain_text("3 of 4 films were found.")
    expect(tab.locator("#own-found")).to_contain_text("Not among the films here (1)")
    use(tab)
    expect(tab.locator("#own-used")).to_contain_text("2 liked, 1 not liked")
    expected = recommender.recommend_for(liked=[first, second], disliked=[third])
    expect_titles(tab, list(expected["title"]))
    assert list(expected["title"]) != list(recommender.recommend()["title"])


def test_an_export_of_letterboxd_works_end_to_end(
    tab: Page, address: str, recommender: MovieRecommender, films: list[tuple[str, str, int]]
) -> None:
    (one, _, first), (two, _, second), (three, _, third), (four, _, fourth) = films[:4]
    years = [year for _, year, _ in films[:4]]
    doubtful = int(years[3]) + 3
    quoted = [f'"{title.replace(chr(34), 2 * chr(34))}"' for title in (one, two, three, four)]
    content = HEADER + "".join(
        f"2024-0{month}-01,{title},{year},https://boxd.it/x,{stars}\n"
        for month, title, year, stars in zip(
            (1, 3, 2, 4), quoted, (*years[:3], doubtful), (4.5, 5, 1, 4), strict=True
        )
    )
    uploads = Path(tempfile.gettempdir()) / "gradio"
    before = {*uploads.rglob("*.csv")}
    open_page(tab, address)
    unfold(tab, "#own")
    bring(tab, content)
    found = tab.locator("#own-found")
    expect(found).to_contain_text("3 of 4 films were found.")
    expect(found.locator("select")).to_have_count(1)
    use(tab)
    expected = recommender.recommend_for(liked=[second, first], disliked=[third])
    expect_titles(tab, list(expected["title"]))

    found.get_by_label(f"{four} ({doubtful}) ★ 4").select_option(str(fourth))
    use(tab)
    expect(tab.locator("#own-used")).to_contain_text("3 liked, 1 not liked")
    expected = recommender.recommend_for(liked=[fourth, second, first], disliked=[third])
    expect_titles(tab, list(expected["title"]))
    assert {*uploads.rglob("*.csv")} == before, "nothing is kept"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Nothing,of,films\n1,2,3\n", "should begin with a header"),
        (b"Name,Rating\n" + b"x" * MAX_BYTES, "should have at most 1,000,000 bytes"),
        ("Name,Rating\nHeat,999\n", "Line 2 should have a rating from 0 to 100"),
    ],
    ids=["header", "size", "rating"],
)
def test_a_file_that_cannot_be_read_is_answered_in_words(
    tab: Page, address: str, films: list[tuple[str, str, int]], content: str | bytes, said: str
) -> None:
    open_page(tab, address)
    unfold(tab, "#own")
    tab.fill("#own-text textarea", films[0][0])
    tab.click("#own-match")
    expect(tab.locator("#own-found")).to_contain_text("1 of 1 films")
    bring(tab, content)
    expect(tab.locator(".toast-body")).to_contain_text(said)
    # What was found before is not of this file.
    expect(tab.locator("#own-found")).not_to_contain_text("1 of 1 films")


def test_titles_are_never_markup(tab: Page, address: str) -> None:
    open_page(tab, address)
    unfold(tab, "#own")
    tab.fill("#own-text textarea", "<img src=x onerror=document.title='taken'>")
    tab.click("#own-match")
    tab.locator("#own-found summary").click()
    expect(tab.locator("#own-found")).to_contain_text("<img src=x")
    assert tab.locator("#own-found img").count() == 0
    assert tab.title() != "taken"


def test_in_korean_by_keyboard(
    chromium: Browser, address: str, films: list[tuple[str, str, int]]
) -> None:
    with chromium.new_context(locale="ko-KR") as context:
        tab = context.new_page()
        open_page(tab, address)
        unfold(tab, "#own")
        title, year, film = films[0]
        tab.fill("#own-text textarea", f"{title} ({int(year) + 3})\n{films[1][0]}")
        tab.press("#own-text textarea", "Tab")
        tab.keyboard.press("Enter")
        found = tab.locator("#own-found")
        expect(found).to_contain_text("영화 2편 가운데 1편을 찾았습니다.")
        found.locator("select").select_option(str(film))
        found.locator("button").focus()
        tab.keyboard.press("Enter")
        expect(tab.locator("#own-used")).to_contain_text("좋아하는 영화 2편")


def test_a_model_that_reads_no_picks_does_not_ask_for_ratings(
    tab: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    old = export_tiny(tmp_path_factory.mktemp("old"), ranked=False)
    with running_app("--bundle", str(old.bundle)) as served:
        wait_for(served, "loaded")
        open_page(tab, served)
        expect(tab.locator("#own")).to_be_hidden()
