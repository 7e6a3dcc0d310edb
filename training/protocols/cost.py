"""What a piece of work costs: seconds and memory."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from training.folder import read_json

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"  # proc(5): sets the peak to what is resident now


@dataclass
class Cost:
    """What was measured, once the work is over."""

    seconds: float = 0.0
    """Time on the wall."""
    peak_mib: float | None = None
    """The most that the process had resident meanwhile, with all that it held before: libraries, data,
    and what earlier work left. Where the system is not Linux, since its start; none where nothing can be
    told."""


@contextlib.contextmanager
def measured() -> Iterator[Cost]:
    """Measure what happens inside."""
    cost = Cost()
    with contextlib.suppress(OSError):
        _RESET.write_text(_RESET_PEAK)
    started = time.perf_counter()
    try:
        yield cost
    finally:
        cost.seconds = time.perf_counter() - started
        cost.peak_mib = _peak_mib()


def seconds_of_epochs(checkpoints: Path) -> float:
    """What the epochs took that a fit has behind it.

    Args:
        checkpoints: Its folder, as `training.checkpoints` fills it; it need not be there.
    """
    found = sorted(checkpoints.glob("epoch-*/state.json"))
    history = read_json(found[-1])["history"] if found else []
    return float(sum(entry["seconds"] for entry in history))


def _peak_mib() -> float | None:
    try:
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    try:
        import resource
    except ImportError:  # Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 1024
