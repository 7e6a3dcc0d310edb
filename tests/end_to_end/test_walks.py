"""A visitor's walk through what can be done with a list: by chance, hide, filter, slide, save."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from space.page.export import csv_text
from space.recommender import MovieRecommender
from tests.end_to_end.steps import (
    choose,
    expect_titles,
    filter_by,
    for_user,
    open_page,
    rows,
    settle,
    show_as,
    slide,
    titles,
    unfold,
)
from tests.exports import TWINS, TWINS_GENRE


def test_a_user_by_chance_is_one_of_the_data_set_with_the_list_of_theirs(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    expect(tab.locator("#random")).to_be_hidden()
    tab.locator("#way input[value=user]").check()
    settle(tab)
    drawn = set()
    for _ in range(4):
        tab.click("#random")
        settle(tab)
        user = int(tab.locator("#user input").input_value())
        drawn.add(user)
        assert titles(tab) == list(recommender.recommend(user)["title"])
    assert drawn <= set(recommender.user_ids)
    assert len(drawn) > 1


@pytest.mark.parametrize("user", [None, 7])
def test_a_film_is_hidden_and_comes_back(
    tab: Page, address: str, recommender: MovieRecommender, user: int | None
) -> None:
    open_page(tab, address)
    if user is not None:
        for_user(tab, str(user))
        settle(tab)
    whole = recommender.recommend(user)
    hidden = [int(film) for film in whole["movie_id"][:2]]
    for count in (1, 2):
        tab.locator("#cards button[data-does=hide]").first.click()
        settle(tab)
        left = recommender.recommend(user, hidden=hidden[:count])
        assert titles(tab) == list(left["title"])
    unfold(tab, "#filters")
    expect(tab.locator("#hidden")).to_contain_text(whole["title"][0])
    for _ in range(2):
        tab.locator("#hidden .token-remove").first.click()
        settle(tab)
    assert titles(tab) == list(whole["title"])


def test_the_table_has_the_list_with_its_scores_to_three_digits(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    show_as(tab, "table")
    expect(tab.locator("#cards")).to_be_hidden()
    expected = recommender.recommend()
    read = rows(tab, "#recommended")
    assert [row[:2] for row in read] == [
        [str(rank), title] for rank, title in zip(expected["rank"], expected["title"], strict=True)
    ]
    assert [row[4] for row in read] == [f"{score:.3f}" for score in expected["score"]]
    # It follows what is asked for, as the cards do.
    choose(tab, "#genres", recommender.genres[1])
    settle(tab)
    expected = recommender.recommend(genres=[recommender.genres[1]])
    assert [row[1] for row in rows(tab, "#recommended")] == list(expected["title"])
    show_as(tab, "cards")
    expect(tab.locator("#recommended")).to_be_hidden()
    assert titles(tab) == list(expected["title"])


def test_the_file_that_is_saved_is_the_list_in_utf_8_with_a_mark(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    for_user(tab, "7")
    settle(tab)
    with tab.expect_download() as saving:
        tab.click("#download")
    assert saving.value.suggested_filename == "films.csv"
    saved = Path(saving.value.path()).read_bytes()
    assert saved == ("\ufeff" + csv_text(recommender.recommend(7))).encode()


FILTERS: list[tuple[str, str, dict[str, Any]]] = [
    ("#from_year", "1980", {"from_year": 1980}),
    ("#to_year", "1960", {"to_year": 1960}),
    ("#exclude_genres", "Drama", {"exclude_genres": ["Drama"]}),
    ("#year", "2001", {"year": 2001}),
    ("#month", "March", {"month": 3}),
]


@pytest.mark.parametrize(("control", "value", "asked"), FILTERS)
def test_each_filter_changes_the_list_as_the_model_says(
    tab: Page,
    address: str,
    recommender: MovieRecommender,
    control: str,
    value: str,
    asked: dict[str, Any],
) -> None:
    open_page(tab, address)
    for_user(tab, "7")
    settle(tab)
    filter_by(tab, control, value)
    expected = list(recommender.recommend(7, **asked)["title"])
    assert titles(tab) == expected
    if control not in ("#year", "#month"):
        assert expected != list(recommender.recommend(7)["title"])


def test_a_year_that_is_taken_away_again_is_no_filter(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    filter_by(tab, "#from_year", "1990")
    assert titles(tab) == list(recommender.recommend(from_year=1990)["title"])
    expect(tab.locator("#to_year input")).to_have_value("")
    filter_by(tab, "#from_year", "")
    assert titles(tab) == list(recommender.recommend()["title"])


def test_films_that_the_user_has_rated_can_be_let_in(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    for_user(tab, "7")
    unfold(tab, "#filters")
    tab.locator("#exclude_seen input").uncheck()
    settle(tab)
    expected = recommender.recommend(7, exclude_seen=False)
    assert titles(tab) == list(expected["title"])
    seen = set(recommender.recommend(7, k=100)["movie_id"])
    assert not set(expected["movie_id"]) <= seen


def test_all_of_the_genres_can_be_asked_for(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    both = ["Comedy", "Drama"]
    open_page(tab, address)
    for genre in both:
        choose(tab, "#genres", genre)
    settle(tab)
    assert titles(tab) == list(recommender.recommend(genres=both)["title"])
    tab.locator("#match input[value=all]").check()
    settle(tab)
    expected = recommender.recommend(genres=both, match="all")
    assert titles(tab) == list(expected["title"])
    expect(tab.locator("#heading")).to_contain_text("with the genres Comedy and Drama")


SLIDERS: list[tuple[str, str, dict[str, Any]]] = [
    ("#k", "3", {"k": 3}),
    ("#k", "40", {"k": 40}),
    ("#familiarity", "-1", {"familiarity": -1.0}),
    ("#familiarity", "0.5", {"familiarity": 0.5}),
    ("#diversity", "0.7", {"diversity": 0.7}),
]


@pytest.mark.parametrize(("control", "value", "asked"), SLIDERS)
def test_each_slider_changes_the_list_as_the_model_says(
    tab: Page,
    address: str,
    recommender: MovieRecommender,
    control: str,
    value: str,
    asked: dict[str, Any],
) -> None:
    open_page(tab, address)
    slide(tab, control, value)
    expected = list(recommender.recommend(**asked)["title"])
    assert titles(tab) == expected != list(recommender.recommend()["title"])
    moved = "have moved films from the places"
    if control == "#k":
        expect(tab.locator("#explanation")).not_to_contain_text(moved)
    else:
        expect(tab.locator("#explanation")).to_contain_text(moved)


def test_an_empty_list_says_which_filter_emptied_it_and_drops_it_at_a_press(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    choose(tab, "#genres", TWINS_GENRE)
    settle(tab)
    assert len(titles(tab)) == len(TWINS)
    expect(tab.locator("#heading")).to_contain_text("Only 2 films are left")
    filter_by(tab, "#from_year", "1990")
    expect(tab.locator("#heading")).to_have_text("No film passes all filters.")
    expect(tab.locator("#cards .card")).to_have_count(0)
    expect(tab.locator("#download")).to_be_disabled()
    offers = tab.locator("#offers button")
    counts = recommender.relaxed(genres=[TWINS_GENRE], from_year=1990)
    assert offers.all_inner_texts() == [
        f"Drop the wanted genres ({counts['genres']})",
        f"Take films of all years ({counts['years']})",
    ]
    offers.nth(1).click()
    settle(tab)
    expected = recommender.recommend(genres=[TWINS_GENRE])
    assert titles(tab) == list(expected["title"])
    expect(tab.locator("#from_year input")).to_have_value("")
    expect(tab.locator("#offers")).to_be_hidden()
    expect(tab.locator("#download")).to_be_enabled()


def test_where_several_filters_emptied_it_all_are_dropped_at_a_press(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, f"{address}/?genres={TWINS_GENRE}&from_year=2050&exclude_genres={TWINS_GENRE}")
    offers = tab.locator("#offers button")
    assert offers.all_inner_texts() == ["Drop all filters"]
    offers.focus()
    tab.keyboard.press("Enter")
    expect_titles(tab, list(recommender.recommend()["title"]))
    settle(tab)
    unfold(tab, "#filters")
    for control in ("#genres", "#exclude_genres"):
        expect(tab.locator(control)).not_to_contain_text(TWINS_GENRE)
