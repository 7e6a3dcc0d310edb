"""The table, its text and its pictures, of results made by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import image

from space.manifest import sha256
from training.experiments.plan_file import find_plan
from training.experiments.report import cell, table_of, text_table, write_report
from training.experiments.run import ExperimentOptions, Result, Results
from training.experiments.runs import Outcome

FACTS = {"name": "ml-1m", "rows": {"train": 7, "validation": 2, "test": 3}}


def outcome(model: str, options: dict[str, Any], auc: float) -> Outcome:
    metrics = {
        "auc": auc,
        "log_loss": 0.5,
        "original_ndcg_at_10": auc / 2,
        "original_hit_rate_at_10": 0.25,
        "user_auc": float("nan"),
        "ndcg_at_10": float("inf"),
    }
    return Outcome("key", model, options, metrics, metrics, 5, 1234, 90.0, [])


@pytest.fixture(scope="module")
def results() -> Results:
    """The original's ten experiments with both models, the later the better."""
    plan = find_plan("original")
    found = [
        Result(e, outcome(model, {"epochs": e.options["epochs"]}, 0.6 + 0.01 * i + 0.002 * j))
        for i, e in enumerate(plan.experiments)
        for j, model in enumerate(plan.models)
    ]
    asked = ExperimentOptions(plan, "original", dataset="ml-1m")
    return Results(asked, plan, FACTS, tuple(found), {}, found[-1])


def test_ours_stands_beside_what_was_published(results: Results) -> None:
    table = table_of(results).set_index(["experiment", "model"])
    assert len(table) == 20
    line = table.loc[("6", "autoint+")]
    assert line["auc"] == pytest.approx(0.652)
    assert line["auc_published"] == 0.80854
    assert line["original_ndcg_at_10_published"] == 0.67482
    assert np.isnan(table.loc[("6", "autoint"), "auc_published"])
    assert table.loc[("1", "autoint"), "original_ndcg_at_10_published"] == 0.66209
    assert np.isnan(table.loc[("6", "autoint"), "dnn_dropout"])
    assert table["best"].tolist() == [False] * 19 + [True]


def test_the_text_shows_five_places_and_marks_the_best(results: Results) -> None:
    header, *lines = text_table(table_of(results), results.plan.metrics)
    assert header[:8] == [
        *("experiment", "model", "epochs", "learning rate", "dnn dropout", "batch size"),
        *("embed dim", "heads"),
    ]
    shown = dict(zip(header, lines[11], strict=True))
    assert shown["experiment"] == "6"
    assert shown["original ndcg@10"] == "0.32600 (0.67482)"
    assert shown["log loss"] == "0.50000 (0.52430)"
    assert shown["batch size"] == "1,024"
    assert shown["learning rate"] == "0.001"
    assert shown["seconds"] == "90.0"
    assert dict(zip(header, lines[10], strict=True))["dnn dropout"] == ""
    assert [line[0] for line in lines[-2:]] == ["10", "10 *"]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("auc", 1.0, "1.00000"),
        ("validation_log_loss", 0.123456, "0.12346"),
        ("scaled", True, "True"),
        ("dnn_units", "32 32", "32 32"),
        ("heads", 2.0, "2"),
        ("parameters", 1234567, "1,234,567"),
        ("dnn_dropout", float("nan"), ""),
        ("learning_rate", None, ""),
        ("learning_rate", 0.0005, "0.0005"),
    ],
)
def test_cells_by_hand(name: str, value: Any, shown: str) -> None:
    assert cell(name, value) == shown


def test_every_option_that_varies_is_drawn_and_equal_results_give_equal_files(
    results: Results, tmp_path: Path
) -> None:
    other = replace(results, results=results.results[:-1], best=results.results[0])
    for name, found in (("a", results), ("b", results), ("c", other)):
        (tmp_path / name).mkdir()
        write_report(tmp_path / name, found)
    expected = ("epochs", "learning_rate", "dnn_dropout", "batch_size", "embed_dim", "heads")
    assert {path.stem for path in (tmp_path / "a" / "plots").iterdir()} == set(expected)
    for name in expected:
        a, b, c = (sha256(tmp_path / folder / "plots" / f"{name}.png") for folder in "abc")
        assert a == b != c
        pixels = image.imread(tmp_path / "a" / "plots" / f"{name}.png")
        # Points of AutoInt are amber, of AutoInt+ indigo; dropout is an option of the latter alone.
        flat = (pixels[..., :3].reshape(-1, 3) * 255).round().astype(int).tolist()
        assert ([245, 158, 11] in flat) == (name != "dnn_dropout")
        assert [79, 70, 229] in flat
    a, b = ((tmp_path / name / "results.json").read_text() for name in "ab")
    assert a == b
    content = json.loads(a, parse_constant=pytest.fail)
    assert content["results"][0]["test"]["user_auc"] is None
    assert content["results"][0]["test"]["ndcg_at_10"] is None
    assert content["best"] == {"experiment": "10", "model": "autoint+"}
    text = (tmp_path / "a" / "results.md").read_text()
    assert (
        "In brackets stands what the project published for the same experiment; AUC and log loss"
        in text
    )
    assert "the highest auc on the validation rows" in text
    assert "Rows: 7 train, 2 validation, 3 test." in text
    assert "experiments original --dataset ml-1m --seed 42 --out OUT" in text
