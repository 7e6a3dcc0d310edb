from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from space.recommender import MovieRecommender
from training.cli import app

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = [sys.executable, "-m", "training", "train"]
TRAIN = typer.main.get_command(app).commands["train"]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def options(ratings: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The options of the one run that these tests share."""
    out = tmp_path_factory.mktemp("runs") / "run"
    return ["--data", str(ratings), "--out", str(out), "--epochs", "2"]


@pytest.fixture(scope="module")
def finished(options: list[str]) -> subprocess.CompletedProcess[str]:
    """A real process that trained with these options and wrote JSON lines."""
    return subprocess.run(
        [*COMMAND, *options, "--progress", "json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def endless(ratings: Path, out: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that trains without end, once its first epoch has begun."""
    arguments = ["--data", str(ratings), "--out", str(out), "--split", "random"]
    with subprocess.Popen(
        [*COMMAND, *arguments, "--epochs", "1000000", "--like", "5", "--progress", "json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Else a test run in the background would have the process ignore an interrupt.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        assert process.stdout is not None
        try:
            while "epoch" not in process.stdout.readline():
                assert process.poll() is None
            yield process
        finally:
            process.kill()


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["train", *arguments])


def words(text: str) -> str:
    """The text without the frame that usage errors have, and without line ends."""
    return " ".join(text.replace("│", " ").split())


def test_a_run_ends_well_and_writes_nothing_but_json_lines(
    finished: subprocess.CompletedProcess[str],
) -> None:
    assert finished.returncode == 0, finished.stderr
    events = [json.loads(line) for line in finished.stdout.splitlines()]
    stages = [event["stage"] for event in events if "stage" in event]
    assert stages == ["Reading ratings", "Training", "Measuring", "Ranking", "Exporting"]
    for event in events:
        assert event.keys() <= {"stage", "fraction", "text", "note"}
        assert event.get("fraction") is None or 0 <= event["fraction"] <= 1
    assert any(event.get("fraction") == 1 and "epoch 2" in event["text"] for event in events)
    assert any("Exported" in event.get("note", "") for event in events)


def test_what_a_run_exports_can_be_served(
    finished: subprocess.CompletedProcess[str], options: list[str]
) -> None:
    out = Path(options[3])
    recommender = MovieRecommender.load(out / "bundle", out / "dataset")
    assert len(recommender.recommend(recommender.user_ids[0])) == 10


def test_the_same_command_again_says_that_it_is_finished(
    finished: subprocess.CompletedProcess[str], options: list[str]
) -> None:
    again = ask(*options)
    assert again.exit_code == 0
    assert "holds this run already, finished" in again.stderr
    assert again.stdout == ""


def test_json_lines_go_to_standard_output(
    finished: subprocess.CompletedProcess[str], options: list[str]
) -> None:
    again = ask(*options, "--progress", "json")
    (event,) = [json.loads(line) for line in again.stdout.splitlines()]
    assert "finished" in event["note"]


def test_changed_options_are_refused(
    finished: subprocess.CompletedProcess[str], options: list[str]
) -> None:
    refused = ask(*options, "--seed", "7")
    assert refused.exit_code == 1
    assert "holds a run with other options (seed 42, not 7). Choose another" in refused.stderr
    assert "Traceback" not in refused.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--preset", "best"], "'best' is not one of default, paper, original."),
        (["--fields", "few"], "'few' is not one of original, no-demographics."),
        (["--split", "time"], "'time' is not one of random, user-time."),
        (["--vocabularies", "some"], "'some' is not one of 'train', 'all'."),
        (["--progress", "dots"], "'dots' is not one of 'bar', 'json'."),
        (["--epochs", "0"], "should be greater than or equal to 1"),
        (["--like", "much"], "should be a valid number"),
        (["--gpu"], "No such option: --gpu"),
    ],
)
def test_a_wrong_option_is_refused_with_what_is_allowed(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    refused = ask("--out", str(tmp_path / "run"), *arguments)
    assert refused.exit_code == 2
    assert said in words(refused.stderr)
    assert arguments[0] in words(refused.stderr)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "given",
    [("--fields", "no-demographics"), ("--fields", "original"), ("--vocabularies", "train")],
)
def test_what_a_published_model_brings_along_cannot_be_chosen(
    tmp_path: Path, given: tuple[str, str]
) -> None:
    refused = ask("--out", str(tmp_path / "run"), "--init-from", "owner/model", *given)
    assert refused.exit_code == 2
    said = words(refused.stderr)
    assert given[0] in said
    assert "the published model has its own. Leave this out, or leave out --init-from." in said
    assert not (tmp_path / "run").exists()


def test_a_model_that_is_not_there_is_told_in_words(ratings: Path, tmp_path: Path) -> None:
    arguments = ["--data", str(ratings), "--out", str(tmp_path / "run")]
    refused = ask(*arguments, "--init-from", str(tmp_path / "nowhere"))
    assert refused.exit_code == 1
    assert "nowhere: there is no such folder. Give a bundle's folder, or" in refused.stderr
    assert isinstance(refused.exception, SystemExit)


def test_the_folder_for_the_run_has_to_be_named() -> None:
    refused = ask("--dataset", "ml-100k")
    assert refused.exit_code == 2
    assert "Missing option '--out'" in words(refused.stderr)


def test_a_bad_file_is_shown_by_line_and_without_traceback(ratings: Path, tmp_path: Path) -> None:
    for path in ratings.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    lines = (tmp_path / "u.data").read_text().splitlines()
    lines[2] = "1\t1\tmany\t978300760"
    (tmp_path / "u.data").write_text("\n".join(lines))
    refused = ask("--data", str(tmp_path), "--out", str(tmp_path / "run"))
    assert refused.exit_code == 1
    said = "u.data: 1 bad line\n  line 3: expected a number as rating, found 'many'"
    assert said in refused.stderr
    assert "Traceback" not in refused.output
    assert isinstance(refused.exception, SystemExit)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--data", "nowhere"], "nowhere: there is no such file or folder."),
        (["--dataset", "ml-3"], "--dataset should be one of ml-100k, ml-1m"),
    ],
)
def test_ratings_that_are_not_there_are_told_in_words(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    refused = ask("--out", str(tmp_path), *arguments)
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert isinstance(refused.exception, SystemExit)


def test_an_interrupted_run_says_that_it_can_go_on(ratings: Path, tmp_path: Path) -> None:
    with endless(ratings, tmp_path / "run") as process:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped. The same command goes on from the last epoch." in errors
    assert "Traceback" not in errors
    assert json.loads((tmp_path / "run" / "run.json").read_text())["finished"] is False


def test_a_run_ends_when_nobody_reads_its_progress(ratings: Path, tmp_path: Path) -> None:
    with endless(ratings, tmp_path / "run") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(timeout=60) == 1


def test_without_a_command_the_help_is_shown() -> None:
    shown = CliRunner().invoke(app, [])
    assert "Train AutoInt+ on MovieLens." in shown.output
    assert "train" in shown.output


@pytest.mark.parametrize("option", TRAIN.params, ids=lambda option: option.name)
def test_every_option_has_a_help_text_that_is_shown(option: Any) -> None:
    shown = words(CliRunner().invoke(app, ["train", "--help"], env={"COLUMNS": "200"}).output)
    assert option.opts[0] in shown
    assert option.help
    assert " ".join(option.help.split()[:4]) in shown
