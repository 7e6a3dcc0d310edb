from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from tests.training.models import (
    EVERY_OPTION,
    EVERY_PLUS_OPTION,
    NUMBERS,
    ROWS,
    SIZES,
    TINY,
    WITH_NUMBERS,
    build,
    build_plus,
    logits,
    randomize,
    share_attention_part,
)
from tests.training.round_trip import (
    assert_every_argument_survives,
    assert_gradients_reach_every_weight,
)
from training.model import AutoInt, AutoIntPlus

EITHER = pytest.mark.parametrize("cls", [AutoInt, AutoIntPlus])


def test_logit_is_the_linear_unit_over_the_flattened_output_of_the_last_layer() -> None:
    model = build()
    hidden = model.embedding(ROWS)
    for layer in model.interacting:
        hidden = layer(hidden)
    kernel, bias = model.attention_logit.get_weights()
    expected = np.asarray(hidden).reshape(len(ROWS), -1) @ kernel[:, 0] + bias[0]
    assert np.allclose(logits(model), expected, atol=1e-5)


@EITHER
def test_probability_is_the_sigmoid_of_the_logit(cls: type[AutoInt]) -> None:
    outputs = build(cls)(ROWS)
    assert set(outputs) == {"logit", "probability"}
    expected = 1 / (1 + np.exp(-np.asarray(outputs["logit"])))
    assert np.allclose(outputs["probability"], expected, atol=1e-6)


def test_attention_has_an_axis_for_rows_layers_heads_and_twice_the_fields() -> None:
    model = build(layers=4)
    attention = np.asarray(model(ROWS, return_attention=True)["attention"])
    assert attention.shape == (len(ROWS), 4, 2, 3, 3)
    assert np.allclose(attention.sum(axis=-1), 1, atol=1e-5)


def test_attention_holds_the_layers_in_their_order() -> None:
    model = build()
    attention = np.asarray(model(ROWS, return_attention=True)["attention"])
    hidden, first = model.interacting[0](model.embedding(ROWS), return_attention=True)
    _, second = model.interacting[1](hidden, return_attention=True)
    assert np.allclose(attention, np.stack([first, second], axis=1), atol=1e-6)
    assert not np.allclose(first, second, atol=1e-2)


def test_asking_for_attention_does_not_change_the_logit() -> None:
    model = build_plus()
    assert np.array_equal(logits(model), logits(model, return_attention=True))


@pytest.mark.parametrize(
    ("first", "bends"), [(0, 0), (2, 1), (5, 2)], ids=["known", "newcomer", "nobody"]
)
def test_every_logit_can_be_calibrated_as_the_first_row(first: int, bends: int) -> None:
    rows = np.concatenate([ROWS, [[0, 0, 3]]]).astype("int32")
    rows = np.concatenate([rows[[first]], np.delete(rows, first, axis=0)])
    model = build(newcomer_columns=[0], nobody_columns=[0, 1])
    # Two straight lines: once 2 x + 1, twice 3 (2 x + 1) - 4.
    model.newcomer_calibration.set(low=2, high=2, intercept=1)
    model.nobody_calibration.set(low=3, high=3, intercept=-4)
    plain = logits(build(), rows)
    expected = [plain, 2 * plain + 1, 6 * plain - 1]
    outputs = model(rows, return_attention=True)
    assert np.allclose(outputs["logit_as_first"], expected[bends], rtol=1e-5, atol=1e-4)
    assert outputs["logit_as_first"][0] == outputs["logit"][0]
    # By their own fields two of the six are somebody new, of whom one tells nothing.
    kinds = [0 if user else 1 if fact else 2 for user, fact, _ in rows.tolist()]
    assert sorted(kinds) == [0, 0, 0, 0, 1, 2]
    own = np.choose(kinds, expected)
    assert np.allclose(outputs["logit"], own, rtol=1e-5, atol=1e-4)


def test_autoint_plus_adds_the_networks_logit_to_autoints() -> None:
    plus, plain = build_plus(), build()
    share_attention_part(plus, plain)
    network = np.asarray(plus.feed_forward(plus.embedding(ROWS)))
    assert np.abs(network).max() > 0.1
    assert np.allclose(logits(plus), logits(plain) + network, atol=1e-5)


def test_the_network_reads_the_raw_embeddings() -> None:
    # Whatever the interacting layers hold, the network adds the same.
    added = []
    plus, plain = build_plus(), build()
    for seed in (1, 2):
        for layer in plus.interacting:
            randomize(layer, seed=seed)
        share_attention_part(plus, plain)
        added.append(logits(plus) - logits(plain))
    assert np.allclose(*added, atol=1e-5)
    assert np.abs(added[0]).max() > 0.1


def test_total_width_is_split_among_the_heads_and_per_head_width_is_each_heads() -> None:
    total, per_head = (build(heads=3, width=6, width_rule=rule) for rule in ("total", "per_head"))
    assert [layer.head_size for layer in total.interacting] == [2, 2]
    assert [layer.head_size for layer in per_head.interacting] == [6, 6]
    # Three fields, each with a vector of 6 = 3 * 2 or of 18 = 3 * 6.
    assert total.attention_logit.kernel.shape == (18, 1)
    assert per_head.attention_logit.kernel.shape == (54, 1)


def test_first_order_adds_the_weight_of_each_field_value() -> None:
    plain, model = build(), build(first_order=True)
    share_attention_part(plain, model)
    # Weights 0 to 4 of field 0, 5 to 7 of field 1, 8 to 11 of field 2.
    model.first_order.table.assign(np.arange(12.0)[:, None])
    # (4, 2, 3): 4 + 7 + 11; (1, 1, 1): 1 + 6 + 9; (0, 2, 0): 0 + 7 + 8; ...
    added = [22, 16, 15, 3 + 5 + 10, 2 + 6 + 11]
    assert np.allclose(logits(model) - logits(plain), added, atol=1e-4)
    assert plain.first_order is None


def test_a_numeric_field_is_its_value_times_a_vector_after_the_other_fields() -> None:
    model = build_plus(numbers=2)
    vectors = model.number_embedding.vectors.numpy()
    expected = np.concatenate(
        [np.asarray(model.embedding(ROWS)), NUMBERS[:, :, None] * vectors], axis=1
    )
    hidden = expected
    for layer in model.interacting:
        hidden = layer(hidden)
    kernel, bias = model.attention_logit.get_weights()
    attention = np.asarray(hidden).reshape(len(ROWS), -1) @ kernel[:, 0] + bias[0]
    network = np.asarray(model.feed_forward(expected))
    assert np.allclose(logits(model, WITH_NUMBERS), attention + network, atol=1e-5)
    outputs = model(WITH_NUMBERS, return_attention=True)
    assert outputs["attention"].shape == (5, 2, 2, 5, 5)


def test_each_output_has_units_of_its_own_and_one_is_the_like() -> None:
    model = build_plus(outputs=3, like_output=1, first_order=True)
    outputs = model(ROWS)
    every = np.asarray(outputs["logits"])
    assert every.shape == (5, 3)
    assert np.array_equal(outputs["logit"], every[:, 1])
    assert np.allclose(outputs["probability"], 1 / (1 + np.exp(-every[:, 1])), atol=1e-6)
    kernel, bias = model.attention_logit.get_weights()
    model.attention_logit.set_weights([kernel, np.add(bias, [0, 0, 1.5])])
    assert np.allclose(model(ROWS)["logits"] - every, [0, 0, 1.5], atol=1e-5)
    network = model.feed_forward.get_weights()
    network[-1] = np.add(network[-1], [0.5, 0, 0])
    model.feed_forward.set_weights(network)
    assert np.allclose(model(ROWS)["logits"] - every, [0.5, 0, 1.5], atol=1e-5)


@pytest.mark.parametrize(
    ("options", "units"),
    [
        ({}, 1),
        ({"output_bias": False}, 1),
        ({"first_order": True}, 2),
        ({"first_order": True, "output_bias": False}, 2),
        ({"outputs": 3, "like_output": 1}, 1),
        ({"outputs": 3, "like_output": 2, "first_order": True, "output_bias": False}, 2),
        ({"numbers": 2}, 1),
        ({"numbers": 2, "first_order": True, "outputs": 2, "layer_norm": True}, 2),
    ],
)
@EITHER
def test_the_logit_units_scaled_by_two_double_the_logits(
    cls: type[AutoInt], options: dict[str, Any], units: int
) -> None:
    model = build(cls, **options)
    inputs = WITH_NUMBERS if "numbers" in options else ROWS
    name = "logits" if "outputs" in options else "logit"
    before = np.asarray(model(inputs)[name])
    assert np.abs(before).max() > 0.1
    assert len(model.logit_units()) == units + (cls is AutoIntPlus)
    for unit in model.logit_units():
        for weight in unit.weights:
            weight.assign(2 * weight)
    assert np.allclose(model(inputs)[name], 2 * before, rtol=1e-5, atol=1e-5)


def test_weights_are_saved_under_the_names_that_published_models_have(tmp_path: Path) -> None:
    model = build_plus(first_order=True)
    model.save_weights(tmp_path / "model.weights.h5")
    with h5py.File(tmp_path / "model.weights.h5") as file:
        saved: list[str] = []
        file.visititems(lambda path, node: saved.append(path) if hasattr(node, "shape") else None)
    parts = {"embedding", "first_order", "attention_logit", "interacting", "feed_forward"}
    assert {path.split("/")[0] for path in saved} == parts
    assert sorted(path for path in saved if "logit" in path) == [
        "attention_logit/vars/0",
        "attention_logit/vars/1",
        "feed_forward/_logit/vars/0",
        "feed_forward/_logit/vars/1",
    ]


def test_output_bias_shifts_every_logit() -> None:
    model = build()
    before, bias = logits(model), model.attention_logit.bias
    bias.assign(bias + 1.5)
    assert np.allclose(logits(model) - before, 1.5, atol=1e-5)


def test_without_output_bias_the_linear_unit_has_only_its_kernel() -> None:
    model = build(output_bias=False)
    assert [weight.name for weight in model.attention_logit.weights] == ["kernel"]
    model.embedding.table.assign(np.zeros(model.embedding.table.shape))
    assert np.array_equal(logits(model), np.zeros(len(ROWS)))


def test_embedding_l2_penalises_the_embeddings_alone() -> None:
    model = build_plus(embedding_l2=0.5, first_order=True)
    expected = 0.5 * np.square(model.embedding.table.numpy()).sum()
    assert float(sum(model.losses)) == pytest.approx(float(expected), rel=1e-5)
    assert build_plus().losses == []


def test_embedding_dropout_comes_before_attention_and_network() -> None:
    # Vectors of size 1: dropout makes field 0's zero or doubles it, for both parts at once. Field 1
    # has the vector zero, which stays.
    model = build_plus(sizes=(2, 1), embed_dim=1, embedding_dropout=0.5)
    model.embedding.table.assign([[0], [0.7], [0]])
    rows = np.tile([[1, 0]], (400, 1))
    trained = logits(model, rows, training=True)
    table = model.embedding.table.numpy()
    expected = []
    for factor in (0, 2):
        model.embedding.table.assign(factor * table)
        expected.append(float(logits(model, rows[:1])[0]))
    assert abs(expected[0] - expected[1]) > 0.1
    distances = np.abs(trained[:, None] - expected)
    assert distances.min(axis=1).max() < 1e-5
    assert np.mean(distances.argmin(axis=1)) == pytest.approx(0.5, abs=0.1)


def test_unknown_rate_makes_fields_unknown_while_training() -> None:
    model = build_plus(sizes=(2, 1), unknown_rate=0.25, first_order=True)
    model.first_order.table.assign([[3], [0], [0]])
    trained = logits(model, np.tile([[1, 0]], (1_000, 1)), training=True)
    unknown, known = logits(model, [[0, 0], [1, 0]])
    assert abs(unknown - known) > 0.1
    distances = np.abs(trained[:, None] - [known, unknown])
    assert distances.min(axis=1).max() < 1e-5
    assert np.mean(distances.argmin(axis=1)) == pytest.approx(0.25, abs=0.05)


@pytest.mark.parametrize(
    "option", ["attention_dropout", "embedding_dropout", "unknown_rate", "dnn_dropout"]
)
def test_each_rate_acts_while_training_only(option: str) -> None:
    model, plain = build_plus(**{option: 0.5}), build_plus()
    assert np.array_equal(logits(model), logits(plain))
    assert np.array_equal(logits(model, training=False), logits(plain))
    assert not np.allclose(logits(model, training=True), logits(plain), atol=1e-3)
    assert np.allclose(logits(plain, training=True), logits(plain), atol=1e-6)


def test_every_interacting_layer_has_the_models_options() -> None:
    model = AutoInt(**EVERY_OPTION)
    assert len(model.interacting) == 2
    for layer in model.interacting:
        config = layer.get_config()
        shared = config.keys() & EVERY_OPTION.keys()
        assert shared == {
            "heads", "scaled", "projection_bias", "projection_activation", "residual", "layer_norm"
        }  # fmt: skip
        assert {name: config[name] for name in shared} == {
            name: EVERY_OPTION[name] for name in shared
        }
        assert (config["head_size"], config["dropout"]) == (6, 0.1)


def test_the_network_has_the_models_options() -> None:
    config = AutoIntPlus(**EVERY_PLUS_OPTION).feed_forward.get_config()
    assert (config["units"], config["dropout"]) == ([7, 5], 0.45)


@pytest.mark.parametrize(
    ("cls", "arguments"), [(AutoInt, EVERY_OPTION), (AutoIntPlus, EVERY_PLUS_OPTION)]
)
def test_every_argument_survives_the_config(cls: type, arguments: dict[str, Any]) -> None:
    assert_every_argument_survives(cls, arguments)


@pytest.mark.parametrize(
    ("options", "inputs", "output"),
    [({}, ROWS, "logit"), (EVERY_PLUS_OPTION, WITH_NUMBERS, "logits")],
    ids=["defaults", "every option"],
)
def test_gradients_reach_every_weight(options: dict[str, Any], inputs: Any, output: str) -> None:
    options = {name: value for name, value in options.items() if name != "vocabulary_sizes"}
    model = build_plus(**options)
    gradients = assert_gradients_reach_every_weight(model, inputs, output)
    # The rows hold every index, so every vector of the table is reached, the unknown ones too.
    assert (np.abs(gradients[model.embedding.table.path]).sum(axis=1) > 0).all()


@pytest.mark.parametrize("zipped", [True, False], ids=["file", "folder"])
@pytest.mark.parametrize(
    ("cls", "options"),
    [(AutoInt, {}), (AutoIntPlus, {}), (AutoInt, EVERY_OPTION), (AutoIntPlus, EVERY_PLUS_OPTION)],
)
def test_a_saved_model_loads_with_the_same_outputs(
    cls: type[AutoInt], options: dict[str, Any], zipped: bool, tmp_path: Path
) -> None:
    options = {name: value for name, value in options.items() if name != "vocabulary_sizes"}
    model, path = build(cls, **options), tmp_path / ("model.keras" if zipped else "model")
    model.save(path, zipped=zipped)
    assert path.is_dir() is not zipped
    loaded = keras.saving.load_model(path)
    assert type(loaded) is cls
    assert loaded.get_config() == model.get_config()
    inputs = WITH_NUMBERS if options else ROWS
    expected, outputs = (m(inputs, return_attention=True) for m in (model, loaded))
    for name in ("logit", "probability", "attention", "logit_as_first"):
        assert np.array_equal(outputs[name], expected[name]), name


@EITHER
def test_unknown_in_every_field_gives_finite_outputs(cls: type[AutoInt]) -> None:
    outputs = build(cls)(np.zeros((1, 3), "int32"), return_attention=True)
    for name, values in outputs.items():
        assert np.isfinite(np.asarray(values)).all(), name
    assert 0 < float(outputs["probability"][0]) < 1


@EITHER
def test_a_model_builds_itself_at_its_first_call(cls: type[AutoInt]) -> None:
    built, called = build(cls), cls(SIZES, **TINY)
    assert called(ROWS)["probability"].shape == (5,)
    assert [weight.shape for weight in called.weights] == [weight.shape for weight in built.weights]


@pytest.mark.parametrize(
    ("arguments", "received"),
    [
        ({"layers": 0}, "Received: layers=0, heads=2"),
        ({"heads": 0}, "Received: layers=3, heads=0"),
        ({"width": 7, "heads": 2}, "Received: width=7, heads=2"),
        ({"width": 0}, "Received: heads=2, head_size=0"),
        ({"width_rule": "each"}, "Received: width_rule='each'"),
        ({"residual": "none"}, "Received: residual='none'"),
        ({"projection_activation": "rleu"}, "rleu"),
        ({"vocabulary_sizes": (3, -1)}, r"Received: vocabulary_sizes=\(3, -1\)"),
        ({"vocabulary_sizes": ()}, r"Received: vocabulary_sizes=\(\)"),
        ({"embed_dim": 0}, "Received: dim=0"),
        ({"unknown_rate": 1}, "Received: rate=1"),
        ({"attention_dropout": 2}, "Received: rate=2"),
        ({"embedding_dropout": -1}, "Received: rate=-1"),
        ({"dnn_dropout": 3}, "Received: rate=3"),
        ({"dnn_units": (0,)}, r"Received: units=\(0,\)"),
        ({"outputs": 2, "like_output": 2}, "Received: outputs=2, like_output=2"),
        ({"outputs": 0}, "Received: outputs=0, like_output=0"),
    ],
)
def test_wrong_arguments_are_refused_with_their_value(
    arguments: dict[str, Any], received: str
) -> None:
    with pytest.raises(ValueError, match=received):
        AutoIntPlus(**{"vocabulary_sizes": SIZES, **arguments})


def test_rows_with_another_number_of_fields_are_refused() -> None:
    with pytest.raises(ValueError, match=r"3 fields.*Received: input_shape=\(5, 2\)"):
        AutoInt(SIZES)(ROWS[:, :2])
