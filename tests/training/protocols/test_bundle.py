"""An exported bundle is ranked as the page ranks it, and only where it has not seen the test rows."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from space.bundle import read_bundle, read_dataset
from space.manifest import write_manifest
from space.ranking import ranking_scores
from space.recommender import MovieRecommender
from tests.exports import Run, export_tiny
from tests.training.told import Told
from training.errors import RunError
from training.lists import NONE, RECALL_K, best
from training.protocols.bundle import BundleRanker
from training.protocols.guard import LeakError
from training.protocols.ranker import People
from training.protocols.task import RankingTask, ranking_task
from training.protocols.topn import TOPN


@pytest.fixture(scope="module")
def task(run: Run) -> RankingTask:
    return ranking_task(TOPN, run.data)


@pytest.fixture
def counted(bundle_copy: Path) -> Path:
    """The bundle with its number of parameters, as `train` writes it."""
    metrics = json.loads((bundle_copy / "metrics.json").read_text())
    (bundle_copy / "metrics.json").write_text(json.dumps({**metrics, "parameters": 1234}))
    write_manifest(bundle_copy)
    return bundle_copy


def asked_of(
    task: RankingTask, bundle: Path, run: Run, *, likes: bool = True
) -> tuple[BundleRanker, People]:
    ranker = BundleRanker(bundle, run.data.fingerprint(), likes=likes)
    ranker.fit(task.fitting, seed=0, folder=bundle, reporter=Told())
    (asked,) = task.rounds.values()
    return ranker, asked.people


def listed(task: RankingTask, scores: Any, people: People) -> list[list[int]]:
    """The films of each person's list, best first."""
    films = task.fitting.axes.film_ids
    return [films[row[row != NONE]].tolist() for row in best(scores, people.history)]


def test_the_lists_are_the_pages(run: Run, counted: Path, task: RankingTask) -> None:
    ranker, people = asked_of(task, counted, run)
    bundle = read_bundle(counted)
    assert bundle.ranking is not None
    # The page knows all ratings; what it knows here are those that are no test rows.
    whole = read_dataset(run.dataset, bundle)
    kept = whole.ratings[whole.ratings["part"] != "test"].reset_index(drop=True)
    page = MovieRecommender(bundle, replace(whole, ratings=kept))
    lists = listed(task, ranker.scores(people), people)
    rated = set(task.fitting.axes.film_ids.tolist())
    assert len(lists) == len(people.users) >= 10
    for user, found in zip(people.users["user_id"], lists, strict=True):
        expected = [film for film in page.recommend(user, k=60)["movie_id"] if film in rated]
        assert found == expected[:RECALL_K]
    by_likes = [sorted(found, key=lambda film: -run.training_likes()[film]) for found in lists]
    assert lists != by_likes
    assert ranker.parameters == 1234


def test_the_ranking_model_alone_is_measured_beside_its_list_with_likes(
    run: Run, counted: Path, task: RankingTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lists(*, likes: bool) -> list[list[int]]:
        ranker, people = asked_of(task, counted, run, likes=likes)
        return listed(task, ranker.scores(people), people)

    alone = lists(likes=False)
    assert lists(likes=True) == alone  # nobody has rated a hundred films
    monkeypatch.setattr("space.like_weight.MANY", 1)
    assert lists(likes=False) == alone
    assert lists(likes=True) != alone


def test_a_bundle_without_a_ranking_model_is_ordered_by_the_logit_and_the_likes(
    tmp_path: Path,
) -> None:
    metrics = {"parameters": 1234, "ranking": {"parameters": 66}}
    plain = export_tiny(tmp_path, ranked=False, metrics=metrics)
    task = ranking_task(TOPN, plain.data)
    ranker, people = asked_of(task, plain.bundle, plain)
    assert ranker.parameters == 1300
    people = people.part(0, 3)
    lists = listed(task, ranker.scores(people), people)
    films = task.fitting.axes.film_ids
    likes = np.array([plain.training_likes()[film] for film in films.tolist()])
    dataset = json.loads((plain.bundle / "schema.json").read_text())["dataset"]
    expected = []
    for user in people.users["user_id"]:
        rows = plain.rows(user, films.tolist(), dataset["last_year"], dataset["last_month"])
        expected.append(ranking_scores(plain.logits(rows).reshape(-1), likes))
    assert lists == listed(task, np.array(expected), people)


def test_chunks_of_people_make_no_difference(run: Run, counted: Path, task: RankingTask) -> None:
    ranker, people = asked_of(task, counted, run)
    whole = ranker.scores(people)
    assert np.isfinite(whole).all()
    assert ranker.scores(people.part(4, 6)).tolist() == whole[4:6].tolist()


def test_another_data_set_is_refused(run: Run) -> None:
    with pytest.raises(RunError, match="trained on the ratings that it is measured on"):
        BundleRanker(run.bundle, "another")


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("name", "random", "it was with 'random', and has seen"),
        ("vocabularies", "all", "it has those of 'all'"),
    ],
)
def test_a_bundle_that_has_seen_test_rows_is_a_leak(
    run: Run, bundle_copy: Path, part: str, value: str, said: str
) -> None:
    schema = json.loads((bundle_copy / "schema.json").read_text())
    schema["split"][part] = value
    (bundle_copy / "schema.json").write_text(json.dumps(schema))
    write_manifest(bundle_copy)
    with pytest.raises(LeakError, match=said):
        BundleRanker(bundle_copy, run.data.fingerprint())


def test_a_bundle_without_its_number_of_parameters_is_refused(run: Run, bundle_copy: Path) -> None:
    (bundle_copy / "metrics.json").write_text("{}")
    write_manifest(bundle_copy)
    with pytest.raises(RunError, match=r"metrics\.json should tell the model's parameters"):
        BundleRanker(bundle_copy, run.data.fingerprint())


def test_what_is_no_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"manifest\.json"):
        BundleRanker(tmp_path, "any")
