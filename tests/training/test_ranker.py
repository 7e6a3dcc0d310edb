from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnxruntime
import pytest
from hypothesis import given as given_by
from hypothesis import strategies as st

from space.affinities import AFFINITIES
from space.history import LISTS
from tests.training.models import randomize
from tests.training.rankers import TINY
from training.errors import RunError
from training.ranker import HISTORY, KNOTS, RankingModel, knot_shares
from training.ranking.export import ServingRanker, check_graph, export_graph
from training.ranking.linear import Linear, shares_of

FILMS = 6


@pytest.fixture(scope="module")
def ranker() -> Any:
    """A tiny ranker of random weights, which no test may change."""
    keras.utils.set_random_seed(1)
    made = RankingModel([3, 1, 4], FILMS, years=3, genres=2, **TINY)
    made.build()
    made.set_films(
        np.array([1, 2, 0, 1, 2, 1], "int32"), np.array([[1, 0], [1, 1], [0, 0]] * 2, "float32")
    )
    return randomize(made)


def inputs(films: int = FILMS, batch: int = 1, seed: int = 0) -> dict[str, Any]:
    """Random inputs, `(batch, films)`."""
    random = np.random.default_rng(seed)
    affinities = random.normal(size=(batch, films, len(AFFINITIES))).astype("float32")
    affinities[..., HISTORY] = np.log1p(30)
    return {
        "person": random.integers(0, (3, 1, 4), (batch, 3)).astype("int32"),
        **{
            name: random.integers(0, FILMS + 1, (batch, n)).astype("int32")
            for name, n in LISTS.items()
        },
        "film": random.integers(1, FILMS + 1, (batch, films)).astype("int32"),
        "affinities": affinities,
    }


def scores(ranker: Any, given: dict[str, Any]) -> Any:
    return np.asarray(ranker(given, training=False))


def test_a_films_score_does_not_depend_on_the_others_asked_for(ranker: Any) -> None:
    given = inputs(films=5, batch=2)
    alone = {**given, "film": given["film"][:, 2:3], "affinities": given["affinities"][:, 2:3]}
    np.testing.assert_allclose(scores(ranker, alone)[:, 0], scores(ranker, given)[:, 2], atol=1e-5)


def test_persons_are_independent(ranker: Any) -> None:
    given = inputs(batch=3)
    one = {name: value[1:2] for name, value in given.items()}
    np.testing.assert_allclose(scores(ranker, one)[0], scores(ranker, given)[1], atol=1e-5)


def test_everything_that_is_asked_matters(ranker: Any) -> None:
    given = inputs()
    before = scores(ranker, given)
    for name in given:
        changed = {**given, name: np.zeros_like(given[name])}
        if name == "film":
            changed[name] = np.full_like(given[name], 1)
        assert np.abs(scores(ranker, changed) - before).max() > 1e-3, name


def test_affinities_are_standardised_and_clipped_inside() -> None:
    ranker = RankingModel([2], FILMS, years=1, genres=1, **TINY)
    ranker.build()
    count = len(AFFINITIES)
    mean, deviation = (np.full(count, value, "float32") for value in (10, 2))
    ranker.set_linear(mean, deviation, np.zeros((len(KNOTS), count), "float32"))
    values = np.full((1, 3, count), 10.0, "float32")
    values[0, 1], values[0, 2] = 13, 1e6
    np.testing.assert_allclose(np.asarray(ranker.standardised(values))[0, :, 0], [0, 1.5, 12])


@pytest.fixture
def started() -> Any:
    """An untrained ranker with a linear term of known weights."""
    keras.utils.set_random_seed(2)
    ranker = RankingModel([2], FILMS, years=1, genres=1)
    ranker.build()
    count = len(AFFINITIES)
    weights = np.random.default_rng(3).normal(size=(len(KNOTS), count)).astype("float32")
    ranker.set_linear(np.zeros(count, "float32"), np.ones(count, "float32"), weights)
    return ranker


def of_nobody(**given: Any) -> dict[str, Any]:
    """Random inputs of which only the affinities tell something of the person."""
    return {**inputs(**given), "person": np.zeros((given.get("batch", 1), 1), "int32")}


@pytest.mark.parametrize(
    ("films", "shares"),
    [
        (0, {0: 1}),
        (5, {5: 1}),
        (250, {250: 1}),
        (9000, {250: 1}),
        # log 31 is 3.433987, between log 21 (3.044522) and log 61 (4.110874): .389465 / 1.066352.
        (30, {20: 0.634769, 60: 0.365231}),
    ],
)
def test_knots_share_by_the_logarithm_of_how_many_films_are_known(
    films: int, shares: dict[int, float]
) -> None:
    expected = [shares.get(knot, 0) for knot in KNOTS]
    history = np.array([np.log1p(films)], "float32")
    np.testing.assert_allclose(knot_shares(history)[0], expected, atol=1e-5)


@given_by(st.floats(0, 12))
def test_shares_of_knots_are_a_mean(length: float) -> None:
    history = np.array([length], "float32")
    shares = np.asarray(knot_shares(history))[0]
    np.testing.assert_allclose(shares_of(history)[0], shares, atol=1e-5)
    assert (shares >= -1e-6).all()
    assert shares.sum() == pytest.approx(1, abs=1e-5)
    assert (shares > 1e-6).sum() <= 2


def test_without_its_network_it_is_the_linear_ranker(started: Any) -> None:
    given = of_nobody(batch=2)
    for weight in started.trainable_weights:
        weight.assign(np.zeros(weight.shape))
    given["affinities"][..., HISTORY] = np.log1p([[3], [40]])
    count = len(AFFINITIES)
    linear = Linear(np.zeros(count), np.ones(count), np.asarray(started.linear))
    expected = linear.scores(given["affinities"])
    np.testing.assert_allclose(scores(started, given), expected, atol=1e-4)
    assert np.abs(expected).max() > 2


@pytest.mark.parametrize(
    ("films", "trust"),
    [(0, 1 / 401), (4, 25 / 425), (19, 0.5), (179, 180**2 / (180**2 + 400))],
)
def test_what_is_not_linear_counts_by_how_many_films_are_known(
    started: Any, films: int, trust: float
) -> None:
    given = of_nobody()
    given["affinities"][..., HISTORY] = np.log1p(films)
    before = scores(started, given)
    started.bias.assign(np.arange(FILMS + 1, dtype="float32"))
    np.testing.assert_allclose(scores(started, given) - before, trust * given["film"], rtol=1e-3)


PATHS = {
    "attention": ("attention/",),
    "dnn": ("network/logit/",),
    "product": ("film_product",),
}
"""The weights without which a part adds nothing."""


def without(part: str, ranker: Any) -> Any:
    """The ranker without a part, and with its weights for all that is left."""
    made = RankingModel.from_config({**ranker.get_config(), "without": [part]})
    made.build()
    held = {weight.path.split("/", 1)[1]: weight for weight in ranker.weights}
    for weight in made.weights:
        weight.assign(held[weight.path.split("/", 1)[1]])
    return made


@pytest.mark.parametrize("part", PATHS)
def test_without_a_part_a_ranker_scores_as_one_whose_part_adds_nothing(
    ranker: Any, tmp_path: Path, part: str
) -> None:
    left = without(part, ranker)
    silent = RankingModel.from_config(ranker.get_config())
    silent.build()
    for weight, held in zip(silent.weights, ranker.weights, strict=True):
        adds = not any(path in weight.path for path in PATHS[part])
        weight.assign(held if adds else np.zeros(held.shape))
    expected = scores(silent, inputs(batch=2))
    assert np.abs(scores(ranker, inputs(batch=2)) - expected).max() > 1e-3
    np.testing.assert_allclose(scores(left, inputs(batch=2)), expected, atol=1e-5)
    assert left.count_params() < ranker.count_params()
    left.save(tmp_path / "ranker.keras")
    loaded = keras.saving.load_model(tmp_path / "ranker.keras")
    np.testing.assert_allclose(scores(loaded, inputs(batch=2)), expected, atol=1e-5)


@pytest.mark.parametrize(("parts", "reads"), [(["lists"], True), (["lists", "product"], False)])
def test_pooled_films_are_read_as_fields_and_by_the_product(
    ranker: Any, parts: list[str], reads: bool
) -> None:
    left = RankingModel.from_config({**ranker.get_config(), "without": parts})
    left.build()
    randomize(left)
    given = inputs()
    emptied = {name: np.zeros_like(given[name]) for name in LISTS}
    assert np.array_equal(scores(left, {**given, **emptied}), scores(left, given)) is not reads


def test_it_comes_back_from_disk_as_it_was(ranker: Any, tmp_path: Path) -> None:
    ranker.save(tmp_path / "ranker.keras")
    loaded = keras.saving.load_model(tmp_path / "ranker.keras")
    assert loaded.get_config() == ranker.get_config()
    np.testing.assert_allclose(scores(loaded, inputs()), scores(ranker, inputs()), atol=1e-6)


@pytest.mark.parametrize("films", [1, 4000])
def test_the_graph_gives_what_keras_gives(ranker: Any, tmp_path: Path, films: int) -> None:
    export_graph(ranker, tmp_path / "ranking.onnx")
    check_graph(ranker, tmp_path / "ranking.onnx")
    given = inputs(films)
    expected = scores(ranker, given)[0]
    asked = {**given, "film": given["film"][0], "affinities": given["affinities"][0]}
    session = onnxruntime.InferenceSession(tmp_path / "ranking.onnx")
    np.testing.assert_allclose(session.run(["score"], asked)[0], expected, atol=1e-5, rtol=1e-5)
    serving = ServingRanker(ranker)(asked)["score"]
    np.testing.assert_allclose(np.asarray(serving), expected, atol=1e-5, rtol=1e-5)


def test_a_graph_of_other_weights_is_refused(ranker: Any, tmp_path: Path) -> None:
    export_graph(ranker, tmp_path / "ranking.onnx")
    other = RankingModel.from_config(ranker.get_config())
    other.build()
    with pytest.raises(RunError, match="differs from Keras by"):
        check_graph(other, tmp_path / "ranking.onnx")


RIGHT: dict[str, Any] = {"person_sizes": [2], "films": FILMS, "years": 1, "genres": 1}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"person_sizes": []}, r"`person_sizes` should hold a positive size .* person_sizes=\[\]"),
        ({"person_sizes": [3, 0]}, r"Received: person_sizes=\[3, 0\]"),
        *(
            ({name: 0}, f"`{name}` should be at least 1. Received: {name}=0")
            for name in ("films", "years", "genres", "embed_dim", "layers", "heads", "product_dim")
        ),
        ({"width": 5, "heads": 2}, "multiple of `heads`. Received: width=5, heads=2"),
        ({"width": 0}, "multiple of `heads`. Received: width=0, heads=2"),
        ({"recent_decay": 0.0}, "`recent_decay` should be above 0. Received: recent_decay=0.0"),
        ({"half_trust": -1.0}, "`half_trust` should be above 0. Received: half_trust=-1.0"),
        ({"half_trust": float("nan")}, "Received: half_trust=nan"),
        (
            {"without": ["product", "heads"]},
            r"attention, dnn, product, lists\. Received: .*'heads'",
        ),
        ({"unknown_rate": 1.0}, "Received: rate=1.0"),
        ({"dnn_units": [4, 0]}, r"Received: units=\[4, 0\]"),
    ],
)
def test_wrong_arguments_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        RankingModel(**{**RIGHT, **wrong})
