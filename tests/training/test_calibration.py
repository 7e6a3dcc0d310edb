from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from space.bundle import read_bundle, read_dataset
from space.recommender import MovieRecommender
from space.scoring import Scorer
from tests.builders import tiny_movielens, write_ml_100k
from tests.training.models import (
    EVERY_OPTION,
    EVERY_PLUS_OPTION,
    SIZES,
    build,
    build_plus,
    logits,
    randomize,
)
from tests.training.told import Told
from training import calibration
from training.calibration import MIN_ROWS, Scaling, calibrate, fold, platt
from training.metrics import expected_calibration_error
from training.model import AutoInt, AutoIntPlus
from training.newcomer_calibration import recalibrating
from training.presets import PRESETS
from training.run import RunOptions, train

ROWS = np.random.default_rng(3).integers(0, SIZES, (4000, len(SIZES))).astype("int32")


def test_two_logits_have_a_solution_by_hand() -> None:
    # At 1 there are seven likes and one other, at -1 one of each: 8 likes, 2 others.
    # Targets: 9/10 of a like, 1/4 of another. Their means: (7 * 0.9 + 0.25) / 8 = 0.81875 at 1,
    # (0.9 + 0.25) / 2 = 0.575 at -1. The log-odds of these: 1.507901 and 0.302281.
    values = np.repeat([1.0, -1.0], [8, 2])
    labels = np.array([1] * 7 + [0] + [1, 0])
    found = platt(values, labels)
    assert found.slope == pytest.approx((1.507901 - 0.302281) / 2, abs=1e-5)
    assert found.intercept == pytest.approx((1.507901 + 0.302281) / 2, abs=1e-5)


def test_without_a_shift_the_slope_alone_is_fitted() -> None:
    # At 1 and -1 six of eight are told right: targets 9/10 and 1/10, means 0.7 and 0.3.
    values = np.repeat([1.0, -1.0], 8)
    labels = np.array([1] * 6 + [0] * 2 + [1] * 2 + [0] * 6)
    found = platt(values, labels, shift=False)
    assert found.slope == pytest.approx(np.log(0.7 / 0.3), abs=1e-5)
    assert found.intercept == 0
    assert platt(values + 5, labels, shift=False).intercept == 0


def test_labels_that_the_logit_separates_have_a_finite_solution() -> None:
    found = platt(np.array([-2.0, -1.0, 1.0, 2.0]), np.array([0, 0, 1, 1]))
    assert 0 < found.slope < 5
    assert abs(found.intercept) < 1e-3


@given(slope=st.floats(0.3, 2), intercept=st.floats(-1, 1))
def test_the_scaling_by_which_labels_were_drawn_is_found(slope: float, intercept: float) -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=40_000)
    labels = random.random(len(values)) < expit(slope * values + intercept)
    found = platt(values, labels.astype(float))
    assert found.slope == pytest.approx(slope, abs=0.06)
    assert found.intercept == pytest.approx(intercept, abs=0.05)


MODELS: dict[str, Any] = {
    "AutoInt": lambda: build(),
    "AutoInt, first order": lambda: build(first_order=True),
    "AutoInt+": lambda: build_plus(),
    "AutoInt+, bias in the network alone": lambda: build_plus(output_bias=False),
    "AutoInt+, several outputs": lambda: build_plus(outputs=4, like_output=2, first_order=True),
    "AutoInt+, every option": lambda: _built(AutoIntPlus(**{**EVERY_PLUS_OPTION, "numbers": 0})),
    **{
        name: lambda preset=preset: randomize(preset.build(SIZES), size=0.2)
        for name, preset in PRESETS.items()
    },
}


def _built(model: keras.Model) -> keras.Model:
    model.build((None, len(SIZES)))
    return randomize(model, size=0.2)


@pytest.mark.parametrize("name", MODELS)
def test_folding_scales_and_shifts_the_logits_of_every_model(name: str) -> None:
    model = MODELS[name]()
    before, names = logits(model, ROWS[:500]), [weight.path for weight in model.weights]
    assert np.ptp(before) > 0.1
    fold(model, Scaling(0.8, -0.3))
    assert np.allclose(logits(model, ROWS[:500]), 0.8 * before - 0.3, rtol=1e-5, atol=1e-5)
    assert [weight.path for weight in model.weights] == names


def test_several_outputs_keep_their_order() -> None:
    model = build_plus(outputs=4, like_output=2, first_order=True)
    before = np.asarray(model(ROWS[:500])["logits"])
    fold(model, Scaling(0.8, -0.3))
    after = np.asarray(model(ROWS[:500])["logits"])
    assert np.allclose(after, 0.8 * before - 0.3, rtol=1e-5, atol=1e-5)


def test_a_model_without_any_bias_is_only_scaled() -> None:
    model = randomize(_built(AutoInt(**{**EVERY_OPTION, "numbers": 0})), size=0.4)
    before = logits(model, ROWS)
    labels = np.random.default_rng(0).random(len(ROWS)) < expit(0.5 * before)
    scaling = calibrate(model, ROWS, labels.astype("float32"), Told())
    assert scaling is not None
    assert scaling.intercept == 0
    assert scaling.slope == pytest.approx(0.5, abs=0.1)
    assert np.allclose(logits(model, ROWS), scaling.slope * before, rtol=1e-5, atol=1e-5)


def test_a_model_that_is_too_sure_is_calibrated_and_keeps_its_order() -> None:
    model, recorder = randomize(build_plus(), size=1.0), Told()
    before = logits(model, ROWS)
    labels = np.random.default_rng(0).random(len(ROWS)) < expit(0.4 * before - 0.7)
    error = expected_calibration_error(labels, expit(before))
    scaling = calibrate(model, ROWS, labels.astype("float32"), recorder)
    after = logits(model, ROWS)
    assert scaling is not None
    assert (scaling.slope, scaling.intercept) == pytest.approx((0.4, -0.7), abs=0.1)
    assert np.allclose(after, scaling.slope * before + scaling.intercept, rtol=1e-5, atol=1e-5)
    assert error > 0.1
    assert expected_calibration_error(labels, expit(after)) < 0.03
    assert recorder.notes == [
        f"Calibrated on the validation rows: logit times {scaling.slope:.4f} plus "
        f"{scaling.intercept:.4f}"
    ]


@pytest.mark.parametrize("case", ["too few", "one class", "none", "the wrong way round"])
def test_a_model_is_left_alone_where_nothing_can_be_fitted(case: str) -> None:
    model, recorder = build_plus(), Told()
    before = logits(model, ROWS)
    labels = (before > np.median(before)).astype("float32")
    rows, truth = {
        "too few": (ROWS[: MIN_ROWS - 1], labels[: MIN_ROWS - 1]),
        "one class": (ROWS, np.ones_like(labels)),
        "none": (ROWS[:0], labels[:0]),
        "the wrong way round": (ROWS, 1 - labels),
    }[case]
    assert calibrate(model, rows, truth, recorder) is None
    assert np.array_equal(logits(model, ROWS), before)
    assert len(recorder.notes) == 1


def test_a_run_exports_calibrated_weights_and_does_so_again_after_its_bundle_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration, "MIN_ROWS", 10)
    write_ml_100k(tiny_movielens(users=100), tmp_path)
    options, out, recorder = RunOptions(epochs=15, ranking=False), tmp_path / "run", Told()
    metrics = train(options, out, recorder, data=tmp_path)
    scaling = metrics["calibration"]
    assert scaling["slope"] > 0
    best = keras.saving.load_model(out / "bundle")
    calibrated = _validation_logits(best, out)
    fitted = recalibrating(best)  # as which the checkpoints were written
    fitted.load_weights(out / "checkpoints" / "best.weights.h5")
    raw = _validation_logits(fitted, out)
    assert np.ptp(raw) > 0.01
    expected = scaling["slope"] * raw + scaling["intercept"]
    assert np.allclose(calibrated, expected, rtol=1e-5, atol=1e-5)
    told = metrics["test"]["expected_calibration_error_unknown_user"]
    assert told == pytest.approx(_error_for_somebody_new(out), abs=1e-6)
    assert abs(told - metrics["test"]["expected_calibration_error"]) > 1e-4
    (said,) = (note for note in recorder.notes if note.startswith("test: "))
    assert f"expected_calibration_error_unknown_user {told:.5f}" in said

    bundle = read_bundle(out / "bundle")
    scorer = Scorer(bundle.model, len(bundle.schema.fields))
    assert np.allclose(scorer.logits(_validation_rows(out)), calibrated, atol=1e-5)

    (out / "bundle").rename(tmp_path / "first")
    again = train(options, out, Told(), data=tmp_path)
    assert again["calibration"] == scaling
    assert again["test"] == metrics["test"]
    assert json.loads((tmp_path / "first" / "metrics.json").read_text())["calibration"] == scaling


def _error_for_somebody_new(out: Path) -> float:
    """The calibration error of the test rows, were each asked for by somebody who tells nothing."""
    served = MovieRecommender.load(out / "bundle", out / "dataset")
    assert served.dataset is not None
    picked = served.dataset.ratings[served.dataset.ratings["part"] == "test"]
    dates = pd.to_datetime(picked["timestamp"], unit="s")
    probabilities = [
        served.explain(None, movie, year=date.year, month=date.month).probability
        for movie, date in zip(picked["movie_id"], dates, strict=True)
    ]
    labels = (picked["rating"] >= 4).to_numpy(dtype=int)
    return expected_calibration_error(labels, np.array(probabilities))


def _validation_rows(out: Path) -> Any:
    bundle = read_bundle(out / "bundle")
    data = read_dataset(out / "dataset", bundle)
    picked = data.ratings[data.ratings["part"] == "validation"]
    recommender = MovieRecommender(bundle, data)
    positions = bundle.movies["movie_id"].searchsorted(picked["movie_id"])
    pairs = zip(picked["user_id"], positions, strict=True)
    return np.concatenate([recommender.encode(int(user), [film]) for user, film in pairs])


def _validation_logits(model: keras.Model, out: Path) -> Any:
    return logits(model, _validation_rows(out))
