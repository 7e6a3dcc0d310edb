"""What the controls offer once the model is loaded, and what a link sets them to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from space.page.answers import Answers
from space.page.controls import Controls, build_panel, fact_choices, switched_on
from space.page.language import CATALOGUES, label, value_label
from space.page.link import restored
from space.page.shown import film_choices
from space.person import FACTS
from tests.builders import tiny_movielens, without_demographics
from tests.exports import Run, export_tiny
from tests.space.page.pages import answers_of


def controls_of(answers: Answers, query: str = "", *, users: bool = True) -> dict[str, Any]:
    """The updates of the controls by their names."""
    recommender = answers.model.ready()
    updates = switched_on(recommender, answers.shown(recommender), restored(query), users=users)
    return dict(zip(Controls._fields[1:], updates, strict=True))


@pytest.fixture(scope="module")
def answers(run: Run) -> Answers:
    return answers_of(run.bundle, run.dataset)


def test_all_controls_are_off_until_then_and_on_afterwards(answers: Answers) -> None:
    with gr.Blocks():
        panel = build_panel()
    assert not any(control.interactive for control in panel.controls[1:])
    assert all(update["interactive"] for update in controls_of(answers).values())


def test_each_control_has_its_name_as_id() -> None:
    with gr.Blocks():
        controls = build_panel().controls
    assert [control.elem_id for control in controls] == list(Controls._fields)


def test_what_can_be_told_is_what_the_vocabularies_hold(answers: Answers, run: Run) -> None:
    offered = controls_of(answers)
    for name in FACTS:
        assert offered[name]["visible"]
        choices = offered[name]["choices"]
        assert (str(choices[0][0]), choices[0][1]) == (str(label("not_told")), "")
        assert sorted(value for _, value in choices[1:]) == sorted(run.encoder.vocabularies[name])
        assert all(str(said) == str(value_label(name, value)) for said, value in choices[1:])
        assert "value" not in offered[name]


def test_of_a_fact_nothing_may_be_told_and_the_youngest_come_first() -> None:
    def values(name: str, known: list[str]) -> list[str]:
        return [value for _, value in fact_choices(name, known)]

    assert values("age", ["18-24", "56+", "Under 18"]) == ["", "Under 18", "18-24", "56+"]
    assert values("occupation", ["writer", "artist"]) == ["", "artist", "writer"]


def test_who_types_male_does_not_get_female() -> None:
    assert [value for _, value in fact_choices("gender", ["F", "M"])] == ["", "M", "F"]


def test_films_users_and_genres_are_those_of_the_model(answers: Answers, run: Run) -> None:
    offered = controls_of(answers)
    films = film_choices(answers.model.ready().bundle.movies)
    for name in ("likes", "dislikes", "hidden"):
        assert offered[name]["choices"] == films
    assert [user for _, user in offered["user"]["choices"]] == sorted(run.data.users["user_id"])
    genres = sorted({genre for row in run.data.movies["genres"] for genre in row})
    for name in ("genres", "exclude_genres"):
        assert [genre for _, genre in offered[name]["choices"]] == genres
    assert (int(offered["year"]["value"]), offered["month"]["value"]) == (2003, 12)


def test_without_users_the_list_is_for_the_visitor_alone(answers: Answers) -> None:
    model = answers.model.ready()
    offered = dict(
        zip(
            Controls._fields[1:],
            switched_on(_Without(model), answers.shown(model), {}, users=False),  # type: ignore[arg-type]
            strict=True,
        )
    )
    assert [value for _, value in offered["way"]["choices"]] == ["you"]
    apart = switched_on(_Without(model), answers.shown(model), {}, users=True)  # type: ignore[arg-type]
    assert [value for _, value in apart[0]["choices"]] == ["you", "user"]
    assert apart[1]["value"] is None


class _Without:
    """A recommender that knows no user, as one whose data set is still to come."""

    user_ids = ()

    def __init__(self, model: Any) -> None:
        self.last_month, self.bundle, self.genres = model.last_month, model.bundle, model.genres


def test_without_a_ranking_model_facts_are_asked_for_and_no_films(old_run: Run) -> None:
    offered = controls_of(answers_of(old_run.bundle))
    assert not offered["likes"]["visible"]
    assert not offered["dislikes"]["visible"]
    assert all(offered[name]["visible"] for name in FACTS)


def test_with_one_films_are_asked_for(answers: Answers) -> None:
    offered = controls_of(answers)
    assert offered["likes"]["visible"]
    assert offered["dislikes"]["visible"]


def test_a_model_that_knows_no_facts_does_not_ask_for_them(tmp_path: Path) -> None:
    data = without_demographics(tiny_movielens())
    offered = controls_of(answers_of(export_tiny(tmp_path, data).bundle))
    assert offered["likes"]["visible"]
    assert not any(offered[name]["visible"] for name in FACTS)


def test_a_fact_alone_that_a_model_does_not_know_is_hidden(run: Run) -> None:
    answers = answers_of(run.bundle)
    known = answers.model.ready().bundle.encoder.vocabularies
    assert isinstance(known, dict)
    del known["occupation"]
    offered = controls_of(answers)
    assert [offered[name]["visible"] for name in FACTS] == [True, True, False]


def test_what_a_link_says_is_set(answers: Answers) -> None:
    query = (
        "?way=user&user=3&genres=Comedy~Drama&match=all&k=5&exclude_seen=false&year=2001&month=2"
    )
    offered = controls_of(answers, query)
    assert {name: update["value"] for name, update in offered.items() if "value" in update} == {
        "way": "user",
        "user": 3,
        "genres": ["Comedy", "Drama"],
        "match": "all",
        "k": 5,
        "exclude_seen": False,
        "year": 2001,
        "month": 2,
    }


def test_there_are_twelve_months_in_order() -> None:
    with gr.Blocks():
        month = build_panel().controls.month
    assert [value for _, value in month.choices] == list(range(1, 13))
    said = [CATALOGUES["en"][f"month.{number}"] for number in range(1, 13)]
    assert (said[0], said[4], said[11], len(set(said))) == ("January", "May", "December", 12)
