"""What a field changes is told under one calibration, also where without it somebody else would ask."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest

from space.encoding import FeatureEncoder
from space.explanation import Explanation, explain
from space.scoring import Scorer
from tests.exports import Run
from tests.training.models import build_plus, logits
from training.export import check_onnx, export_onnx
from training.newcomers import identity_columns, user_columns

FILMS = 12
NEWCOMER = {"low": 0.4, "high": 1.5, "intercept": -0.8}
NOBODY = {"low": 2.5, "high": 0.6, "intercept": 1.2}


@dataclass(frozen=True)
class Calibrated:
    """The model of a run with calibrations for somebody new, and its graph."""

    model: Any
    scorer: Scorer
    older: Scorer
    """Of a graph as it was exported before it had `logit_as_first`."""


@pytest.fixture(scope="module")
def calibrated(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Calibrated:
    folder, encoder = tmp_path_factory.mktemp("graphs"), run.encoder
    # Of the same weights as the run's, which has no calibration.
    model = build_plus(
        sizes=encoder.vocabulary_sizes,
        newcomer_columns=identity_columns(encoder),
        nobody_columns=user_columns(encoder),
    )
    model.get_layer("newcomer_calibration").set(**NEWCOMER)
    model.get_layer("nobody_calibration").set(**NOBODY)
    export_onnx(model, folder / "model.onnx")
    check_onnx(model, folder / "model.onnx", rows=2000)
    return Calibrated(
        model,
        Scorer(folder / "model.onnx", len(encoder.fields)),
        Scorer(without_output(folder / "model.onnx", folder / "older.onnx"), len(encoder.fields)),
    )


def without_output(graph: Path, target: Path) -> Path:
    """Write the graph without `logit_as_first`."""
    content = onnx.load(graph)
    kept = [output for output in content.graph.output if output.name != "logit_as_first"]
    assert len(kept) == len(content.graph.output) - 1
    del content.graph.output[:]
    content.graph.output.extend(kept)
    onnx.save(content, target)
    return target


def bent(values: Any, low: float, high: float, intercept: float) -> npt.NDArray[Any]:
    return high * np.logaddexp(0, values) - low * np.logaddexp(0, -values) + intercept


def once(values: Any) -> npt.NDArray[Any]:
    return bent(values, **NEWCOMER)


def twice(values: Any) -> npt.NDArray[Any]:
    return bent(once(values), **NOBODY)


def rows_of(run: Run, told: set[str]) -> npt.NDArray[Any]:
    """Rows of user 7 and some films, with these of the user's fields known, `(films, fields)`."""
    rows = run.rows(7, run.data.movies["movie_id"][:FILMS].tolist(), 2001, 5)
    of_user = [field.name for field in run.encoder.fields if field.source == "user"]
    assert told <= set(of_user)
    for column, field in enumerate(run.encoder.fields):
        if field.name in told:
            assert (rows[:, column] > 0).all()
        elif field.name in of_user:
            rows[:, column] = 0
    return rows


def without(row: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The row with each field in turn set to unknown, `(fields, fields)`."""
    rows = np.repeat(row[None], len(row), axis=0)
    np.fill_diagonal(rows, 0)
    return rows


def explained(scorer: Scorer, encoder: FeatureEncoder, rows: npt.NDArray[Any]) -> list[Explanation]:
    return [explain(scorer, encoder, row[None]) for row in rows]


FACTS = {"gender", "age", "occupation"}
PEOPLE = {
    "one fact": ({"age"}, once, {"age"}),
    "another fact": ({"gender"}, once, {"gender"}),
    "all facts": (FACTS, once, set()),
    "a user without a zip code": ({"user_id", *FACTS}, np.asarray, {"user_id"}),
    "a zip code without a user": ({"zip", *FACTS}, np.asarray, {"zip"}),
    "a user without facts": ({"user_id"}, np.asarray, {"user_id"}),
    "a user": ({"user_id", "zip", *FACTS}, np.asarray, set()),
    "nothing": (set(), twice, set()),
}
"""What is known of whom, how their logits are bent, and which fields decide that alone."""


@pytest.mark.parametrize("who", PEOPLE)
def test_changes_are_under_the_calibration_of_the_row_as_it_is(
    who: str, run: Run, calibrated: Calibrated
) -> None:
    told, bend, decide = PEOPLE[who]
    rows = rows_of(run, told)
    jumps = np.zeros(len(run.encoder.fields), dtype=bool)
    for row, ours in zip(rows, explained(calibrated.scorer, run.encoder, rows), strict=True):
        (served,) = logits(calibrated.model, row[None])
        plain, plain_without = run.logits(row[None]), run.logits(without(row))
        assert ours.logit == pytest.approx(served, abs=1e-5)
        assert ours.logit == pytest.approx(bend(plain)[0], abs=2e-5)
        change = bend(plain) - bend(plain_without)
        assert ours.change == pytest.approx(change, abs=5e-5)
        # The bends rise, so that a change says the same of the film as one of the logit before them.
        moved = plain - plain_without
        told_apart = np.abs(moved) > 1e-4
        assert (ours.change[told_apart] * moved[told_apart] > 0).all()
        own = served - logits(calibrated.model, without(row))
        jumps |= np.abs(own - ours.change) > 0.01
    names = {run.encoder.fields[column].name for column in np.flatnonzero(jumps)}
    assert names == decide, "without these, and no others, the row is calibrated in another way"


def test_where_no_calibration_acts_nothing_is_other_than_without_any(
    run: Run, calibrated: Calibrated
) -> None:
    rows = rows_of(run, {"user_id", "zip", *FACTS})
    plain = Scorer(run.bundle / "model.onnx", len(run.encoder.fields))
    for ours, theirs, older in zip(
        *(
            explained(scorer, run.encoder, rows)
            for scorer in (calibrated.scorer, plain, calibrated.older)
        ),
        strict=True,
    ):
        assert ours.logit == pytest.approx(theirs.logit, abs=1e-6)
        assert ours.change == pytest.approx(theirs.change, abs=2e-6)
        assert ours.change == pytest.approx(older.change, abs=2e-6)
        assert (ours.change != 0).any()


@pytest.mark.parametrize("who", PEOPLE)
def test_a_graph_without_the_output_is_explained_as_before(
    who: str, run: Run, calibrated: Calibrated
) -> None:
    rows = rows_of(run, PEOPLE[who][0])
    for row, ours in zip(rows, explained(calibrated.older, run.encoder, rows), strict=True):
        served = logits(calibrated.model, np.concatenate([row[None], without(row)]))
        assert ours.logit == pytest.approx(served[0], abs=1e-5)
        assert ours.change == pytest.approx(served[0] - served[1:], abs=2e-5)


def test_the_first_row_decides_for_all(run: Run, calibrated: Calibrated) -> None:
    rows = np.concatenate([rows_of(run, told) for told in (FACTS, set(), {"user_id"})])
    plain = run.logits(rows)
    for first, bend in ((0, once), (FILMS, twice), (2 * FILMS, np.asarray)):
        turned = np.roll(rows, -first, axis=0)
        expected = bend(np.roll(plain, -first))
        assert calibrated.scorer.logits_as_first(turned) == pytest.approx(expected, abs=2e-5)
    none = calibrated.scorer.logits_as_first(rows[:0])
    assert none.shape == (0,)
