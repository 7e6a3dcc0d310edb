"""An exported bundle is ranked as the page ranks it, and only where it has not seen the test rows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from space.manifest import write_manifest
from space.ranking import ranking_scores
from tests.exports import Run
from tests.training.told import Told
from training.errors import RunError
from training.protocols.bundle import BundleRanker
from training.protocols.guard import LeakError
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


def test_the_scores_are_the_pages(
    run: Run, counted: Path, task: RankingTask, tmp_path: Path
) -> None:
    ranker = BundleRanker(counted, run.data.fingerprint())
    assert ranker.parameters == 1234
    ranker.fit(task.fitting, seed=0, folder=tmp_path, reporter=Told())
    (asked,) = task.rounds.values()
    scores = ranker.scores(asked.people.part(0, 3))
    films = task.fitting.axes.film_ids.tolist()
    counts = run.training_likes()
    likes = np.array([counts[film] for film in films])
    dataset = json.loads((run.bundle / "schema.json").read_text())["dataset"]
    for place, user in enumerate(asked.people.users["user_id"].iloc[:3]):
        rows = run.rows(user, films, dataset["last_year"], dataset["last_month"])
        expected = ranking_scores(run.logits(rows).reshape(-1), likes)
        assert scores[place] == pytest.approx(expected, abs=1e-4)


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
