"""What the page asks of somebody new, and what its list reads, without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from space.artifacts import SharedModel
from space.page.handlers import Handlers
from space.page.views import NEWCOMER, NOT_TOLD, film_choices
from space.ranking_files import ranked_by
from space.recommender import MovieRecommender
from space.sources import FolderSource
from tests.builders import tiny_movielens, without_demographics
from tests.exports import Run, edit_json, export_tiny

FACTS = ("Gender", "Age", "Occupation")
ALL = (2003, 12, [], "any", 10)
"""Year, month, genres and how they match, and the list's length: what the page asks first."""


def handlers_of(bundle: Path) -> Handlers:
    model = SharedModel(FolderSource(bundle))
    model.ready()
    return Handlers(model)


def asked(handlers: Handlers) -> tuple[list[gr.Dropdown], bool, bool]:
    """The facts' dropdowns, and whether films can be picked and facts be told."""
    *_, gender, age, occupation, picks, facts = handlers.poll()
    return [gender, age, occupation], picks.visible, facts.visible


@pytest.fixture(scope="module")
def handlers(run: Run) -> Handlers:
    return handlers_of(run.bundle)


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    return MovieRecommender.load(run.bundle)


def test_what_can_be_told_is_what_the_vocabularies_hold(handlers: Handlers, run: Run) -> None:
    dropdowns, picks, facts = asked(handlers)
    assert picks
    assert facts
    for dropdown, name in zip(dropdowns, ("gender", "age", "occupation"), strict=True):
        shown = [value for _, value in dropdown.choices]
        assert shown[0] == dropdown.value == NOT_TOLD
        assert sorted(shown[1:]) == sorted(run.encoder.vocabularies[name])
        assert dropdown.visible
        assert dropdown.interactive


def test_a_user_of_the_data_set_is_asked_for_nothing(handlers: Handlers) -> None:
    assert [column.visible for column in handlers.asked(7)] == [False, False]
    assert [column.visible for column in handlers.asked(NEWCOMER)] == [True, True]


def test_without_a_ranking_model_facts_are_asked_for_and_no_films(old_run: Run) -> None:
    handlers = handlers_of(old_run.bundle)
    dropdowns, picks, facts = asked(handlers)
    assert (picks, facts) == (False, True)
    assert all(dropdown.visible for dropdown in dropdowns)
    heading, rows, profile, *_ = handlers.show(NEWCOMER, *ALL, [], [], "F", NOT_TOLD, NOT_TOLD)
    expected = MovieRecommender.load(old_run.bundle).recommend_for(gender="F")
    assert [row[1] for row in rows] == list(expected["title"])
    assert [row[4] for row in rows] == [f"{score:.3f}" for score in expected["score"]]
    assert "<dt>Gender</dt><dd>F</dd>" in profile
    assert "best **10** films" in heading


def test_a_model_that_knows_no_facts_does_not_ask_for_them(tmp_path: Path) -> None:
    data = without_demographics(tiny_movielens())
    handlers = handlers_of(export_tiny(tmp_path, data).bundle)
    dropdowns, picks, facts = asked(handlers)
    assert (picks, facts) == (True, False)
    assert not any(dropdown.visible for dropdown in dropdowns)
    assert len(handlers.show(NEWCOMER, *ALL, [], [], NOT_TOLD, None, "")[1]) == 10


def test_a_fact_alone_that_a_model_does_not_know_is_hidden(run: Run) -> None:
    handlers = handlers_of(run.bundle)
    known = handlers._model.ready().bundle.encoder.vocabularies
    assert isinstance(known, dict)
    del known["occupation"]
    dropdowns, _, facts = asked(handlers)
    assert [dropdown.visible for dropdown in dropdowns] == [True, True, False]
    assert facts


@pytest.mark.parametrize("nothing", [NOT_TOLD, None, ""])
def test_the_list_follows_from_what_is_told(
    handlers: Handlers, recommender: MovieRecommender, nothing: str | None
) -> None:
    _, rows, profile, *_ = handlers.show(NEWCOMER, *ALL, [], [], "M", "25-34", nothing)
    expected = recommender.recommend_for(gender="M", age="25-34")
    assert [row[1] for row in rows] == list(expected["title"])
    assert [row[4] for row in rows] == [f"{score:.3f}" for score in expected["score"]]
    assert "<dt>Gender</dt><dd>M</dd>" in profile
    assert "<dt>Age</dt><dd>25-34</dd>" in profile
    assert "Occupation" not in profile

    _, rows, profile, *_ = handlers.show(NEWCOMER, *ALL, [], [], nothing, nothing, nothing)
    assert [row[1] for row in rows] == list(recommender.recommend()["title"])
    assert "Nothing is known of this person" in profile


def test_facts_and_picks_count_together(handlers: Handlers, recommender: MovieRecommender) -> None:
    films = [film for _, film in film_choices(recommender.bundle.movies)]
    _, rows, *_ = handlers.show(NEWCOMER, *ALL, films[3:5], films[9:10], "F", "56+", "artist")
    expected = recommender.recommend_for(
        liked=[films[4], films[3]],
        disliked=[films[9]],
        gender="F",
        age="56+",
        occupation="artist",
    )
    assert [row[1] for row in rows] == list(expected["title"])


@pytest.mark.parametrize("typed", ["<b>X</b>", "unknown"])
def test_what_is_no_fact_is_answered_in_words_and_never_as_markup(
    handlers: Handlers, typed: str
) -> None:
    with pytest.raises(gr.Error) as caught:
        handlers.show(NEWCOMER, *ALL, [], [], typed, NOT_TOLD, NOT_TOLD)
    assert "`gender` should be one of F, M. Received: " in str(caught.value)
    assert "<" not in str(caught.value)


def test_the_facts_of_a_user_are_not_read(
    handlers: Handlers, recommender: MovieRecommender
) -> None:
    _, rows, *_ = handlers.show(7, *ALL, [1], [], "no such", "56+", NOT_TOLD)
    assert [row[1] for row in rows] == list(recommender.recommend(7)["title"])


@pytest.mark.parametrize("ranking_model", [True, False])
def test_the_text_by_the_table_says_what_orders_it(
    run: Run, old_run: Run, ranking_model: bool
) -> None:
    handlers = handlers_of((run if ranking_model else old_run).bundle)
    noted = handlers.poll()[3]
    assert f"The order is by {ranked_by(ranking_model=ranking_model)}." in noted
    assert handlers.show(NEWCOMER, *ALL)[4] == noted


CLASSES: list[tuple[Callable[[Any], object], str]] = [
    (lambda config: config.update(class_name="AutoInt"), "AutoInt"),
    (lambda config: config.update(class_name="AutoIntPlus"), "AutoInt+"),
]


@pytest.mark.parametrize(("change", "name"), CLASSES, ids=[name for _, name in CLASSES])
def test_the_page_names_the_model_that_the_bundle_holds(
    bundle_copy: Path, change: Callable[[Any], object], name: str
) -> None:
    edit_json(bundle_copy / "config.json", change)
    noted, footer = handlers_of(bundle_copy).poll()[3:5]
    assert f"the probability that {name} gives" in noted
    assert footer.startswith(f"{name} trained on ")
