from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest

from training.protocols.cost import measured, seconds_of_epochs


def test_seconds_are_those_inside() -> None:
    with measured() as cost:
        time.sleep(0.05)
    assert 0.05 <= cost.seconds < 5


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the system is not Linux")
def test_the_peak_is_what_was_resident_inside_and_not_before() -> None:
    before = np.ones(40 * 2**17)  # 40 MiB
    del before
    with measured() as small:
        pass
    with measured() as large:
        inside = np.ones(100 * 2**17)
        del inside
    assert small.peak_mib is not None
    assert large.peak_mib is not None
    assert 80 < large.peak_mib - small.peak_mib < 200


def test_the_last_checkpoint_tells_what_its_epochs_took(tmp_path: Path) -> None:
    assert seconds_of_epochs(tmp_path / "none") == 0
    for epoch, seconds in ((9, [1.0]), (10, [2.0, 0.5])):
        folder = tmp_path / f"epoch-{epoch:04d}"
        folder.mkdir()
        history = [{"seconds": each} for each in seconds]
        (folder / "state.json").write_text(json.dumps({"history": history}))
    assert seconds_of_epochs(tmp_path) == 2.5


def test_work_that_fails_is_measured_too() -> None:
    with pytest.raises(ZeroDivisionError), measured() as cost:
        _ = 1 / 0
    assert cost.seconds > 0
