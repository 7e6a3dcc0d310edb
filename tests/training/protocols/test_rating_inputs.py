"""Target statistics are kept for other seeds, and made anew where anything decides others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.builders import tiny_movielens
from tests.training.told import Told
from training.protocols import rating_inputs as module
from training.protocols.rating import ORIGINAL, RatingProtocol
from training.protocols.rating_inputs import rating_inputs
from training.splits import Split, user_time_split
from training.target_statistics import NAMES

DATA = tiny_movielens()
SPLIT = ORIGINAL.split(DATA.ratings)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Split]:
    """Quick statistics; the list has an entry for each time that they were made."""
    calls: list[Any] = []

    def quick(data: Any, train: Any, labels: Any, *others: Any) -> Any:
        calls.append(train)
        return np.zeros((len(labels), len(NAMES)), dtype=np.float32)

    monkeypatch.setattr(module, "out_of_fold", quick)
    return calls


def prepare(cache: Path, split: Split = SPLIT, protocol: RatingProtocol = ORIGINAL) -> None:
    rating_inputs(protocol, DATA, split, NAMES, cache=cache, reporter=Told())


def test_equal_rows_parts_and_labels_have_theirs_kept(made: list[Split], tmp_path: Path) -> None:
    prepare(tmp_path / "s.npz")
    assert len(made) == 2  # with the test rows and without them
    prepare(tmp_path / "s.npz")
    assert len(made) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda monkeypatch: {"split": user_time_split(DATA.ratings)},
        lambda monkeypatch: {"split": Split(SPLIT.train[::-1], SPLIT.validation, SPLIT.test)},
        lambda monkeypatch: {"split": Split(SPLIT.train, SPLIT.test, SPLIT.validation)},
        lambda monkeypatch: {"protocol": replace(ORIGINAL, threshold=3.0)},
        lambda monkeypatch: monkeypatch.setattr(module, "FOLDS_SEED", 1) or {},
        lambda monkeypatch: monkeypatch.setattr(module, "FOLDS", 7) or {},
    ],
    ids=["another split", "another order", "parts swapped", "labels", "seed", "folds"],
)
def test_others_are_made_anew(
    change: Callable[[pytest.MonkeyPatch], dict[str, Any]],
    made: list[Split],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare(tmp_path / "s.npz")
    prepare(tmp_path / "s.npz", **change(monkeypatch))
    assert len(made) == 4
