from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import tiny_movielens, write_csv_edition, zipped
from tests.training.told import Told
from training.licences import HARPER_KONSTAN, LICENCES, licence_of
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
    expected = LICENCES.get(name, LICENCES["ml-1m"])
    for path in (folder, zipped(folder)):
        assert load(name, path, Told()).facts == {"name": name, **expected.facts()}


def test_the_folder_that_one_is_in_is_known_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ml-20m").mkdir()
    monkeypatch.chdir(tmp_path / "ml-20m")
    assert licence_of(Path()) is LICENCES["ml-20m"]
