"""The dialog for one film, in a browser: how it opens and closes, what it says, and its buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from space.page.why import ALL_BUT_EVEN
from space.recommender import MovieRecommender
from tests.end_to_end.steps import cards, for_user, open_page, settle


def button(tab: Page, does: str, place: int = 0) -> Locator:
    """The button of a card of the list."""
    return tab.locator(f"#cards button[data-does={does}]").nth(place)


def opened(tab: Page, does: str, place: int = 0) -> Locator:
    """The dialog, once it is open and filled."""
    button(tab, does, place).click()
    expect(tab.locator(f"#detail article[data-does={does}]")).to_be_visible()
    return tab.locator("#detail")


def holding(tab: Page) -> list[Route]:
    """The first question that the page asks from now on, which goes no further until it is let."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    tab.route("**/queue/join*", hold)
    return held


def focused(tab: Page) -> str:
    """The name of what has the keyboard."""
    name: str = tab.evaluate(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.id"
    )
    return name


@pytest.fixture(params=["light", "dark"])
def phone(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = chromium.new_page(
        viewport={"width": 390, "height": 844}, locale="ko-KR", color_scheme=request.param
    )
    yield page
    page.close()


def test_it_is_a_dialog_named_after_its_film_and_takes_the_keyboard_and_gives_it_back(
    tab: Page, address: str
) -> None:
    open_page(tab, address)
    title = cards(tab)[1][1]
    panel = opened(tab, "why", 1)
    expect(tab.get_by_role("dialog", name=f"Why this P(like) for {title}?")).to_be_visible()
    expect(panel.get_by_role("heading", level=2)).to_contain_text(title)
    expect(panel.locator("#close")).to_be_focused()
    # However often, the keyboard stays in the page's only dialog, or goes to the browser's own frame.
    for _ in range(4):
        tab.keyboard.press("Tab")
        assert tab.evaluate(
            "document.activeElement === document.body || "
            "document.querySelector('#detail').contains(document.activeElement)"
        )
    tab.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert focused(tab) == f"Why this P(like) for {title}?"


@pytest.mark.parametrize("way", ["button", "keyboard", "beside"])
def test_it_closes_by_its_button_and_by_a_click_beside_it(
    tab: Page, address: str, way: str
) -> None:
    open_page(tab, address)
    name = button(tab, "similar").get_attribute("aria-label")
    panel = opened(tab, "similar")
    if way == "button":
        panel.get_by_role("button", name="Close").click()
    elif way == "keyboard":
        tab.keyboard.press("Enter")
    else:
        tab.mouse.click(40, 400)
    expect(panel).to_be_hidden()
    assert focused(tab) == name
    # It opens again, and for another film.
    assert opened(tab, "similar", 1).is_visible()


def test_a_click_within_it_does_not_close_it(tab: Page, address: str) -> None:
    open_page(tab, address)
    panel = opened(tab, "why")
    panel.locator("h3").first.click()
    panel.locator("article").click(position={"x": 2, "y": 2})
    expect(panel).to_be_visible()


def test_it_says_for_whom_and_how_much_as_the_list_does(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    for_user(tab, "7")
    settle(tab)
    first = recommender.recommend(7).iloc[0]
    assert cards(tab)[0][1] == first["title"]
    panel = opened(tab, "why")
    expect(panel.locator(".who")).to_contain_text("user 7")
    expect(panel.locator(".score")).to_contain_text(f"{first['score']:.0%}")
    explained = recommender.explain(7, int(first["movie_id"]))
    expect(panel.locator(".diverging tbody tr")).to_have_count(int(explained.known().sum()))
    expect(panel.locator(".heat tbody td")).to_have_count(len(explained.fields) ** 2)
    expect(panel.locator(".attended li")).to_have_count(5)


def test_where_the_model_looks_is_folded_away_while_it_looks_everywhere_alike(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    film = int(button(tab, "why").get_attribute("data-film") or 0)
    mean = recommender.explain(None, film).attention.mean(axis=0)
    even = abs(mean * len(mean) - 1).max() <= ALL_BUT_EVEN
    panel = opened(tab, "why")
    expect(panel.locator(".heat")).to_be_visible(visible=not even)
    # The keyboard opens what is closed.
    panel.locator(".attention summary").focus()
    tab.keyboard.press("Enter")
    expect(panel.locator(".heat")).to_be_visible(visible=bool(even))


def test_nothing_told_is_not_called_what_was_told(tab: Page, address: str) -> None:
    open_page(tab, address)
    expect(opened(tab, "why").locator(".who")).to_have_text("For you")
    open_page(tab, f"{address}/?gender=F")
    expect(opened(tab, "why").locator(".who")).to_have_text("For you, by what you told of yourself")


def test_while_the_answer_is_on_its_way_it_says_so(tab: Page, address: str) -> None:
    open_page(tab, address)
    held = holding(tab)
    name = button(tab, "why").get_attribute("aria-label")
    button(tab, "why").click()
    panel = tab.get_by_role("dialog", name=name)
    expect(panel).to_have_attribute("aria-busy", "true")
    expect(panel.get_by_role("status")).to_contain_text("Working it out")
    expect(panel.locator("progress")).to_be_visible()
    # It can be left, and what comes then opens nothing.
    tab.keyboard.press("Escape")
    expect(tab.locator("#detail")).to_be_hidden()
    held[0].continue_()
    settle(tab)
    expect(tab.locator("#detail")).to_be_hidden()


def test_an_answer_that_comes_late_does_not_take_the_place_of_another(
    tab: Page, address: str
) -> None:
    open_page(tab, address)
    held = holding(tab)
    button(tab, "why").click()
    tab.wait_for_timeout(300)
    tab.keyboard.press("Escape")
    second = button(tab, "why", 1).get_attribute("data-film")
    opened(tab, "why", 1)
    held[0].continue_()
    tab.wait_for_timeout(1000)
    expect(tab.locator("#detail article")).to_have_attribute("data-film", str(second))


def test_what_goes_wrong_is_a_message_and_no_empty_dialog(tab: Page, address: str) -> None:
    open_page(tab, address)
    button(tab, "why").evaluate("button => (button.dataset.film = '999999')")
    button(tab, "why").click()
    expect(tab.locator(".toast-body")).to_contain_text("should be")
    expect(tab.locator("#detail")).to_be_hidden()


def test_similar_films_are_the_models_and_lead_on_to_others(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    film = int(button(tab, "similar").get_attribute("data-film") or 0)
    found = recommender.similar_movies(film)
    panel = opened(tab, "similar")
    titles = panel.locator(".card h3").evaluate_all(
        "titles => titles.map(title => title.firstChild.textContent.trim())"
    )
    assert titles == list(found["title"])
    for does in ("similar", "why"):
        nearest = str(
            panel.locator(f".card button[data-does={does}]").first.get_attribute("data-film")
        )
        panel.locator(f".card button[data-does={does}]").first.click()
        article = panel.locator(f"article[data-does={does}]")
        expect(article).to_have_attribute("data-film", nearest)
        expect(panel.locator("#close")).to_be_focused()


def test_a_similar_film_can_be_added_to_the_films_liked(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    pick = opened(tab, "similar").locator("button[data-does=pick]").first
    film = int(pick.get_attribute("data-film") or 0)
    pick.click()
    expect(pick).to_be_disabled()
    expect(pick).to_have_text("Added")
    settle(tab)
    tab.keyboard.press("Escape")
    titles = recommender.bundle.movies.set_index("movie_id")["title"]
    expect(tab.locator("#likes")).to_contain_text(str(titles[film]))
    expected = recommender.recommend_for(liked=[film])
    assert [row[1] for row in cards(tab)] == list(expected["title"])


def test_nothing_moves_for_who_wants_no_motion(tab: Page, address: str) -> None:
    open_page(tab, address)
    panel = opened(tab, "why")
    assert panel.evaluate("dialog => dialog.getAnimations({ subtree: true })") == []


def test_the_page_behind_it_stays_where_it_is_and_it_scrolls_by_itself(
    tab: Page, address: str
) -> None:
    open_page(tab, address)
    panel = opened(tab, "why")
    box = panel.bounding_box()
    assert box is not None
    assert (box["x"] + box["width"], box["y"], box["height"]) == (1280, 0, 900)
    tab.mouse.move(1000, 500)
    tab.mouse.wheel(0, 400)
    tab.wait_for_function("document.querySelector('#detail').scrollTop > 100")
    assert tab.evaluate("scrollY") == 0
    # The way out stays in sight.
    expect(panel.locator("#close")).to_be_in_viewport()


def test_on_a_phone_it_covers_the_page_and_nothing_sticks_out(phone: Page, address: str) -> None:
    open_page(phone, address)
    for does in ("why", "similar"):
        panel = opened(phone, does)
        phone.wait_for_function(
            "document.querySelector('#detail').getAnimations().every(each => "
            "each.playState === 'finished')"
        )
        assert panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
        assert panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth")
        expect(panel.get_by_role("button", name="닫기")).to_be_in_viewport()
        assert re.search("[가-힣]", panel.inner_text())
        phone.keyboard.press("Escape")
