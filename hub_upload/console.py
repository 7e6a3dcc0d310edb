"""What a person at a terminal sees and does: words above the progress bars, failures, interruptions."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

import typer
from huggingface_hub.utils.tqdm import tqdm

from hub_upload.errors import Failure, PublishError, redact
from hub_upload.push import NAMES, Pushed


@dataclass
class Session:
    """What one call of the command has done."""

    pushed: list[Pushed]
    """Repositories that are complete on the Hub."""

    def summary(self) -> str:
        """What is left behind, in words."""
        names = [f"{NAMES[done.kind]} {done.repo_id} ({done.sha[:7]})" for done in self.pushed]
        return f"Published in full so far: {', '.join(names) or 'nothing'}."


def fail(error: PublishError, session: Session) -> NoReturn:
    """Say what happened and what is left behind, and end with the failure's exit code."""
    # Bars of files that did not get through are still there, and would be drawn over the words.
    for bar in list(tqdm._instances):
        bar.close()
    said = str(error)
    said += "" if said.endswith("\n") else " " if said.endswith(".") else ". "
    with contextlib.suppress(OSError, ValueError):
        say(f"{said}{session.summary()} After that, the same command goes on.")
    if error.failure is Failure.DISK:
        leave_full_streams()
    raise typer.Exit(int(error.failure)) from None


def leave_full_streams() -> None:
    """What a stream could not take would be tried again, and complained of, at the end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(text: str) -> None:
    """Say something above the progress bars, without tokens."""
    tqdm.write(redact(text), file=sys.stderr)  # above the bars that are there


@contextlib.contextmanager
def stopping_at_once(session: Session) -> Iterator[None]:
    """End at an interruption, at once: the client's threads would go on trying for half a minute."""
    before = signal.signal(signal.SIGINT, lambda *_: _stop(session.summary()))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _stop(summary: str = "") -> None:
    os.write(2, f"\n{' '.join(f'Stopped. {summary} The same command goes on.'.split())}\n".encode())
    os._exit(130)


class _Warnings(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


@contextlib.contextmanager
def warnings_in_words() -> Iterator[None]:
    """Show what the Hub's client warns of, such as waiting and trying again, without its tokens."""
    logger = logging.getLogger("huggingface_hub")
    handlers, propagate = logger.handlers, logger.propagate
    logger.handlers, logger.propagate = [_Warnings(logging.WARNING)], False
    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_: say(str(message))
            yield
    finally:
        logger.handlers, logger.propagate = handlers, propagate


def prepare_terminal() -> None:
    """See that an interruption, a closed stream or a narrow encoding ends in words at the most."""
    signal.signal(signal.SIGINT, lambda *_: _stop())
    if sys.stderr is None:  # who started us closed it; the client's bars want one
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # cards have letters of all kinds
