"""What the controls' values mean to the recommender."""

from __future__ import annotations

from typing import Any, get_type_hints

import pytest

from space.lists import ListArguments
from space.page.ask import MOST_TYPED, NAMES, Ask, listed, user_of, year_of
from space.page.controls import Controls
from space.page.shown import Shown
from tests.exports import Run
from tests.space.page.pages import answers_of, values


@pytest.fixture(scope="module")
def shown(run: Run) -> Shown:
    answers = answers_of(run.bundle)
    return answers.shown(answers.model.ready())


def test_the_controls_stand_in_the_order_of_what_is_asked() -> None:
    assert Controls._fields == NAMES


def test_the_film_picked_last_counts_as_the_newest(shown: Shown) -> None:
    first, second, third = (film for _, film in shown.films[3:6])
    ask = Ask(likes=[first, second], dislikes=[third])
    assert ask.person(shown) == {"liked": [second, first], "disliked": [third]}


def test_a_film_can_be_typed_by_its_title(shown: Shown) -> None:
    title, film = shown.films[3]
    assert Ask(likes=[title]).person(shown)["liked"] == [film]
    assert Ask(hidden=[title.upper()]).filters(shown)["hidden"] == [film]


def test_what_is_no_film_and_no_genre_is_left_out(shown: Shown) -> None:
    first, second = (film for _, film in shown.films[3:5])
    ask = Ask(
        likes=[first, "no such film", 10**8, str(second), first],
        dislikes=None,
        hidden=["", second],
        genres=["comedy", "Opera", "Comedy"],
        exclude_genres="드라마",
    )
    assert ask.person(shown) == {"liked": [second, first], "disliked": []}
    filters = ask.filters(shown)
    assert filters["hidden"] == [second]
    assert (filters["genres"], filters["exclude_genres"]) == (["Comedy"], ["Drama"])
    assert ask.meant("likes", shown) == [
        (first, first), ("no such film", None), (10**8, None), (str(second), second), (first, first),
    ]  # fmt: skip


def test_of_more_text_than_anybody_types_the_rest_is_none(shown: Shown) -> None:
    title, film = shown.films[3]
    other = shown.films[4][1]
    values = [*["no such film"] * MOST_TYPED, title, other]
    assert Ask(likes=values).picked("likes", shown) == [other]
    assert Ask(likes=values[1:]).picked("likes", shown) == [film, other]


@pytest.mark.parametrize("nothing", [None, ""])
def test_what_is_not_told_is_no_fact(shown: Shown, nothing: Any) -> None:
    ask = Ask(gender="M", age="25-34", occupation=nothing)
    assert ask.facts == {"gender": "M", "age": "25-34"}
    person = ask.person(shown)
    assert person == {"liked": [], "disliked": [], "gender": "M", "age": "25-34"}


def test_of_a_user_nothing_else_is_read(shown: Shown) -> None:
    ask = Ask(way="user", user=7, likes=[1], dislikes=["no such film"], gender="M")
    assert ask.person(shown) == {"user_id": 7}
    assert ask.facts == {}


def test_of_the_visitor_no_user_is_read(shown: Shown) -> None:
    assert "user_id" not in Ask(way="you", user=7).person(shown)


@pytest.mark.parametrize(
    ("value", "user"), [(7, 7), ("7", 7), ("7.9", "7.9"), ("abc", "abc"), (True, True), ([7], [7])]
)
def test_a_user_is_a_number_or_as_it_came_for_the_recommender_to_refuse(
    value: Any, user: Any
) -> None:
    assert user_of(value) == user


@pytest.mark.parametrize("nobody", [None, ""])
def test_that_no_user_is_chosen_is_said(nobody: Any) -> None:
    with pytest.raises(ValueError, match="Choose a user"):
        user_of(nobody)


def test_the_filters_are_all_that_a_list_can_be_asked_for(shown: Shown) -> None:
    names = set(get_type_hints(ListArguments))
    assert set(Ask().filters(shown)) == names
    assert set(Ask(way="user").filters(shown)) == {*names, "exclude_seen"}


def test_the_filters_are_what_the_controls_say(shown: Shown) -> None:
    asked: dict[str, Any] = {
        "year": 2003,
        "month": 2,
        "genres": ["Comedy"],
        "match": "all",
        "exclude_genres": ["Drama"],
        "from_year": 1990,
        "to_year": 1995,
        "hidden": [1, 4],
        "k": 20,
        "familiarity": -0.5,
        "diversity": 0.3,
    }
    assert Ask(**asked).filters(shown) == asked
    assert Ask(way="user", exclude_seen=False, **asked).filters(shown) == {
        **asked,
        "exclude_seen": False,
    }


@pytest.mark.parametrize(
    ("value", "year"),
    [
        ("1994", 1994),
        (" 1994 ", 1994),
        (1994, 1994),
        ("", None),
        ("  ", None),
        (None, None),
        ("about 1990", "about 1990"),
        ("-3", "-3"),
        ("9" * 5_000, "9" * 5_000),
        ([1], [1]),
    ],
)
def test_a_year_is_a_number_nothing_or_as_it_came(value: Any, year: Any) -> None:
    assert year_of(value) == year
    assert Ask.of(values(year=value, from_year=value, to_year=value)) == Ask(
        year=year, from_year=year, to_year=year
    )


@pytest.mark.parametrize(
    ("tag", "language"), [("ko-KR", "ko"), ("en-GB", "en"), ("fr", "en"), (None, "en"), (7, "en")]
)
def test_a_language_that_the_page_does_not_have_is_english(tag: Any, language: str) -> None:
    assert Ask.of(values(language=tag)).language == language


@pytest.mark.parametrize(
    ("value", "values_"), [(None, []), ([], []), ((1, 2), [1, 2]), ("a", ["a"]), (3, [3])]
)
def test_a_control_of_many_is_a_list(value: Any, values_: list[Any]) -> None:
    assert listed(value) == values_
