from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from space.affinities import AFFINITIES, affinities
from space.encoding import FeatureEncoder
from space.history import History
from space.schema import FIELD_PRESETS, fields_of
from tests.builders import tiny_movielens, without_demographics
from tests.training.ranking.planted import planted
from training.ranker import KNOTS
from training.ranking.examples import ExampleMaker, inputs_of
from training.ranking.export import Ranking
from training.ranking.learn import learn_order, parameters_of
from training.ranking.linear import Linear
from training.ranking.measure import list_metrics
from training.ranking.options import RankingOptions
from training.ranking.sequences import Sequences
from training.ranking.stage import measure_on_test, train_ranking
from training.ratings import MovieLens
from training.splits import Split, random_split, user_time_split
from training.vocabularies import fit_encoder


@dataclass
class Notes:
    """Keeps what is said."""

    said: list[str] = field(default_factory=list)

    def stage(self, name: str) -> None:
        """Not kept."""

    def update(self, fraction: float | None, text: str = "") -> None:
        """Not kept."""

    def note(self, text: str) -> None:
        self.said.append(text)

    def close(self) -> None:
        """Nothing to do."""


def encoder_of(data: MovieLens, split: Split) -> FeatureEncoder:
    return fit_encoder(fields_of(FIELD_PRESETS["original"]), data, split.train)


def trained(
    data: MovieLens, folder: Path, split_name: str = "user-time", **options: int
) -> tuple[Ranking | None, list[str]]:
    split = (user_time_split if split_name == "user-time" else random_split)(data.ratings)
    notes = Notes()
    ranking = train_ranking(
        data,
        split,
        split_name,
        encoder_of(data, split),
        4.0,
        checkpoints=folder,
        seed=1,
        reporter=notes,
        options=RankingOptions(**options),  # type: ignore[arg-type]
    )
    return ranking, notes.said


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    """A ranker of the planted data set."""
    found, _ = trained(planted(), tmp_path_factory.mktemp("checkpoints"))
    assert found is not None
    return found


def test_what_comes_next_is_found_where_popularity_finds_nothing(ranking: Ranking) -> None:
    test = ranking.metrics["test"]
    assert test["ndcg_at_10"] > 0.5
    assert test["ndcg_at_10"] > 3 * test["beside"]["popularity"]["ndcg_at_10"]
    assert test["recall_at_20"] > 2 * test["beside"]["popularity"]["recall_at_20"]


def test_the_metrics_are_those_of_ranking_everything_by_the_exported_parts(
    ranking: Ranking,
) -> None:
    data = planted()
    split = user_time_split(data.ratings)
    everything = Sequences.of(data, np.arange(len(data.ratings)), data.movies)
    maker = ExampleMaker(everything, data.users, encoder_of(data, split), 4.0)
    later = np.isin(everything.rows, split.test)
    moment = int(everything.timestamps[~later].max())
    examples = maker.split(later, np.arange(everything.user_count), moment)
    films, lists = np.arange(len(data.movies)), []
    for each in examples:
        raw = affinities(each.history, each.group, ranking.models)[None]
        scores = np.array(ranking.ranker(inputs_of([each], films[None], raw, 4.0)))[0]
        scores[each.history.movies] = -np.inf
        lists.append(np.argsort(-scores, kind="stable")[:20])
    measured = list_metrics(lists, [each.targets for each in examples], len(films))
    for name, value in measured.items():
        assert ranking.metrics["test"][name] == pytest.approx(value, abs=1e-6)


def test_parameters_are_counted_as_by_the_protocols(ranking: Ranking) -> None:
    assert ranking.metrics["parameters"] == parameters_of(ranking.ranker, ranking.models)
    assert ranking.metrics["parameters"] > sum(
        len(matrix.weights) for matrix in ranking.models.matrices.values()
    )


def test_the_linear_part_is_the_linear_ranker_as_it_was_fitted(tmp_path: Path) -> None:
    data = planted()
    split = user_time_split(data.ratings)
    movies = data.movies.sort_values("movie_id", ignore_index=True)
    known = Sequences.of(data, split.train, movies)
    learned = learn_order(
        data,
        known,
        encoder_of(data, split),
        4.0,
        RankingOptions(epochs=1, candidates=20, linear_examples=100),
        checkpoints=tmp_path,
        seed=1,
        reporter=Notes(),
    )
    assert learned is not None
    assert np.abs(learned.linear.weights).max() > 0.1
    np.testing.assert_array_equal(np.asarray(learned.ranker.linear), learned.linear.weights)


def test_a_newcomer_gets_scores_without_a_rating(ranking: Ranking) -> None:
    raw = affinities(History.picked([]), {}, ranking.models)
    assert np.isfinite(raw).all()


def test_ratings_of_the_test_rows_change_nothing_but_the_metrics(
    ranking: Ranking, tmp_path: Path
) -> None:
    data = planted()
    split = user_time_split(data.ratings)
    stars = data.ratings["rating"].to_numpy().copy()
    held = np.concatenate([split.test, split.validation])
    stars[held] = np.where(np.arange(len(held)) % 3, 1.0, 5.0)
    other, _ = trained(replace(data, ratings=data.ratings.assign(rating=stars)), tmp_path)
    assert other is not None
    for name, matrix in ranking.models.matrices.items():
        np.testing.assert_array_equal(other.models.matrices[name].weights, matrix.weights)
    for ours, theirs in zip(ranking.ranker.get_weights(), other.ranker.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-2)


def test_when_the_test_rows_were_rated_is_not_known_to_their_lists(ranking: Ranking) -> None:
    data = planted()
    split = user_time_split(data.ratings)
    ratings = data.ratings.copy()
    ratings.loc[split.test, "timestamp"] += 10 * 365 * 86_400

    def measured_on(data: MovieLens) -> dict[str, object]:
        encoder = encoder_of(data, split)
        return measure_on_test(data, split, encoder, ranking, linear, None, Notes())

    nothing = np.zeros(len(AFFINITIES), np.float32)
    linear = Linear(nothing, nothing + 1, np.zeros((len(KNOTS), len(AFFINITIES)), np.float32))
    assert measured_on(replace(data, ratings=ratings)) == measured_on(data)


def test_another_split_is_not_measured_and_that_is_said(tmp_path: Path) -> None:
    found, notes = trained(tiny_movielens(users=12), tmp_path, "random", epochs=1)
    assert found is not None
    assert "test" not in found.metrics
    assert any("only user-time" in note for note in notes)


def test_few_users_of_whom_nothing_is_known_are_enough(tmp_path: Path) -> None:
    found, _ = trained(without_demographics(tiny_movielens(users=3, movies=20)), tmp_path, epochs=1)
    assert found is not None
    assert np.isfinite(found.metrics["history"][-1]["loss"])


def test_without_a_like_there_is_no_ranker_and_that_is_said(tmp_path: Path) -> None:
    data = tiny_movielens(users=3)
    disliked = replace(data, ratings=data.ratings.assign(rating=1.0))
    found, notes = trained(disliked, tmp_path)
    assert found is None
    assert notes == [
        "There is no ranker: an order is learned from likes, and of two films at least."
    ]


def test_of_one_film_there_is_no_ranker(tmp_path: Path) -> None:
    data = tiny_movielens(users=8, movies=1)
    liked = replace(data, ratings=data.ratings.assign(rating=5.0))
    assert len(liked.ratings)
    assert trained(liked, tmp_path)[0] is None


def test_metrics_of_lists_worked_out_by_hand() -> None:
    lists = [np.array([3, 1, 2]), np.array([4, 5, 6])]
    found = list_metrics(lists, [np.array([1]), np.array([4, 6, 9])], films=10)
    # The only target at the second place; then the first and third place of three targets.
    first, second = 1 / np.log2(3), (1 + 1 / 2) / (1 + 1 / np.log2(3) + 1 / 2)
    assert found["ndcg_at_10"] == pytest.approx((first + second) / 2)
    assert found["recall_at_20"] == pytest.approx((1 + 2 / 3) / 2)
    assert found["coverage_at_10"] == pytest.approx(0.6)


def test_a_killed_fit_goes_on_and_ends_as_an_uninterrupted_one(tmp_path: Path) -> None:
    def run(name: str, *kill: str) -> int:
        command = [sys.executable, "-m", "tests.training.ranking.worker"]
        checkpoints, result = tmp_path / name, tmp_path / f"{name}.npz"
        done = subprocess.run(
            [*command, str(checkpoints), str(result), *kill],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode

    assert run("killed", "kill") == -signal.SIGKILL
    assert (tmp_path / "killed" / "epoch-0001").is_dir()
    assert not (tmp_path / "killed.npz").exists()
    assert run("killed") == 0
    assert run("whole") == 0
    killed, whole = np.load(tmp_path / "killed.npz"), np.load(tmp_path / "whole.npz")
    assert killed.files == whole.files
    assert max(np.abs(killed[name] - whole[name]).max() for name in whole.files) <= 1e-5
