"""The commands `experiments run` and `experiments original`, end to end on a tiny data set."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
import typer
from click.testing import Result as Ended
from sklearn.metrics import log_loss
from typer.testing import CliRunner

from hub_upload.cards.model import model_card
from space.bundle import read_bundle, read_dataset
from space.manifest import sha256
from space.recommender import MovieRecommender
from tests.builders import tiny_movielens, write_ml_100k
from tests.training.experiments.plans import TINY, write_plan
from tests.training.told import Told
from training import readers
from training.cli import app
from training.errors import RunError
from training.experiments.best import choose
from training.experiments.labelling import label, repeats
from training.experiments.plan import Experiment
from training.experiments.plan_file import read_plan
from training.experiments.run import ExperimentOptions, Result, Results, run_experiments
from training.experiments.runs import Outcome
from training.fit import predict
from training.metrics import evaluate
from training.plots import plot_run
from training.splits import random_split
from training.vocabularies import encode_ratings


def command(*arguments: object) -> Ended:
    return CliRunner().invoke(app, ["experiments", *map(str, arguments)])


def epochs_in(told: Told) -> list[str]:
    return [note.split(":")[0] for note in told.notes if note.startswith("epoch")]


def run(plan: Path, out: Path, ratings: Path, told: Told | None = None, **options: Any) -> Results:
    asked = ExperimentOptions(read_plan(plan), "run plan.toml", **{"dataset": "tiny", **options})
    return run_experiments(asked, out, told or Told(), data=ratings)


def without_times(results: Results) -> list[dict[str, object]]:
    return [
        {"test": result.outcome.test, "validation": result.outcome.validation}
        for result in results.results
    ]


@pytest.fixture(scope="module")
def finished(
    ratings: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, Results, Ended]:
    """A plan, its folder when it has been run, what it came to, and what the command said."""
    folder = tmp_path_factory.mktemp("experiments")
    plan = write_plan(folder)
    ended = command(
        *("run", plan, "--data", ratings, "--dataset", "tiny", "--out", folder / "out"),
        *("--models", "autoint,autoint+"),
    )
    results = run(plan, folder / "out", ratings, models="autoint,autoint+")
    return plan, folder / "out", results, ended


@pytest.fixture
def copy(finished: tuple[Path, Path, Results, Ended], tmp_path: Path) -> tuple[Path, Path]:
    """The plan and its finished folder, which a test may change."""
    plan, out, *_ = finished
    shutil.copytree(out, tmp_path / "out")
    return Path(shutil.copy(plan, tmp_path / "plan.toml")), tmp_path / "out"


def test_the_table_has_a_line_for_each_experiment_and_model(
    finished: tuple[Path, Path, Results, Ended],
) -> None:
    _, out, _, ended = finished
    assert ended.exit_code == 0, ended.output
    table = pd.read_csv(out / "results.csv")
    pairs = [["slow", "autoint"], ["slow", "autoint+"], ["fast", "autoint"], ["fast", "autoint+"]]
    assert table[["experiment", "model"]].to_numpy().tolist() == pairs
    assert table["learning_rate"].tolist() == [0.0001, 0.0001, 0.03, 0.03]
    assert table["epochs"].tolist() == [2] * 4
    for name in ("auc", "original_ndcg_at_10", "validation_auc"):
        assert table[name].between(0, 1).all()
    assert (table[["parameters", "seconds"]] > 0).all(axis=None)
    # The plan's figure stands beside ours, where it belongs.
    assert table["auc_published"].tolist() == pytest.approx([0.61803, *[np.nan] * 3], nan_ok=True)
    shown = ended.stdout.splitlines()[-4:]
    assert [line.split()[0] for line in shown] == ["slow", "slow", "fast", "fast"]
    assert f"{table['auc'][0]:.5f} (0.61803)" in shown[0]


def test_the_best_on_the_validation_rows_is_marked_and_exported(
    finished: tuple[Path, Path, Results, Ended], ratings: Path
) -> None:
    _, out, results, _ = finished
    table = pd.read_csv(out / "results.csv")
    assert table["best"].sum() == 1
    assert table["validation_auc"][table["best"]].item() == table["validation_auc"].max()
    content = json.loads((out / "results.json").read_text())
    best = table[table["best"]].iloc[0]
    assert content["best"] == {"experiment": best["experiment"], "model": best["model"]}

    bundle = read_bundle(out / "bundle")
    assert bundle.schema.split["rows"] == content["data"]["rows"]
    told = json.loads((out / "bundle" / "training.json").read_text())
    assert told["options"]["plan"] == "tiny"
    assert told["options"]["experiment"] == best["experiment"]
    assert told["model"] == best["model"]
    assert told["fit"]["learning_rate"] == best["learning_rate"]
    read_dataset(out / "dataset", bundle)
    # Whatever `train` tells of a bundle's test rows is told here: of somebody new as well.
    for whom in ("unknown_user", "told_user"):
        assert 0 < bundle.metrics["test"][f"expected_calibration_error_{whom}"] < 1
    # What was exported is the model that the table tells of.
    data = readers.read(ratings, {"name": "tiny"})
    rows = encode_ratings(bundle.encoder, data, data.ratings)
    model = keras.saving.load_model(out / "bundle")
    test = random_split(data.ratings).test
    labels = (data.ratings["rating"] >= 4).to_numpy(dtype=int)[test]
    users = data.ratings["user_id"].to_numpy()[test]
    again = evaluate(labels, predict(model, rows[test]), users)
    assert again["auc"] == pytest.approx(best["auc"], abs=1e-6)
    assert results.best.outcome.test["auc"] == pytest.approx(best["auc"], abs=1e-12)
    recommender = MovieRecommender.load(out / "bundle", out / "dataset")
    assert len(recommender.recommend(recommender.user_ids[0])) == 10


def test_test_rows_decide_nothing(finished: tuple[Path, Path, Results, Ended]) -> None:
    plan = finished[2].plan

    def result(name: str, validation: float, test: float) -> Result:
        metrics = [{"auc": value, "log_loss": value} for value in (validation, test)]
        return Result(Experiment(name, {}, {}), Outcome(name, "autoint", {}, *metrics, 1, 1, 1.0))

    results = [result("a", 0.6, 0.9), result("b", 0.7, 0.5), result("c", 0.7, 0.8)]
    assert choose(plan, results).experiment.name == "b"  # of equal ones the first
    assert choose(replace(plan, chosen_by="log_loss"), results).experiment.name == "a"


def test_the_report_is_whole(finished: tuple[Path, Path, Results, Ended], ratings: Path) -> None:
    _, out, *_ = finished
    text = (out / "results.md").read_text()
    assert text.startswith("# tiny on tiny\n")
    assert (
        "Two experiments, soon over. Labelled preference: 1 for a rating of 4 stars or more" in text
    )
    assert (
        "python -m training experiments run plan.toml --dataset tiny --data PATH "
        "--models autoint,autoint+ --seed 42 --out OUT"
    ) in text
    assert "![heads](plots/heads.png)" in text
    assert {path.name for path in (out / "plots").iterdir()} == {"learning_rate.png", "heads.png"}
    for path in out.glob("results.*"):
        assert str(ratings) not in path.read_text()
        assert str(out) not in path.read_text()
    json.loads((out / "results.json").read_text(), parse_constant=pytest.fail)


def test_the_same_command_again_trains_nothing(
    copy: tuple[Path, Path], ratings: Path, finished: tuple[Path, Path, Results, Ended]
) -> None:
    plan, out = copy
    before = {path: sha256(path) for path in out.rglob("*") if path.is_file()}
    told = Told()
    results = run(plan, out, ratings, told, models="autoint,autoint+")
    assert epochs_in(told) == []
    assert without_times(results) == without_times(finished[2])
    assert {path: sha256(path) for path in out.rglob("*") if path.is_file()} == before


def test_a_changed_entry_is_trained_anew_and_the_others_are_kept(
    copy: tuple[Path, Path], ratings: Path
) -> None:
    plan, out = copy
    kept = {path.name for path in (out / "runs").iterdir()}
    write_plan(plan.parent, a="learning_rate = 0.03 -> learning_rate = 0.02")
    told = Told()
    results = run(plan, out, ratings, told)
    assert epochs_in(told) == ["epoch 1", "epoch 2"]
    assert [result.outcome.key in kept for result in results.results] == [True, False]
    # Going back to what was before costs nothing.
    told = Told()
    run(write_plan(plan.parent), out, ratings, told)
    assert epochs_in(told) == []


def test_words_and_published_figures_change_no_result(
    copy: tuple[Path, Path], ratings: Path
) -> None:
    plan, out = copy
    write_plan(
        plan.parent,
        a="two experiments, -> two trials,",
        b="0.61803 -> 0.5",
        c="experiments.fast -> experiments.quick",
    )
    told = Told()
    results = run(plan, out, ratings, told)
    assert epochs_in(told) == []
    assert [result.experiment.name for result in results.results] == ["slow", "quick"]
    assert "(0.50000)" in (out / "results.md").read_text()


def test_some_experiments_can_be_chosen_and_epochs_capped(tmp_path: Path, ratings: Path) -> None:
    plan = write_plan(tmp_path)
    told = Told()
    results = run(plan, tmp_path / "out", ratings, told, only=" fast ", epochs=1)
    assert [result.experiment.name for result in results.results] == ["fast"]
    assert epochs_in(told) == ["epoch 1"]
    (line,) = pd.read_csv(tmp_path / "out" / "results.csv").to_dict("records")
    assert (line["experiment"], line["epochs"], line["best"]) == ("fast", 1, True)
    # A cap that cuts nothing off is none.
    told = Told()
    run(plan, tmp_path / "out", ratings, told, only="fast", epochs=2)
    run(plan, tmp_path / "out", ratings, told, only="fast", epochs=9)
    assert epochs_in(told) == ["epoch 1", "epoch 2"]


def test_the_weights_are_the_last_epochs_or_the_best_ones(tmp_path: Path, ratings: Path) -> None:
    # Steps so large that a later epoch makes the validation rows' log loss worse.
    wild = {"a": "learning_rate = 0.03 -> learning_rate = 0.1", "b": "epochs = 2 -> epochs = 4"}
    kept, bundle = {}, tmp_path / "out" / "bundle"
    for weights in ("last", "best"):
        plan = write_plan(tmp_path, **wild, c=f'weights = "last" -> weights = "{weights}"')
        results = run(plan, tmp_path / "out", ratings, only="fast")
        kept[weights] = results.results[0].outcome
        losses = [entry["validation_log_loss"] for entry in kept[weights].history]
        assert len(losses) == 4
        epoch = 4 if weights == "last" else 1 + int(np.argmin(losses))
        assert kept[weights].epoch == epoch
        assert kept[weights].validation["log_loss"] == pytest.approx(losses[epoch - 1], abs=1e-6)
        # What the bundle shows and its card says is of the same epoch.
        drawn = tmp_path / weights
        plot_run(drawn, kept[weights].history, np.array([0, 1]), np.array([0.4, 0.6]), kept=epoch)
        curves = "learning_curves.png"
        assert sha256(bundle / "plots" / curves) == sha256(drawn / curves)
        card = model_card(bundle, "ada/films")
        assert "It was fitted for 4 epochs." in card
        lowest = f"Epoch {epoch} had the lowest validation log loss, and its weights are these."
        assert (lowest in card) == (weights == "best")
        assert ("lowest validation log loss" in card) == (weights == "best")
        assert "chose the epoch" not in card
    assert kept["best"].epoch < 4


def test_the_best_of_drawn_films_is_told_and_not_exported(tmp_path: Path, ratings: Path) -> None:
    plan, out = write_plan(tmp_path), tmp_path / "out"
    told = Told()
    results = run(plan, out, ratings, told, only="fast", labelling="sampled")
    data = readers.read(ratings, {"name": "tiny"})
    rows = label(results.plan.labelling, data)
    assert sum(results.facts["rows"].values()) == len(rows.labels) > 5 * len(data.ratings) * 0.5
    best = results.best.outcome
    assert best.test["rows"] == len(random_split(rows.table.ratings).test)
    (line,) = pd.read_csv(out / "results.csv").to_dict("records")
    assert (line["experiment"], line["best"]) == ("fast", True)
    text = (out / "results.md").read_text()
    assert "1 for a rating of 3 stars or more, 0 for 5 drawn films each" in text
    found = repeats(rows, random_split(rows.table.ratings))
    assert 0 < found.zeros_in_training < found.zeros
    share = 100 * found.zeros_in_training / found.zeros
    assert (
        f"Of the {found.zeros:,} test rows of label 0, {found.zeros_in_training:,} ({share:.1f} %) are "
        "of a film that was drawn for the same user among the training rows too"
    ) in text
    assert "Of all drawn rows, 0 are of a film" in text
    # Figures that were published of other labels do not stand beside.
    assert "published figures are of the tiny one (30 users" in text
    assert "published" not in (out / "results.csv").read_text()

    assert (out / "runs" / best.key / "model.weights.h5").is_file()
    for name in ("bundle", "dataset", "exported.json"):
        assert not (out / name).exists()
    sentence = (
        "No bundle is exported, since a bundle tells how likely somebody who has chosen to watch"
    )
    assert sum(note.startswith(sentence) for note in told.notes) == 1
    assert f"on the validation rows. {sentence}" in text
    assert "It is exported" not in text
    # The labels of a bundle's promise may follow in the same folder.
    run(plan, out, ratings, only="fast")
    assert read_bundle(out / "bundle").schema.like_threshold == 4
    assert "It is exported as `bundle/`" in (out / "results.md").read_text()


def test_a_folder_with_a_bundle_is_none_for_films_that_are_drawn(
    copy: tuple[Path, Path], ratings: Path
) -> None:
    plan, out = copy
    before = {path: sha256(path) for path in out.rglob("*") if path.is_file()}
    with pytest.raises(RunError, match=r"it holds that of an earlier call\. Choose another --out"):
        run(plan, out, ratings, labelling="sampled")
    assert {path: sha256(path) for path in out.rglob("*") if path.is_file()} == before


def test_figures_published_of_another_data_set_are_not_shown(
    copy: tuple[Path, Path], ratings: Path
) -> None:
    plan, out = copy
    write_plan(plan.parent, a="ratings = 603 -> ratings = 604")
    run(plan, out, ratings)
    told = "published figures are of the tiny one (30 users, 40 films, 604 ratings), labelled preference"
    assert told in (out / "results.md").read_text()
    assert "auc_published" not in pd.read_csv(out / "results.csv")


def test_the_exported_model_is_calibrated_and_the_table_tells_of_it_as_it_was_fitted(
    copy: tuple[Path, Path],
    ratings: Path,
    finished: tuple[Path, Path, Results, Ended],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan, out = copy
    before = finished[2].best.outcome
    assert "calibration" not in read_bundle(out / "bundle").metrics  # of too few rows
    monkeypatch.setattr("training.calibration.MIN_ROWS", 10)
    (out / "exported.json").unlink()
    weights = {path: sha256(path) for path in (out / "runs").rglob("*.h5")}
    told = Told()
    results = run(plan, out, ratings, told, models="autoint,autoint+")
    assert epochs_in(told) == []
    assert {path: sha256(path) for path in (out / "runs").rglob("*.h5")} == weights
    assert results.best.outcome == before
    metrics = read_bundle(out / "bundle").metrics
    assert metrics["calibration"]["slope"] > 0
    assert metrics["validation"]["log_loss"] < before.validation["log_loss"]
    assert metrics["validation"]["auc"] == pytest.approx(before.validation["auc"], abs=1e-6)
    # What is measured is what is exported.
    data = readers.read(ratings, {"name": "tiny"})
    bundle = read_bundle(out / "bundle")
    validation = random_split(data.ratings).validation
    rows = encode_ratings(bundle.encoder, data, data.ratings)[validation]
    labels = (data.ratings["rating"] >= 4).to_numpy(dtype=int)[validation]
    again = log_loss(labels, predict(keras.saving.load_model(out / "bundle"), rows))
    assert again == pytest.approx(metrics["validation"]["log_loss"], abs=1e-6)


def test_a_bundle_of_an_earlier_version_is_exported_anew(
    copy: tuple[Path, Path], ratings: Path
) -> None:
    plan, out = copy
    record = out / "exported.json"
    known = json.loads(record.read_text())
    del known["version"]
    record.write_text(json.dumps(known))
    told = Told()
    run(plan, out, ratings, told, models="autoint,autoint+")
    assert "Exporting the best" in told.stages


def test_what_diverges_is_told_and_the_rest_goes_on(tmp_path: Path, ratings: Path) -> None:
    plan = write_plan(tmp_path, a="learning_rate = 0.0001 -> learning_rate = 1e30")
    told = Told()
    results = run(plan, tmp_path / "out", ratings, told)
    assert [result.experiment.name for result in results.results] == ["fast"]
    assert any("slow, autoint: Fitting autoint with" in note for note in told.notes)
    assert "slow, autoint is missing: " in (tmp_path / "out" / "results.md").read_text()
    with pytest.raises(RunError, match=r"all diverged\. .*Lower the learning rate in the plan"):
        run(plan, tmp_path / "out", ratings, only="slow")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--only", "slow,best"],
            "--only should be among slow, fast, separated by commas. Received: 'best'.",
        ),
        (["--only", ","], "--only should be among slow, fast, separated by commas. Received: ','."),
        (
            ["--models", "dcn"],
            "--models should be among autoint, autoint+, separated by commas. Rec",
        ),
    ],
)
def test_options_that_do_not_fit_are_named(
    arguments: list[str], said: str, ratings: Path, tmp_path: Path
) -> None:
    plan = write_plan(tmp_path)
    ended = command("run", plan, "--data", ratings, "--out", tmp_path / "out", *arguments)
    assert ended.exit_code == 1
    assert said in ended.stderr.replace("\n", " ")
    assert not (tmp_path / "out").exists()


def test_a_bad_plan_is_told_in_words(ratings: Path, tmp_path: Path) -> None:
    plan = write_plan(tmp_path, a="heads = 1 -> heads = 0")
    ended = command("run", plan, "--data", ratings, "--out", tmp_path / "out")
    assert ended.exit_code == 1
    assert "experiments.fast.heads: expected a whole number of at least 1, found 0." in ended.stderr
    assert isinstance(ended.exception, SystemExit)


def test_too_few_ratings_are_refused(tmp_path: Path) -> None:
    data = tiny_movielens(users=1)
    liked = data.ratings["rating"] >= 4
    assert liked.any()
    write_ml_100k(replace(data, ratings=data.ratings[liked]), tmp_path)
    with pytest.raises(
        RunError, match=r"rows of the split random should have both labels.*one label"
    ):
        run(write_plan(tmp_path), tmp_path / "out", tmp_path)


def test_a_plan_without_experiments_cannot_be_run(tmp_path: Path, ratings: Path) -> None:
    text = TINY[: TINY.index("[experiments.slow]")] + TINY[TINY.index("[search]") :]
    with pytest.raises(RunError, match=r"should have experiments; it has none\. Search it instead"):
        run(write_plan(tmp_path, text), tmp_path / "out", ratings)


def test_the_originals_experiments_are_a_command(ratings: Path, tmp_path: Path) -> None:
    ended = command(
        *("original", "--data", ratings, "--dataset", "ml-1m", "--out", tmp_path),
        *("--only", "7", "--epochs", 1),
    )
    assert ended.exit_code == 0, ended.output
    table = pd.read_csv(tmp_path / "results.csv")
    assert table["model"].tolist() == ["autoint", "autoint+"]
    assert "original_ndcg_at_10_published" not in table  # the name alone does not make it ML-1M
    assert table["batch_size"].tolist() == [2048, 2048]
    text = (tmp_path / "results.md").read_text()
    assert "python -m training experiments original --dataset ml-1m --data PATH --only 7 " in text
    # The one experiment has one value of each option, so that there is nothing to draw.
    assert not (tmp_path / "plots").exists()
    assert "![" not in text
    assert "Each point of a plot" not in text


@pytest.mark.parametrize("name", ["original", "run", "search"])
def test_every_option_has_a_help_text(name: str) -> None:
    group = typer.main.get_command(app).commands["experiments"]  # type: ignore[attr-defined]
    for option in group.commands[name].params:
        assert option.help, option.name
    shown = CliRunner().invoke(app, ["experiments", name, "--help"], env={"COLUMNS": "200"})
    assert "--labelling" in shown.output
