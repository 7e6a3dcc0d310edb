"""Starting the real app as a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def running_app(
    *arguments: str,
    python: Sequence[str] = (sys.executable,),
    root: Path = ROOT,
    environment: dict[str, str] | None = None,
) -> Iterator[str]:
    """`python app.py ARGUMENTS`, until the block ends.

    Yields:
        The page's address, once the server answers.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    variables = {**os.environ, "GRADIO_SERVER_PORT": str(port), "GRADIO_SERVER_NAME": "127.0.0.1"}
    process = subprocess.Popen(
        [*python, "app.py", *arguments],
        cwd=root,
        env={**variables, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_for(address, "absent", "preparing", "loaded", "failed", process=process)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def wait_for(
    address: str,
    *states: str,
    seconds: float = 60,
    process: subprocess.Popen[str] | None = None,
) -> dict[str, object]:
    """Ask `/healthz` until the model is in one of the states.

    Returns:
        The answer.

    Raises:
        TimeoutError: If that takes longer.
        RuntimeError: If the process has ended.
    """
    end = time.monotonic() + seconds
    answer: dict[str, object] = {}
    while time.monotonic() < end:
        if process is not None and process.poll() is not None:
            said = process.stdout.read() if process.stdout is not None else ""
            raise RuntimeError(f"The app ended with exit code {process.returncode}:\n{said}")
        try:
            answer = httpx.get(f"{address}/healthz", timeout=5).json()
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        if answer["model"] in states:
            return answer
        time.sleep(0.1)
    raise TimeoutError(f"The model should have become {' or '.join(states)}; last: {answer}")
