from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from scipy.special import expit

from space.errors import BundleError
from space.graph import CHUNK_ROWS
from space.scoring import Scorer, probability
from tests.exports import Run

FIELDS = 14


@pytest.fixture(scope="module")
def scorer(run: Run) -> Scorer:
    """A scorer of the shared run."""
    return Scorer(run.bundle / "model.onnx", FIELDS)


def random_rows(run: Run, count: int, seed: int = 0) -> npt.NDArray[np.int32]:
    """Encoded rows with every index of every field, the unknown ones too."""
    sizes = run.encoder.vocabulary_sizes
    return np.random.default_rng(seed).integers(0, sizes, (count, FIELDS)).astype("int32")


def write_graph(path: Path, inputs: str, outputs: tuple[str, ...], fields: int = 2) -> None:
    """Write a graph that gives the sum of its input under each of the names."""
    rows = helper.make_tensor_value_info(inputs, TensorProto.INT32, ["rows", fields])
    nodes = [helper.make_node("Identity", [inputs], [name]) for name in outputs]
    given = [
        helper.make_tensor_value_info(name, TensorProto.INT32, ["rows", fields]) for name in outputs
    ]
    graph = helper.make_graph(nodes, "graph", [rows], given)
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)


def test_the_graph_agrees_with_keras(run: Run, scorer: Scorer) -> None:
    rows = random_rows(run, 1000)
    expected = run.model(rows, return_attention=True)
    assert np.abs(scorer.logits(rows) - np.asarray(expected["logit"])).max() < 1e-5
    probabilities = probability(scorer.logits(rows))
    assert np.abs(probabilities - np.asarray(expected["probability"])).max() < 1e-5
    attention = scorer.attention(rows[:50])
    assert np.abs(attention - np.asarray(expected["attention"])[:50]).max() < 1e-5
    assert np.ptp(scorer.logits(rows)) > 1, "rows that all score alike would show nothing"


@pytest.mark.parametrize(
    "count", [1, 2, CHUNK_ROWS - 1, CHUNK_ROWS, CHUNK_ROWS + 1, 3 * CHUNK_ROWS, 3 * CHUNK_ROWS + 5]
)
@pytest.mark.parametrize("threads", [None, 1, 3])
def test_a_rows_logit_does_not_depend_on_the_rows_around_it(
    run: Run, count: int, threads: int | None
) -> None:
    rows = random_rows(run, count)
    logits = Scorer(run.bundle / "model.onnx", FIELDS, threads).logits(rows)
    assert logits.shape == (count,)
    assert logits.dtype == np.float32
    assert np.allclose(logits, run.logits(rows), rtol=0, atol=1e-5)


def test_no_rows_have_no_logits(run: Run, scorer: Scorer) -> None:
    logits = scorer.logits(random_rows(run, 0))
    assert logits.shape == (0,)
    assert logits.dtype == np.float32


def test_attention_has_a_matrix_for_each_layer_and_head_whose_rows_sum_to_1(
    run: Run, scorer: Scorer
) -> None:
    attention = scorer.attention(random_rows(run, 7))
    assert attention.shape == (7, 2, 2, FIELDS, FIELDS)
    assert (attention >= 0).all()
    assert np.allclose(attention.sum(axis=-1), 1, atol=1e-5)
    assert np.ptp(attention) > 0.01, "even weights would show nothing"


def test_many_threads_at_once_get_the_same_answers(run: Run, scorer: Scorer) -> None:
    tasks = [random_rows(run, 1 + 37 * (seed % 9), seed) for seed in range(64)]
    alone = [scorer.logits(rows) for rows in tasks]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(scorer.logits, tasks))
    for ours, expected in zip(together, alone, strict=True):
        assert np.array_equal(ours, expected)


@pytest.mark.parametrize("content", [b"", b"no graph at all", b"\x80\x04\x95pickle", b"\x00" * 64])
def test_a_file_that_is_no_graph_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(BundleError, match=r"model\.onnx: it should .*Export the bundle again"):
        Scorer(tmp_path / "model.onnx", FIELDS)


def test_a_truncated_graph_is_refused(run: Run, tmp_path: Path) -> None:
    content = (run.bundle / "model.onnx").read_bytes()
    (tmp_path / "model.onnx").write_bytes(content[: len(content) // 2])
    with pytest.raises(BundleError, match=r"model\.onnx: it should be an ONNX graph"):
        Scorer(tmp_path / "model.onnx", FIELDS)


def test_a_graph_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"nowhere\.onnx: it should be an ONNX graph"):
        Scorer(tmp_path / "nowhere.onnx", FIELDS)


@pytest.mark.parametrize("fields", [FIELDS - 1, FIELDS + 1])
def test_a_graph_of_another_width_is_refused(run: Run, fields: int) -> None:
    with pytest.raises(BundleError, match=rf"of shape \(rows, {fields}\).*'fields': \[14\]"):
        Scorer(run.bundle / "model.onnx", fields)


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        ("rows", ("logit", "attention")),
        ("fields", ("logit",)),
        ("fields", ("attention", "probability")),
    ],
)
def test_a_graph_of_something_else_is_refused(
    tmp_path: Path, inputs: str, outputs: tuple[str, ...]
) -> None:
    write_graph(tmp_path / "right.onnx", "fields", ("logit", "attention"))
    Scorer(tmp_path / "right.onnx", 2)
    write_graph(tmp_path / "other.onnx", inputs, outputs)
    with pytest.raises(BundleError, match=r"other\.onnx: it should read `fields`.*give `logit`"):
        Scorer(tmp_path / "other.onnx", 2)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A graph whose weights lie in a file of their own, both in the working folder."""
    weights = numpy_helper.from_array(np.ones((2, 2), "float32"), "weights")
    given = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", 2])
        for name in ("logit", "attention")
    ]
    nodes = [
        helper.make_node("Cast", ["fields"], ["cast"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["cast", "weights"], ["logit"]),
        helper.make_node("Identity", ["logit"], ["attention"]),
    ]
    rows = helper.make_tensor_value_info("fields", TensorProto.INT32, ["rows", 2])
    graph = helper.make_graph(nodes, "graph", [rows], given, [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(
        model,
        tmp_path / "model.onnx",
        save_as_external_data=True,
        location="weights.bin",
        size_threshold=0,
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path / "model.onnx"


def test_a_graph_that_names_another_file_as_its_weights_is_refused(elsewhere: Path) -> None:
    # Sound where it is read from its path, so that the other file is all that is wrong with it.
    onnxruntime.InferenceSession(elsewhere, providers=["CPUExecutionProvider"])
    with pytest.raises(BundleError, match=r"model\.onnx: it should be an ONNX graph"):
        Scorer(elsewhere, 2)


@pytest.mark.parametrize("logits", [[0.0, 1.5, -1.5, 20, -20], [-1000.0, 1000.0], []])
def test_the_probability_is_the_sigmoid_and_never_overflows(logits: list[Any]) -> None:
    with np.errstate(over="raise"):
        values = probability(np.array(logits, "float32"))
    assert np.allclose(values, expit(np.array(logits, "float64")), rtol=1e-6, atol=0)
    assert values.dtype == np.float32
