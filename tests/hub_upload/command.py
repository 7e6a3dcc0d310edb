"""The command `python -m hub_upload` as a process, and what it leaves on the Hub."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from tests.hub import HubServer, Repository

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = "ada/films"
_NOISE = ("Traceback", "Exception ignored", "Warning:", "KeyboardInterrupt", "Aborted")
"""What no output may have in it."""


class Command:
    """A command under way, in a process of its own.

    Args:
        hub: Its tokens may not be printed.
        arguments: Of the command.
        token: What `HF_TOKEN` holds; by default one of "ada" that may write.
        environment: Other variables; None removes one, a token too.
        fresh: Whether Python is started for it. Else it is a fork of a process that has imported
            the command and done nothing else, which saves most of a second.
        full: Whether its output goes to a disk that is full: none, standard output, or both.
    """

    def __init__(
        self,
        hub: HubServer,
        *arguments: str | Path,
        token: str | None = None,
        environment: Mapping[str, str | None] | None = None,
        fresh: bool = False,
        full: Literal["", "out", "both"] = "",
    ) -> None:
        words = [str(word) for word in arguments]
        given = {"HF_TOKEN": token or writer(hub), **(environment or {})}
        variables = {k: v for k, v in {**os.environ, **given}.items() if v is not None}
        self._secrets = [given[name] for name in ("HF_TOKEN", "READER") if given.get(name)]
        self._hub = hub
        self._folder = Path(tempfile.mkdtemp(prefix="command-"))
        for name in ("out", "err"):
            if full == "both" or name == full:
                (self._folder / name).symlink_to("/dev/full")
            else:
                (self._folder / name).touch()
        self._process = (_Fresh if fresh else _Fork)(words, variables, self._folder)
        self.pid = self._process.pid

    @property
    def err(self) -> str:
        """Standard error so far."""
        return self._text("err")

    @property
    def alive(self) -> bool:
        """Whether it has not ended; a fresh one is told of as alive until `end`."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def _text(self, name: str) -> str:
        path = self._folder / name
        return "" if path.is_symlink() else path.read_text(errors="replace")

    def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        end = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < end, self.err
            time.sleep(0.01)

    def interrupt(self) -> None:
        """Do what Ctrl-C does."""
        os.kill(self.pid, signal.SIGINT)

    def kill(self) -> None:
        """Let it end at once, without a chance to do anything."""
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> Ended:
        """Wait for the end, and look through all that was printed."""
        code = self._process.end()
        ended = Ended(code, self._text("out"), self.err)
        shutil.rmtree(self._folder)
        check_output(self._hub, ended.out, ended.err, secrets=self._secrets)
        return ended


class Ended:
    """A command that has ended, and printed neither a token nor a traceback."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        """The exit code; that of a killed one is negative."""
        self.out = out
        self.err = err
        self.said = err.rstrip().rpartition("\n")[2]
        """The last line of standard error."""

    def __repr__(self) -> str:
        return f"{self.code}\n{self.out}\n{self.err}"


class _Fresh:
    """Python, started for one command."""

    def __init__(self, words: list[str], variables: dict[str, str], folder: Path) -> None:
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "hub_upload", *words],
                cwd=ROOT,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                # Else a test run in the background would have the process ignore an interrupt.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            )
        self.pid = self._process.pid

    def end(self) -> int:
        return self._process.wait(60)


class _Fork:
    """A fork of a process that is started with the first. There is one at a time."""

    _parent: subprocess.Popen[str] | None = None
    _running: int | None = None

    def __init__(self, words: list[str], variables: dict[str, str], folder: Path) -> None:
        if _Fork._parent is None:
            _Fork._parent = subprocess.Popen(
                [sys.executable, "-m", "tests.hub_upload.zygote"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            atexit.register(_Fork._parent.communicate)
        if _Fork._running is not None:  # of a test that failed
            os.kill(_Fork._running, signal.SIGKILL)
            self.end()
        asked = {"arguments": words, "environment": variables, "folder": str(folder)}
        assert _Fork._parent.stdin is not None
        _Fork._parent.stdin.write(json.dumps(asked) + "\n")
        _Fork._parent.stdin.flush()
        self.pid = _Fork._running = self._told()

    def end(self) -> int:
        code = self._told()
        _Fork._running = None
        return code

    def _told(self) -> int:
        """The next number: the process's id, then its exit code."""
        assert _Fork._parent is not None
        assert _Fork._parent.stdout is not None
        return int(_Fork._parent.stdout.readline())


def check_output(hub: HubServer, *texts: str, secrets: Iterable[str | None] = ()) -> None:
    """See that nothing was printed that nobody should see."""
    for text in texts:
        for secret in (*hub.tokens, *secrets):
            assert str(secret)[:12] not in text, "a token was printed"
        for word in _NOISE:
            assert word not in text, text


def run(hub: HubServer, *arguments: str | Path, **options: Any) -> Ended:
    """Run the command to its end; the arguments and options are those of `Command`."""
    return Command(hub, *arguments, **options).end()


def whole_run(hub: HubServer, folder: Path, **options: Any) -> Command:
    """Start to publish all of a run, with a tag and a token for the Space."""
    words = ["all", folder, "--owner", "ada", "--name", "films", "--tag", "v1", "--no-wait"]
    given = {"READER": reader(hub), **options.pop("environment", {})}
    return Command(hub, *words, "--space-token-env", "READER", environment=given, **options)


def writer(hub: HubServer) -> str:
    """A token with which the account "ada" writes, the same each time."""
    known = (token.value for token in hub.tokens.values() if token.role == "write")
    return next(known, None) or hub.token("ada", "write")


def reader(hub: HubServer) -> str:
    """A token with which the account "ada" reads, the same each time."""
    writer(hub)
    known = (token.value for token in hub.tokens.values() if token.role == "read")
    return next(known, None) or hub.token("ada", "read")


def everything(hub: HubServer, name: str = NAME) -> dict[str, Any]:
    """All that a push could have changed, of the three repositories of a name."""
    return {
        kind: _state(hub.repositories[kind, name])
        for kind in ("models", "datasets", "spaces")
        if (kind, name) in hub.repositories
    }


def _state(repository: Repository) -> dict[str, Any]:
    commits = [
        (commit.id, commit.parent, commit.title, commit.files, commit.apart)
        for commit in repository.commits.values()
    ]
    state = {
        "private": repository.private,
        "commits": commits,
        "branches": repository.branches,
        "tags": repository.tags,
        "objects": repository.objects,
    }
    if repository.space is not None:
        state |= {"variables": repository.space.variables, "secrets": repository.space.secrets}
    return state
