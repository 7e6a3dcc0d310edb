from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.builders import (
    tiny_movielens,
    write_csv_edition,
    write_ml_1m,
    write_ml_100k,
    write_recbole,
    zipped,
)
from tests.training.told import Told
from training.licences import HARPER_KONSTAN, LICENCES, also_trained_on, licence_of, strictest
from training.ratings import MovieLens
from training.sources import NAMED, load

FORBIDDEN = {"ml-100k", "ml-1m", "ml-10m", "ml-20m", "ml-25m"}


def test_every_named_data_set_has_a_licence() -> None:
    assert LICENCES.keys() == NAMED.keys()


@pytest.mark.parametrize("name", LICENCES)
def test_a_licence_says_whether_the_data_may_be_passed_on(name: str) -> None:
    licence = LICENCES[name]
    forbidden = "needs a separate permission" in licence.terms
    same = "the same terms" in licence.terms
    assert (forbidden, same) == (name in FORBIDDEN, name not in FORBIDDEN)
    assert licence.redistribution == ("forbidden" if name in FORBIDDEN else "same licence")


@pytest.mark.parametrize("name", LICENCES)
@pytest.mark.parametrize(
    "said",
    [
        "for research",
        "correct",
        "suit any purpose",
        "has to acknowledge",
        "Commercial use",
        "brings in revenue",
        "permission of a faculty member",
        "No endorsement",
        "University of Minnesota",
    ],
)
def test_the_terms_name_every_condition(name: str, said: str) -> None:
    assert said in LICENCES[name].terms


def test_the_editions_that_came_with_programs_exclude_liability() -> None:
    without = {name for name in LICENCES if "not liable" not in LICENCES[name].terms}
    assert without == {"ml-100k", "ml-1m"}


@pytest.mark.parametrize("name", LICENCES)
def test_a_licence_points_to_the_readme_of_its_edition(name: str) -> None:
    ending = "txt" if name in ("ml-100k", "ml-1m") else "html"
    folder = "https://files.grouplens.org/datasets/movielens"
    assert LICENCES[name].url == f"{folder}/{name}-README.{ending}"


def test_the_facts_of_a_licence_are_texts_that_name_it() -> None:
    licence = LICENCES["ml-1m"]
    assert licence.facts() == {
        "licence": f"GroupLens usage licence of MovieLens 1M. {licence.terms}",
        "licence_url": licence.url,
        "redistribution": "forbidden",
        "citation": HARPER_KONSTAN,
    }


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("ml-1m.zip", "ml-1m"),
        ("data/ML-1M.zip", "ml-1m"),
        ("data/ml-latest-small/", "ml-latest-small"),
        ("ml-10M100K", "ml-10m"),
        ("ml-1m.zip/..", None),
        ("mine.zip", None),
        ("ml-1m-mine.zip", None),
        ("ml-1m/ratings.zip", None),
    ],
)
def test_an_edition_is_known_by_its_file_name(path: str, name: str | None) -> None:
    assert licence_of(Path(path)) is (None if name is None else LICENCES[name])


@pytest.mark.parametrize("name", ["ml-1m.zip", "mine", "ml-32m"])
def test_data_under_the_file_name_of_an_edition_keep_its_licence(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "ml-1m"
    folder.mkdir()
    write_csv_edition(tiny_movielens(users=4, movies=6), folder)
    for path in (folder, zipped(folder)):
        assert load(name, path, Told()).facts == {"name": name, **LICENCES["ml-1m"].facts()}


@pytest.mark.parametrize(
    ("name", "path", "licence"),
    [
        ("ml-latest-small", "mine", "ml-latest-small"),
        ("mine", "ml-latest-small", "ml-latest-small"),
        ("ml-latest-small", "ml-1m", "ml-1m"),
        ("ml-25m", "ml-latest-small", "ml-25m"),
        ("ml-latest-small", "mine/ml-25m", "ml-25m"),
        ("mine", "ml-32m/ml-20m", "ml-20m"),
        ("mine", "mine", None),
    ],
)
def test_the_strictest_of_what_name_path_and_folders_say_counts(
    tmp_path: Path, name: str, path: str, licence: str | None
) -> None:
    folder = tmp_path / path
    folder.mkdir(parents=True)
    write_csv_edition(tiny_movielens(users=4, movies=6), folder)
    given = tmp_path / Path(path).parts[0]
    expected = {} if licence is None else LICENCES[licence].facts()
    for data in (given, zipped(given)):
        assert load(name, data, Told()).facts == {"name": name, **expected}


@pytest.mark.parametrize("write", [write_ml_100k, write_ml_1m, write_recbole])
@pytest.mark.parametrize(("name", "path"), [("ml-32m", "mine"), ("mine", "ml-latest-small")])
def test_no_name_lets_data_of_a_layout_of_other_editions_be_passed_on(
    tmp_path: Path, write: Callable[[MovieLens, Path], Any], name: str, path: str
) -> None:
    folder = tmp_path / path
    folder.mkdir()
    write(tiny_movielens(users=4, movies=6), folder)
    assert load(name, folder, Told()).facts == {"name": name}


@pytest.mark.parametrize("write", [write_ml_100k, write_ml_1m])
def test_tables_that_are_not_read_do_not_let_those_that_are_be_passed_on(
    tmp_path: Path, write: Callable[[MovieLens, Path], Any]
) -> None:
    for place, written in (("old", write), ("new", write_csv_edition)):
        (tmp_path / place).mkdir()
        written(tiny_movielens(users=4, movies=6), tmp_path / place)
    assert load("ml-32m", tmp_path, Told()).facts == {"name": "ml-32m"}


def test_the_strictest_licence_is_the_first_that_forbids() -> None:
    free, other, first, second = (
        LICENCES[name] for name in ("ml-32m", "ml-latest", "ml-1m", "ml-20m")
    )
    assert strictest([]) is strictest([None]) is None
    assert strictest([None, free, other]) is free
    assert strictest([free, None, first, second]) is first


def known(name: str) -> dict[str, str]:
    return {"name": name, **LICENCES[name].facts()}


def test_what_a_start_was_trained_on_is_kept_with_what_it_was_trained_on_before() -> None:
    start = {**known("ml-100k"), "fingerprint": "x", "users": 943, "revision": "y"}
    assert also_trained_on(start, known("ml-32m")) == [known("ml-100k")]
    third = {**known("ml-32m"), "also_trained_on": [known("ml-100k"), known("ml-1m")]}
    assert also_trained_on(third, {"name": "mine"}) == [
        known("ml-32m"),
        known("ml-100k"),
        known("ml-1m"),
    ]
    # Each once, and not what the model names as its own.
    assert also_trained_on(third, known("ml-100k")) == [known("ml-32m"), known("ml-1m")]
    assert also_trained_on(known("ml-1m"), known("ml-1m")) == []


@pytest.mark.parametrize("before", [None, "text", 1, {"name": "x"}, [None], ["text"], [[]], [{}]])
def test_what_a_start_says_that_cannot_be_read_stays_as_a_data_set_without_a_licence(
    before: object,
) -> None:
    start = {**known("ml-32m"), "also_trained_on": before}
    assert also_trained_on(start, known("ml-32m")) == [{}]
    odd = {"name": 1, "licence": ["x"], "redistribution": True, "also_trained_on": []}
    assert also_trained_on(odd, known("ml-32m")) == [{}]


def test_the_folder_that_one_is_in_is_known_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ml-20m").mkdir()
    monkeypatch.chdir(tmp_path / "ml-20m")
    assert licence_of(Path()) is LICENCES["ml-20m"]
