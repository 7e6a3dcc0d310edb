"""Nothing of the test rows is in what a plan's models are fitted on; leaks are planted, and found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.builders import tiny_movielens
from tests.training.experiments.plans import write_plan
from training.experiments.plan import Plan
from training.experiments.plan_file import read_plan
from training.experiments.prepare import prepare
from training.protocols.guard import LeakError
from training.protocols.newcomers import newcomers_split
from training.ratings import MovieLens
from training.splits import SPLITS, Split, random_split
from training.vocabularies import fit_encoder

DATA = tiny_movielens()


def plan(folder: Path, vocabularies: str, labelling: str) -> Plan:
    change = f'vocabularies = "all" -> vocabularies = "{vocabularies}"'
    return read_plan(write_plan(folder, a=change)).labelled(labelling)


def of_all_rows(fields: Any, data: MovieLens, rows: Any) -> Any:
    return fit_encoder(fields, data, np.arange(len(data.ratings)))


@pytest.mark.parametrize("labelling", ["preference", "sampled"])
def test_vocabularies_that_know_the_test_rows(
    labelling: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All rows of some users are for test, so that their ids are there alone.
    monkeypatch.setitem(SPLITS, "random", newcomers_split)  # type: ignore[arg-type]
    prepare(plan(tmp_path, "train", labelling), DATA)
    monkeypatch.setattr("training.experiments.prepare.fit_encoder", of_all_rows)
    with pytest.raises(LeakError, match="should not depend on the test rows"):
        prepare(plan(tmp_path, "train", labelling), DATA)
    # Where the plan says so they may.
    prepare(plan(tmp_path, "all", labelling), DATA)


@pytest.mark.parametrize("part", ["train", "validation"])
@pytest.mark.parametrize("labelling", ["preference", "sampled"])
def test_a_test_row_among_those_that_are_fitted(
    part: str, labelling: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leaking(ratings: pd.DataFrame) -> Split:
        split = random_split(ratings)
        return replace(split, **{part: np.append(getattr(split, part), split.test[0])})

    monkeypatch.setitem(SPLITS, "random", leaking)  # type: ignore[arg-type]
    with pytest.raises(LeakError, match="1 are test rows, such as"):
        prepare(plan(tmp_path, "all", labelling), DATA)
