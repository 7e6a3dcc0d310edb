"""A visitor on the page of a small model: its lists, for a user and by themselves, and its failures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pandas as pd
import pytest
from gradio_client import Client
from playwright.sync_api import Page, expect

from space.recommender import MovieRecommender
from tests.end_to_end.steps import (
    cards,
    choose,
    for_me,
    for_user,
    open_page,
    open_tab,
    recommend,
    rows,
    show_as,
    titles,
    wait_until_listed,
)
from tests.exports import Run
from tests.server import ROOT, running_app, wait_for


def test_the_cards_are_the_models_list_in_its_order(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    for_user(tab, "7")
    shown = recommend(tab)
    expected = recommender.recommend(7)
    assert [card[0] for card in shown] == [str(rank) for rank in range(1, len(expected) + 1)]
    assert [card[1] for card in shown] == list(expected["title"])
    assert [card[4] for card in shown] == [f"P(like) {score:.0%}" for score in expected["score"]]


def test_the_first_list_is_for_the_visitor_of_whom_nothing_is_known(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    expect(tab.locator("#way input[value=you]")).to_be_checked()
    assert titles(tab) == list(recommender.recommend()["title"])
    open_tab(tab, "Taste")
    expect(tab.locator("#profile")).to_contain_text("Nothing is known of you yet")
    expect(tab.locator("#liked-films")).to_be_hidden()
    open_tab(tab, "Films")
    for_user(tab, "7")
    assert [card[1] for card in recommend(tab)] == list(recommender.recommend(7)["title"])
    for_me(tab)
    assert [card[1] for card in recommend(tab)] == list(recommender.recommend()["title"])


def test_what_is_typed_takes_the_place_of_what_is_chosen(tab: Page, address: str) -> None:
    open_page(tab, address)
    for_user(tab, "5")
    box = tab.locator("#user input")
    box.blur()
    for user in ("7", "3"):
        box.click()
        tab.wait_for_function(
            "document.activeElement.selectionStart === 0 && document.activeElement.selectionEnd > 0"
        )
        tab.keyboard.type(user, delay=30)
        tab.keyboard.press("Enter")
        expect(box).to_have_value(user)
        box.blur()


def test_all_films_have_the_chosen_genre_and_are_not_rated(
    tab: Page, address: str, run: Run, recommender: MovieRecommender
) -> None:
    genre = recommender.genres[0]
    open_page(tab, address)
    for_user(tab, "3")
    choose(tab, "#genres", genre)
    shown = recommend(tab)
    ratings = pd.read_parquet(run.dataset / "ratings.parquet")
    movies = pd.read_parquet(run.bundle / "movies.parquet").set_index("movie_id")
    rated = set(movies.loc[ratings.loc[ratings["user_id"] == 3, "movie_id"], "title"])
    assert shown
    assert all(genre in card[3].split(" · ") for card in shown)
    assert rated.isdisjoint(card[1] for card in shown)


def test_below_the_list_stands_what_orders_it_and_why_a_low_probability_can_be_first(
    tab: Page, address: str
) -> None:
    open_page(tab, address)
    note = tab.locator("#explanation")
    expect(note).to_contain_text(
        "The order is by the score of a ranking model: how likely the person is to watch a film next"
    )
    expect(note).to_contain_text(
        "low P(like) can stand at the top: the order is about watching a film"
    )
    for view, shown in (("cards", "#cards"), ("table", "#recommended")):
        show_as(tab, view)
        above, below, footer = (
            tab.locator(name).bounding_box() for name in (shown, "#explanation", "#footer")
        )
        assert above is not None
        assert below is not None
        assert footer is not None
        assert above["y"] + above["height"] <= below["y"] <= above["y"] + above["height"] + 120
        assert below["y"] < footer["y"]


def test_the_films_liked_are_shown_newest_first(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    for_user(tab, "5")
    open_tab(tab, "Taste")
    liked = recommender.liked(5)
    assert [row[0] for row in rows(tab, "#liked")][:5] == list(liked["title"])[:5]
    expect(tab.locator("#profile")).to_contain_text(str(recommender.profile(5)["occupation"]))


def test_two_users_get_different_lists(tab: Page, address: str) -> None:
    lists = []
    for user in ("1", "2"):
        open_page(tab, address)
        for_user(tab, user)
        lists.append([card[1] for card in recommend(tab)])
    assert lists[0] != lists[1]


def test_an_unknown_user_is_a_message_on_the_page(tab: Page, address: str) -> None:
    open_page(tab, address)
    tab.locator("#way input[value=user]").check()
    choose(tab, "#user", "999999")
    expect(tab.locator(".toast-body")).to_contain_text("should be one of the data set's")


@pytest.mark.parametrize(
    ("control", "typed"),
    [("#user", "abc"), ("#user", "7.9"), ("#genres", "<img src=x onerror=alert(1)>Opera")],
)
def test_what_makes_no_sense_is_answered_in_words_and_never_as_markup(
    tab: Page, address: str, control: str, typed: str
) -> None:
    open_page(tab, address)
    if control == "#user":
        tab.locator("#way input[value=user]").check()
    choose(tab, control, typed)
    toast = tab.locator(".toast-body")
    expect(toast).to_contain_text("should be")
    expect(toast).to_contain_text(typed)
    assert toast.locator("img").count() == 0


def test_without_a_data_set_the_page_recommends_and_says_what_it_cannot(
    tab: Page, run: Run
) -> None:
    with running_app("--bundle", str(run.bundle)) as served:
        wait_for(served, "loaded")
        open_page(tab, served)
        assert cards(tab)
        for_user(tab, "7")
        assert recommend(tab)
        expect(tab.locator("#explanation")).to_contain_text("cannot be hidden")
        expect(tab.locator("#explanation")).to_contain_text("Every user then gets the same list")
        open_tab(tab, "Check")
        expect(tab.locator("#check")).to_contain_text("No data set was given")


def test_a_damaged_bundle_is_a_message_with_a_button_to_try_again(
    tab: Page, bundle_copy: Path
) -> None:
    encoders = bundle_copy / "encoders.json"
    whole = encoders.read_bytes()
    encoders.write_bytes(whole[:-10])
    with running_app("--bundle", str(bundle_copy)) as served:
        assert wait_for(served, "failed")["status"] == "ok"
        tab.goto(served)
        expect(tab.locator("#status")).to_contain_text("encoders.json")
        expect(tab.locator("#recommend")).to_be_disabled()
        encoders.write_bytes(whole)
        tab.click("#retry")
        wait_until_listed(tab)
        expect(tab.locator("#retry")).to_be_hidden()
        assert cards(tab)


def test_a_port_that_is_taken_is_told_in_a_sentence(address: str, run: Run) -> None:
    taken = address.rpartition(":")[2]
    ended = subprocess.run(
        [sys.executable, "app.py", "--bundle", str(run.bundle)],
        cwd=ROOT,
        env={**os.environ, "GRADIO_SERVER_PORT": taken, "GRADIO_SERVER_NAME": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert f"cannot be served on port {taken}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_program_gets_the_same_list(address: str, recommender: MovieRecommender) -> None:
    client = Client(address, verbose=False)
    answer = client.predict(user_id=4, k=3, api_name="/recommend")
    expected = recommender.recommend(4, k=3)
    assert [entry["movie_id"] for entry in answer] == list(expected["movie_id"])
    assert [entry["rank"] for entry in answer] == [1, 2, 3]
    new = client.predict(k=3, api_name="/recommend")
    assert [entry["movie_id"] for entry in new] == list(recommender.recommend(k=3)["movie_id"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"user_id": 999_999}, "should be one of the data set's"),
        ({"user_id": 1, "genres": ["Opera"]}, "should be among"),
        ({"user_id": 1, "month": 13}, "from 1 to 12"),
        ({"user_id": 1, "k": 0}, "from 1 to 100"),
    ],
)
def test_a_program_that_asks_wrongly_is_told_what_was_expected(
    address: str, arguments: dict[str, object], said: str
) -> None:
    client = Client(address, verbose=False)
    with pytest.raises(Exception, match=said):
        client.predict(**arguments, api_name="/recommend")


def test_the_events_of_the_page_are_private(address: str) -> None:
    endpoints = httpx.get(f"{address}/gradio_api/info").json()["named_endpoints"]
    assert list(endpoints) == [
        "/recommend",
        "/recommend_for",
        "/similar_movies",
        "/explain",
        "/user_profile",
        "/search_movies",
        "/genres",
    ]
