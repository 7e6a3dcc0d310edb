"""Leaks are planted in the code that prepares fitting, and the way to the fit is barred."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from tests.builders import tiny_movielens
from tests.training.told import Told
from training.protocols.evaluation import EvaluateOptions, evaluate
from training.protocols.guard import LeakError
from training.protocols.newcomers import newcomers_split
from training.protocols.rating import IDS, ORIGINAL, PAPER, RatingProtocol
from training.protocols.rating_inputs import rating_inputs
from training.protocols.rating_run import run_rating
from training.ratings import MovieLens
from training.splits import Split
from training.target_statistics import NAMES, out_of_fold
from training.vocabularies import fit_encoder

DATA = tiny_movielens()


@pytest.fixture(autouse=True)
def never_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing with a leak in it gets as far as a fit."""

    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("a leak was fitted")

    monkeypatch.setattr("training.protocols.rating_run.fit", refuse)
    monkeypatch.setattr("training.protocols.ranker.BaselineRanker.fit", refuse)


@pytest.mark.parametrize("protocol", ["topn", "newcomers"])
def test_test_rows_that_were_not_taken_away(
    protocol: str, ratings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keeping(data: MovieLens, split: Split) -> tuple[MovieLens, Split]:
        return data, Split(
            np.append(split.train, split.test), split.validation, np.empty(0, dtype=np.intp)
        )

    monkeypatch.setattr("training.protocols.task.without_test", keeping)
    options = EvaluateOptions(protocol, "tiny", "popularity")
    with pytest.raises(LeakError, match=r"should be none of the .* test rows"):
        evaluate(options, tmp_path, Told(), data=ratings)


@pytest.mark.parametrize("part", ["train", "validation"])
def test_a_test_row_among_those_that_are_fitted(part: str, tmp_path: Path) -> None:
    def leaking(ratings: pd.DataFrame) -> Split:
        split = ORIGINAL.split(ratings)
        return replace(split, **{part: np.append(getattr(split, part), split.test[0])})

    with pytest.raises(LeakError, match="1 are test rows, such as"):
        run_rating(
            replace(ORIGINAL, split=leaking),
            DATA,
            "default",
            seed=0,
            epochs=1,
            folder=tmp_path,
            reporter=Told(),
        )


def of_all_rows(fields: Any, data: MovieLens, rows: Any) -> Any:
    return fit_encoder(fields, data, np.arange(len(data.ratings)))


def scaled_by_all(data: MovieLens, split: Split) -> npt.NDArray[np.float32]:
    seconds = data.ratings["timestamp"].to_numpy(dtype=np.float64)
    scaled = (seconds - seconds.mean()) / seconds.std()
    return scaled.astype(np.float32)[:, None]


def means_of_all(
    data: MovieLens, train: Any, labels: Any, seed: int, progress: Any
) -> npt.NDArray[np.float32]:
    return out_of_fold(data, np.arange(len(labels)), labels, seed, progress)


@pytest.mark.parametrize(
    ("protocol", "statistics", "name", "leak"),
    [
        # All rows of some users are for test, so that their ids are there alone.
        (replace(IDS, split=newcomers_split), (), "fit_encoder", of_all_rows),
        (PAPER, (), "request_time", scaled_by_all),
        (ORIGINAL, NAMES[:1], "out_of_fold", means_of_all),
    ],
    ids=["vocabularies", "request time", "target statistics"],
)
def test_inputs_that_know_the_test_rows(
    protocol: RatingProtocol,
    statistics: tuple[str, ...],
    name: str,
    leak: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = protocol.rows(DATA)
    given = (protocol, kept, protocol.split(kept.ratings), statistics)
    rating_inputs(*given, cache=tmp_path / "honest.npz", reporter=Told())
    monkeypatch.setattr(f"training.protocols.rating_inputs.{name}", leak)
    with pytest.raises(LeakError, match="should not depend on the test rows"):
        rating_inputs(*given, cache=tmp_path / "leaking.npz", reporter=Told())
