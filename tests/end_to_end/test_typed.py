"""What a visitor types and enters rather than chooses: it counts as a choice, or is left out."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from space.page.language import text
from space.page.shown import film_choices
from space.recommender import MovieRecommender
from tests.end_to_end.steps import choose, open_page, settle, titles, unfold


def chips(tab: Page, control: str) -> list[str]:
    """What a control of many holds, as a visitor reads it."""
    return [chip.strip() for chip in tab.locator(f"{control} .token").all_inner_texts()]


def like_first(tab: Page) -> int:
    """Like the first film of the list by its button; gives its id."""
    button = tab.locator("#cards button[data-does=like]").first
    film = int(button.get_attribute("data-film") or 0)
    button.click()
    settle(tab)
    return film


@pytest.mark.parametrize(
    ("language", "typed"),
    [("en", "comedy"), ("en", "com"), ("en", "코미디"), ("ko", "코미디"), ("ko", "comedy")],
)
@pytest.mark.parametrize(
    ("control", "named"), [("#genres", "genres"), ("#exclude_genres", "exclude_genres")]
)
def test_a_genre_is_entered_in_any_capitals_and_either_language(
    tab: Page,
    address: str,
    recommender: MovieRecommender,
    language: str,
    typed: str,
    control: str,
    named: str,
) -> None:
    open_page(tab, f"{address}/?lang={language}")
    if control == "#exclude_genres":
        unfold(tab, "#filters")
    choose(tab, control, typed)
    settle(tab)
    asked: dict[str, Any] = {named: ["Comedy"]}
    assert titles(tab) == list(recommender.recommend_for(**asked)["title"])
    assert chips(tab, control) == [text(language, "genre.Comedy")]
    assert tab.locator(".toast-body").count() == 0
    film = like_first(tab)
    assert titles(tab) == list(recommender.recommend_for(**asked, liked=[film])["title"])


@pytest.mark.parametrize(
    ("control", "said"),
    [("#genres", "“Genres” should be among"), ("#likes", "A film should be chosen from the list.")],
)
def test_what_means_nothing_is_dropped_and_told_and_the_rest_counts(
    tab: Page, address: str, recommender: MovieRecommender, control: str, said: str
) -> None:
    open_page(tab, f"{address}/?genres=Drama")
    choose(tab, control, "no such thing")
    settle(tab)
    toast = tab.locator(".toast-body")
    expect(toast).to_have_count(1)
    expect(toast).to_contain_text(said)
    expect(toast).to_contain_text("Received: no such thing")
    expect(toast).to_contain_text(text("en", "left_out.rest"))
    assert chips(tab, "#genres") == ["Drama"]
    assert chips(tab, "#likes") == []
    assert titles(tab) == list(recommender.recommend_for(genres=["Drama"])["title"])
    film = like_first(tab)
    expected = recommender.recommend_for(genres=["Drama"], liked=[film])
    assert titles(tab) == list(expected["title"])
    # Entered once more, it is told once more.
    toast.locator("[data-testid=toast-close]").click()
    expect(toast).to_have_count(0)
    choose(tab, control, "no such thing")
    settle(tab)
    expect(toast).to_contain_text(said)
    assert titles(tab) == list(expected["title"])


def test_a_film_that_is_entered_by_a_part_of_its_title_is_shown_with_all_of_it(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    films = film_choices(recommender.bundle.movies)
    (title, film), (other, second) = films[3], films[11]
    open_page(tab, address)
    # Part of other titles as well, so that it means the film that is called so.
    choose(tab, "#likes", title.rpartition(" (")[0].upper())
    choose(tab, "#likes", other)
    settle(tab)
    assert chips(tab, "#likes") == [title, other]
    assert titles(tab) == list(recommender.recommend_for(liked=[second, film])["title"])
    assert tab.locator(".toast-body").count() == 0
    tab.click("#copy")
    expect(tab.locator("#link")).to_be_visible()
    assert parse_qs(urlsplit(tab.url).query)["likes"] == [f"{film}~{second}"]


def test_a_film_that_is_entered_twice_counts_once(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    title, film = film_choices(recommender.bundle.movies)[3]
    open_page(tab, f"{address}/?likes={film}")
    choose(tab, "#likes", title.lower())
    settle(tab)
    assert chips(tab, "#likes") == [title]
    assert titles(tab) == list(recommender.recommend_for(liked=[film])["title"])


def test_what_is_chosen_while_an_answer_is_on_its_way_is_kept(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    films = film_choices(recommender.bundle.movies)
    (title, film), (other, second) = films[3], films[11]
    open_page(tab, address)

    def late(route: Route) -> None:
        tab.wait_for_timeout(1_500)
        route.continue_()

    tab.route("**/gradio_api/queue/data*", late)
    choose(tab, "#likes", title.lower())
    choose(tab, "#likes", other)
    assert chips(tab, "#likes") == [title.lower(), other]
    settle(tab)
    assert chips(tab, "#likes") == [title, other]
    assert titles(tab) == list(recommender.recommend_for(liked=[second, film])["title"])


def test_a_user_whom_there_is_not_is_somebody_new_and_another_can_be_chosen(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    tab.locator("#way input[value=user]").check()
    choose(tab, "#user", "999999")
    settle(tab)
    toast = tab.locator(".toast-body")
    expect(toast).to_have_count(1)
    expect(toast).to_contain_text("should be one of the data set's")
    expect(toast).to_contain_text(text("en", "left_out.user"))
    expect(tab.locator("#way input[value=you]")).to_be_checked()
    assert titles(tab) == list(recommender.recommend()["title"])
    tab.locator("#way input[value=user]").check()
    settle(tab)
    first = recommender.user_ids[0]
    expect(tab.locator("#user input")).to_have_value(str(first))
    assert titles(tab) == list(recommender.recommend(first)["title"])
