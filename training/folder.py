"""An output folder that one process works in at a time, and files in it that are whole or absent."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import filelock
import numpy as np

from training.errors import RunError
from training.progress import Reporter


@contextmanager
def locked(out: Path, doing: str, reporter: Reporter) -> Iterator[None]:
    """Have a folder for oneself, waiting for another process if need be.

    Args:
        out: The folder; it is made.
        doing: What another process does there, such as "trains".
        reporter: Is told of waiting.
    """
    out.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(out / ".lock")
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        reporter.stage(f"Waiting for another process that {doing} in the same folder")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def claim(out: Path, work: Mapping[str, str]) -> None:
    """Have a folder for one piece of work: what another left there would be mixed up or removed.

    Args:
        out: A folder of one's own (`locked`).
        work: What tells the work from another, by name; kept in `work.json`.

    Raises:
        RunError: If the folder is another's.
    """
    record = out / "work.json"
    held = read_json(record) if record.exists() else {**work}
    differs = [
        f"{name} {str(held.get(name))[:12]}, not {work.get(name, 'None')[:12]}"
        for name in {**work, **held}
        if held.get(name) != work.get(name)
    ]
    if differs:
        raise RunError(
            f"{out} holds the results of other work ({'; '.join(differs)}). Choose another --out."
        )
    write_json(record, work)


def write_json(path: Path, content: Any) -> None:
    """Write a file whole: it appears with all of its content or not at all."""
    partial = path.with_name(f"{path.name}.partial")
    text = json.dumps(content, indent=2, ensure_ascii=False)
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)


def read_json(path: Path) -> Any:
    """Read a file that `write_json` wrote."""
    return json.loads(path.read_text(encoding="utf-8"))


def strict(value: Any) -> Any:
    """A value as JSON proper can hold it: NaN and infinity become null, numbers of NumPy plain ones.

    For files that others read. A record of our own, which Python reads again, keeps its NaN.
    """
    if isinstance(value, Mapping):
        return {str(key): strict(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [strict(entry) for entry in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
