"""No row's statistics see the row itself, nor a row that is not for training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.builders import tiny_movielens
from tests.training.told import Told
from training.protocols import RATING_PROTOCOLS
from training.protocols.guard import LeakError, without_test
from training.protocols.rating_inputs import rating_inputs, request_time
from training.ratings import MovieLens
from training.splits import Split
from training.target_statistics import NAMES, out_of_fold

DATA = tiny_movielens()
LABELS = (DATA.ratings["rating"] >= 4).to_numpy(dtype=float)
TRAIN = np.arange(len(LABELS))[: len(LABELS) * 3 // 4]


def rated_otherwise(row: int) -> tuple[MovieLens, np.ndarray]:
    """The data set with other stars in one row, and the labels of that."""
    ratings = DATA.ratings.copy()
    stars = ratings["rating"].iloc[row]
    ratings.iloc[row, ratings.columns.get_loc("rating")] = 1.0 if stars >= 4 else 5.0
    return replace(DATA, ratings=ratings), (ratings["rating"] >= 4).to_numpy(dtype=float)


def raw(data: MovieLens, labels: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """The statistics before they are standardised, which looks at all training rows."""
    monkeypatch.setattr("training.target_statistics.folds.standardised", lambda found, _: found)
    return out_of_fold(data, TRAIN, labels, seed=1)


def test_a_column_for_each_name_standardised_over_the_training_rows() -> None:
    found = out_of_fold(DATA, TRAIN, LABELS, seed=1)
    assert found.shape == (len(LABELS), len(NAMES))
    assert found.dtype == np.float32
    assert np.abs(found).max() <= 5
    assert np.abs(found[TRAIN].mean(axis=0)).max() < 0.3  # but for what is clipped


@pytest.mark.parametrize("row", [int(TRAIN[0]), int(TRAIN[7]), int(TRAIN[-1])])
def test_a_training_rows_statistics_do_not_depend_on_its_rating(
    row: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = raw(DATA, LABELS, monkeypatch), raw(*rated_otherwise(row), monkeypatch)
    assert np.array_equal(before[row], after[row])
    assert not np.allclose(before, after), "the other rows should see it"


def test_a_test_rows_rating_reaches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    row = len(LABELS) - 1
    before, after = raw(DATA, LABELS, monkeypatch), raw(*rated_otherwise(row), monkeypatch)
    assert np.array_equal(before, after)


def test_nothing_depends_on_when_a_rating_was_given() -> None:
    moved = DATA.ratings.assign(timestamp=DATA.ratings["timestamp"].to_numpy()[::-1])
    found = out_of_fold(replace(DATA, ratings=moved), TRAIN, LABELS, seed=1)
    assert np.array_equal(found, out_of_fold(DATA, TRAIN, LABELS, seed=1))


def test_progress_ends_at_one() -> None:
    told: list[float] = []
    out_of_fold(DATA, TRAIN, LABELS, seed=1, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1


def test_the_request_time_is_scaled_by_the_training_rows() -> None:
    split = Split(np.array([1, 2, 3]), np.array([4]), np.array([0, 5]))
    ratings = DATA.ratings.iloc[:6].assign(timestamp=[5, 100, 150, 200, 175, 900])
    found = request_time(replace(DATA, ratings=ratings), split)
    assert found.ravel().tolist() == [0, 0, 0.5, 1, 0.75, 1]


@pytest.mark.parametrize("name", ["original", "ids"])
def test_statistics_that_see_test_rows_are_found(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    protocol = RATING_PROTOCOLS[name]
    kept = protocol.rows(DATA)
    split = protocol.split(kept.ratings)
    clean = rating_inputs(
        protocol, kept, split, NAMES, cache=tmp_path / "clean.npz", reporter=Told()
    )
    assert clean.numbers.shape == (len(kept.ratings), len(NAMES))

    def leaking(data: MovieLens, train: np.ndarray, *rest: object) -> np.ndarray:
        return out_of_fold(data, np.arange(len(data.ratings)), *rest)

    monkeypatch.setattr("training.protocols.rating_inputs.out_of_fold", leaking)
    with pytest.raises(LeakError, match="should not depend on the test rows"):
        rating_inputs(protocol, kept, split, NAMES, cache=tmp_path / "leak.npz", reporter=Told())
    assert not (tmp_path / "leak.npz").exists()


def test_statistics_of_a_data_set_without_its_test_rows_are_the_same() -> None:
    protocol = RATING_PROTOCOLS["original"]
    split = protocol.split(DATA.ratings)
    left, parts = without_test(DATA, split)
    whole = out_of_fold(DATA, split.train, protocol.labels(DATA.ratings), 1)
    part = out_of_fold(left, parts.train, protocol.labels(left.ratings), 1)
    assert np.allclose(whole[split.train], part[parts.train], atol=1e-5)
