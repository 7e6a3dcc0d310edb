"""The command `experiments search`: draws, giving up, and going on after an interruption."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import optuna
import pandas as pd
import pytest
from click.testing import Result as Ended
from optuna.trial import TrialState
from typer.testing import CliRunner

from space.bundle import read_bundle
from space.manifest import sha256
from tests.training.experiments.plans import TINY, write_plan
from tests.training.told import Told
from training.cli import app
from training.errors import RunError
from training.experiments.plan_file import read_plan
from training.experiments.run import ExperimentOptions, run_experiments
from training.experiments.search import Searched, run_search
from training.experiments.study import open_storage

SEED = 19
"""With it the first of five rates that is drawn is the only good one."""


class InterruptedSearchError(Exception):
    """Ends a search as a kill does: nothing after it happens."""


class Interrupting(Told):
    """A reporter that interrupts when it is told something for the second time."""

    def __init__(self, at: str, times: int) -> None:
        super().__init__()
        self._at, self._times = at, times

    def note(self, text: str) -> None:
        super().note(text)
        if sum(note.startswith(self._at) for note in self.notes) == self._times:
            raise InterruptedSearchError


def command(*arguments: object) -> Ended:
    return CliRunner().invoke(app, ["experiments", "search", *map(str, arguments)])


def search(
    plan: Path,
    out: Path,
    ratings: Path,
    told: Told | None = None,
    trials: int | None = None,
    **options: Any,
) -> Searched:
    asked = ExperimentOptions(read_plan(plan), "search plan.toml", **{"dataset": "tiny", **options})
    return run_search(asked, out, told or Told(), trials=trials, data=ratings)


def epochs_in(told: Told) -> list[str]:
    return [note.split(":")[0] for note in told.notes if note.startswith("epoch")]


def states(out: Path) -> list[TrialState]:
    storage = f"sqlite:///{out / 'study.db'}"
    (name,) = optuna.get_all_study_names(storage)
    return [trial.state for trial in optuna.load_study(study_name=name, storage=storage).trials]


def told_of(searched: Searched) -> list[tuple[int, str, dict[str, Any], int]]:
    return [(t.number, t.state, t.drawn, len(t.values)) for t in searched.trials]


@pytest.fixture(scope="module")
def never_given_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan whose trials all come to their end."""
    folder = tmp_path_factory.mktemp("plan")
    return write_plan(folder, a="startup_trials = 1 -> startup_trials = 99")


@pytest.fixture(scope="module")
def whole(
    never_given_up: Path, ratings: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Searched]:
    """A search that nobody interrupted."""
    out = tmp_path_factory.mktemp("search") / "out"
    return out, search(never_given_up, out, ratings)


def test_the_best_trial_is_exported_and_it_alone_is_measured_on_the_test_rows(
    whole: tuple[Path, Searched],
) -> None:
    out, searched = whole
    assert [trial.state for trial in searched.trials] == ["finished"] * 3
    table = pd.read_csv(out / "trials.csv")
    assert table["trial"].tolist() == [0, 1, 2]
    assert table["epochs_trained"].tolist() == [2, 2, 2]
    assert table["learning_rate"].between(0.001, 0.05).all()
    assert set(table["heads"]) <= {1, 2}
    best = table[table["best"]]
    assert best["validation_auc"].item() == table["validation_auc"].max()
    assert searched.best.tried.number == best["trial"].item()
    content = json.loads((out / "trials.json").read_text())
    assert content["best"]["trial"] == best["trial"].item()
    results = [json.loads(path.read_text()) for path in (out / "runs").glob("*/result.json")]
    assert [result["test"] for result in results] == [{}, {}, {}]
    bundle = read_bundle(out / "bundle")
    assert bundle.metrics["test"]["auc"] == searched.test["auc"]
    told = json.loads((out / "bundle" / "training.json").read_text())
    assert told["options"]["trial"] == searched.best.tried.number
    assert told["fit"]["learning_rate"] == searched.best.tried.drawn["learning_rate"]


def test_the_best_trial_of_drawn_films_is_told_and_not_exported(
    tmp_path: Path, ratings: Path
) -> None:
    plan, out, told = write_plan(tmp_path), tmp_path / "out", Told()
    found = search(plan, out, ratings, told, trials=1, epochs=1, labelling="sampled")
    assert (out / "runs" / found.best.outcome.key / "model.weights.h5").is_file()
    assert not (out / "bundle").exists()
    sentence = (
        "No bundle is exported, since a bundle tells how likely somebody who has chosen to watch"
    )
    assert sum(note.startswith(sentence) for note in told.notes) == 1
    assert sentence in (out / "trials.md").read_text()


def test_the_best_trial_put_into_the_plan_is_fitted_to_the_same_model(
    tmp_path: Path, ratings: Path
) -> None:
    # The search has options of its own, and the command caps one that is drawn.
    text = TINY.replace(
        "[search.ranges]",
        '[search.options]\nresidual = "identity"\nbatch_size = 32\nunknown_rate = 0.125\n\n'
        "[search.ranges]\nepochs = { low = 2, high = 3 }",
    ).replace('width = "embed_dim"\nwidth_rule = "per_head"', "")
    found = search(write_plan(tmp_path, text), tmp_path / "a", ratings, epochs=1, seed=7, trials=2)
    entry = (tmp_path / "a" / "trials.md").read_text().split("```toml\n")[1].split("```")[0]
    pasted = write_plan(tmp_path, f"{text}\n{entry}")
    name = f"trial-{found.best.tried.number}"
    assert read_plan(pasted).experiments[-1].name == name
    assert (
        f"`--only {name} --models autoint --seed 7` has" in (tmp_path / "a/trials.md").read_text()
    )
    asked = ExperimentOptions(read_plan(pasted), only=name, models="autoint", seed=7)
    again = run_experiments(asked, tmp_path / "b", Told(), data=ratings).best.outcome
    assert again.options == found.best.outcome.options
    assert again.options["epochs"] == 1
    assert again.key == found.best.outcome.key
    assert again.validation["auc"] == pytest.approx(found.best.outcome.validation["auc"], abs=1e-4)


def test_a_trial_is_told_by_the_value_of_the_weights_that_it_keeps(
    tmp_path: Path, ratings: Path
) -> None:
    # Steps so large that a later epoch makes the validation rows' log loss worse.
    plan = write_plan(
        tmp_path,
        a="low = 0.001, high = 0.05 -> low = 0.09, high = 0.1",
        b="epochs = 2 -> epochs = 4",
        c='weights = "last" -> weights = "best"',
    )
    found = search(plan, tmp_path / "out", ratings, trials=1)
    assert found.best.outcome.epoch < 4
    assert found.trials[0].value == found.best.outcome.validation["auc"]
    assert found.trials[0].value != pytest.approx(found.trials[0].values[-1], abs=1e-4)
    (line,) = pd.read_csv(tmp_path / "out" / "trials.csv").to_dict("records")
    assert line["validation_auc"] == pytest.approx(found.trials[0].value)


def test_the_same_search_again_trains_nothing_and_more_trials_go_on(
    whole: tuple[Path, Searched], never_given_up: Path, ratings: Path
) -> None:
    out, searched = whole
    before = {path: sha256(path) for path in out.rglob("*") if path.is_file()}
    told = Told()
    assert told_of(search(never_given_up, out, ratings, told)) == told_of(searched)
    assert told_of(search(never_given_up, out, ratings, told, trials=1)) == told_of(searched)
    assert epochs_in(told) == []
    after = {path: sha256(path) for path in out.rglob("*") if path.is_file()}
    changed = {path.name for path in before if after[path] != before[path]}
    assert changed <= {"trials.md", "trials.json"}  # which name the command
    assert before.keys() == after.keys()


def test_an_interrupted_trial_goes_on_from_its_last_epoch_under_its_number(
    whole: tuple[Path, Searched], never_given_up: Path, ratings: Path, tmp_path: Path
) -> None:
    _, expected = whole
    # After the second trial's first epoch, before its checkpoint.
    with pytest.raises(InterruptedSearchError):
        search(never_given_up, tmp_path, ratings, Interrupting("epoch 1:", 2))
    assert states(tmp_path) == [TrialState.COMPLETE, TrialState.RUNNING]
    # Its first epoch again, and then after the checkpoint of the second.
    told = Interrupting("Trial 1: validation auc", 1)
    with pytest.raises(InterruptedSearchError):
        search(never_given_up, tmp_path, ratings, told)
    assert epochs_in(told) == ["epoch 1", "epoch 2"]
    told = Told()
    again = search(never_given_up, tmp_path, ratings, told)
    assert epochs_in(told) == ["epoch 1", "epoch 2"]  # the third trial's
    assert states(tmp_path) == [TrialState.COMPLETE] * 3
    assert told_of(again) == told_of(expected)
    for trial, theirs in zip(again.trials, expected.trials, strict=True):
        assert trial.values == pytest.approx(theirs.values, abs=1e-4)


def test_a_trial_interrupted_between_checkpoint_and_report_reports_all_its_epochs(
    never_given_up: Path, ratings: Path, tmp_path: Path, whole: tuple[Path, Searched]
) -> None:
    class Dying(Told):
        """Interrupts when the second epoch begins to be shown, after the first one's checkpoint."""

        def update(self, fraction: float | None, text: str = "") -> None:
            if text.startswith("epoch 2"):
                raise InterruptedSearchError

    with pytest.raises(InterruptedSearchError):
        search(never_given_up, tmp_path, ratings, Dying(), trials=1)
    # As if the kill had come before the first epoch was reported.
    with sqlite3.connect(tmp_path / "study.db") as database:
        database.execute("DELETE FROM trial_intermediate_values")
    database.close()
    told = Told()
    searched = search(never_given_up, tmp_path, ratings, told, trials=1)
    assert epochs_in(told) == ["epoch 2"]
    assert len(searched.trials[0].values) == 2
    assert searched.trials[0].values == pytest.approx(whole[1].trials[0].values, abs=1e-4)


def test_trials_worse_than_the_median_are_given_up_and_not_counted_as_finished(
    tmp_path: Path, ratings: Path
) -> None:
    rates = "0.05, 1e-7, 2e-7, 3e-7, 4e-7"
    plan = write_plan(
        tmp_path,
        a=f"{{ low = 0.001, high = 0.05, log = true }} -> {{ choices = [{rates}] }}",
        b="epochs = 2 -> epochs = 4",
    )
    out = tmp_path / "out"
    searched = search(plan, out, ratings, trials=4, seed=SEED)
    rates_drawn = [trial.drawn["learning_rate"] for trial in searched.trials]
    assert rates_drawn[0] == 0.05
    assert max(rates_drawn[1:]) < 1e-5
    given_up = searched.trials[1:]
    assert [trial.state for trial in searched.trials] == ["finished", *["given up"] * 3]
    assert all(len(trial.values) < 4 for trial in given_up)
    assert searched.best.tried.number == 0
    # Nothing is left of them but what the study knows.
    assert len(list((out / "runs").iterdir())) == 1
    told = Told()
    assert told_of(search(plan, out, ratings, told, trials=4, seed=SEED)) == told_of(searched)
    assert epochs_in(told) == []


def test_a_database_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    # What a kill in the making of the tables left, before this is called again.
    (tmp_path / "study.db.partial").write_bytes(b"SQLite format 3\x00 half")
    (tmp_path / "study.db.partial-journal").write_bytes(b"half")
    path = tmp_path / "study.db"
    for _ in range(2):
        storage = open_storage(path)
        optuna.create_study(study_name="one", storage=storage, load_if_exists=True)
        storage.engine.dispose()
    assert [file.name for file in tmp_path.iterdir()] == ["study.db"]
    assert optuna.get_all_study_names(f"sqlite:///{path}") == ["one"]


def test_changed_ranges_begin_another_study_and_keep_the_first(
    whole: tuple[Path, Searched], never_given_up: Path, ratings: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    search(never_given_up, out, ratings, trials=1)
    narrow = write_plan(
        tmp_path,
        never_given_up.read_text(),
        a="high = 0.05 -> high = 0.04",
    )
    assert len(search(narrow, out, ratings, trials=1).trials) == 1
    told = Told()
    assert told_of(search(never_given_up, out, ratings, told, trials=1)) == told_of(whole[1])[:1]
    assert epochs_in(told) == []


def test_a_diverged_trial_counts_as_done(tmp_path: Path, ratings: Path) -> None:
    plan = write_plan(
        tmp_path, a="{ low = 0.001, high = 0.05, log = true } -> { low = 1e29, high = 1e30 }"
    )
    with pytest.raises(RunError, match="At least one trial should end in a model; all failed"):
        search(plan, tmp_path / "out", ratings, trials=2)
    assert states(tmp_path / "out") == [TrialState.FAIL, TrialState.FAIL]


def test_draws_that_make_no_model_count_as_done(tmp_path: Path, ratings: Path) -> None:
    # Four columns can be shared by one head or two, not by three.
    plan = write_plan(
        tmp_path,
        a='width_rule = "per_head" -> width_rule = "total"',
        b="heads = { choices = [1, 2] } -> heads = { choices = [3, 5] }",
    )
    with pytest.raises(RunError, match="all failed"):
        search(plan, tmp_path / "out", ratings, trials=2)
    assert states(tmp_path / "out") == [TrialState.FAIL, TrialState.FAIL]


def test_a_folder_is_for_one_kind_of_work(
    whole: tuple[Path, Searched], never_given_up: Path, ratings: Path
) -> None:
    options = ExperimentOptions(read_plan(never_given_up))
    with pytest.raises(RunError, match=r"of other work \(work search, not experiments\)"):
        run_experiments(options, whole[0], Told(), data=ratings)


def test_a_plan_without_ranges_cannot_be_searched(tmp_path: Path, ratings: Path) -> None:
    plan = write_plan(tmp_path, TINY[: TINY.index("[search]")])
    ended = command(plan, "--data", ratings, "--out", tmp_path / "out")
    assert ended.exit_code == 1
    assert "The plan tiny should have ranges to search, as [search.ranges]" in ended.stderr


def test_the_command_shows_both_models_trials_and_draws_them(ratings: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a?b #%41 {c}"
    folder.mkdir()
    plan = write_plan(
        folder, a="heads = { choices -> dnn_units = { choices = [[4], [8, 4]] }\nheads = { choices"
    )
    arguments = (plan, "--data", ratings, "--dataset", "tiny", "--out", folder / "out")
    ended = command(*arguments, "--models", "autoint,autoint+", "--trials", 1, "--epochs", 1)
    assert ended.exit_code == 0, ended.output
    assert (folder / "out" / "study.db").is_file()
    table = pd.read_csv(folder / "out" / "trials.csv")
    assert table["model"].tolist() == ["autoint", "autoint+"]
    assert table["epochs_trained"].tolist() == [1, 1]
    assert table["dnn_units"].isna().tolist() == [True, False]
    shown = ended.stdout.splitlines()[-3:]
    assert shown[0].split()[:2] == ["trial", "model"]
    assert sum(" * " in line for line in shown) == 1
    assert (folder / "out" / "trials.png").stat().st_size > 10_000
    text = (folder / "out" / "trials.md").read_text()
    assert (
        "search plan.toml --dataset tiny --data PATH --models autoint,autoint+ --epochs 1" in text
    )
    assert str(tmp_path) not in text
