"""The table, its text and its pictures, of results made by hand."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import image

from space.manifest import sha256
from training.experiments.figures import joined
from training.experiments.plan_file import find_plan
from training.experiments.report import cell, table_of, text_table, write_report
from training.experiments.run import ExperimentOptions, Result, Results
from training.experiments.runs import Outcome

COUNTS = {"users": 6040, "films": 3883, "ratings": 1000209}
FACTS = {"name": "a.zip", "counts": COUNTS, "rows": {"train": 7, "validation": 2, "test": 3}}


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
    return Results(asked, plan, FACTS, asked.command_line(None), tuple(found), {}, found[-1])


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


def test_what_was_published_after_more_epochs_is_not_beside_ours(results: Results) -> None:
    fewer = [
        replace(each, outcome=replace(each.outcome, options={"epochs": 3}))
        for each in results.results
    ]
    table = table_of(replace(results, results=tuple(fewer))).set_index(["experiment", "model"])
    # 4 and 9 were published after three epochs, 6 after five.
    assert table.loc[("4", "autoint+"), "original_ndcg_at_10_published"] == 0.66707
    assert np.isnan(table.loc[("6", "autoint+"), "original_ndcg_at_10_published"])
    assert "auc_published" not in table


@pytest.mark.parametrize("count", COUNTS)
def test_what_was_published_is_told_by_the_numbers_of_the_data_and_not_by_its_name(
    results: Results, count: str
) -> None:
    other = {"name": "ml-1m", "counts": {**COUNTS, count: COUNTS[count] - 1}}
    table = table_of(replace(results, facts={**FACTS, **other}))
    assert not [name for name in table if name.endswith("_published")]


def test_lines_join_experiments_that_are_equal_in_all_else(results: Results) -> None:
    table = table_of(results)
    known = table[table["model"] == "autoint+"]
    varied = ("epochs", "learning_rate", "dnn_dropout", "batch_size", "embed_dim", "heads")

    def lines(option: str) -> list[list[str]]:
        others = [name for name in varied if name != option]
        return [group["experiment"].tolist() for group in joined(known, option, others)]

    # 1, 2 and 3 have 2, 4 and 8 heads, 9 and 10 have 2 and 4; no other two differ in heads alone.
    assert sorted(lines("heads")) == [["1", "2", "3"], ["9", "10"]]
    assert lines("embed_dim") == [["5", "6"]]  # 16 and 32
    assert lines("learning_rate") == []
    assert joined(known.iloc[:3], "heads", [])[0]["experiment"].tolist() == ["1", "2", "3"]


def test_the_report_says_what_is_confounded_and_how_the_original_differs(
    results: Results, tmp_path: Path
) -> None:
    write_report(tmp_path, results)
    text = (tmp_path / "results.md").read_text()
    assert "confounded with it there; a line joins only those that are equal in all else" in text
    assert "other than in the project, a hundredth of all values is trained as unknown" in text
    assert "unknown_rate = 0.01" in text
    assert "test rows of label 0" not in text


def test_the_report_says_how_far_test_rows_repeat_training_rows(
    results: Results, tmp_path: Path
) -> None:
    told = {"zeros": 1200, "zeros_in_training": 330, "drawn_that_are_test_ones": 0}
    write_report(tmp_path, replace(results, facts={**FACTS, "repeats": told}))
    text = (tmp_path / "results.md").read_text()
    assert "Of the 1,200 test rows of label 0, 330 (27.5 %) are of a film that was drawn" in text
    assert "Of all drawn rows, 0 are of a film that the same user has in a test row of" in text


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


def test_columns_of_text_stand_first_and_to_the_left(results: Results, tmp_path: Path) -> None:
    plan = replace(results.plan, varied=("heads", "residual", "scaled"))
    found = tuple(
        replace(r, experiment=replace(r.experiment, options={"heads": 2, "scaled": True}))
        for r in results.results
    )
    write_report(tmp_path, replace(results, plan=plan, results=found))
    lines = (tmp_path / "results.md").read_text().splitlines()
    header = next(line for line in lines if line.startswith("| experiment"))
    assert header.startswith("| experiment | model | scaled | heads | residual | epochs |")
    rule = lines[lines.index(header) + 1].split(" | ")
    assert (rule[:3], set(rule[3:-1])) == (["| ---", "---", "---"], {"---:"})


def drawn_and_linked(out: Path) -> list[str]:
    """The options of which there is a picture, which are those that the report links."""
    drawn = sorted(path.stem for path in (out / "plots").glob("*"))
    text = (out / "results.md").read_text()
    assert sorted(re.findall(r"!\[.*\]\(plots/(.*)\.png\)", text)) == drawn
    return drawn


def test_options_with_one_value_among_the_rows_are_neither_drawn_nor_linked(
    results: Results, tmp_path: Path
) -> None:
    def shown(*names: str) -> Results:
        found = tuple(r for r in results.results if r.experiment.name in names)
        return replace(results, results=found, best=found[0])

    write_report(tmp_path, results)
    assert len(drawn_and_linked(tmp_path)) == 6
    # 1, 2 and 3 differ in heads alone, 5 and 6 in the embedding alone. Nothing is left of those before.
    write_report(tmp_path, shown("1", "2", "3"))
    assert drawn_and_linked(tmp_path) == ["heads"]
    write_report(tmp_path, shown("5", "6"))
    assert drawn_and_linked(tmp_path) == ["embed_dim"]
    write_report(tmp_path, shown("6"))
    assert drawn_and_linked(tmp_path) == []
    assert not (tmp_path / "plots").exists()


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
