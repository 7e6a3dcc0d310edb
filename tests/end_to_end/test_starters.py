"""Genres to start from, and the way to the list on a screen on which it is below."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from space.recommender import MovieRecommender
from space.tastes import films_of_taste
from tests.end_to_end.axe import faults
from tests.end_to_end.steps import open_page, open_tab, settle, titles
from tests.exports import Run, edit_json
from tests.server import running_app, wait_for
from tests.tastes import run_of_tastes


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run whose lists follow genres."""
    return run_of_tastes(tmp_path_factory.mktemp("tastes"))


@pytest.fixture(scope="module")
def with_terms(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of the same run, whose data set has terms."""
    bundle = tmp_path_factory.mktemp("terms") / "bundle"
    shutil.copytree(run.bundle, bundle)
    terms = {"licence": "Ask first.", "citation": "Harper. https://doi.org/10.1145/2827872"}
    edit_json(bundle / "schema.json", lambda schema: schema["dataset"].update(terms))
    with running_app("--bundle", str(bundle)) as served:
        wait_for(served, "loaded")
        yield served


@pytest.fixture(params=["light", "dark"])
def phone(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = chromium.new_page(
        viewport={"width": 390, "height": 844}, color_scheme=request.param, reduced_motion="reduce"
    )
    yield page
    page.close()


def test_a_genre_to_start_from_gives_the_list_of_somebody_who_likes_it(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    genres = tab.locator("#starters button[data-genre]")
    genre = str(genres.first.get_attribute("data-genre"))
    genres.first.click()
    settle(tab)
    movies, ranking = recommender.bundle.movies, recommender.bundle.ranking
    assert ranking is not None
    liked = movies.iloc[films_of_taste(movies, ranking.models, genre, 8)]
    for title in liked["title"]:
        expect(tab.locator("#likes")).to_contain_text(title)
    expected = recommender.recommend_for(liked=liked["movie_id"].tolist()[::-1])
    assert titles(tab) == list(expected["title"]) != list(recommender.recommend()["title"])
    chips = tab.locator("#cards .card").filter(has_text=genre)
    assert chips.count() > len(expected) / 2
    expect(genres).to_have_count(0)


def test_all_buttons_of_a_group_are_of_one_height(tab: Page, address: str) -> None:
    open_page(tab, address)
    heights = tab.locator("#starters button").evaluate_all(
        "buttons => buttons.map(button => button.getBoundingClientRect().height)"
    )
    assert len(heights) > 10
    assert max(heights) - min(heights) < 0.5


def test_on_a_phone_a_button_shows_what_a_press_brought_and_leads_to_the_list(
    phone: Page, address: str
) -> None:
    open_page(phone, address)
    there = phone.locator("#to-list")
    expect(there).to_be_in_viewport()
    first = there.get_attribute("data-first")
    assert first == " · ".join(titles(phone)[:3])
    phone.locator("#starters button[data-genre]").first.click()
    settle(phone)
    assert there.get_attribute("data-first") == " · ".join(titles(phone)[:3]) != first
    assert faults(phone) == []
    there.focus()
    phone.keyboard.press("Enter")
    expect(phone.locator("#cards .card").first).to_be_in_viewport()
    expect(phone.get_by_role("tab", name="Films", exact=True)).to_be_focused()
    expect(there).to_be_hidden()
    phone.evaluate("scrollTo(0, 0)")
    expect(there).to_be_visible()


def test_beside_the_list_there_is_no_button_to_it(tab: Page, address: str) -> None:
    open_page(tab, address)
    expect(tab.locator("#to-list")).to_be_hidden()


def test_the_way_to_the_terms_keeps_what_is_set(tab: Page, with_terms: str) -> None:
    open_page(tab, with_terms)
    tab.locator("#starters button[data-film]").first.click()
    settle(tab)
    liked = tab.locator("#likes").inner_text()
    tab.locator("#footer a").last.click()
    settle(tab)
    expect(tab.get_by_role("tab", name="About", exact=True)).to_be_focused()
    expect(tab.locator("#about")).to_contain_text("Ask first.")
    link = tab.locator("#about a", has_text="https://doi.org/10.1145/2827872")
    expect(link).to_have_attribute("href", "https://doi.org/10.1145/2827872")
    assert tab.locator("#likes").inner_text() == liked


def test_tables_have_no_lines_of_the_texts_colour(tab: Page, address: str) -> None:
    open_page(tab, f"{address}/?way=user&user=7")
    for name, place in (("Taste", "#taste"), ("Check", "#check")):
        open_tab(tab, name)
        drawn = tab.locator(f"{place} :is(table, tr)").evaluate_all(
            "all => all.map(each => getComputedStyle(each).borderTopWidth)"
        )
        assert drawn
        assert set(drawn) == {"0px"}
