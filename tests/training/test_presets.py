from __future__ import annotations

import dataclasses
import json
from typing import Any

import keras
import numpy as np
import pytest

from tests.training.original import (
    OriginalWeights,
    attention_logit,
    dense_logit,
    load_into,
    probabilities,
)
from training.model import AutoIntPlus
from training.presets import MODELS, PRESETS, FitOptions, Preset

SIZES = [7, 9, 4, 5, 3, 6, 2, 5, 5, 4, 3, 4, 6, 8]
EACH = pytest.mark.parametrize("name", list(PRESETS))


def draw_rows(count: int, seed: int = 0) -> Any:
    """Random field indices."""
    return np.random.default_rng(seed).integers(0, SIZES, size=(count, len(SIZES)))


def test_the_original_preset_carries_the_originals_weights_exactly() -> None:
    weights, rows = OriginalWeights.draw(SIZES, seed=1), draw_rows(40)
    model = PRESETS["original"].build(SIZES)
    load_into(model, weights)
    expected = probabilities(weights, rows)
    assert expected.std() > 0.1
    assert np.abs(np.asarray(model(rows)["probability"]) - expected).max() < 1e-5


def test_both_parts_of_the_originals_logit_matter_in_that_comparison() -> None:
    weights, rows = OriginalWeights.draw(SIZES, seed=1), draw_rows(40)
    for part in (attention_logit, dense_logit):
        assert np.std([part(weights, row) for row in rows]) > 0.2


def test_the_original_preset_has_no_weight_that_the_original_lacks() -> None:
    weights = OriginalWeights.draw(SIZES, seed=1)
    matrices = [*weights.tables, *weights.query, *weights.key, *weights.value, *weights.residual]
    count = sum(array.size for array in matrices) + weights.attention_logit.size
    count += sum(array.size for pair in weights.dense for array in pair)
    assert PRESETS["original"].build(SIZES).count_params() == count


def test_the_original_preset_is_fitted_as_the_originals_best_experiment() -> None:
    preset = PRESETS["original"]
    assert (preset.fit.epochs, preset.fit.learning_rate, preset.fit.batch_size) == (5, 1e-3, 1024)
    assert preset.model_options["dnn_dropout"] == 0.5


def test_the_paper_preset_has_the_papers_sizes_and_none_of_the_later_additions() -> None:
    config = PRESETS["paper"].build(SIZES).get_config()
    paper = {
        "embed_dim": 16,
        "layers": 3,
        "heads": 2,
        "width": 32,
        "width_rule": "total",
        "scaled": False,
        "projection_bias": False,
        "projection_activation": None,
        "residual": "projected",
        "layer_norm": False,
        "first_order": False,
        "output_bias": True,
    }
    assert {name: config[name] for name in paper} == paper


@EACH
def test_each_preset_builds_a_model_of_its_class_and_options(name: str) -> None:
    preset = PRESETS[name]
    model = preset.build(SIZES)
    assert type(model) is MODELS[preset.model]
    assert model.built
    config = model.get_config()
    assert {option: config[option] for option in preset.model_options} == preset.model_options
    assert config["vocabulary_sizes"] == SIZES


@EACH
def test_each_preset_gives_finite_probabilities_for_unknown_and_known_values(name: str) -> None:
    rows = np.concatenate([np.zeros((1, len(SIZES)), "int32"), draw_rows(20)])
    probability = np.asarray(PRESETS[name].build(SIZES)(rows)["probability"])
    assert probability.shape == (21,)
    assert ((probability > 0) & (probability < 1)).all()


@EACH
def test_each_preset_trains_the_vectors_of_unknown(name: str) -> None:
    assert PRESETS[name].model_options["unknown_rate"] > 0


@EACH
def test_each_preset_can_be_written_as_json(name: str) -> None:
    preset = PRESETS[name]
    read = json.loads(json.dumps(dataclasses.asdict(preset)))
    assert Preset(**{**read, "fit": FitOptions(**read["fit"])}) == preset


def test_a_preset_builds_a_new_model_each_time() -> None:
    keras.utils.set_random_seed(1)
    first, second = (PRESETS["paper"].build(SIZES) for _ in range(2))
    assert not np.array_equal(first.embedding.table.numpy(), second.embedding.table.numpy())


def test_the_default_preset_is_an_autoint_plus() -> None:
    assert isinstance(PRESETS["default"].build(SIZES), AutoIntPlus)
