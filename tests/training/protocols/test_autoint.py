"""The ranking model by a protocol: it is what serving runs, and learns from nothing but `Fitting`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from space.affinities import AFFINITIES
from space.history import History
from space.item_models import MATRICES
from space.ranker import Ranker as ServedRanker
from space.ranking_files import PERSON, Ranking, read_item_models
from space.schema import fields_of
from tests.builders import tiny_movielens
from tests.training.ranking.planted import FILMS, planted
from tests.training.told import Told
from training.errors import RunError
from training.protocols import RANKING_PROTOCOLS
from training.protocols.autoint import AutoIntRanker
from training.protocols.guard import LeakError, check_preparation, check_ratings
from training.protocols.methods import RANKERS
from training.protocols.ranker import People
from training.protocols.ranking import measure
from training.protocols.task import RankingProtocol, RankingTask, ranking_task
from training.protocols.topn import TOPN, topn_split
from training.ranking.export import export_graph
from training.ranking.item_models import fit_item_models
from training.ranking.options import NO_EASE, RankingOptions
from training.ranking.sequences import Sequences
from training.ratings import MovieLens
from training.splits import Split
from training.vocabularies import fit_encoder

QUICK = RankingOptions(epochs=1, candidates=20, linear_examples=60, linear_candidates=30)


def fitted(
    task: RankingTask,
    folder: Path,
    *,
    seed: int = 1,
    options: RankingOptions = QUICK,
) -> AutoIntRanker:
    ranker = AutoIntRanker(options)
    ranker.fit(task.fitting, seed=seed, folder=folder, reporter=Told())
    return ranker


@pytest.fixture(scope="module")
def task() -> RankingTask:
    return ranking_task(TOPN, planted())


@pytest.fixture(scope="module")
def ranker(task: RankingTask, tmp_path_factory: pytest.TempPathFactory) -> AutoIntRanker:
    return fitted(task, tmp_path_factory.mktemp("ranker"), options=RankingOptions())


def people_of(task: RankingTask) -> People:
    (asked,) = task.rounds.values()
    return asked.people


def ndcg(ranker: Any, task: RankingTask) -> float:
    (asked,) = task.rounds.values()
    return measure(ranker, asked, lambda share: None)["ndcg_at_10"]


def test_what_comes_next_is_found_where_popularity_finds_nothing(
    ranker: AutoIntRanker, task: RankingTask
) -> None:
    popularity = RANKERS["popularity"].make()
    popularity.fit(task.fitting, seed=0, folder=Path(), reporter=Told())
    assert ndcg(ranker, task) > max(0.5, 3 * ndcg(popularity, task))


def test_who_tells_nothing_of_themselves_is_asked_as_of_an_unknown_group(
    ranker: AutoIntRanker, task: RankingTask
) -> None:
    people = people_of(task)
    untold = AutoIntRanker(ranker.options, told=False)
    untold._known = ranker._known
    nobody = dict.fromkeys(("gender", "age", "occupation"), "unknown")
    asked = replace(people, users=people.users.assign(**nobody))
    np.testing.assert_array_equal(untold.scores(people), ranker.scores(asked))
    assert not np.allclose(untold.scores(people), ranker.scores(people))


def test_the_scores_are_those_that_serving_gives(tmp_path: Path) -> None:
    data = tiny_movielens()
    task = ranking_task(TOPN, data)
    ranker = fitted(task, tmp_path)
    known = ranker._fitted()
    export_graph(known.order, tmp_path / "ranking.onnx")
    known.models.write(tmp_path)
    movies = data.movies.sort_values("movie_id", ignore_index=True)
    models = read_item_models(tmp_path, movies, 4.0)
    left = task.fitting.data
    encoder = fit_encoder(fields_of(PERSON), left, np.arange(len(left.ratings)))
    served = ServedRanker(Ranking(tmp_path / "ranking.onnx", models, 4.0), encoder)
    people = people_of(task)
    films = movies["movie_id"].isin(task.fitting.axes.film_ids).to_numpy()
    scores = ranker.scores(people)
    assert scores.shape == (len(people.users), films.sum())
    last = left.ratings["timestamp"].max()
    moment = np.array(last, dtype="datetime64[s]").item()
    for place, user in enumerate(people.users.to_dict("records")):
        rated = left.ratings[left.ratings["user_id"] == user["user_id"]]
        newest_first = rated.iloc[::-1].sort_values("timestamp", ascending=False, kind="stable")
        history = History.of(newest_first, {i: row for row, i in enumerate(movies["movie_id"])})
        person = {
            **{name: user[name] for name in ("gender", "age", "occupation")},
            "rating_year": str(moment.year),
            "rating_month": str(moment.month),
        }
        expected = served.scores(history, person, np.flatnonzero(films))
        np.testing.assert_allclose(scores[place], expected, atol=1e-4)


def test_newcomers_of_whom_nothing_is_known_get_finite_scores(tmp_path: Path) -> None:
    task = ranking_task(RANKING_PROTOCOLS["newcomers"], tiny_movielens())
    ranker = fitted(task, tmp_path)
    for asked in task.rounds.values():
        scores = ranker.scores(asked.people)
        assert scores.shape == asked.relevant.shape
        assert np.isfinite(scores).all()


def test_a_users_scores_do_not_depend_on_who_else_is_asked(
    ranker: AutoIntRanker, task: RankingTask
) -> None:
    people = people_of(task)
    together = ranker.scores(people.part(0, 6))
    alone = np.concatenate([ranker.scores(people.part(place, place + 1)) for place in range(6)])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_the_seed_decides_the_model(tmp_path: Path) -> None:
    task = ranking_task(TOPN, tiny_movielens())
    people = people_of(task)
    first, again, other = (
        fitted(task, tmp_path / name, seed=seed).scores(people)
        for name, seed in (("first", 1), ("again", 1), ("other", 2))
    )
    np.testing.assert_allclose(first, again, atol=1e-2)
    assert np.abs(first - other).max() > 0.05


class Stopping(Told):
    """Breaks off in the second epoch."""

    def update(self, fraction: float | None, text: str = "") -> None:
        if text.startswith("epoch 2"):
            raise KeyboardInterrupt


def test_a_fit_that_was_broken_off_goes_on(tmp_path: Path) -> None:
    task = ranking_task(TOPN, tiny_movielens())
    options = replace(QUICK, epochs=2)
    broken = AutoIntRanker(options)
    with pytest.raises(KeyboardInterrupt):
        broken.fit(task.fitting, seed=1, folder=tmp_path / "broken", reporter=Stopping())
    told = Told()
    resumed = AutoIntRanker(options)
    resumed.fit(task.fitting, seed=1, folder=tmp_path / "broken", reporter=told)
    assert [note.split(":")[0] for note in told.notes] == ["ranker, epoch 2"]
    whole = fitted(task, tmp_path / "whole", options=options)
    people = people_of(task)
    np.testing.assert_allclose(resumed.scores(people), whole.scores(people), atol=1e-2)


def test_without_ease_nothing_of_a_ridge_regression_is_read(
    task: RankingTask, tmp_path: Path
) -> None:
    ranker = fitted(task, tmp_path, options=RankingOptions(matrices=NO_EASE))
    known = ranker._fitted()
    filled = {name for name, matrix in known.models.matrices.items() if len(matrix.weights)}
    assert filled == {"next30", "next10"}
    derived = ["window_ease_3", "window_ease_8", "rated_ease", "liked_ease", "later_15"]
    weights = np.abs(np.asarray(known.order.linear)).max(axis=0)
    linear = dict(zip(AFFINITIES, weights, strict=True))
    assert {name for name, weight in linear.items() if weight < 1e-6} >= set(derived)
    assert linear["next30_3"] > 0.01
    assert ndcg(ranker, task) > 0.5


def test_parameters_are_the_networks_weights_and_the_matrices_entries(
    ranker: AutoIntRanker,
) -> None:
    known = ranker._fitted()
    entries = sum(matrix.indptr[-1] for matrix in known.models.matrices.values())
    constants = (FILMS + 1) * (1 + 1) + 2 * len(AFFINITIES)  # year and genre; mean and deviation
    assert ranker.parameters == known.order.count_params() - constants + entries


def test_without_a_late_like_there_is_nothing_to_fit(tmp_path: Path) -> None:
    data = tiny_movielens()
    fitting = ranking_task(TOPN, data).fitting
    disliked = fitting.data.ratings.assign(rating=1.0)
    nothing = replace(fitting, data=replace(fitting.data, ratings=disliked))
    with pytest.raises(RunError, match=r"4 stars or more .* There are none\. Leave it out"):
        AutoIntRanker(QUICK).fit(nothing, seed=1, folder=tmp_path, reporter=Told())


def test_a_ranker_that_is_not_fitted_says_so(task: RankingTask) -> None:
    with pytest.raises(ValueError, match="fit should be called before"):
        AutoIntRanker().scores(people_of(task))


@pytest.mark.parametrize("name", ["autoint+", "autoint+-no-ease"])
def test_both_are_methods_whose_result_depends_on_the_seed(name: str) -> None:
    method = RANKERS[name]
    assert method.seeded
    made = method.make()
    assert isinstance(made, AutoIntRanker)
    assert made.options.matrices == (MATRICES if name == "autoint+" else NO_EASE)
    assert method.identity is not None
    assert "newcomer_draws=" in method.identity  # other options, other results


@pytest.mark.parametrize("protocol", RANKING_PROTOCOLS.values(), ids=lambda found: found.name)
def test_what_is_answered_does_not_depend_on_how_test_films_were_rated(
    protocol: RankingProtocol, tmp_path: Path
) -> None:
    data = tiny_movielens()
    split = protocol.split(data.ratings)
    ratings = data.ratings.copy()
    ratings.loc[split.test, "rating"] = 6 - ratings.loc[split.test, "rating"]
    ratings.loc[split.test, "timestamp"] += 1
    people = people_of(ranking_task(TOPN, data))

    def answers(name: str, given: MovieLens) -> Any:
        return fitted(ranking_task(protocol, given), tmp_path / name).scores(people)

    ours, theirs = answers("ours", data), answers("theirs", replace(data, ratings=ratings))
    np.testing.assert_allclose(ours, theirs, atol=1e-2)


def learned_from(data: MovieLens, rows: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    """What the ranker is fitted on: vocabularies, histories, and what is known of the films."""
    movies = data.movies.sort_values("movie_id", ignore_index=True)
    known = Sequences.of(data, rows, movies)
    models = fit_item_models(known, data.users, movies, 4.0)
    encoder = fit_encoder(fields_of(PERSON), data, rows)
    return [
        np.array(encoder.vocabulary_sizes),
        known.films,
        models.likes,
        *(matrix.weights for matrix in models.matrices.values()),
    ]


def test_planted_test_rows_are_found_in_what_the_ranker_learns_from() -> None:
    data = tiny_movielens()
    split = topn_split(data.ratings)

    def honest(data: MovieLens, split: Split) -> list[np.ndarray[Any, Any]]:
        return learned_from(data, np.sort(np.concatenate([split.train, split.validation])))

    def leaking(data: MovieLens, split: Split) -> list[np.ndarray[Any, Any]]:
        return learned_from(data, np.arange(len(data.ratings)))

    check_preparation(honest, data, split)
    with pytest.raises(LeakError, match="should not depend on the test rows"):
        check_preparation(leaking, data, split)


def test_fitting_reads_no_rating_but_those_of_fitting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = tiny_movielens()
    split = topn_split(data.ratings)
    read = []
    of = Sequences.of.__func__  # type: ignore[attr-defined]

    def watched(cls: Any, given: MovieLens, rows: Any, movies: Any) -> Sequences:
        read.append(given.ratings.iloc[rows])
        return of(cls, given, rows, movies)

    monkeypatch.setattr(Sequences, "of", classmethod(watched))
    fitted(ranking_task(TOPN, data), tmp_path)
    assert read
    for ratings in read:
        check_ratings(ratings, data, split)
        assert len(ratings) == len(split.train) + len(split.validation)
    leaked = pd.concat([read[0], data.ratings.iloc[split.test[:1]]])
    with pytest.raises(LeakError, match="1 are, such as"):
        check_ratings(leaked, data, split)
