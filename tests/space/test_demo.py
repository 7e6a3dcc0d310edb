from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from space.demo import DemoSource
from space.errors import BundleError, PreparationError
from tests.exports import Run

TRAINS = """
import json, shutil, sys
from pathlib import Path

arguments = sys.argv[1:]
Path("called.json").write_text(json.dumps(arguments))
out = Path(arguments[arguments.index("--out") + 1])
known = (out / "run.json").exists()
Path("resumed.json").write_text(json.dumps(known))

def say(**event):
    print(json.dumps(event), flush=True)

say(stage="Reading ratings", fraction=0.0, text="")
say(fraction=1.0, text="4.9 MB of 4.9 MB")
say(fraction=0.5, text="another try")
print("a library says something")
print("42")
say(note="100 ratings")
say(stage="Training", fraction=0.0, text="")
say(fraction=0.5, text="epoch 1")
say(fraction=None, text="saving")
say(fraction=1.0, text="epoch 2")
say(stage="Measuring", fraction=0.0, text="")
say(stage="Ranking", fraction=0.0, text="")
say(stage="Exporting", fraction=0.0, text="")
if not known:
    for name in ("bundle", "dataset"):
        shutil.rmtree(out / name, ignore_errors=True)
        shutil.copytree(Path("ready") / name, out / name)
    (out / "run.json").write_text('{"finished": true}')
"""
"""A stand-in for training that exports what lies ready, unless its record says it has."""


@dataclass
class Told:
    """Keeps what is reported."""

    events: list[tuple[float | None, str]] = field(default_factory=list)

    def __call__(self, fraction: float | None, text: str) -> None:
        self.events.append((fraction, text))


@pytest.fixture
def root(run: Run, tmp_path: Path) -> Path:
    """A folder with the stand-in, and a run ready to be exported by it."""
    for folder in (run.bundle, run.dataset):
        shutil.copytree(folder, tmp_path / "ready" / folder.name)
    return stand_in(tmp_path, TRAINS)


def stand_in(root: Path, code: str) -> Path:
    """Write a `training` package whose command line is this code."""
    (root / "training").mkdir()
    (root / "training" / "__init__.py").write_text("")
    (root / "training" / "__main__.py").write_text(code)
    return root


def demo(root: Path) -> DemoSource:
    return DemoSource(root / "runs" / "demo", root)


def test_where_nothing_is_kept_the_demo_is_trained_and_read(root: Path) -> None:
    recommender = demo(root).prepare(Told())
    assert recommender.dataset is not None
    assert len(recommender.recommend(1)) == 10
    arguments = json.loads((root / "called.json").read_text())
    assert arguments[:3] == ["train", "--dataset", "ml-100k"]
    assert arguments[3:] == ["--out", str(root / "runs" / "demo"), "--progress", "json"]


def test_a_demo_that_is_kept_is_read_without_training(root: Path) -> None:
    demo(root).prepare(Told())
    (root / "called.json").unlink()
    told = Told()
    assert demo(root).prepare(told).dataset is not None
    assert not (root / "called.json").exists()
    assert told.events == [(None, "Reading the bundle")]


def test_progress_is_mapped_over_the_whole_and_never_goes_back(root: Path) -> None:
    told = Told()
    demo(root).prepare(told)
    fractions = [fraction for fraction, _ in told.events if fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions == pytest.approx([0, 0, 0.1, 0.1, 0.1, 0.4, 0.4, 0.7, 0.7, 0.72, 0.93])
    texts = [text for _, text in told.events]
    assert texts[0] == "Starting the training process"
    assert texts[1:3] == ["Reading ratings", "Reading ratings: 4.9 MB of 4.9 MB"]
    assert "Training: epoch 1" in texts
    assert texts[-2:] == ["Exporting", "Reading the bundle"]


@pytest.mark.parametrize("damaged", ["bundle/model.onnx", "dataset/ratings.parquet"])
def test_a_kept_demo_that_is_damaged_is_trained_again(root: Path, damaged: str) -> None:
    demo(root).prepare(Told())
    with (root / "runs" / "demo" / damaged).open("ab") as file:
        file.write(b"!")
    told = Told()
    assert len(demo(root).prepare(told).recommend(1)) == 10
    assert json.loads((root / "resumed.json").read_text()) is False
    assert (None, "The kept demo model cannot be read; training it again") in told.events


def test_a_run_that_was_begun_is_gone_on_with(root: Path) -> None:
    begun = root / "runs" / "demo"
    begun.mkdir(parents=True)
    (begun / "run.json").write_text('{"finished": false}')
    with pytest.raises(BundleError, match=r"bundle: there is no such folder"):
        demo(root).prepare(Told())
    assert json.loads((root / "resumed.json").read_text()) is True


def test_a_failure_shows_the_exit_code_and_what_was_printed_last(tmp_path: Path) -> None:
    root = stand_in(
        tmp_path,
        "import sys\n"
        "print('I0000 00:00 a library chats', file=sys.stderr)\n"
        "print('WARNING: All log messages before', file=sys.stderr)\n"
        "for line in range(40): print(f'line {line}', file=sys.stderr)\n"
        "print(file=sys.stderr)\n"
        "print('ml-100k could not be fetched.', file=sys.stderr)\n"
        "print('I0000 00:00 a library chats', file=sys.stderr)\n"
        "sys.exit(3)\n",
    )
    with pytest.raises(PreparationError) as caught:
        demo(root).prepare(Told())
    lines = str(caught.value).splitlines()
    assert lines[0] == "Training the demo model ended with exit code 3."
    assert lines[-1] == "ml-100k could not be fetched."
    assert lines[1:-1] == [f"line {line}" for line in range(30, 40)]


def test_a_failure_in_silence_says_so(tmp_path: Path) -> None:
    root = stand_in(tmp_path, "raise SystemExit(7)")
    with pytest.raises(PreparationError, match=r"exit code 7\.\nIt printed nothing\."):
        demo(root).prepare(Told())


def test_a_missing_training_package_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(PreparationError, match="No module named"):
        demo(tmp_path).prepare(Told())


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_process_that_prints_a_lot_does_not_get_stuck(tmp_path: Path, stream: str) -> None:
    root = stand_in(
        tmp_path,
        f"import sys\nfor _ in range(20_000): print('x' * 99, file=sys.{stream})\nsys.exit(1)\n",
    )
    with pytest.raises(PreparationError, match="exit code 1"):
        demo(root).prepare(Told())


def test_the_process_uses_this_interpreter_and_none_of_this_ones_input(tmp_path: Path) -> None:
    root = stand_in(
        tmp_path,
        "import sys\nprint(sys.executable, repr(sys.stdin.read()), file=sys.stderr)\nsys.exit(1)\n",
    )
    with pytest.raises(PreparationError) as caught:
        demo(root).prepare(Told())
    assert str(caught.value).endswith(f"{sys.executable} ''")
