from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from space.bundle import CATALOGUE, read_bundle
from space.errors import BundleError
from space.links import NO_LINKS, Links
from space.manifest import write_manifest
from space.recommender import MovieRecommender
from tests.builders import tiny_movielens, with_links, write_csv_edition
from tests.exports import Run, export_tiny
from training.readers import read

TOY_STORY = {
    "IMDb": "https://www.imdb.com/title/tt0114709/",
    "TMDb": "https://www.themoviedb.org/movie/862",
}


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of a CSV edition with `links.csv`."""
    folder = tmp_path_factory.mktemp("linked")
    (folder / "edition").mkdir()
    write_csv_edition(with_links(tiny_movielens(users=8, movies=15)), folder / "edition")
    return export_tiny(folder / "run", read(folder / "edition"), ranked=False)


def with_columns(folder: Path, target: Path, **columns: Any) -> Path:
    """A copy of a bundle with other columns in its catalogue."""
    copy = Path(shutil.copytree(folder, target / "bundle"))
    path = copy / "movies.parquet"
    pd.read_parquet(path).assign(**columns).to_parquet(path, index=False)
    write_manifest(copy)
    return copy


def test_a_film_has_the_pages_whose_ids_are_known() -> None:
    ids = pd.DataFrame(
        {"imdb_id": ["tt0114709", None, "tt12345678", None], "tmdb_id": [862, 7, None, None]},
        index=[1, 20, 3, 4],
    ).astype({"tmdb_id": "Int64"})
    links = Links(ids)
    assert links.of(1) == TOY_STORY
    assert links.of(20) == {"TMDb": "https://www.themoviedb.org/movie/7"}
    assert links.of(3) == {"IMDb": "https://www.imdb.com/title/tt12345678/"}
    assert links.of(4) == {}
    assert Links(ids[["tmdb_id"]]).of(1) == {"TMDb": TOY_STORY["TMDb"]}
    assert NO_LINKS.of(1) == {}


def test_links_of_an_edition_reach_the_recommender(linked: Run) -> None:
    recommender = MovieRecommender.load(linked.bundle, linked.dataset)
    assert len(recommender.bundle.movies) == 15
    for movie in recommender.bundle.movies["movie_id"]:
        expected = {}
        if movie % 7:
            expected["IMDb"] = f"https://www.imdb.com/title/tt{1000 * movie:07d}/"
        if movie % 5:
            expected["TMDb"] = f"https://www.themoviedb.org/movie/{movie}"
        assert recommender.links(movie) == expected
    assert recommender.links(28) == {"TMDb": "https://www.themoviedb.org/movie/28"}
    assert list(recommender.bundle.movies.columns) == CATALOGUE.names


def test_without_links_every_film_of_the_catalogue_has_none(run: Run) -> None:
    recommender = MovieRecommender.load(run.bundle)
    assert [recommender.links(movie) for movie in (1, 4, 9010)] == [{}, {}, {}]


@pytest.mark.parametrize("movie", [2, -1, 10**30, "1", 1.0, None, True, "x" * 10**6])
def test_what_is_no_film_of_the_catalogue_has_no_links(run: Run, movie: Any) -> None:
    with pytest.raises(ValueError, match="`movie_id` should be the id of a film") as caught:
        MovieRecommender.load(run.bundle).links(movie)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "0114709",
        "tt114709",
        "tt0000000",
        "tt00114709",
        "tt0114709/",
        "tt0114709\n",
        "tt١١٤٧٠٩٢",
        'tt0114709"><script>',
        "javascript:alert(1)",
        "x" * 10**6,
    ],
)
def test_an_id_of_imdb_that_is_none_is_refused(linked: Run, tmp_path: Path, bad: str) -> None:
    ids = ["tt0114709"] * 14 + [bad]
    folder = with_columns(linked.bundle, tmp_path, imdb_id=ids)
    with pytest.raises(BundleError, match=r"movies\.parquet: imdb_id should be an id of") as caught:
        read_bundle(folder)
    assert len(str(caught.value)) < len(str(folder)) + 300


@pytest.mark.parametrize("bad", [0, -1, 2**31, 2**62])
def test_an_id_of_tmdb_that_is_none_is_refused(linked: Run, tmp_path: Path, bad: int) -> None:
    ids = pd.array([1] * 13 + [None, bad], dtype="Int64")
    folder = with_columns(linked.bundle, tmp_path, tmdb_id=ids)
    with pytest.raises(BundleError, match="tmdb_id should be a whole number from 1 to 2147483647"):
        read_bundle(folder)


@pytest.mark.parametrize("columns", [{"imdb_id": [1.5]}, {"tmdb_id": ["x"]}, {"tmdb_id": [1.5]}])
def test_ids_of_another_type_are_refused(
    linked: Run, tmp_path: Path, columns: dict[str, list[Any]]
) -> None:
    folder = with_columns(
        linked.bundle, tmp_path, **{name: 15 * value for name, value in columns.items()}
    )
    with pytest.raises(BundleError, match=r"movies\.parquet: "):
        read_bundle(folder)
