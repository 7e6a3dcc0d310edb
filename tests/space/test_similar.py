from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hub_upload.contents import bundle_files
from space.bundle import read_bundle
from space.errors import BundleError
from space.manifest import write_manifest
from space.recommender import MovieRecommender
from space.similar import VECTORS_FILE, SimilarFilms, similar_movies
from tests.builders import movie_table
from tests.exports import TWINS, Run

MOVIES = movie_table(
    {"movie_id": movie, "title": f"M{movie}", "year": 1990 + movie, "genres": genres}
    for movie, genres in (
        (3, ["Drama", "War", "Comedy"]),
        (5, ["Comedy", "Drama"]),
        (8, []),
        (9, ["War"]),
    )
)

POINTS = np.array([[3, 4], [6, 8], [-4, 3], [0, 2]], dtype="float32")
"""Of the films 3, 5, 8 and 9: 5 lies where 3 does, 8 at a right angle, and 9 at a cosine of 0.8."""

VECTORS = arrays.arrays(
    "float32",
    st.tuples(st.integers(1, 8), st.integers(1, 5)),
    elements=st.floats(-(2.0**100), 2.0**100, width=32),
)


def test_the_nearest_are_ordered_by_the_cosine_of_their_vectors() -> None:
    films = SimilarFilms(POINTS)
    places, cosines = films.nearest(0, 3)
    assert places.tolist() == [1, 3, 2]
    assert cosines.tolist() == pytest.approx([1, 0.8, 0], abs=1e-6)
    places, cosines = films.nearest(3, 2)
    assert places.tolist() == [0, 1]
    assert cosines.tolist() == pytest.approx([0.8, 0.8], abs=1e-6)


def test_the_table_tells_the_films_and_the_genres_that_they_share() -> None:
    found = similar_movies(MOVIES, SimilarFilms(POINTS), 0, 10)
    assert found.drop(columns="similarity").to_dict("records") == [
        {
            "rank": 1,
            "movie_id": 5,
            "title": "M5",
            "year": 1995,
            "genres": ("Comedy", "Drama"),
            "shared_genres": ("Drama", "Comedy"),
        },
        {
            "rank": 2,
            "movie_id": 9,
            "title": "M9",
            "year": 1999,
            "genres": ("War",),
            "shared_genres": ("War",),
        },
        {
            "rank": 3,
            "movie_id": 8,
            "title": "M8",
            "year": 1998,
            "genres": (),
            "shared_genres": (),
        },
    ]
    assert found["similarity"].tolist() == pytest.approx([1, 0.8, 0], abs=1e-6)


def cosine_of(films: SimilarFilms) -> dict[tuple[int, int], float]:
    """The cosine of every two films, as asked for from the first."""
    return {
        (film, int(place)): float(cosine)
        for film in range(len(films))
        for place, cosine in zip(*films.nearest(film, len(films)), strict=True)
    }


@given(VECTORS)
def test_similarity_is_mutual_and_a_film_is_not_its_own_neighbour(vectors: Any) -> None:
    cosines = cosine_of(SimilarFilms(vectors))
    others = {(a, b) for a in range(len(vectors)) for b in range(len(vectors)) if a != b}
    assert cosines.keys() == others
    for (a, b), cosine in cosines.items():
        assert -1 <= cosine <= 1
        assert cosine == pytest.approx(cosines[b, a], abs=1e-5)


@given(VECTORS, st.integers(0, 7), st.integers(1, 9))
def test_the_list_is_in_order_and_as_long_as_asked_for(vectors: Any, film: int, k: int) -> None:
    film %= len(vectors)
    places, cosines = SimilarFilms(vectors).nearest(film, k)
    assert len(places) == min(k, len(vectors) - 1)
    assert (np.diff(cosines) <= 0).all()
    ties = np.diff(cosines) == 0
    assert (np.diff(places)[ties] > 0).all()


@pytest.mark.parametrize("scale", [1e-44, 1e-30, 1, 1e30, 3e37])
def test_the_length_of_a_vector_tells_nothing(scale: float) -> None:
    scaled = POINTS.copy()
    scaled[1] *= np.float32(scale)
    assert SimilarFilms(scaled).nearest(0, 1)[1][0] == pytest.approx(1, abs=0.01)


def test_a_vector_of_zeros_is_similar_to_nothing() -> None:
    films = SimilarFilms(np.array([[1, 0], [0, 0], [-1, 0]], dtype="float32"))
    assert films.nearest(1, 2)[1].tolist() == [0, 0]
    assert films.nearest(0, 2)[0].tolist() == [1, 2]


def test_similar_films_of_a_bundle_are_those_of_its_vectors(run: Run) -> None:
    recommender = MovieRecommender.load(run.bundle)
    assert recommender.knows_similar
    table = pq.read_table(run.bundle / VECTORS_FILE).to_pydict()
    vectors = dict(zip(table["movie_id"], map(np.array, table["vector"]), strict=True))
    assert list(vectors) == sorted(run.data.movies["movie_id"])
    found = recommender.similar_movies(4, k=100)
    assert sorted(found["movie_id"]) == sorted(vectors.keys() - {4})
    assert found["rank"].tolist() == list(range(1, len(found) + 1))
    assert found["similarity"].is_monotonic_decreasing
    own = vectors[4]
    for movie, similarity in zip(found["movie_id"], found["similarity"], strict=True):
        lengths = np.linalg.norm(own) * np.linalg.norm(vectors[movie])
        assert similarity == pytest.approx(own @ vectors[movie] / lengths, abs=1e-5)
    assert recommender.similar_movies(4).equals(found.head(10))
    genres = dict(zip(run.data.movies["movie_id"], run.data.movies["genres"], strict=True))
    for row in found.itertuples():
        assert set(row.shared_genres) == set(genres[4]) & set(genres[row.movie_id])


def test_films_that_nobody_rated_are_most_similar_to_those_like_them(run: Run) -> None:
    found = MovieRecommender.load(run.bundle).similar_movies(TWINS[0], k=1)
    assert found["movie_id"].tolist() == [TWINS[1]]
    assert found["similarity"].tolist() == pytest.approx([1], abs=1e-5)


@pytest.mark.parametrize("movie", [2, 10**30, "4", None, 4.0, "x" * 10**6])
@pytest.mark.parametrize("k", [10])
def test_what_is_no_film_has_no_similar_ones(run: Run, movie: Any, k: int) -> None:
    with pytest.raises(ValueError, match="`movie_id` should be") as caught:
        MovieRecommender.load(run.bundle).similar_movies(movie, k=k)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("k", [0, 101, 1.5, "3", None])
def test_a_length_out_of_range_is_refused(run: Run, k: Any) -> None:
    with pytest.raises(ValueError, match="`k` should be a whole number from 1 to 100"):
        MovieRecommender.load(run.bundle).similar_movies(4, k=k)


@pytest.mark.parametrize("listed", [True, False])
def test_a_bundle_without_vectors_says_so_and_recommends(bundle_copy: Path, listed: bool) -> None:
    (bundle_copy / VECTORS_FILE).unlink()
    if not listed:
        write_manifest(bundle_copy)
    recommender = MovieRecommender.load(bundle_copy)
    assert not recommender.knows_similar
    assert len(recommender.recommend(1)) == 10
    with pytest.raises(ValueError, match=r"without vectors of its films\. .*export it anew"):
        recommender.similar_movies(4)


def test_vectors_that_the_manifest_does_not_list_are_not_read(run: Run, bundle_copy: Path) -> None:
    (bundle_copy / VECTORS_FILE).unlink()
    write_manifest(bundle_copy)
    shutil.copy(run.bundle / VECTORS_FILE, bundle_copy)
    assert not MovieRecommender.load(bundle_copy).knows_similar


def test_vectors_are_published(run: Run) -> None:
    assert VECTORS_FILE in bundle_files(run.bundle)


def drop_a_film(ids: list[Any], vectors: list[Any]) -> None:
    ids.pop()
    vectors.pop()


def swap_two_films(ids: list[Any], vectors: list[Any]) -> None:
    ids[0], ids[1] = ids[1], ids[0]


def another_film(ids: list[Any], vectors: list[Any]) -> None:
    ids[-1] += 1


def no_film(ids: list[Any], vectors: list[Any]) -> None:
    ids[3] = None


def shorten(ids: list[Any], vectors: list[Any]) -> None:
    vectors[2] = vectors[2][:-1]


def lose(ids: list[Any], vectors: list[Any]) -> None:
    vectors[2] = None


def empty(ids: list[Any], vectors: list[Any]) -> None:
    vectors[:] = [[] for _ in vectors]


def spoil(value: float | None) -> Callable[[list[Any], list[Any]], None]:
    def change(ids: list[Any], vectors: list[Any]) -> None:
        vectors[2][1] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (drop_a_film, "its films should be the 42 of movies.parquet"),
        (swap_two_films, "its films should be the 42 of movies.parquet"),
        (another_film, "its films should be the 42 of movies.parquet"),
        (no_film, "its films should be the 42 of movies.parquet"),
        (shorten, "every film should have a vector of one size"),
        (lose, "every film should have a vector of one size"),
        (empty, "every film should have a vector of one size"),
        (spoil(float("nan")), "Every value of a film's vector should be finite"),
        (spoil(float("inf")), "Every value of a film's vector should be finite"),
        (spoil(None), "Every value of a film's vector should be finite"),
    ],
)
def test_vectors_that_do_not_fit_the_catalogue_are_refused(
    bundle_copy: Path, change: Callable[[list[Any], list[Any]], None], said: str
) -> None:
    path = bundle_copy / VECTORS_FILE
    table = pq.read_table(path)
    ids, vectors = table["movie_id"].to_pylist(), table["vector"].to_pylist()
    change(ids, vectors)
    pq.write_table(pa.table({"movie_id": ids, "vector": vectors}, schema=table.schema), path)
    write_manifest(bundle_copy)
    with pytest.raises(BundleError) as caught:
        read_bundle(bundle_copy)
    assert f"{VECTORS_FILE}: {said}" in str(caught.value)
    assert "Export the bundle again" in str(caught.value)


@pytest.mark.parametrize("column", ["movie_id", "vector"])
def test_vectors_without_a_column_are_refused(bundle_copy: Path, column: str) -> None:
    path = bundle_copy / VECTORS_FILE
    pd.read_parquet(path).drop(columns=column).to_parquet(path)
    write_manifest(bundle_copy)
    with pytest.raises(BundleError, match=f"{VECTORS_FILE}: it should be a parquet .*: {column}"):
        read_bundle(bundle_copy)
