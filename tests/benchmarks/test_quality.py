from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import typer
from click.testing import Result as Ended
from matplotlib import image
from typer.testing import CliRunner

from tests.benchmarks import quality
from tests.benchmarks.bars import BARS, Bar, judge
from tests.benchmarks.quality import lines, main, measure
from tests.builders import tiny_movielens, write_ml_100k
from tests.training.told import Told
from training.errors import RunError
from training.protocols.evaluation import EvaluateOptions
from training.protocols.methods import USUAL
from training.protocols.report import Result, summary


def result(method: str, seed: int | None, **metrics: float) -> Result:
    return Result(method, seed, metrics, 1, 1.0, 1.0, None)


def tables(*results: Result) -> Mapping[str, pd.DataFrame]:
    return {"topn": summary(results)}


def bar(**changed: Any) -> Bar:
    return Bar(**{"protocol": "topn", "method": "ours", "metric": "auc", **changed})


@pytest.mark.parametrize(
    ("given", "words", "short"),
    [
        # Means of .82 and .84 are .83.
        (bar(must=0.85), "short by 0.02", 0.02),
        (bar(must=0.83004), "short by 4e-05", 0.00004),
        # The deviation is .0141.
        (bar(must=0.815), "met", -0.015),
        (bar(must=0.82), "met, within noise", -0.01),
        (bar(must=0.82, beyond=0.831), "met, within noise", -0.01),
        (bar(must=0.80, beyond=0.831), "met", -0.03),
        (bar(must=0.82, beyond=0.829), "beyond, within noise", -0.01),
        (bar(must=0.80, beyond=0.817), "beyond, within noise", -0.03),
        (bar(must=0.80, beyond=0.815), "beyond", -0.03),
        # Means of .5 and .52 are .51, and lower is better.
        (bar(metric="log_loss", better="lower", must=0.5, beyond=0.4), "short by 0.01", 0.01),
        (bar(metric="log_loss", better="lower", must=0.52, beyond=0.5), "met, within noise", -0.01),
        (
            bar(metric="log_loss", better="lower", must=0.55, beyond=0.52),
            "beyond, within noise",
            -0.04,
        ),
        (bar(metric="log_loss", better="lower", must=0.55, beyond=0.53), "beyond", -0.04),
        # Of a baseline's .6 and .3: 1.5 times are .9 and .45.
        (bar(of="theirs"), "met", -0.23),
        (bar(of="theirs", times=1.5), "short by 0.07", 0.07),
        (bar(metric="log_loss", better="lower", of="theirs", times=1.5), "short by 0.06", 0.06),
    ],
)
def test_the_mean_over_seeds_is_held_to_the_bar(given: Bar, words: str, short: float) -> None:
    measured = tables(
        result("ours", 42, auc=0.82, log_loss=0.5),
        result("ours", 43, auc=0.84, log_loss=0.52),
        result("theirs", None, auc=0.6, log_loss=0.3),
    )
    (verdict,) = judge([given], measured)
    assert verdict.words == words
    assert verdict.short == pytest.approx(short)
    assert verdict.met == (short < 0)
    # The sample's deviation of two values is their distance over the root of 2.
    assert verdict.deviation == pytest.approx(0.02 / math.sqrt(2))


def test_what_equals_the_bar_meets_it() -> None:
    (verdict,) = judge([bar(must=0.5, beyond=0.5)], tables(result("ours", 42, auc=0.5)))
    assert verdict.words == "beyond"
    assert verdict.deviation is None


def test_what_is_no_number_meets_no_bar() -> None:
    for better in ("higher", "lower"):
        (verdict,) = judge([bar(must=0.5, better=better)], tables(result("ours", 42, auc=math.nan)))
        assert not verdict.met


def test_a_share_of_the_bar_is_met_from_one_on() -> None:
    measured = tables(result("ours", 42, auc=0.6, log_loss=0.4))
    higher, lower = judge(
        [bar(must=0.5), bar(metric="log_loss", must=0.5, better="lower")], measured
    )
    assert higher.ratio(higher.reached) == pytest.approx(1.2)  # .6 / .5
    assert lower.ratio(lower.reached) == pytest.approx(1.25)  # .5 / .4


def test_bars_of_protocols_that_were_not_measured_are_left_out() -> None:
    assert judge([bar(protocol="paper", must=0.5)], tables(result("ours", 42, auc=0.6))) == []


@pytest.mark.parametrize("both", [{}, {"must": 0.5, "of": "ease"}])
def test_a_bar_is_either_a_number_or_another_methods_figure(both: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="one of `must` and `of`"):
        bar(**both)


def test_the_table_has_a_line_for_each_bar() -> None:
    measured = tables(
        result("autoint+-no-ease", 42, ndcg_at_10=0.11, log_loss=0.5),
        result("autoint+-no-ease", 43, ndcg_at_10=0.13, log_loss=0.5),
        result("popularity", None, ndcg_at_10=0.1, log_loss=0.6),
    )
    own = {"method": "autoint+-no-ease"}
    bars = [
        bar(**own, metric="ndcg_at_10", of="popularity", times=1.5),
        bar(**own, metric="ndcg_at_10", of="popularity"),
        bar(**own, metric="log_loss", must=0.55, beyond=0.45, better="lower"),
        bar(method="popularity", metric="ndcg_at_10", must=0.0899, beyond=0.1),
    ]
    name = "autoint+ without EASE"
    reached = "0.1200 ± 0.0141"
    assert lines(judge(bars, measured)) == [
        ["protocol", "method", "metric", "reached", "must", "beyond", "verdict"],
        ["topn", name, "ndcg@10", reached, "≥ 0.1500 = 1.5 × popularity", "", "short by 0.03"],
        ["topn", name, "ndcg@10", reached, "≥ 0.1000 = popularity", "", "met"],
        ["topn", name, "log loss", "0.5000 ± 0.0000", "≤ 0.5500", "≤ 0.4500", "met"],
        ["topn", "popularity", "ndcg@10", "0.1000", "≥ 0.0899", "≥ 0.1000", "beyond"],
    ]


def test_every_bar_can_be_measured() -> None:
    assert {entry.protocol for entry in BARS} == set(USUAL)
    for entry in BARS:
        assert {entry.method, entry.of or entry.method} <= set(USUAL[entry.protocol])
        assert (entry.better == "lower") == (entry.metric == "log_loss")
        if entry.must is not None and entry.beyond is not None:
            assert (entry.beyond < entry.must) == (entry.better == "lower")


def test_each_protocol_is_evaluated_into_its_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    called = []

    def evaluated(options: EvaluateOptions, out: Path, *_: object, **given: object) -> list[Result]:
        called.append((options, out, given["data"]))
        return [result("ours", 42, auc=0.6)]

    monkeypatch.setattr(quality, "evaluate", evaluated)
    monkeypatch.setattr(quality, "BARS", ())
    measured = measure(["paper", "topn"], "ml-1m", 3, tmp_path, Told(), data=tmp_path / "zip")
    assert list(measured) == ["paper", "topn"]
    assert called == [
        (
            EvaluateOptions(protocol=name, dataset="ml-1m", seeds=3),
            tmp_path / name,
            tmp_path / "zip",
        )
        for name in ("paper", "topn")
    ]


def test_what_cannot_be_measured_is_said_before_anything_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(USUAL, "topn", ("popularity", "knn"))  # type: ignore[arg-type]
    monkeypatch.setattr("training.commands.log_to", lambda reporter: None)
    ended = command("--only", "topn,best", "--out", tmp_path / "out")
    assert ended.exit_code == 1
    assert "--only should be among original, paper, ids, topn, newcomers, sepa" in ended.stderr
    monkeypatch.setattr(quality, "BARS", (bar(method="knn", of="ease"),))
    with pytest.raises(RunError, match=r"popularity, knn\. Received: ease\."):
        measure(["topn"], "tiny", 1, tmp_path / "out", Told())
    assert not (tmp_path / "out").exists()


def command(*arguments: object) -> Ended:
    app = typer.Typer(add_completion=False)
    app.command()(main)
    return CliRunner().invoke(app, list(map(str, arguments)))


def test_the_command_measures_and_says_what_falls_short(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """End to end by the protocol topn with quick methods on a tiny data set."""
    monkeypatch.setattr("training.commands.log_to", lambda reporter: None)
    monkeypatch.setitem(USUAL, "topn", ("popularity", "ease"))  # type: ignore[arg-type]
    ratings = tmp_path / "ratings"
    ratings.mkdir()
    write_ml_100k(tiny_movielens(), ratings)
    arguments = ["--only", "topn", "--seeds", 1, "--dataset", "tiny", "--data", ratings]
    out = tmp_path / "out"
    reached = {"method": "ease", "metric": "ndcg_at_10"}

    monkeypatch.setattr(quality, "BARS", (bar(**reached, must=0.001), bar(**reached, must=1.5)))
    ended = command(*arguments, "--out", out)
    assert ended.exit_code == 1, ended.output
    assert ended.stdout.endswith("\n\n1 of 2 fall short.\n")
    header, met, short = ended.stdout.splitlines()[-5:-2]
    assert header.split()[:2] == ["protocol", "method"]
    assert met.endswith("met")
    value = pd.read_csv(out / "topn" / "results.csv").set_index("method").at["ease", "ndcg_at_10"]
    assert (
        short.split()
        == f"topn ease ndcg@10 {value:.4f} ≥ 1.5000 short by {1.5 - value:.2g}".split()
    )
    written = (out / "quality.md").read_text(encoding="utf-8")
    assert f"| topn | ease | ndcg@10 | {value:.4f} | ≥ 0.0010 |  | met |\n" in written
    assert "python -m tests.benchmarks.quality --dataset tiny --seeds 1 --only topn\n" in written
    assert str(tmp_path) not in written
    assert image.imread(out / "quality.png")[..., :3].std() > 0

    monkeypatch.setattr(quality, "BARS", (bar(**reached, must=0.001),))
    again = command(*arguments, "--out", out)
    assert again.exit_code == 0, again.output
    assert "ease is measured already." in again.stderr
    assert again.stdout.endswith("\n\nAll 1 bars are met.\n")
