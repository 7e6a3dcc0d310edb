from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from tests.builders import tiny_movielens, write_ml_1m
from training.cli import app
from training.licences import LICENCES

ROOT = Path(__file__).resolve().parents[3]
DESCRIBE = typer.main.get_command(app).commands["describe"]  # type: ignore[attr-defined]


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    """A tiny data set in ML-1M's layout."""
    folder = tmp_path / "ratings"
    folder.mkdir()
    write_ml_1m(tiny_movielens(), folder)
    return folder


def ask(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["describe", *map(str, arguments)])


def test_a_page_is_written_and_replaced(ratings: Path, tmp_path: Path) -> None:
    out = tmp_path / "made" / "page.html"
    for _ in range(2):
        done = ask("--data", ratings, "--dataset", "ml-1m", "--out", out)
        assert done.exit_code == 0, done.output
        assert f"Wrote {out}" in done.stderr
        page = out.read_text(encoding="utf-8")
        assert page.lstrip().startswith("<!doctype html>")
        assert LICENCES["ml-1m"].url in page
        assert [path.name for path in out.parent.iterdir()] == ["page.html"]
        out.write_text("an older one")


def test_a_process_writes_report_html_and_json_lines_without_tensorflow(
    ratings: Path, tmp_path: Path
) -> None:
    code = (
        "import sys; from training.cli import app\n"
        "try: app(sys.argv[1:])\n"
        "finally: assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "describe", "--data", ratings, "--progress", "json"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "MPLCONFIGDIR": str(tmp_path / "mpl")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    stages = [event["stage"] for event in events if "stage" in event]
    assert stages == ["Reading ratings", "Counting", "Drawing"]
    assert events[-1] == {"note": "Wrote report.html"}
    assert "ratings" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_what_the_reader_warns_of_is_shown(ratings: Path, tmp_path: Path) -> None:
    path = ratings / "ratings.dat"
    path.write_text(path.read_text() + path.read_text().splitlines()[0] + "\n")
    done = ask("--data", ratings, "--out", tmp_path / "page.html", "--progress", "json")
    assert "the latest is kept" in done.stdout


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
    out = tmp_path / "page.html"
    refused = ask(*arguments, "--out", out)
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert isinstance(refused.exception, SystemExit)
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_cannot_be_written_is_told_before_the_work(
    ratings: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    refused = ask("--data", ratings, "--out", tmp_path / "file" / "page.html", "--progress", "json")
    assert refused.exit_code == 1
    assert "page.html cannot be written:" in refused.stderr
    assert "Choose another --out" in refused.stderr
    assert "Reading ratings" not in refused.output


def test_a_folder_is_no_page(ratings: Path, tmp_path: Path) -> None:
    refused = ask("--data", ratings, "--out", tmp_path)
    assert refused.exit_code == 2
    assert "--out" in refused.stderr


@pytest.mark.parametrize("option", DESCRIBE.params, ids=lambda option: option.name)
def test_every_option_has_a_help_text_that_is_shown(option: typer.core.TyperOption) -> None:
    shown = CliRunner().invoke(app, ["describe", "--help"], env={"COLUMNS": "200"}).output
    assert option.opts[0] in shown
    assert option.help
    assert " ".join(option.help.split()[:4]) in " ".join(shown.split())
