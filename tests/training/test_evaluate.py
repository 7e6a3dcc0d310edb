"""The command `evaluate`, end to end on a tiny data set."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result as Ended
from typer.testing import CliRunner

from tests.builders import tiny_movielens, write_ml_100k
from tests.training.told import Told
from training import readers
from training.cli import app
from training.errors import RunError
from training.protocols.evaluation import EvaluateOptions
from training.protocols.evaluation import evaluate as run_evaluation
from training.run import RunOptions, train


def command(*arguments: object) -> Ended:
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


@pytest.fixture(scope="module")
def topn(ratings: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    """An evaluation of all baselines, and what the command said."""
    out = tmp_path_factory.mktemp("evaluations") / "topn"
    return out, command("--data", ratings, "--dataset", "tiny", "--seeds", 2, "--out", out)


def test_all_rankers_stand_in_one_table(topn: tuple[Path, Ended]) -> None:
    out, ended = topn
    assert ended.exit_code == 0, ended.output
    names = [
        *("popularity", "knn", "ials", "ease", "ease-all"),
        *("linear", "autoint+", "autoint+-no-ease", "autoint+-plain-ease"),
    ]
    shown = ended.stdout.splitlines()[-10:]
    assert [line.split()[0] for line in shown] == ["method", *names]
    table = pd.read_csv(out / "results.csv").set_index("method")
    assert table.index.tolist() == names
    assert table["seeds"].tolist() == [1, 1, 2, 1, 1, 2, 2, 2, 2]
    # The network has weights of its own beside the linear ranker's, over the same matrices.
    assert table.at["linear", "parameters"] < table.at["autoint+", "parameters"]
    for without in ("autoint+-no-ease", "autoint+-plain-ease"):
        assert table.at[without, "parameters"] < table.at["autoint+", "parameters"]
    for name in ("ndcg_at_10", "recall_at_20", "coverage_at_10"):
        assert table[name].between(0, 1).all()
    assert table["users"].nunique() == 1
    assert (table[["parameters", "seconds"]] > 0).all(axis=None)
    content = json.loads((out / "results.json").read_text())
    assert content["command"] == (
        "python -m training evaluate --protocol topn --dataset tiny --data PATH "
        f"--methods {','.join(names)} --seeds 2 --out OUT"
    )
    assert (out / "results.png").stat().st_size > 1000
    assert "± " in (out / "results.md").read_text()


def test_the_command_names_data_only_where_it_was_given(
    ratings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = readers.read(ratings, {"name": "tiny"})
    monkeypatch.setattr("training.sources.load", lambda *_: fetched)
    for data, told in ((None, "--dataset tiny --methods"), (ratings, "tiny --data PATH --methods")):
        run_evaluation(options(methods="popularity"), tmp_path, Told(), data=data)
        for name in ("results.md", "results.json"):
            assert told in (tmp_path / name).read_text()


def test_no_path_of_this_machine_is_written(topn: tuple[Path, Ended], ratings: Path) -> None:
    for path in topn[0].rglob("*"):
        if path.suffix in {".json", ".md", ".csv"}:
            assert str(ratings) not in path.read_text()
            assert str(topn[0]) not in path.read_text()


def options(**changed: object) -> EvaluateOptions:
    return EvaluateOptions(
        **{"dataset": "tiny", "methods": "popularity,ials", "seeds": 2, **changed}
    )


def test_what_is_finished_is_not_measured_again(
    topn: tuple[Path, Ended], ratings: Path, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(topn[0], tmp_path / "out"))
    before = json.loads((out / "methods" / "ials-42" / "result.json").read_text())
    shutil.rmtree(out / "methods" / "ials-43")
    told = Told()
    results = run_evaluation(options(seeds=3), out, told, data=ratings)
    assert [stage for stage in told.stages if stage.startswith("Fitting")] == [
        "Fitting ials, seed 43",
        "Fitting ials, seed 44",
    ]
    assert "popularity is measured already." in told.notes
    assert vars(results[1]) == before
    assert [result.seed for result in results] == [None, 42, 43, 44]


def test_a_method_that_was_broken_off_is_measured_again(
    topn: tuple[Path, Ended], ratings: Path, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(topn[0], tmp_path / "out"))
    finished = out / "methods" / "popularity" / "result.json"
    finished.rename(finished.with_suffix(".partial"))
    told = Told()
    run_evaluation(options(methods="popularity"), out, told, data=ratings)
    assert "Fitting popularity" in told.stages


@pytest.mark.parametrize("change", ["data", "protocol"])
def test_a_folder_is_for_one_protocol_and_one_data_set(
    topn: tuple[Path, Ended], ratings: Path, tmp_path: Path, change: str
) -> None:
    out = Path(shutil.copytree(topn[0], tmp_path / "out"))
    chosen = options(methods="popularity")
    if change == "data":
        ratings = tmp_path / "others"
        ratings.mkdir()
        write_ml_100k(tiny_movielens(seed=1), ratings)
    else:
        chosen = options(methods="popularity", protocol="newcomers")
    before = sorted(out.rglob("*"))
    differs = "fingerprint [0-9a-f]{12}, not [0-9a-f]{12}"
    if change == "protocol":
        differs = "protocol topn, not newcomers"
    said = rf"holds the results of other work \({differs}\)\. Choose another --out"
    with pytest.raises(RunError, match=said):
        run_evaluation(chosen, out, Told(), data=ratings)
    assert sorted(out.rglob("*")) == before


def test_newcomers_have_a_round_for_each_number_of_likes(ratings: Path, tmp_path: Path) -> None:
    ended = command(
        "--protocol",
        "newcomers",
        "--methods",
        "popularity,ease",
        "--data",
        ratings,
        "--out",
        tmp_path,
    )
    assert ended.exit_code == 0, ended.output
    table = pd.read_csv(tmp_path / "results.csv").set_index("method")
    for given in (0, 1, 2):
        assert table[f"ndcg_at_10_given_{given}"].between(0, 1).all()
        assert (table[f"users_given_{given}"] <= 3).all()
    assert table.loc["popularity", "ndcg_at_10_given_0"] > 0


@pytest.mark.parametrize(
    ("protocol", "metrics"),
    [
        ("original", ["auc", "log_loss", "original_ndcg_at_10", "original_hit_rate_at_10"]),
        ("ids", ["auc", "log_loss"]),
    ],
)
def test_the_present_model_is_measured_by_its_protocols(
    protocol: str, metrics: list[str], ratings: Path, tmp_path: Path
) -> None:
    arguments = [
        *("--protocol", protocol, "--methods", "default", "--seeds", 2, "--epochs", 1),
        *("--data", ratings),
    ]
    ended = command(*arguments, "--out", tmp_path)
    assert ended.exit_code == 0, ended.output
    (row,) = pd.read_csv(tmp_path / "results.csv").to_dict("records")
    assert (row["method"], row["seeds"]) == ("default", 2)
    for name in metrics:
        assert row[name] > 0
        assert row[f"{name}_std"] >= 0
    assert row["log_loss_std"] > 0
    assert row["parameters"] > 1000
    again = command(*arguments, "--out", tmp_path)
    assert "default-42 is measured already." in again.output


def test_the_papers_protocol_has_the_time_as_a_number(ratings: Path, tmp_path: Path) -> None:
    ended = command(
        "--protocol", "paper", "--methods", "default,wide", "--seeds", 1, "--epochs", 1,
        "--data", ratings, "--out", tmp_path,
    )  # fmt: skip
    assert ended.exit_code == 0, ended.output
    table = pd.read_csv(tmp_path / "results.csv").set_index("method")
    assert table["log_loss"].between(0, 2).all()


def test_statistics_are_made_once_for_all_seeds(ratings: Path, tmp_path: Path) -> None:
    chosen = options(
        protocol="original",
        methods="statistics,statistics-no-taste,statistics-no-ordinal,statistics-none",
        seeds=2,
        epochs=1,
    )
    results = run_evaluation(chosen, tmp_path, Told(), data=ratings)
    assert [(result.method, result.seed) for result in results] == [
        ("statistics", 42),
        ("statistics", 43),
        ("statistics-no-taste", 42),
        ("statistics-no-taste", 43),
        ("statistics-no-ordinal", 42),
        ("statistics-no-ordinal", 43),
        ("statistics-none", 42),
        ("statistics-none", 43),
    ]
    # Each numeric field has a vector of 16 and 16 rows of the network's and the linear unit's weights.
    full, no_taste, no_ordinal, none = (result.parameters for result in results[::2])
    assert full > no_taste > none
    # Without ordinal targets there is one logit, not one for each step of the scale.
    assert full > no_ordinal
    assert (tmp_path / "methods" / "statistics.npz").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--methods", "popularity,magic"],
            "--methods of --protocol topn should be among popularity, knn",
        ),
        (["--methods", ","], "should be among popularity, knn"),
        (
            ["--protocol", "original", "--methods", "ease"],
            "--methods of --protocol original should be among default, paper, original",
        ),
        (["--protocol", "newcomers", "--bundle", "b"], "--bundle is measured by the protocol topn"),
        (["--epochs", "1"], "--epochs is for the protocols original, paper, ids"),
    ],
)
def test_options_that_do_not_fit_are_named(
    arguments: list[str], said: str, ratings: Path, tmp_path: Path
) -> None:
    ended = command(*arguments, "--data", ratings, "--out", tmp_path)
    assert ended.exit_code == 1
    assert said in ended.stderr.replace("\n", " ")


def test_a_protocol_that_is_not_known_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"should be one of original, .*Received: 'best'"):
        run_evaluation(EvaluateOptions(protocol="best"), tmp_path, Told())


def test_a_bundle_stands_in_the_same_table(ratings: Path, tmp_path: Path) -> None:
    train(RunOptions(dataset="tiny", epochs=1), tmp_path / "run", Told(), data=ratings)
    chosen = options(methods="popularity", bundle=tmp_path / "run" / "bundle")
    results = run_evaluation(chosen, tmp_path / "out", Told(), data=ratings)
    assert [result.method for result in results] == ["popularity", "bundle", "bundle-ranking-model"]
    assert len({result.metrics["users"] for result in results}) == 1
    assert results[1].parameters > 1000
    told = Told()
    assert run_evaluation(chosen, tmp_path / "out", told, data=ratings) == results
    assert "bundle is measured already." in told.notes
    # The ranking model alone is without the model of P(like), which is another's.
    assert results[1].parameters > results[2].parameters > 1000


def test_a_bundle_that_cannot_be_measured_is_refused_before_anything_is_fitted(
    ratings: Path, tmp_path: Path
) -> None:
    told = Told()
    with pytest.raises(RunError, match="manifest"):
        run_evaluation(options(bundle=tmp_path), tmp_path / "out", told, data=ratings)
    assert told.stages[-1] == "Reading the bundle"
    assert not [stage for stage in told.stages if stage.startswith("Fitting")]
