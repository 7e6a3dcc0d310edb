"""The films to choose from, and which one a visitor means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from space.bundle import read_bundle
from space.page.language import LANGUAGES, value_text
from space.page.shown import Shown, film_choices
from tests.exports import Run, edit_json
from tests.space.page.pages import answers_of

MOVIES = pd.DataFrame(
    {
        "movie_id": [7, 9],
        "title": ["Heat", "Café, <The>"],
        "year": pd.array([1995, None], dtype="Int64"),
    }
)


@pytest.fixture
def shown(run: Run) -> Shown:
    return Shown(read_bundle(run.bundle), "AutoInt+", film_choices(MOVIES))


def test_films_are_chosen_by_title_and_year_in_order() -> None:
    assert film_choices(MOVIES) == [("Café, <The>", 9), ("Heat (1995)", 7)]


@pytest.mark.parametrize(
    ("pick", "film"),
    [(7, 7), ("7", 7), ("Heat (1995)", 7), ("heat", 7), (" Café, <The> ", 9), ("caf", 9)],
)
def test_a_film_is_meant_by_its_id_or_by_what_it_alone_is_called(
    shown: Shown, pick: Any, film: int
) -> None:
    assert shown.film(pick) == film


def test_a_whole_title_is_meant_before_a_part_of_another(run: Run) -> None:
    films = film_choices(
        pd.DataFrame({"movie_id": [1, 2, 3], "title": ["Heat", "Heat 2", "Heat"],
                      "year": [1995, 1999, 1986]})
    )  # fmt: skip
    shown = Shown(read_bundle(run.bundle), "AutoInt+", films)
    assert shown.film("heat 2") == 2
    assert shown.film("heat (1986)") == 3
    assert shown.film("heat") is None


def test_a_title_that_is_a_number_is_meant_before_an_id(run: Run) -> None:
    films = film_choices(
        pd.DataFrame({"movie_id": [54, 8, 9], "title": ["Heat", "54", "1776"],
                      "year": [1995, 1998, 1972]})
    )  # fmt: skip
    shown = Shown(read_bundle(run.bundle), "AutoInt+", films)
    assert [shown.film(pick) for pick in ("54", 54, "1776", "8", "177")] == [8, 54, 9, 8, 9]


@pytest.mark.parametrize(
    "pick",
    ["", " ", "e", "Alien", "x" * 10_000, "-1", "7.0", "3", 3, 7.0, True, None, [7], {"film": 7}],
)
def test_what_no_film_or_many_are_called_is_no_film(shown: Shown, pick: Any) -> None:
    assert shown.film(pick) is None


GENRES = {
    "Comedy": "Comedy",
    "comedy": "Comedy",
    " COM ": "Comedy",
    "코미디": "Comedy",
    "코미": "Comedy",
    "드라마": "Drama",
    "-fi": "Sci-Fi",
    "fi": "Film-Noir",
    "공상": None,
    "Opera": None,
    "": None,
    " ": None,
    "x" * 10_000: None,
}


@pytest.mark.parametrize(("typed", "genre"), GENRES.items())
def test_a_genre_is_meant_in_any_capitals_and_either_language(
    shown: Shown, typed: str, genre: str | None
) -> None:
    assert {"Comedy", "Drama", "Sci-Fi"} < {*shown.genres}
    assert shown.genre(typed) == genre


@pytest.mark.parametrize("pick", [None, 7, ["Comedy"], {"Comedy": 1}])
def test_what_is_no_text_is_no_genre(shown: Shown, pick: Any) -> None:
    assert shown.genre(pick) is None


def test_every_genre_is_meant_by_its_name_in_each_language(shown: Shown) -> None:
    for genre in shown.genres:
        for language in LANGUAGES:
            assert shown.genre(value_text(language, "genre", genre).upper()) == genre


def test_a_genre_that_begins_so_is_meant_before_one_that_has_it_within(run: Run) -> None:
    bundle = read_bundle(run.bundle)
    movies = pd.DataFrame({"genres": [("Art Noir", "Noir Art"), ("Noir Beat",)]})
    shown = Shown(replace(bundle, movies=movies), "AutoInt+", [])
    assert shown.genre("noir") == "Noir Art"
    assert shown.genre("noir b") == "Noir Beat"


CLASSES: list[tuple[Callable[[Any], object], str]] = [
    (lambda config: config.update(class_name="AutoInt"), "AutoInt"),
    (lambda config: config.update(class_name="AutoIntPlus"), "AutoInt+"),
]


@pytest.mark.parametrize(("change", "name"), CLASSES, ids=[name for _, name in CLASSES])
def test_the_model_is_named_after_what_the_bundle_holds(
    bundle_copy: Path, change: Callable[[Any], object], name: str
) -> None:
    edit_json(bundle_copy / "config.json", change)
    answers = answers_of(bundle_copy)
    assert answers.shown(answers.model.ready()).name == name
