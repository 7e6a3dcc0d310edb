from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from space.explanation import Explanation
from space.recommender import MovieRecommender
from tests.benchmarks.explain import main, pairs, received, report, rollout
from tests.exports import Run


def test_random_pairs_are_test_ratings_at_their_own_months(run: Run) -> None:
    recommender = MovieRecommender.load(run.bundle, run.dataset)
    drawn = pairs(recommender, 40, seed=3)
    assert len(drawn) == 40
    test = run.data.ratings.iloc[run.split.test]
    dates = pd.to_datetime(test["timestamp"], unit="s")
    told = set(zip(test["user_id"], test["movie_id"], dates.dt.year, dates.dt.month, strict=True))
    assert set(drawn.itertuples(index=False, name=None)) <= told
    assert not drawn.equals(pairs(recommender, 40, seed=4))
    assert len(pairs(recommender, 10**6, seed=3)) == len(test)


def test_rollout_and_received_by_hand() -> None:
    first, second = np.array([[0.6, 0.4], [0.2, 0.8]]), np.array([[1.0, 0.0], [0.5, 0.5]])
    # Halves of the layers and of passing by: [[.8, .2], [.1, .9]] and [[1, 0], [.25, .75]];
    # second times first: [[.8, .2], [.25 * .8 + .75 * .1, .25 * .2 + .75 * .9]]
    through = rollout(np.array([first, second]))
    assert through == pytest.approx(np.array([[0.8, 0.2], [0.275, 0.725]]))
    assert received(through) == pytest.approx([0.275, 0.2])


def explained(change: list[float]) -> Explanation:
    """Attention names b by its departure, and a by what it receives."""
    attention = np.array([[[0.5, 0.0, 0.5], [0.5, 0.0, 0.5], [0.6, 0.0, 0.4]]], dtype="float32")
    moves = np.array(change, dtype="float32")
    return Explanation(("a", "b", "c"), ("1", "2", "3"), 0.0, 0.5, attention, moves)


def test_the_report_compares_the_named_field_with_the_others() -> None:
    entries = [explained([0.5, -2.0, 0.5]), explained([1.0, 1.0, -3.0])]
    assert {entry.most_important() for entry in entries} == {"b"}
    lines = {line[2:27].strip(): line[27:].split() for line in report(entries, seed=0)}
    # b moves it by 2 and 1, the others by .5, .5 and 1, 3: means 1.5 and 1.25, a ratio of 1.2.
    # It is above the others' mean once in two; it beats two fields of four and equals one.
    assert lines["most_important"] == ["1.5000", "1.2500", "1.20", "50.0%", "62.5%"]
    # a moves it by .5 and 1, the others by 2, .5 and 1, 3: it beats none and equals two.
    assert lines["most attention received"] == ["0.7500", "1.6250", "0.46", "0.0%", "25.0%"]
    # In the mean c moves it most, by .5 and 3; the others by .5, 2 and 1, 1.
    assert lines["always c"] == ["1.7500", "1.1250", "1.56", "50.0%", "62.5%"]
    assert lines["moves it most"] == ["2.5000", "0.7500", "3.33", "100.0%", "100.0%"]


def test_the_command_explains_a_runs_test_ratings(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--run", str(run.bundle.parent), "--pairs", "20"])
    said = capsys.readouterr().out
    assert said.startswith(f"20 random test ratings, seed 0, {len(run.encoder.fields)} fields\n")
    assert "most_important" in said
