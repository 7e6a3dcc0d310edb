"""The calibration for somebody new: what it is fitted on, and that it holds wherever the model goes."""

from __future__ import annotations

import json
from dataclasses import astuple
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnxruntime
import pytest
from scipy.special import expit

from space.bundle import read_bundle, read_dataset
from space.encoding import FeatureEncoder
from space.recommender import MovieRecommender
from space.schema import fields_of
from space.scoring import Scorer
from tests.builders import tiny_movielens, write_ml_100k
from tests.training.models import build_plus, logits
from tests.training.told import Told
from training import calibration
from training.calibration import MIN_ROWS
from training.export import check_onnx, export_onnx
from training.metrics import expected_calibration_error
from training.newcomer_calibration import Bend, beta, calibrate_newcomers, calibrated
from training.newcomers import (
    identity_columns,
    user_columns,
    without_identity,
    without_user,
)
from training.run import RunOptions, train
from training.start import load_start

NAMES = ("movie_id", "user_id", "age", "zip")
SIZES = (30, 6, 4, 5)
ENCODER = FeatureEncoder(
    fields_of(NAMES),
    {
        name: [f"{place}" for place in range(1, size)]
        for name, size in zip(NAMES, SIZES, strict=True)
    },
)
ROWS = np.random.default_rng(3).integers(0, SIZES, (6000, 4)).astype("int32")
KNOWN = ROWS[ROWS[:, 1] > 0]


def softplus(values: Any) -> npt.NDArray[Any]:
    return np.logaddexp(0, values)


def bent(values: Any, bend: Bend) -> npt.NDArray[Any]:
    return bend.high * softplus(values) - bend.low * softplus(-values) + bend.intercept


def test_what_somebody_new_cannot_tell_is_set_to_unknown() -> None:
    assert identity_columns(ENCODER) == [1, 3]
    rows = np.array([[7, 5, 3, 4]], dtype="int32")
    assert without_identity(ENCODER, rows).tolist() == [[7, 0, 3, 0]]
    assert without_user(ENCODER, rows).tolist() == [[7, 0, 0, 0]]
    assert rows.tolist() == [[7, 5, 3, 4]]


def test_rows_are_those_that_the_page_asks_for_somebody_new(run: Any) -> None:
    served = MovieRecommender.load(run.bundle, run.dataset)
    encoder = served.bundle.encoder
    (user,) = run.data.users.iloc[:1].to_dict("records")
    theirs = served.encode(user["user_id"], [0, 3, 5])
    nobody = served.encode(None, [0, 3, 5])
    assert without_user(encoder, theirs).tolist() == nobody.tolist()
    told = without_identity(encoder, theirs)
    facts = [encoder.fields[column].name for column in np.flatnonzero((told != nobody).any(axis=0))]
    assert facts == ["gender", "age", "occupation"]


def test_the_bend_by_which_labels_were_drawn_is_found() -> None:
    random = np.random.default_rng(0)
    values = random.normal(scale=2, size=60_000)
    drawn = Bend(low=0.3, high=1.6, intercept=-0.8)
    labels = (random.random(len(values)) < expit(bent(values, drawn))).astype(float)
    found = beta(values, labels)
    assert found is not None
    assert (found.low, found.high, found.intercept) == pytest.approx((0.3, 1.6, -0.8), abs=0.1)


def test_what_falls_at_one_end_becomes_a_line_and_what_falls_is_left() -> None:
    random = np.random.default_rng(0)
    values = random.normal(scale=2, size=20_000)
    turned = Bend(low=-0.5, high=2.0, intercept=-0.8)
    found = beta(values, (random.random(len(values)) < expit(bent(values, turned))).astype(float))
    assert found is not None
    assert found.low == found.high > 0
    assert beta(values, (random.random(len(values)) < expit(-values)).astype(float)) is None


def labels_of(model: Any, rows: Any, bend: Bend) -> npt.NDArray[np.float32]:
    """Likes drawn so that the bend is right for those who tell nothing."""
    values = bent(logits(model, without_user(ENCODER, rows)), bend)
    return (np.random.default_rng(1).random(len(rows)) < expit(values)).astype("float32")


def test_probabilities_hold_for_somebody_new_and_stay_for_users() -> None:
    model, recorder = build_plus(sizes=SIZES), Told()
    labels = labels_of(model, KNOWN, Bend(low=0.4, high=2.0, intercept=-1.0))
    told, untold = (of(ENCODER, KNOWN) for of in (without_identity, without_user))
    changed, bends = calibrate_newcomers(model, ENCODER, KNOWN, labels, recorder)
    assert list(bends) == ["calibration_told_user", "calibration_unknown_user"]
    first, second = bends.values()
    assert np.array_equal(logits(changed, KNOWN), logits(model, KNOWN))

    # Who tells something has the first alone; who tells nothing has the second on top of it.
    once, twice = logits(changed, told), logits(changed, untold)
    some = told[:, 2] > 0
    expected = bent(logits(model, told), first)
    assert np.allclose(once[some], expected[some], rtol=1e-5, atol=1e-5)
    expected = bent(bent(logits(model, untold), first), second)
    assert np.allclose(twice, expected, rtol=1e-5, atol=1e-5)

    # The first is the likeliest of what is told, the second of what the first has left.
    assert astuple(first) == pytest.approx(astuple(beta(logits(model, told), labels)), abs=1e-3)
    left = bent(logits(model, untold), first)
    assert astuple(second) == pytest.approx(astuple(beta(left, labels)), abs=1e-3)
    truth = labels.astype(int)
    for asked, after in ((told, once), (untold, twice)):
        error = expected_calibration_error(truth, expit(logits(model, asked)))
        assert expected_calibration_error(truth, expit(after)) < error / 2
    assert recorder.notes == [
        f"Calibrated for somebody new who tells {what} on the validation rows as theirs: "
        f"{bend.high:.4f} softplus(logit) - {bend.low:.4f} softplus(-logit) plus {bend.intercept:.4f}"
        for what, bend in (("all that they can", first), ("nothing", second))
    ]


@pytest.mark.parametrize("case", ["no user", "the wrong way round"])
def test_a_model_is_left_alone_where_nothing_can_be_fitted(case: str) -> None:
    encoder = ENCODER
    if case == "no user":
        names = ("movie_id", "age")
        encoder = FeatureEncoder(
            fields_of(names), {name: ENCODER.vocabularies[name] for name in names}
        )
    model = build_plus(sizes=encoder.vocabulary_sizes)
    rows = KNOWN[:, : len(encoder.fields)] % np.array(encoder.vocabulary_sizes, "int32")
    told, untold = (logits(model, of(encoder, rows)) for of in (without_identity, without_user))
    labels = (told + untold < np.median(told + untold)).astype("float32")
    same, bends = calibrate_newcomers(model, encoder, rows, labels, Told())
    assert same is model
    assert bends == {}


def test_where_users_are_not_calibrated_nobody_is() -> None:
    model, recorder = build_plus(sizes=SIZES), Told()
    few = KNOWN[: MIN_ROWS - 1]
    same, facts = calibrated(model, ENCODER, few, np.ones(len(few), "float32"), recorder)
    assert same is model
    assert facts == {}
    assert len(recorder.notes) == 1


@pytest.mark.parametrize("which", ["newcomer", "nobody"])
def test_the_graph_has_it_and_is_checked_for_it(which: str, tmp_path: Path) -> None:
    model = build_plus(sizes=SIZES, newcomer_columns=[1, 3], nobody_columns=[1, 2, 3])
    layer = model.get_layer(f"{which}_calibration")
    layer.set(low=0.2, high=1.8, intercept=-1.2)
    export_onnx(model, tmp_path / "model.onnx")
    check_onnx(model, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    asked = without_user(ENCODER, KNOWN)
    served = session.run(["logit", "probability"], {"fields": asked})
    assert served[0] == pytest.approx(logits(model, asked), abs=1e-5)
    assert served[1] == pytest.approx(expit(served[0]), abs=1e-6)
    layer.set(low=0.2, high=1.8, intercept=-1.1)
    with pytest.raises(Exception, match="differs from Keras by"):
        check_onnx(model, tmp_path / "model.onnx")


def test_a_run_carries_it_to_keras_serving_and_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration, "MIN_ROWS", 10)
    write_ml_100k(tiny_movielens(users=100), tmp_path)
    out = tmp_path / "run"
    metrics = train(RunOptions(epochs=15, ranking=False), out, Told(), data=tmp_path)
    first, second = (Bend(**metrics[f"calibration_{kind}_user"]) for kind in ("told", "unknown"))
    assert {
        "expected_calibration_error_told_user",
        "expected_calibration_error_unknown_user",
    } < set(metrics["test"])
    bundle = read_bundle(out / "bundle")
    config = json.loads((out / "bundle" / "config.json").read_text())["config"]
    assert config["newcomer_columns"] == identity_columns(bundle.encoder)
    assert config["nobody_columns"] == user_columns(bundle.encoder)

    served = MovieRecommender(bundle, read_dataset(out / "dataset", bundle))
    rows = np.concatenate([served.encode(None, range(20)), served.encode(1, range(20))])
    scorer = Scorer(bundle.model, len(bundle.schema.fields))
    saved = keras.saving.load_model(out / "bundle")
    assert logits(saved, rows) == pytest.approx(scorer.logits(rows), abs=1e-5)
    start = load_start(str(out / "bundle")).build()
    assert start.newcomer_calibration is start.nobody_calibration is None
    before = logits(start, rows)
    assert logits(saved, rows[20:]) == pytest.approx(before[20:], abs=1e-6)
    nobody = bent(bent(before[:20], first), second)
    assert logits(saved, rows[:20]) == pytest.approx(nobody, abs=1e-5)
    told_rows = without_identity(bundle.encoder, rows[20:])
    expected = bent(logits(start, told_rows), first)
    assert logits(saved, told_rows) == pytest.approx(expected, abs=1e-5)
    told = served.explain(None, int(bundle.movies["movie_id"][0]))
    assert told.logit == pytest.approx(logits(saved, rows[:1])[0], abs=1e-5)

    again = train(
        RunOptions(epochs=1, ranking=False, init_from=str(out / "bundle")),
        tmp_path / "next",
        Told(),
        data=tmp_path,
    )
    assert again["calibration_told_user"] != metrics["calibration_told_user"]
    following = keras.saving.load_model(tmp_path / "next" / "bundle")
    assert following.newcomer_calibration is not None
    assert following.nobody_calibration is not None


def test_fields_without_facts_have_one_row_of_somebody_new_and_one_calibration() -> None:
    names = ("movie_id", "user_id", "genre1")
    encoder = FeatureEncoder(
        fields_of(names), {name: [f"{place}" for place in range(1, 9)] for name in names}
    )
    rows = np.random.default_rng(5).integers(1, 9, (3000, 3)).astype("int32")
    assert identity_columns(encoder) == [1]
    assert without_identity(encoder, rows).tolist() == without_user(encoder, rows).tolist()
    model = build_plus(sizes=encoder.vocabulary_sizes)
    drawn = np.random.default_rng(1).random(len(rows))
    labels = (drawn < expit(2 * logits(model, without_user(encoder, rows)))).astype("float32")
    changed, bends = calibrate_newcomers(model, encoder, rows, labels, Told())
    assert list(bends) == ["calibration_unknown_user"]
    assert changed.nobody_calibration is None
    asked = without_user(encoder, rows)
    (bend,) = bends.values()
    assert np.allclose(logits(changed, asked), bent(logits(model, asked), bend), atol=1e-5)
