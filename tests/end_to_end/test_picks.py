"""Somebody new who picks films and tells of themselves, on the page and over the API."""

from __future__ import annotations

from pathlib import Path

import pytest
from gradio_client import Client
from playwright.sync_api import Page, expect

from space.page.shown import film_choices
from space.page.starters import ENOUGH
from space.ranking_files import ranked_by
from space.recommender import MovieRecommender
from tests.builders import tiny_movielens, without_demographics
from tests.end_to_end.steps import (
    cards,
    choose,
    for_me,
    for_user,
    open_page,
    open_tab,
    recommend,
    settle,
    tell,
    titles,
    unfold,
)
from tests.exports import export_tiny
from tests.server import running_app, wait_for

FACTS = ("#gender", "#age", "#occupation")


def test_the_list_follows_from_the_films_that_are_picked(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    films = film_choices(recommender.bundle.movies)
    first, second, third = films[3], films[11], films[20]
    open_page(tab, address)
    before = titles(tab)
    choose(tab, "#likes", first[0])
    choose(tab, "#likes", second[0])
    choose(tab, "#dislikes", third[0])
    shown = recommend(tab)
    # The film chosen last counts as the newest.
    expected = recommender.recommend_for(liked=[second[1], first[1]], disliked=[third[1]])
    assert [card[1] for card in shown] == list(expected["title"]) != before
    open_tab(tab, "Taste")
    expect(tab.locator("#profile")).to_contain_text("Films you like")
    expect(tab.locator("#liked-films")).to_be_hidden()


def test_the_list_changes_with_each_pick_and_needs_no_press(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    films = film_choices(recommender.bundle.movies)
    open_page(tab, address)
    picked: list[int] = []
    for title, film in (films[3], films[11]):
        choose(tab, "#likes", title)
        picked.insert(0, film)
        settle(tab)
        assert titles(tab) == list(recommender.recommend_for(liked=picked)["title"])
    tab.locator("#likes .token-remove").first.click()
    settle(tab)
    assert titles(tab) == list(recommender.recommend_for(liked=picked[:1])["title"])


def test_films_are_picked_for_the_visitor_alone(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    film, movie = film_choices(recommender.bundle.movies)[3]
    open_page(tab, address)
    expect(tab.locator("#likes")).to_be_visible()
    choose(tab, "#likes", film)
    for_user(tab, "7")
    expect(tab.locator("#likes")).to_be_hidden()
    expect(tab.locator("#dislikes")).to_be_hidden()
    assert [card[1] for card in recommend(tab)] == list(recommender.recommend(7)["title"])
    for_me(tab)
    expect(tab.locator("#likes")).to_be_visible()
    # What was picked is still there.
    expected = recommender.recommend_for(liked=[movie])
    assert [card[1] for card in recommend(tab)] == list(expected["title"])


def test_the_list_follows_from_what_is_told(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    film, movie = film_choices(recommender.bundle.movies)[3]
    open_page(tab, address)
    unfold(tab, "#facts")
    for control in FACTS:
        expect(tab.locator(f"{control} input")).to_have_value("Not told")
    tell(tab, "#gender", "Male")
    tell(tab, "#age", "25-34")
    shown = recommend(tab)
    expected = recommender.recommend_for(gender="M", age="25-34")
    assert [card[1] for card in shown] == list(expected["title"])
    assert [card[4] for card in shown] == [f"P(like) {score:.0%}" for score in expected["score"]]
    open_tab(tab, "Taste")
    expect(tab.locator("#profile")).to_contain_text("count for the order and for P(like)")
    open_tab(tab, "Films")

    tell(tab, "#age", "Not told")
    tell(tab, "#occupation", "artist")
    choose(tab, "#likes", film)
    shown = recommend(tab)
    expected = recommender.recommend_for(liked=[movie], gender="M", occupation="artist")
    assert [card[1] for card in shown] == list(expected["title"])


def test_facts_are_asked_of_the_visitor_alone(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    tell(tab, "#gender", "Male")
    for_user(tab, "7")
    for control in FACTS:
        expect(tab.locator(control)).to_be_hidden()
    assert [card[1] for card in recommend(tab)] == list(recommender.recommend(7)["title"])
    for_me(tab)
    unfold(tab, "#facts")
    for control in FACTS:
        expect(tab.locator(control)).to_be_visible()
    expect(tab.locator("#gender input")).to_have_value("Male")


def test_a_fact_that_is_none_is_answered_in_words_and_never_as_markup(
    tab: Page, address: str
) -> None:
    typed = "<img src=x onerror=alert(1)>"
    open_page(tab, address)
    tell(tab, "#occupation", typed)
    toast = tab.locator(".toast-body")
    expect(toast).to_contain_text("“Occupation” should be one of")
    expect(toast).to_contain_text(typed)
    assert toast.locator("img").count() == 0


@pytest.mark.parametrize("control", ["#likes", "#dislikes"])
def test_a_film_that_is_none_is_answered_in_words_and_never_as_markup(
    tab: Page, address: str, control: str
) -> None:
    typed = "<img src=x onerror=alert(1)>No such film"
    open_page(tab, address)
    choose(tab, control, typed)
    toast = tab.locator(".toast-body")
    expect(toast).to_contain_text("A film should be chosen from the list")
    expect(toast).to_contain_text(typed)
    assert toast.locator("img").count() == 0


def test_one_film_in_both_is_answered_in_words(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    film, _ = film_choices(recommender.bundle.movies)[3]
    open_page(tab, address)
    choose(tab, "#likes", film)
    choose(tab, "#dislikes", film)
    expect(tab.locator(".toast-body")).to_contain_text("A film should be in")


def test_a_model_that_reads_no_picks_does_not_ask_for_them(
    tab: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    old = export_tiny(tmp_path_factory.mktemp("old"), ranked=False)
    with running_app("--bundle", str(old.bundle)) as served:
        wait_for(served, "loaded")
        open_page(tab, served)
        expect(tab.locator("#likes")).to_be_hidden()
        expect(tab.locator("#own")).to_be_hidden()
        tell(tab, "#gender", "Male")
        shown = recommend(tab)
        expected = MovieRecommender.load(old.bundle).recommend_for(gender="M")
        assert [card[1] for card in shown] == list(expected["title"])
        expect(tab.locator("#explanation")).to_contain_text(ranked_by(ranking_model=False))


def test_a_model_that_knows_nothing_of_people_asks_for_films_alone(
    tab: Page, tmp_path: Path
) -> None:
    made = export_tiny(tmp_path, without_demographics(tiny_movielens()))
    with running_app("--bundle", str(made.bundle)) as served:
        wait_for(served, "loaded")
        open_page(tab, served)
        expect(tab.locator("#likes")).to_be_visible()
        expect(tab.locator("#facts")).to_be_hidden()
        for control in FACTS:
            expect(tab.locator(control)).to_be_hidden()
        assert cards(tab)


def test_a_film_of_the_list_is_liked_by_its_button(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    like = tab.locator("#cards button[data-does=like]").nth(2)
    film = int(like.get_attribute("data-film") or 0)
    like.click()
    settle(tab)
    assert titles(tab) == list(recommender.recommend_for(liked=[film])["title"])
    expect(tab.locator("#likes")).to_contain_text(
        str(recommender.bundle.movies.set_index("movie_id")["title"][film])
    )


def test_films_to_start_from_are_liked_by_a_press_until_enough_are_picked(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    picked: list[int] = []
    for _ in range(ENOUGH):
        starter = tab.locator("#starters button[data-film]").first
        film = int(starter.get_attribute("data-film") or 0)
        assert film not in picked
        picked.insert(0, film)
        starter.click()
        settle(tab)
        assert titles(tab) == list(recommender.recommend_for(liked=picked)["title"])
    expect(tab.locator("#starters button")).to_have_count(0)
    # No empty strip stays where they were.
    expect(tab.locator("#starters")).to_be_hidden()


def test_a_program_gets_the_same_list(address: str, recommender: MovieRecommender) -> None:
    client = Client(address, verbose=False)
    told = {"liked": [1, 7], "disliked": [4], "gender": "F", "age": "25-34"}
    answer = client.predict(**told, genres=["Comedy"], k=3, api_name="/recommend_for")
    expected = recommender.recommend_for(**told, genres=["Comedy"], k=3)
    assert [entry["movie_id"] for entry in answer] == list(expected["movie_id"])
    assert list(answer[0]) == ["rank", "movie_id", "title", "year", "genres", "score"]
    nothing = client.predict(k=3, api_name="/recommend_for")
    assert [entry["movie_id"] for entry in nothing] == list(recommender.recommend(k=3)["movie_id"])


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"liked": [2]}, "should be ids of films in the catalogue"),
        ({"liked": [1], "disliked": [1]}, "A film should be in"),
        ({"liked": [*range(101)]}, "at most 100 films"),
        ({"gender": "X"}, "should be one of F, M"),
        ({"occupation": "wizard"}, "should be one of"),
        ({"liked": [1], "k": 0}, "from 1 to 100"),
    ],
)
def test_a_program_that_asks_wrongly_is_told_what_was_expected(
    address: str, told: dict[str, object], said: str
) -> None:
    client = Client(address, verbose=False)
    with pytest.raises(Exception, match=said):
        client.predict(**told, api_name="/recommend_for")


def test_the_arguments_are_described(address: str) -> None:
    endpoint = Client(address, verbose=False).view_api(return_format="dict")["named_endpoints"]
    described = endpoint["/recommend_for"]["parameters"]
    assert [each["parameter_name"] for each in described] == [
        "liked",
        "disliked",
        "gender",
        "age",
        "occupation",
        "year",
        "month",
        "genres",
        "match",
        "k",
        "exclude_genres",
        "from_year",
        "to_year",
        "hidden",
        "familiarity",
        "diversity",
    ]
    assert all(each["parameter_has_default"] for each in described)
