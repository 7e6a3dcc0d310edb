"""An output folder that one process works in at a time, and files in it that are whole or absent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import filelock

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


def write_json(path: Path, content: Any) -> None:
    """Write a file whole: it appears with all of its content or not at all."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    partial.replace(path)
