from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from space.similar import VECTORS_FILE
from tests.exports import LIKE, TWINS, Run
from training.film_vectors import embeddings, factors, film_vectors


def likes(*pairs: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["user_id", "movie_id"])


def test_factors_keep_how_likes_go_together() -> None:
    # User 1 likes the films 10 and 20, user 2 likes 20 alone; nobody likes 30.
    found = factors(likes((2, 20), (1, 10), (1, 20)), pd.Series([10, 20, 30]))
    weights = np.array([[2**-0.25, 4**-0.25, 0], [0, 2**-0.25, 0]])
    assert np.allclose(found @ found.T, weights.T @ weights, atol=1e-6)
    assert found.shape == (3, 2)
    assert not found[2].any()


def test_there_are_no_more_factors_than_users_films_and_64() -> None:
    random = np.random.default_rng(0)
    pairs = {(int(u), int(f)) for u, f in random.integers(0, 90, (4000, 2))}
    assert factors(likes(*pairs), pd.Series(range(90))).shape == (90, 64)
    assert factors(likes((1, 3)), pd.Series([3, 4])).shape == (2, 1)
    assert factors(likes(), pd.Series([3, 4])).shape == (2, 0)


def test_embeddings_are_the_models_of_the_fields_of_a_film(run: Run) -> None:
    movies = run.data.movies.sort_values("movie_id", ignore_index=True)
    found = embeddings(run.model, run.encoder, movies)
    table = np.asarray(run.model.embedding.table)
    starts = np.cumsum([0, *run.encoder.vocabulary_sizes])
    indices = run.encoder.encode("movie", movies)
    columns = [i for i, field in enumerate(run.encoder.fields) if field.source == "movie"]
    assert len(columns) == 6
    for film in (0, 7, len(movies) - 1):
        expected = [
            table[starts[column] + index]
            for column, index in zip(columns, indices[film], strict=True)
        ]
        assert np.array_equal(found[film], np.concatenate(expected))


def vectors_of(run: Run, split: Any = None) -> Any:
    split = run.split if split is None else split
    return film_vectors(run.model, run.encoder, run.data, split, LIKE)


def test_a_vector_is_the_likes_beside_the_model_at_half_its_length(run: Run) -> None:
    found = vectors_of(run)
    size = min(64, len(run.data.movies), len(run.data.users))
    by_likes, by_model = found[:, :-24], found[:, -24:]  # six fields of four numbers
    assert by_likes.shape[1] <= size
    liked = np.array([count for _, count in sorted(run.training_likes().items())])
    assert np.allclose(np.linalg.norm(by_likes, axis=1), liked > 0, atol=1e-5)
    assert np.allclose(np.linalg.norm(by_model, axis=1), 0.5, atol=1e-5)
    assert not by_likes[liked == 0].any()
    assert (liked == 0).sum() > len(TWINS)


def test_likes_that_were_held_out_do_not_count(run: Run) -> None:
    ratings = run.data.ratings.copy()
    held_out = np.concatenate([run.split.validation, run.split.test])
    places = ratings.columns.get_loc("rating")
    ratings.iloc[held_out, places] = 6 - ratings.iloc[held_out, places]
    other = replace(run, data=replace(run.data, ratings=ratings))
    assert np.array_equal(vectors_of(run), vectors_of(other))
    ratings.iloc[run.split.train, places] = 6 - ratings.iloc[run.split.train, places]
    assert not np.allclose(vectors_of(run)[:, :-24], vectors_of(other)[:, :-24])


def test_films_that_go_with_the_same_people_are_near() -> None:
    # Two groups of ten people; the films 0 to 4 are the first's, 5 to 9 the second's.
    pairs = [
        (user, film)
        for user in range(20)
        for film in range(10)
        if (film < 5) == (user < 10) and (user + film) % 3
    ]
    found = factors(likes(*pairs), pd.Series(range(10)))
    units = found / np.linalg.norm(found, axis=1, keepdims=True)
    cosines = units @ units.T
    assert cosines[:5, :5].min() > 0.3
    assert np.abs(cosines[:5, 5:]).max() < 1e-5


def test_a_bundle_holds_the_vectors_by_film(run: Run) -> None:
    table = pq.read_table(run.bundle / VECTORS_FILE)
    assert table["movie_id"].to_pylist() == sorted(run.data.movies["movie_id"])
    assert np.allclose(np.array(table["vector"].to_pylist()), vectors_of(run), atol=1e-6)


@pytest.mark.parametrize("threshold", [5.5])
def test_without_any_like_a_vector_is_the_models_alone(run: Run, threshold: float) -> None:
    found = film_vectors(run.model, run.encoder, run.data, run.split, threshold)
    assert found.shape == (len(run.data.movies), 24)
    assert np.allclose(np.linalg.norm(found, axis=1), 0.5, atol=1e-5)
