"""Starting the real app as a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import httpx
import psutil

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
    log: Path | None = None,
) -> Iterator[str]:
    """`python app.py ARGUMENTS`, until the block ends.

    Args:
        *arguments: Of the command line.
        python: What runs it.
        root: Where `app.py` lies.
        environment: Variables beside this process's own.
        log: A file for what it prints.

    Yields:
        The page's address, once the server answers.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    variables = {**os.environ, "GRADIO_SERVER_PORT": str(port), "GRADIO_SERVER_NAME": "127.0.0.1"}
    with nullcontext(subprocess.PIPE) if log is None else log.open("a") as output:
        process = subprocess.Popen(
            [*python, "app.py", *arguments],
            cwd=root,
            env={**variables, **(environment or {})},
            stdout=output,
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


def process_of(address: str) -> psutil.Process:
    """The process that serves an address of this machine.

    Raises:
        LookupError: If there is none.
    """
    port = int(address.rpartition(":")[2])
    for each in psutil.net_connections("tcp"):
        if each.status == psutil.CONN_LISTEN and each.laddr.port == port and each.pid:
            return psutil.Process(each.pid)
    raise LookupError(f"Nobody serves {address}.")


def ask(address: str, **arguments: object) -> str:
    """What the API answers when it is asked for recommendations: the last event and its data."""
    names = ("user_id", "year", "month", "genres", "match", "k")
    given = {"genres": [], "match": "any", "k": 10, **arguments}
    with httpx.Client(base_url=f"{address}/gradio_api/call/recommend", timeout=60) as client:
        event = client.post("", json={"data": [given.get(name) for name in names]}).json()
        return client.get(f"/{event['event_id']}").text


def movies_of(answer: str) -> list[int]:
    """The movies that an answer of the API lists.

    Raises:
        ValueError: If it is an error.
    """
    if not answer.startswith("event: complete"):
        raise ValueError(answer)
    return [entry["movie_id"] for entry in json.loads(answer.partition("data: ")[2])[0]]


def ask_recommend(address: str, user_id: int | None = None) -> list[dict[str, object]]:
    """What the API recommends, after waiting for the model."""
    call = httpx.post(
        f"{address}/gradio_api/call/recommend", json={"data": [user_id, None, None, [], "any", 5]}
    )
    event = call.json()["event_id"]
    answer = httpx.get(f"{address}/gradio_api/call/recommend/{event}", timeout=120).text
    if "event: complete" not in answer:
        raise RuntimeError(f"The page answered:\n{answer}")
    (films,) = json.loads(answer.partition("data: ")[2])
    return list(films)
