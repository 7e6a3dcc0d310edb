"""How the films rank that were held out."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pandas as pd
import pytest

from space.insights.held_out import Found, HeldOut, held_out
from space.page.answers import Answers
from space.page.ask import Ask
from space.page.check_tab import ROWS, CheckTab, check_html
from tests.exports import STRANGER, Run
from tests.space.page.pages import answers_of
from tests.space.page.reading import HOSTILE, Tags, cells, harmless


def found(films: int = 2, **changed: Any) -> HeldOut:
    frame = pd.DataFrame(
        {
            "movie_id": range(films),
            "title": ["Heat"] * films,
            "year": pd.array([1995] * films, dtype="Int64"),
            "rating": [4.5] * films,
            "rank": [1234] * films,
            "popularity_rank": [7] * films,
        }
    )
    given: dict[str, Any] = {
        "films": frame,
        "candidates": 5678,
        "moment": (2003, 12),
        "k": 10,
        "likes": 4,
        "model": Found(3, 0.5),
        "popularity": Found(1, 0.25),
    }
    return HeldOut(**{**given, **changed})


@pytest.fixture(scope="module")
def answers(run: Run) -> Answers:
    return answers_of(run.bundle, run.dataset)


def tab_of(answers: Answers) -> CheckTab:
    with gr.Blocks():
        return CheckTab(answers)


def test_the_model_stands_beside_popularity() -> None:
    said = Tags(check_html(found(), "en")).text
    assert "2 films that this user rated were held out" in said
    assert "for December 2003" in said
    assert "5,678 films" in said
    for figure in ("3", "1", "0.500", "0.250"):
        assert figure in said


def test_each_film_has_its_stars_and_both_ranks() -> None:
    rows = cells(check_html(found(1), "en"))
    assert rows[-2:] == [
        ["Title", "Stars", "The model's rank", "Rank by popularity"],
        ["Heat 1995", "4.5 ★", "1,234", "7"],
    ]


def test_no_more_films_than_a_hundred_are_listed() -> None:
    html = check_html(found(ROWS + 5), "en")
    assert Tags(html).text.count("Heat") == ROWS
    assert "105 films" in html


def test_what_is_not_defined_is_a_dash() -> None:
    nothing = found(likes=0, model=Found(0, None), popularity=Found(0, None))
    assert Tags(check_html(nothing, "en")).text.count("–") >= 2


def test_where_nothing_was_held_out_that_is_said() -> None:
    said = check_html(found(films=0), "en")
    assert Tags(said).text == "Nothing that this user rated was held out of training."


def test_markup_in_a_title_is_shown_and_not_obeyed() -> None:
    hostile = found()
    hostile.films["title"] = HOSTILE
    assert harmless(check_html(hostile, "en"))


def test_a_user_is_checked(answers: Answers) -> None:
    expected = check_html(held_out(answers.model.ready(), 7), "en")
    assert tab_of(answers).show(Ask(way="user", user="7")) == [expected]
    assert len(cells(expected)) > 2


def test_a_user_without_ratings_has_nothing_to_check(answers: Answers) -> None:
    (said,) = tab_of(answers).show(Ask(way="user", user=STRANGER))
    assert "Nothing that this user rated" in said


def test_the_visitor_is_asked_to_choose_a_user(answers: Answers) -> None:
    (said,) = tab_of(answers).show(Ask())
    assert "Choose a user of the data" in said


def test_without_data_set_nothing_can_be_checked(run: Run) -> None:
    (said,) = tab_of(answers_of(run.bundle)).show(Ask(way="user", user=7))
    assert "No data set was given" in said


def test_an_unknown_user_is_refused(answers: Answers) -> None:
    with pytest.raises(ValueError, match="should be one of the data set's"):
        tab_of(answers).show(Ask(way="user", user=10**6))
