"""The dialog for one film: what its events take and give."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from space.page.answers import Answers
from space.page.ask import NAMES, Ask
from space.page.detail import EVENTS, Detail, film_of
from space.page.language import CATALOGUES, LANGUAGES
from space.recommender import MovieRecommender
from tests.exports import Run
from tests.space.page.reading import HOSTILE


def pressed(data: Any) -> Any:
    """The event of a button, with what a browser says of it."""
    return SimpleNamespace(_data=data)


@pytest.fixture
def detail(run: Run) -> Detail:
    recommender = MovieRecommender.load(run.bundle, run.dataset)
    model: Any = SimpleNamespace(
        ready=lambda: recommender, ready_with_users=lambda report: recommender
    )
    with gr.Blocks():
        return Detail(Answers(model))


def values(**asked: Any) -> list[Any]:
    """The controls' values."""
    ask = Ask(**asked)
    return [getattr(ask, name) for name in NAMES]


@pytest.mark.parametrize(
    ("data", "film"),
    [({"film": 7}, 7), ({"film": HOSTILE}, HOSTILE), ({}, None), (None, None), ([7], None)],
)
def test_the_film_is_what_the_browser_says_or_nothing(data: Any, film: Any) -> None:
    assert film_of(pressed(data)) == film


def test_both_answers_name_what_they_answer(detail: Detail, run: Run) -> None:
    asked = values(way="user", user=7)
    film = int(run.data.movies["movie_id"].iloc[0])
    for name, handler in (("why", detail.why), ("similar", detail.similar)):
        assert f'data-does="{name}" data-film="{film}"' in handler(pressed({"film": film}), *asked)


@pytest.mark.parametrize("film", [10**9, None, HOSTILE, [5], {"a": 1}, True, 5.5])
@pytest.mark.parametrize("name", ["why", "similar"])
def test_a_film_that_there_is_not_is_told_in_words_and_no_markup(
    detail: Detail, name: str, film: Any
) -> None:
    with pytest.raises(gr.Error) as told:
        getattr(detail, name)(pressed({"film": film}), *values(way="user", user=7))
    assert "<" not in str(told.value.message)
    assert "should be" in str(told.value.message)


def test_a_user_that_there_is_not_is_told_in_words(detail: Detail) -> None:
    with pytest.raises(gr.Error, match="should be one of the data set's"):
        detail.why(pressed({"film": 5}), *values(way="user", user=10**9))


@pytest.mark.parametrize(
    ("likes", "dislikes", "picked"),
    [
        ([], [], ([5], [])),
        (None, None, ([5], [])),
        ([3, 4], [], ([3, 4, 5], [])),
        # The film picked last counts as the newest, and is liked or not liked.
        ([5, 4], [5, 6], ([4, 5], [6])),
    ],
)
def test_a_film_that_is_picked_comes_last_among_the_liked_and_leaves_the_others(
    detail: Detail, likes: Any, dislikes: Any, picked: Any
) -> None:
    assert detail.pick(pressed({"film": 5}), likes, dislikes) == picked


def test_the_browser_has_the_dialogs_words_in_every_language() -> None:
    words = json.loads(EVENTS.partition("words: ")[2].partition(", ask:")[0])
    assert words == {
        language: {name: CATALOGUES[language][name] for name in ("close", "loading", "card.picked")}
        for language in LANGUAGES
    }
