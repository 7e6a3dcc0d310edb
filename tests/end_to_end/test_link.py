"""The link to a list: what is set, in its address, whatever it is and wherever it is opened."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from space.page.language import text
from space.page.shown import film_choices
from space.recommender import MovieRecommender
from tests.end_to_end.framed import framed
from tests.end_to_end.steps import (
    READY,
    choose,
    filter_by,
    for_user,
    open_page,
    open_tab,
    rows,
    settle,
    show_as,
    slide,
    tell,
    titles,
    unfold,
)
from tests.exports import Run
from tests.server import running_app, wait_for


def copied(tab: Page) -> str:
    """The link that the button gives."""
    tab.click("#copy")
    expect(tab.locator("#link")).to_be_visible()
    box = tab.locator("#link input, #link textarea")
    expect(box).to_have_value(tab.url)
    return tab.url


def opened(chromium: Browser, link: str) -> Page:
    """The link in a browser that knows nothing else."""
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    open_page(page, link)
    return page


def test_it_restores_what_the_visitor_has_set_and_survives_a_restart(
    tab: Page, chromium: Browser, run: Run, recommender: MovieRecommender
) -> None:
    films = film_choices(recommender.bundle.movies)
    liked, other, disliked = films[3], films[11], films[20]
    asked: dict[str, Any] = {
        "liked": [other[1], liked[1]],
        "disliked": [disliked[1]],
        "gender": "F",
        "exclude_genres": ["Children's"],
        "from_year": 1950,
        "k": 7,
        "familiarity": -0.5,
        "diversity": 0.3,
        "month": 3,
    }
    served = ("--bundle", str(run.bundle), "--dataset", str(run.dataset))
    with running_app(*served) as address:
        wait_for(address, "loaded")
        open_page(tab, address)
        choose(tab, "#likes", liked[0])
        choose(tab, "#likes", other[0])
        choose(tab, "#dislikes", disliked[0])
        tell(tab, "#gender", "Female")
        filter_by(tab, "#exclude_genres", "Children's")
        filter_by(tab, "#from_year", "1950")
        filter_by(tab, "#month", "March")
        for control, value in (("#k", "7"), ("#familiarity", "-0.5"), ("#diversity", "0.3")):
            slide(tab, control, value)
        tab.locator("#cards button[data-does=hide]").first.click()
        settle(tab)
        hidden = int(recommender.recommend_for(**asked)["movie_id"].iloc[0])
        expected = list(recommender.recommend_for(**asked, hidden=[hidden])["title"])
        assert titles(tab) == expected
        link = copied(tab)
        again = opened(chromium, link)
        assert titles(again) == expected
        again.context.close()
    with running_app(*served) as address:
        wait_for(address, "loaded")
        again = opened(chromium, f"{address}/?{urlsplit(link).query}")
        assert titles(again) == expected
        expect(again.locator("#likes")).to_contain_text(liked[0])
        expect(again.locator("#dislikes")).to_contain_text(disliked[0])
        for accordion in ("#facts", "#filters", "#sliders"):
            unfold(again, accordion)
        expect(again.locator("#gender input")).to_have_value("Female")
        expect(again.locator("#exclude_genres")).to_contain_text("Children's")
        expect(again.locator("#from_year input")).to_have_value("1950")
        expect(again.locator("#to_year input")).to_have_value("")
        expect(again.locator("#month input")).to_have_value("March")
        expect(again.locator("#k input[type=number]")).to_have_value("7")
        titles_of = recommender.bundle.movies.set_index("movie_id")["title"]
        expect(again.locator("#hidden")).to_contain_text(str(titles_of[hidden]))
        # What is set there is in its link again.
        assert urlsplit(copied(again)).query == urlsplit(link).query
        again.context.close()


def test_it_restores_a_user_of_the_data_set(
    tab: Page, chromium: Browser, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    choose(tab, "#genres", "Comedy")
    choose(tab, "#genres", "Drama")
    tab.locator("#match input[value=all]").check()
    for_user(tab, "7")
    settle(tab)
    unfold(tab, "#filters")
    tab.locator("#exclude_seen input").uncheck()
    settle(tab)
    again = opened(chromium, copied(tab))
    expect(again.locator("#way input[value=user]")).to_be_checked()
    expect(again.locator("#user input")).to_have_value("7")
    expect(again.locator("#match input[value=all]")).to_be_checked()
    expected = recommender.recommend(7, genres=["Comedy", "Drama"], match="all", exclude_seen=False)
    assert titles(again) == titles(tab) == list(expected["title"])
    again.context.close()


def test_it_restores_the_tab_the_view_and_the_compared_month(
    tab: Page, chromium: Browser, address: str
) -> None:
    open_page(tab, address)
    show_as(tab, "table")
    listed = rows(tab, "#recommended")
    open_tab(tab, "Compare months")
    tab.locator("#other-year input").fill("2000")
    tab.locator("#other-year input").press("Enter")
    choose(tab, "#other-month", "February")
    settle(tab)
    expect(tab.locator("#months")).to_contain_text("February 2000")
    again = opened(chromium, copied(tab))
    chosen = again.get_by_role("tab", name="Compare months", exact=True)
    expect(chosen).to_have_attribute("aria-selected", "true")
    assert again.locator("#months").inner_text() == tab.locator("#months").inner_text()
    expect(again.locator("#other-year input")).to_have_value("2000")
    expect(again.locator("#other-month input")).to_have_value("February")
    assert urlsplit(copied(again)).query == urlsplit(tab.url).query
    open_tab(again, "Films")
    expect(again.locator("#view input[value=table]")).to_be_checked()
    expect(again.locator("#cards")).to_be_hidden()
    assert rows(again, "#recommended") == listed
    again.context.close()


def test_a_month_is_kept_where_its_tab_has_not_been_opened(tab: Page, address: str) -> None:
    open_page(tab, f"{address}/?other_year=2000&other_month=2")
    said = parse_qs(urlsplit(copied(tab)).query)
    assert (said["other_year"], said["other_month"]) == (["2000"], ["2"])
    open_tab(tab, "Compare months")
    expect(tab.locator("#months")).to_contain_text("February 2000")


CHANGES: dict[str, Callable[[Page], None]] = {
    "genre": lambda tab: choose(tab, "#genres", "Comedy"),
    "slider": lambda tab: slide(tab, "#k", "5"),
    "year": lambda tab: filter_by(tab, "#from_year", "1950"),
    "view": lambda tab: show_as(tab, "table"),
    "tab": lambda tab: open_tab(tab, "Taste"),
}


def test_the_link_of_what_was_set_before_is_taken_away(tab: Page, address: str) -> None:
    open_page(tab, address)
    links = set()
    for change in CHANGES.values():
        links.add(copied(tab))
        change(tab)
        expect(tab.locator("#link")).to_be_hidden()
    assert len(links) == len(CHANGES)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_is_copied_and_that_is_said(chromium: Browser, address: str, language: str) -> None:
    with chromium.new_context() as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        tab = context.new_page()
        open_page(tab, f"{address}/?lang={language}&genres=Comedy")
        link = copied(tab)
        expect(tab.locator("#link")).to_contain_text(text(language, "programs.copied"))
        assert tab.evaluate("navigator.clipboard.readText()") == link
        assert parse_qs(urlsplit(link).query)["genres"] == ["Comedy"]


def test_in_a_frame_of_another_host_it_is_that_of_the_framed_page(
    tab: Page, chromium: Browser, address: str
) -> None:
    frame = framed(tab, address, "k=7&view=table")
    outer = tab.url
    expect(frame.locator(READY)).to_be_visible()
    expect(frame.locator("#heading")).to_contain_text("7")
    frame.locator("#copy").click()
    box = frame.locator("#link input, #link textarea")
    expect(box).to_have_value(re.compile("^http"))
    # The frame may not copy by itself, and does not say that it has.
    expect(frame.locator("#link")).not_to_contain_text(text("en", "programs.copied"))
    link = box.input_value()
    assert link.startswith(f"{address}/?")
    assert {"k": ["7"], "view": ["table"]}.items() <= parse_qs(urlsplit(link).query).items()
    assert tab.url == outer
    again = opened(chromium, link)
    assert len(rows(again, "#recommended")) == 7
    again.context.close()


@pytest.mark.parametrize(
    "query",
    [
        "tab=x&view=x&other_year=0&other_month=13",
        "k=0&year=0&month=99&way=all&match=x",
        "familiarity=9&diversity=x",
        "%FF&&&=",
        "language=xx",
    ],
)
def test_a_link_that_says_nothing_right_opens_the_page_as_it_is(
    tab: Page, address: str, recommender: MovieRecommender, query: str
) -> None:
    open_page(tab, f"{address}/?{query}")
    assert titles(tab) == list(recommender.recommend()["title"])
    assert tab.locator(".toast-body").count() == 0


UNKNOWN = "<img src=x onerror=alert(1)>"
"""What is no film, no genre, no user and no occupation, and may never be markup."""


@pytest.mark.parametrize(
    ("query", "asked", "said"),
    [
        ("likes={film}~999999", {"liked": True}, "A film should be chosen from the list."),
        (f"likes={{film}}~{UNKNOWN}", {"liked": True}, "A film should be chosen from the list."),
        (f"likes={{film}}&hidden={UNKNOWN}", {"liked": True}, "A film should be chosen"),
        (f"genres=Comedy~{UNKNOWN}", {"genres": ["Comedy"]}, "“Genres” should be among"),
        (f"exclude_genres={UNKNOWN}~drama", {"exclude_genres": ["Drama"]}, "should be among"),
        (f"gender=F&occupation={UNKNOWN}", {"gender": "F"}, "“Occupation” should be one of"),
        ("way=user&user=9999", {}, "should be one of the data set's"),
        (f"way=user&user={UNKNOWN}&genres=Comedy", {"genres": ["Comedy"]}, "“User” should be"),
    ],
)
def test_of_a_link_what_there_is_not_is_left_out_and_told(
    tab: Page,
    address: str,
    recommender: MovieRecommender,
    query: str,
    asked: dict[str, Any],
    said: str,
) -> None:
    film = film_choices(recommender.bundle.movies)[3][1]
    if "liked" in asked:
        asked = {"liked": [film]}
    open_page(tab, f"{address}/?{query.format(film=film)}")
    assert titles(tab) == list(recommender.recommend_for(**asked)["title"])
    toast = tab.locator(".toast-body")
    expect(toast).to_have_count(1)
    expect(toast).to_contain_text(said)
    assert toast.locator("img").count() == 0
    # Whatever is set then, it is not in the way.
    left = parse_qs(urlsplit(copied(tab)).query)
    assert not {"999999", "9999", UNKNOWN} & {each for values in left.values() for each in values}
    tab.locator("#cards button[data-does=like]").first.click()
    settle(tab)
    liked = [int(recommender.recommend_for(**asked)["movie_id"].iloc[0]), *asked.get("liked", [])]
    expected = recommender.recommend_for(**{**asked, "liked": liked})
    assert titles(tab) == list(expected["title"])


def test_a_link_to_a_user_whom_there_is_not_is_for_somebody_new(tab: Page, address: str) -> None:
    open_page(tab, f"{address}/?way=user&user=9999&lang=ko")
    expect(tab.locator(".toast-body")).to_contain_text(text("ko", "left_out.user"))
    expect(tab.locator("#way input[value=you]")).to_be_checked()
    expect(tab.locator("#picks")).to_be_visible()
    expect(tab.locator("#who")).to_be_hidden()
    open_tab(tab, text("ko", "tab.person"))
    expect(tab.locator("#profile")).to_contain_text(text("ko", "person.stranger")[:12])


def test_a_filter_that_is_folded_away_shows_what_a_link_means(tab: Page, address: str) -> None:
    open_page(tab, f"{address}/?exclude_genres=drama")
    unfold(tab, "#filters")
    expect(tab.locator("#exclude_genres .token")).to_have_text(["Drama"])
