"""What is meant by what was typed, or by what a link says."""

from __future__ import annotations

import json
import re
import warnings
from types import SimpleNamespace
from typing import Any

import pytest

from space.arguments import check_user
from space.page.answers import Answers
from space.page.ask import Ask
from space.page.controls import Controls
from space.page.language import LANGUAGES, text
from space.page.meant import TYPED, Meant
from tests.exports import Run
from tests.space.page.pages import answers_of

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def answers(run: Run) -> Answers:
    return answers_of(run.bundle, run.dataset)


def meant(answers: Answers, **asked: Any) -> Meant:
    recommender = answers.model.ready()
    return Meant.of(Ask(**asked), answers.shown(recommender), recommender)


def test_choices_are_what_they_are(answers: Answers) -> None:
    (_, first), (_, second) = answers.shown(answers.model.ready()).films[3:5]
    asked: dict[str, Any] = {
        "likes": [first],
        "dislikes": [second],
        "hidden": [],
        "genres": ["Comedy"],
        "exclude_genres": ["Drama"],
        "gender": "F",
        "occupation": "",
    }
    found = meant(answers, **asked)
    assert found.ask == Ask(**asked)
    assert (found.instead, found.left_out, found.tell()) == ({}, {}, "")


def test_what_is_meant_takes_the_place_of_what_was_typed(answers: Answers) -> None:
    title, film = answers.shown(answers.model.ready()).films[3]
    found = meant(answers, likes=[title.upper()], genres=["코미디", "Drama"])
    assert (found.ask.likes, found.ask.genres) == ([film], ["Comedy", "Drama"])
    assert not found.left_out
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told = json.loads(found.tell())
    assert told == {"likes": [[title.upper(), film]], "genres": [["코미디", "Comedy"]]}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("control", "value", "rest", "instead"),
    [
        ("likes", [10**8, HOSTILE], [], [[10**8, None], [HOSTILE, None]]),
        ("dislikes", [HOSTILE], [], [[HOSTILE, None]]),
        ("hidden", [HOSTILE, {"a": [1]}], [], [[HOSTILE, None], [{"a": [1]}, None]]),
        ("genres", ["Comedy", HOSTILE], ["Comedy"], [[HOSTILE, None]]),
        ("exclude_genres", [HOSTILE], [], [[HOSTILE, None]]),
        ("gender", HOSTILE, "", [[HOSTILE, ""]]),
    ],
)
def test_what_means_nothing_is_left_out_and_told(
    answers: Answers, language: str, control: str, value: Any, rest: Any, instead: Any
) -> None:
    found = meant(answers, **{"language": language, control: value})
    assert getattr(found.ask, control) == rest
    # What gradio does of a warning without a browser.
    with pytest.warns(UserWarning, match=re.escape(text(language, "left_out.rest"))) as caught:
        told = found.tell()
    (said,) = (str(each.message) for each in caught)
    assert json.loads(told) == {control: instead}
    assert "<img" not in said
    assert "&lt;img" in said


def test_what_is_told_of_many_is_short(answers: Answers) -> None:
    found = meant(answers, likes=["x" * 10_000] * 50, genres=["x" * 10_000] * 50)
    assert all(len(said) < 600 for said in found.left_out.values())


def test_a_korean_visitor_is_told_the_genres_by_their_names(answers: Answers) -> None:
    assert "코미디" in meant(answers, language="ko", genres=["Opera"]).left_out["genres"]


@pytest.mark.parametrize("user", [9999, "9999", "abc", "7.9", HOSTILE, [7], True])
def test_instead_of_a_user_whom_there_is_not_somebody_new_is_meant(
    answers: Answers, user: Any
) -> None:
    found = meant(answers, way="user", user=user, genres=["comedy"])
    assert found.ask.newcomer
    assert found.ask.genres == ["Comedy"]
    first = answers.model.ready().user_ids[0]
    assert found.instead == {"user": [(user, first)], "genres": [("comedy", "Comedy")]}
    assert "“User” should be" in found.left_out["user"]
    with pytest.warns(UserWarning, match="for somebody new"):
        found.tell()


def test_a_user_whom_there_is_is_meant_and_nothing_of_the_visitors_is_read(
    answers: Answers,
) -> None:
    found = meant(answers, way="user", user="7", gender="no such")
    assert not found.ask.newcomer
    assert found.instead == {}


def test_that_no_user_is_chosen_is_said(answers: Answers) -> None:
    with pytest.raises(ValueError, match="Choose a user"):
        meant(answers, way="user", user="")


def test_a_model_that_knows_no_user_means_somebody_new(answers: Answers) -> None:
    users = SimpleNamespace(check=lambda user: check_user(user, (), ()))
    knows_none: Any = SimpleNamespace(users=users, user_ids=())
    shown = answers.shown(answers.model.ready())
    found = Meant.of(Ask(way="user", user=1), shown, knows_none)
    assert found.ask.newcomer
    assert found.instead == {"user": [(1, None)]}


def test_everything_that_can_be_typed_is_a_control() -> None:
    assert set(TYPED) < set(Controls._fields)
