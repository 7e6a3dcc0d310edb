"""The table of results: means, deviations, and its forms."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib import image
from matplotlib.figure import Figure

from space.manifest import sha256
from tests.builders import tiny_movielens
from training.protocols.report import Result, summary, text_tables, write_report
from training.tables import in_columns


def result(method: str, seed: int | None, ndcg: float, peak: float | None = 100.0) -> Result:
    metrics = {"ndcg_at_10": ndcg, "recall_at_20": 0.5, "coverage_at_10": 0.25, "users": 7}
    return Result(method, seed, metrics, 1000, 2.0, 1.5, peak)


RESULTS = [
    result("popularity", None, 0.1),
    result("ials", 42, 0.1),
    result("ials", 43, 0.2),
    result("ials", 44, 0.6, peak=200.0),
]


def test_means_and_deviations_by_hand() -> None:
    table = summary(RESULTS).set_index("method")
    assert table.loc["ials", "ndcg_at_10"] == pytest.approx(0.3)
    # Deviations from .3 are -.2, -.1 and .3: (.04 + .01 + .09) / 2 = .07
    assert table.loc["ials", "ndcg_at_10_std"] == pytest.approx(0.07**0.5)
    assert np.isnan(table.loc["popularity", "ndcg_at_10_std"])
    assert table.loc["ials", "users"] == 7
    assert table["seeds"].tolist() == [1, 3]
    assert table["peak_mib"].tolist() == [100, 200]
    assert "users_std" not in table


def test_the_table_shows_four_places() -> None:
    header, popularity, ials = text_tables(summary(RESULTS))[""]
    assert header[:4] == ["method", "ndcg@10", "recall@20", "coverage@10"]
    assert popularity == ["popularity", "0.1000", "0.5000", "0.2500", "1", "1,000", "2.0", "100"]
    assert ials[1] == "0.3000 ± 0.2646"
    lines = in_columns({"": [header, popularity, ials]}).splitlines()
    assert [line.index("recall@20") + 9 for line in lines[:1]] == [lines[1].index("0.5000") + 6]


def test_what_cannot_be_told_is_left_out() -> None:
    *_, (*_, memory) = text_tables(summary([result("a", None, 0.1, peak=None)]))[""]
    assert memory == ""


def test_every_form_has_the_figures(tmp_path: Path) -> None:
    data = tiny_movielens()
    write_report(tmp_path, "topn", data, RESULTS, "python -m training evaluate")
    assert pd.read_csv(tmp_path / "results.csv")["ndcg_at_10"].tolist() == pytest.approx([0.1, 0.3])
    content = json.loads((tmp_path / "results.json").read_text())
    assert [entry["method"] for entry in content["summary"]] == ["popularity", "ials"]
    assert content["summary"][0]["ndcg_at_10_std"] is None
    assert len(content["results"]) == 4
    assert content["data"]["fingerprint"] == data.fingerprint()
    text = (tmp_path / "results.md").read_text()
    assert "| ials | 0.3000 ± 0.2646 |" in text
    assert "Measured on 7 users." in text
    assert "python -m training evaluate" in text
    pixels = image.imread(tmp_path / "results.png")
    assert pixels.shape[1] > 600
    assert len(np.unique(pixels.reshape(-1, pixels.shape[-1]), axis=0)) > 20


def test_methods_that_lie_close_lie_apart_in_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Figure] = []
    monkeypatch.setattr("training.protocols.figures.plt.close", drawn.append)
    close = [result("a", None, 0.8248), result("b", None, 0.8225), result("c", None, 0.8085)]
    write_report(tmp_path, "topn", tiny_movielens(), close, "command")
    axes = drawn[0].axes[0]
    low, high = axes.get_xlim()
    assert low > 0.8
    # .0023 of .0163 between the outermost: 14 % of that, and .1 of the width with its margins.
    assert (0.8248 - 0.8225) / (high - low) > 0.08
    assert [text.get_text() for text in axes.texts] == ["0.8248", "0.8225", "0.8085"]


def test_the_note_says_what_seconds_and_memory_hold(tmp_path: Path) -> None:
    write_report(tmp_path, "topn", tiny_movielens(), RESULTS, "command")
    text = (tmp_path / "results.md").read_text()
    assert "what the methods measured before in the same process left" in text
    assert "after an interruption with the epochs before it" in text


def test_newcomers_are_drawn_as_curves_and_equal_results_give_equal_files(tmp_path: Path) -> None:
    def newcomers(level: float) -> list[Result]:
        metrics = {}
        for given in (0, 1, 5):
            metrics |= {f"ndcg_at_10_given_{given}": level * given, f"users_given_{given}": 9}
        return [Result("ease", None, metrics, 1, 1.0, 1.0, None)]

    for name, level in (("a", 0.1), ("b", 0.1), ("c", 0.15)):
        (tmp_path / name).mkdir()
        write_report(tmp_path / name, "newcomers", tiny_movielens(), newcomers(level), "command")
    a, b, c = (sha256(tmp_path / name / "results.png") for name in "abc")
    assert a == b != c
    tables = text_tables(summary(newcomers(0.1)))
    assert tables["ndcg@10"][0][:4] == ["method", "0 known", "1 known", "5 known"]
    assert in_columns(tables).startswith("ndcg@10\nmethod  0 known")
    assert "## ndcg@10" in (tmp_path / "a" / "results.md").read_text()
    assert "9 users given 0, 9 users given 1" in (tmp_path / "a" / "results.md").read_text()
