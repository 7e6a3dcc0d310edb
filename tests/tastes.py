"""A run whose lists follow the genres of what somebody likes, as those of a trained ranker do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import tests.exports
from space.affinities import AFFINITIES
from tests.builders import tiny_movielens
from tests.exports import Run, export_tiny
from training.ranking.export import Ranking


def run_of_tastes(folder: Path) -> Run:
    """Export a run with a ranker that goes by `genre_fit` above all."""
    made = tests.exports.tiny_ranking

    def by_genre(*given: Any) -> Ranking:
        ranking = made(*given)
        weights = ranking.ranker.linear.numpy()
        weights[:, AFFINITIES.index("genre_fit")] = 9.0
        ranking.ranker.linear.assign(weights)
        return ranking

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tests.exports, "tiny_ranking", by_genre)
        return export_tiny(folder, tiny_movielens(users=60, movies=150))
