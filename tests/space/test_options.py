from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from space.demo import DemoSource
from space.hub.repository import Repository
from space.options import ROOT, source_from
from space.sources import FolderSource, HubSource


@pytest.fixture(autouse=True)
def _no_repository_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nor is there anything in the folder but an exported `b` and `d`, and a run's `run`."""
    for name in ("MODEL_REPO", "DATASET_REPO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    for folder in ("b", "d", "run/bundle", "run/dataset"):
        Path(folder).mkdir(parents=True)
        Path(folder, "manifest.json").write_text("{}")


def test_without_options_the_source_is_the_demo_beside_the_app() -> None:
    assert source_from([]) == DemoSource(ROOT / "runs" / "demo", ROOT)
    assert (ROOT / "app.py").is_file()


def test_the_demo_can_be_kept_elsewhere() -> None:
    assert source_from(["--demo", "kept"]) == DemoSource(Path("kept"), ROOT)


def test_a_named_bundle_is_the_source_with_or_without_data_set() -> None:
    assert source_from(["--bundle", "b"]) == FolderSource(Path("b"))
    both = source_from(["--bundle", "b", "--dataset", "d"])
    assert both == FolderSource(Path("b"), Path("d"))


EXPECTED = "should be an exported folder, such as runs/first/"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--bundle", "nope"], f"--bundle {EXPECTED}bundle. Received: nope, which is not there."),
        (
            ["--bundle", "run"],
            f"--bundle {EXPECTED}bundle. Received: run, which has no manifest.json. "
            "Did you mean run/bundle?",
        ),
        (["--bundle", "."], "Received: ., which has no manifest.json."),
        (
            ["--bundle", "b", "--dataset", "nope"],
            f"--dataset {EXPECTED}dataset. Received: nope, which is not there.",
        ),
        (
            ["--bundle", "run/bundle", "--dataset", "run"],
            "Received: run, which has no manifest.json. Did you mean run/dataset?",
        ),
        (
            ["--bundle", "b", "--model", "ada/model"],
            "one model should be named: --bundle DIR or --model OWNER/NAME. "
            "Received: --bundle b --model ada/model",
        ),
    ],
)
def test_what_cannot_be_served_is_refused_before_anything_starts(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        source_from(arguments)
    assert caught.value.code == 2
    told = capsys.readouterr().err
    assert told.endswith(f"{said}\n")
    assert ("Did you mean" in told) == ("Did you mean" in said)


def test_a_data_set_without_bundle_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        source_from(["--dataset", "d"])
    assert caught.value.code == 2
    assert "--dataset goes with --bundle, --model or MODEL_REPO" in capsys.readouterr().err


def test_an_option_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        source_from(["--share"])
    assert caught.value.code == 2
    assert "unrecognized arguments: --share" in capsys.readouterr().err


def test_the_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        source_from(["--help"])
    assert caught.value.code == 0
    shown = capsys.readouterr().out
    options = ("--bundle", "--model", "--dataset", "--demo")
    variables = ("MODEL_REPO", "DATASET_REPO", "HF_HOME", "HF_TOKEN", "GRADIO_SERVER_PORT")
    for word in (*options, *variables):
        assert word in shown


MODEL, DATA = Repository("ada/model"), Repository("ada/data")
TAGGED = Repository("ada/model", "v1")


@pytest.mark.parametrize(
    ("arguments", "variables", "source"),
    [
        (["--model", "ada/model"], {}, HubSource(MODEL)),
        (["--model", "ada/model@v1"], {}, HubSource(TAGGED)),
        (["--model", "ada/model", "--dataset", "ada/data"], {}, HubSource(MODEL, DATA)),
        ([], {"MODEL_REPO": "ada/model"}, HubSource(MODEL)),
        ([], {"MODEL_REPO": " ada/model@v1\n"}, HubSource(TAGGED)),
        ([], {"MODEL_REPO": "ada/model", "DATASET_REPO": "ada/data"}, HubSource(MODEL, DATA)),
        (["--dataset", "ada/data"], {"MODEL_REPO": "ada/model"}, HubSource(MODEL, DATA)),
        (["--model", "ada/model"], {"MODEL_REPO": "ada/other"}, HubSource(MODEL)),
        (["--model", "ada/model"], {"DATASET_REPO": "ada/data"}, HubSource(MODEL, DATA)),
        (
            ["--model", "ada/model", "--dataset", "ada/data"],
            {"DATASET_REPO": "ada/other"},
            HubSource(MODEL, DATA),
        ),
        (["--bundle", "b"], {"MODEL_REPO": "ada/model"}, FolderSource(Path("b"))),
        (["--bundle", "b"], {"DATASET_REPO": "ada/data"}, FolderSource(Path("b"))),
        (
            ["--bundle", "b", "--dataset", "d"],
            {"MODEL_REPO": "ada/model"},
            FolderSource(Path("b"), Path("d")),
        ),
        ([], {"DATASET_REPO": "ada/data"}, DemoSource(ROOT / "runs" / "demo", ROOT)),
        ([], {"MODEL_REPO": ""}, DemoSource(ROOT / "runs" / "demo", ROOT)),
        (["--demo", "d"], {"MODEL_REPO": "ada/model"}, HubSource(MODEL)),
    ],
)
def test_the_first_that_is_named_is_the_source(
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    variables: dict[str, str],
    source: object,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert source_from(arguments) == source


@pytest.mark.parametrize(
    ("arguments", "variables", "said"),
    [
        (["--model", "model"], {}, "--model: A repository of the Hub should be written owner/name"),
        (["--model", "a/b@"], {}, "--model: A revision should be"),
        (["--model", "a/b", "--dataset", "d"], {}, "--dataset: A repository of the Hub should be"),
        (["--model", ""], {}, "--model: A repository of the Hub should be written owner/name"),
        ([], {"MODEL_REPO": "model"}, "MODEL_REPO: A repository of the Hub should be written"),
        (["--model", "a/b"], {"DATASET_REPO": "d"}, "DATASET_REPO: A repository of the Hub"),
    ],
)
def test_what_is_no_repository_is_refused_by_the_name_of_where_it_stands(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    variables: dict[str, str],
    said: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as caught:
        source_from(arguments)
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "source"),
    [
        ([], "NoSource"),
        (["--bundle", "b"], "FolderSource"),
        (["--model", "ada/model"], "HubSource"),
    ],
)
def test_where_the_training_package_is_not_there_the_demo_cannot_be_served(
    tmp_path: Path, arguments: list[str], source: str
) -> None:
    shutil.copytree(ROOT / "space", tmp_path / "space")
    code = "import sys; from space.options import source_from; print(type(source_from()).__name__)"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == source
