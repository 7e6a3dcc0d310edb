"""Lists for users of the data set, ordered by the ranking model."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from scipy.special import expit

from space.bundle import read_bundle, read_dataset
from space.filters import Match
from space.manifest import write_manifest
from space.ranking_files import ranked_by
from space.recommender import MAX_K, MovieRecommender
from tests.builders import GENRES
from tests.exports import STRANGER, Run, edit_json
from tests.space.ranked import LAST, agrees, catalogue, facts_of, keras_scores, order, rated_by

USERS = (1, 2, 7, 30, STRANGER)


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    return MovieRecommender.load(run.bundle, run.dataset)


def with_graph(bundle: Path, graph: onnx.GraphProto) -> Path:
    """Put another ranking graph into a bundle."""
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.save(model, bundle / "ranking.onnx")
    write_manifest(bundle)
    return bundle


def constant_graph(bundle: Path) -> onnx.GraphProto:
    """A graph that takes what the bundle's takes and gives every film the same score."""
    taken = list(onnx.load(bundle / "ranking.onnx").graph.input)
    score = helper.make_tensor_value_info("score", TensorProto.FLOAT, [None])
    nodes = [
        helper.make_node("Cast", ["film"], ["films"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["films", "films"], ["score"]),
    ]
    return helper.make_graph(nodes, "constant", taken, [score])


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("unseen", [True, False])
def test_the_order_is_what_keras_gives_for_the_users_history(
    run: Run, recommender: MovieRecommender, user: int, unseen: bool
) -> None:
    rated = rated_by(run, user)
    seen = [movie for movie, _ in rated] if unseen else []
    scores = keras_scores(run, rated, facts_of(run, user))
    shown = recommender.recommend(user, k=MAX_K, exclude_seen=unseen)
    assert sorted(shown["movie_id"]) == sorted(set(catalogue(run)) - set(seen))
    assert agrees(shown, scores, seen)
    assert shown["rank"].tolist() == list(range(1, len(shown) + 1))
    assert np.ptp(list(scores.values())) > 0.1, "films that all score alike would show nothing"


def test_the_graph_itself_gives_the_same(run: Run, recommender: MovieRecommender) -> None:
    """The exported graph, run without any of our code but the affinities."""
    from space.affinities import affinities
    from space.history import History

    assert run.ranking is not None
    rated, movies = rated_by(run, 7), catalogue(run)
    rows = np.array([movies.index(movie) for movie, _ in rated], "int32")
    stars = np.array([each for _, each in rated], "float32")
    facts = facts_of(run, 7)
    history = History(rows, stars)
    known = run.encoder.vocabularies
    told = [*facts.items(), ("rating_year", "2003"), ("rating_month", "12")]
    session = onnxruntime.InferenceSession(run.bundle / "ranking.onnx")
    (scores,) = session.run(
        ["score"],
        {
            "person": np.array([[known[name].index(value) + 1 for name, value in told]], "int32"),
            **{name: films[None] for name, films in history.lists(4.0).items()},
            "film": np.arange(1, len(movies) + 1, dtype="int32"),
            "affinities": affinities(history, facts, run.ranking.models),
        },
    )
    shown = recommender.recommend(7, k=MAX_K, exclude_seen=False)
    assert agrees(shown, dict(zip(movies, scores.tolist(), strict=True)))


@pytest.mark.parametrize("user", [1, 30, STRANGER])
def test_the_score_shown_is_the_probability_of_a_like(
    run: Run, recommender: MovieRecommender, user: int
) -> None:
    shown = recommender.recommend(user, k=7)
    logits = run.logits(run.rows(user, shown["movie_id"].tolist(), *LAST))
    assert np.allclose(shown["score"], expit(logits), rtol=0, atol=1e-5)
    whole = recommender.recommend(user, k=MAX_K)["score"].tolist()
    assert whole != sorted(whole, reverse=True), "it does not decide the order"


@settings(deadline=None, max_examples=25)
@given(
    user=st.sampled_from(USERS),
    genres=st.lists(st.sampled_from(GENRES), unique=True, max_size=3),
    match=st.sampled_from(["any", "all"]),
    k=st.integers(1, MAX_K),
    unseen=st.booleans(),
    moment=st.tuples(st.integers(1998, 2006), st.integers(1, 12)),
)
def test_whatever_the_filters_the_list_is_the_best_of_what_passes_them(
    run: Run,
    recommender: MovieRecommender,
    user: int,
    genres: list[str],
    match: Match,
    k: int,
    unseen: bool,
    moment: tuple[int, int],
) -> None:
    rated = rated_by(run, user)
    seen = {movie for movie, _ in rated} if unseen else set()
    quantifier = any if match == "any" else all
    passing = {
        movie
        for movie, own in zip(run.data.movies["movie_id"], run.data.movies["genres"], strict=True)
        if movie not in seen and (not genres or quantifier(genre in own for genre in genres))
    }
    scores = keras_scores(run, rated, facts_of(run, user), moment)
    shown = recommender.recommend(
        user,
        year=moment[0],
        month=moment[1],
        genres=genres,
        match=match,
        k=k,
        exclude_seen=unseen,
    )
    assert len(shown) == min(k, len(passing))
    assert set(shown["movie_id"]) <= passing
    assert agrees(shown, scores, [movie for movie in scores if movie not in passing])


def changed(run: Run, recommender: MovieRecommender, ratings: pd.DataFrame) -> list[int]:
    """User 7's whole list, had the data set these ratings."""
    dataset = read_dataset(run.dataset, recommender.bundle)
    newest = np.lexsort((-ratings["timestamp"].to_numpy(), ratings["user_id"].to_numpy()))
    other = type(dataset)(dataset.users, ratings.iloc[newest].reset_index(drop=True))
    shown = recommender.with_dataset(other).recommend(7, k=MAX_K, exclude_seen=False)
    return [int(movie) for movie in shown["movie_id"]]


def test_a_users_own_history_and_its_order_matter(run: Run, recommender: MovieRecommender) -> None:
    before = recommender.recommend(7, k=MAX_K, exclude_seen=False)["movie_id"].tolist()
    ratings = read_dataset(run.dataset, recommender.bundle).ratings
    own = ratings["user_id"] == 7
    assert changed(run, recommender, ratings) == before
    without = changed(run, recommender, ratings[~own])
    assert without != before
    assert without == order(keras_scores(run, [], facts_of(run, 7)))
    turned = ratings.copy()
    turned.loc[own, "timestamp"] = -ratings.loc[own, "timestamp"]
    backwards = changed(run, recommender, turned)
    assert backwards != before
    assert backwards == order(keras_scores(run, rated_by(run, 7)[::-1], facts_of(run, 7)))
    others = ratings.copy()
    others.loc[~own, "rating"] = 6 - others.loc[~own, "rating"]
    assert changed(run, recommender, others) == before, "other users' ratings are not read"


def test_films_that_score_alike_are_listed_by_id(run: Run, bundle_copy: Path) -> None:
    with_graph(bundle_copy, constant_graph(bundle_copy))
    shown = MovieRecommender.load(bundle_copy, run.dataset).recommend(STRANGER, k=MAX_K)
    assert shown["movie_id"].tolist() == catalogue(run)[:MAX_K]


def test_without_data_set_the_history_is_empty_and_users_share_a_list(run: Run) -> None:
    alone = MovieRecommender.load(run.bundle)
    first, second = alone.recommend(1, k=MAX_K), alone.recommend(2, k=MAX_K)
    assert first["movie_id"].tolist() == second["movie_id"].tolist()
    assert first["movie_id"].tolist() == order(keras_scores(run, [], {}))[:MAX_K]
    assert not np.allclose(first["score"], second["score"]), "P(like) still knows their ids"


def test_a_film_of_the_data_set_that_is_not_in_the_catalogue_is_passed_over(
    run: Run, recommender: MovieRecommender
) -> None:
    ratings = read_dataset(run.dataset, recommender.bundle).ratings
    strange = ratings[ratings["user_id"] == 7].head(1).assign(movie_id=999_999, timestamp=2**31)
    before = recommender.recommend(7, k=MAX_K, exclude_seen=False)["movie_id"].tolist()
    assert changed(run, recommender, pd.concat([ratings, strange])) == before


def test_what_the_list_is_ordered_by_depends_on_the_bundle(
    run: Run, old_run: Run, recommender: MovieRecommender
) -> None:
    assert recommender.ranked_by == ranked_by(ranking_model=True)
    old = MovieRecommender.load(old_run.bundle, old_run.dataset)
    assert old.ranked_by == ranked_by(ranking_model=False)
    assert old.recommend(7)["movie_id"].tolist() != recommender.recommend(7)["movie_id"].tolist()


def test_a_bundle_that_says_it_is_of_version_1_is_ranked_as_those_were(
    run: Run, old_run: Run, bundle_copy: Path
) -> None:
    for name in ("ranking.onnx", "ranking.json", "items.parquet", "audiences.parquet"):
        (bundle_copy / name).unlink()
    edit_json(bundle_copy / "schema.json", lambda content: content.update(format_version=1))
    assert read_bundle(bundle_copy).ranking is None
    shown = MovieRecommender.load(bundle_copy, run.dataset).recommend(7)
    old = MovieRecommender.load(old_run.bundle, old_run.dataset).recommend(7)
    assert shown["movie_id"].tolist() == old["movie_id"].tolist()
    assert np.allclose(shown["score"], old["score"], rtol=0, atol=1e-5)
    shutil.rmtree(bundle_copy)


def test_many_threads_at_once_get_the_same_lists(recommender: MovieRecommender) -> None:
    from concurrent.futures import ThreadPoolExecutor

    asked: list[Any] = [*USERS, None] * 6
    alone = [recommender.recommend(user, k=20) for user in asked]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda user: recommender.recommend(user, k=20), asked))
    assert all(one.equals(other) for one, other in zip(alone, together, strict=True))
