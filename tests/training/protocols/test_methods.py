"""What tells the results of one method from those of another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.told import Told
from training.protocols.evaluation import EvaluateOptions, evaluate
from training.protocols.methods import RANKERS


def test_a_method_with_other_settings_is_measured_again(
    ratings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = EvaluateOptions(dataset="tiny", methods="popularity")

    def fitted() -> bool:
        told = Told()
        evaluate(options, tmp_path, told, data=ratings)
        return "Fitting popularity" in told.stages

    changed = replace(RANKERS["popularity"], identity="other settings")
    assert [fitted(), fitted()] == [True, False]
    monkeypatch.setitem(RANKERS, "popularity", changed)  # type: ignore[arg-type]
    assert [fitted(), fitted()] == [True, False]
