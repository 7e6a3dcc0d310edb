"""The link to a list: what is set, in its address, whatever it is and wherever it is opened."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect

from space.arguments import RELEASE_YEARS
from space.page.ask import NAMES
from space.page.link import COPY, restored
from space.page.shown import film_choices
from space.page.theme import SCRIPT
from space.person import FACTS
from space.recommender import MAX_K, MovieRecommender
from tests.end_to_end.steps import (
    choose,
    filter_by,
    for_user,
    open_page,
    settle,
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


@pytest.mark.parametrize(
    "query",
    ["k=0&year=0&month=99&way=all&match=x", "familiarity=9&diversity=x", "%FF&&&=", "language=xx"],
)
def test_a_link_that_says_nothing_right_opens_the_page_as_it_is(
    tab: Page, address: str, recommender: MovieRecommender, query: str
) -> None:
    open_page(tab, f"{address}/?{query}")
    assert titles(tab) == list(recommender.recommend()["title"])
    assert tab.locator(".toast-body").count() == 0


def test_a_link_to_what_there_is_not_is_answered_in_words(tab: Page, address: str) -> None:
    open_page(tab, f"{address}/?genres=<img src=x onerror=alert(1)>")
    toast = tab.locator(".toast-body")
    expect(toast).to_contain_text("should be among")
    assert toast.locator("img").count() == 0


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
films = st.lists(st.one_of(st.integers(0, 10**9 - 1), words), max_size=5)
asked_for = st.fixed_dictionaries(
    {
        "way": st.sampled_from(["you", "user"]),
        "user": st.one_of(st.none(), st.integers(0, 10**6)),
        **dict.fromkeys(("likes", "dislikes", "hidden"), films),
        **dict.fromkeys(("genres", "exclude_genres"), st.lists(words, max_size=5)),
        **dict.fromkeys(FACTS, st.one_of(st.none(), st.just(""), words)),
        **dict.fromkeys(
            ("from_year", "to_year"), st.one_of(st.none(), st.integers(*RELEASE_YEARS))
        ),
        "year": st.integers(1900, 2100),
        "month": st.integers(1, 12),
        "match": st.sampled_from(["any", "all"]),
        "exclude_seen": st.booleans(),
        "k": st.integers(1, MAX_K),
        "familiarity": st.integers(-10, 10).map(lambda tenths: tenths / 10),
        "diversity": st.integers(0, 10).map(lambda tenths: tenths / 10),
    }
)

DEFAULTS = {"way": "you", "match": "any", "exclude_seen": True, "k": 10, "familiarity": 0,
            "diversity": 0}  # fmt: skip


@pytest.fixture(scope="module")
def bare(chromium: Browser) -> Any:
    """A page that has the page's script and nothing else."""
    page = chromium.new_page()
    page.route("**/*", lambda route: route.fulfill(body="<h1></h1>", content_type="text/html"))
    page.goto("http://page.example/?kept=1")
    page.evaluate(f"({SCRIPT})()")
    yield page
    page.close()


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(asked_for)
def test_what_a_link_is_made_of_is_what_it_restores(bare: Page, asked: dict[str, Any]) -> None:
    values = [asked.get(name) for name in NAMES]
    link = bare.evaluate(f"(values) => ({COPY})(...values)", values)
    said = restored(urlsplit(link).query)
    expected = {
        name: [int(each) if _is_id(each) else each for each in value]
        if name in ("likes", "dislikes", "hidden")
        else value
        for name, value in asked.items()
        if value not in (None, "", []) and value != DEFAULTS.get(name)
    }
    if asked["way"] != "user":
        expected.pop("user", None)
    assert said == expected
    assert "kept=1" in link


def _is_id(typed: Any) -> bool:
    """Whether what was typed for a film is an id, which means the film of that id."""
    return isinstance(typed, str) and typed.isascii() and typed.isdecimal()
