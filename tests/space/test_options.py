from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from space.artifacts import FolderSource
from space.demo import DemoSource
from space.options import ROOT, source_from


def test_without_options_the_source_is_the_demo_beside_the_app() -> None:
    assert source_from([]) == DemoSource(ROOT / "runs" / "demo", ROOT)
    assert (ROOT / "app.py").is_file()


def test_the_demo_can_be_kept_elsewhere() -> None:
    assert source_from(["--demo", "kept"]) == DemoSource(Path("kept"), ROOT)


def test_a_named_bundle_is_the_source_with_or_without_data_set() -> None:
    assert source_from(["--bundle", "b"]) == FolderSource(Path("b"))
    both = source_from(["--bundle", "b", "--dataset", "d"])
    assert both == FolderSource(Path("b"), Path("d"))


def test_a_data_set_without_bundle_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        source_from(["--dataset", "d"])
    assert caught.value.code == 2
    assert "--dataset goes with --bundle" in capsys.readouterr().err


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
    for word in ("--bundle", "--dataset", "--demo", "GRADIO_SERVER_PORT"):
        assert word in shown


@pytest.mark.parametrize(
    ("arguments", "source"), [([], "NoSource"), (["--bundle", "b"], "FolderSource")]
)
def test_where_the_training_package_is_not_there_only_a_bundle_can_be_served(
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
