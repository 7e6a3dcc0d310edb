from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import serve
from tests.benchmarks.serve import Verdicts, folder_mb, main


def test_a_target_that_is_missed_is_kept_and_an_aim_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    verdicts = Verdicts()
    verdicts.target("share", 0.5, "", 0.5)
    verdicts.target("memory", 300.1, " MiB", 300)
    verdicts.aim("start", 3.9, " s", 4)
    verdicts.aim("median", 24, " ms", 20)
    assert verdicts.missed == ["memory"]
    told = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert told == [
        "share 0.50 target: at most 0.5 met",
        "memory 300.10 MiB target: at most 300 MiB MISSED",
        "start 3.90 s aim: at most 4 s met",
        "median 24.00 ms aim: at most 20 ms not met on this machine now",
    ]


def test_the_size_of_a_folder_is_that_of_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "in" / "it").mkdir(parents=True)
    (tmp_path / "a").write_bytes(bytes(1_500_000))
    (tmp_path / "in" / "it" / "b").write_bytes(bytes(500_000))
    assert folder_mb(tmp_path) == 2


@pytest.mark.parametrize(("most", "code"), [(1, 0), (0.9, 1)])
def test_the_exit_code_tells_of_a_missed_target(
    most: float, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def export(bundle: Path, dataset: Path) -> None:
        bundle.mkdir()
        (bundle / "model").write_bytes(bytes(1_000_000))

    # What takes long is left out: the size of the folder alone is measured.
    for name in ("_latency", "_list", "_server", "MovieRecommender"):
        monkeypatch.setattr(serve, name, _Nothing())
    monkeypatch.setattr(serve, "export_sized", export)
    monkeypatch.setattr(serve, "BUNDLE_MB", most)
    assert main() == code
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == ("Missed: size on disk" if code else "Every target is met.")


class _Nothing:
    def __call__(self, *arguments: object) -> None: ...

    def load(self, *arguments: object) -> None: ...
