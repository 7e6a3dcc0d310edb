"""Fifty visitors at once, on a bundle of ML-1M's size with random weights: `make bench-load`.

Each visitor asks, reads the answer, thinks for two seconds, and asks again, for three minutes; nine
requests in ten ask for something that nobody asked for before. The same visitors come twice: to a server
that keeps no answers, which is the baseline, and then to one that keeps them. It prints requests per
second, the median and the 95th percentile of the time to an answer, and the resident memory. Errors,
memory and growth are targets and hold on any machine: the exit code is 1 where one is missed. Times are
aims.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil

from space.page.answers import KEPT
from tests.benchmarks.serve import Verdicts, export_sized
from tests.benchmarks.synthetic import MOVIES, USERS
from tests.server import running_app, wait_for

VISITORS = 50
THINK_S = 2.0
SECONDS = 180
EARLY_S = 60
REPEATED = 0.1
"""Share of requests that are drawn from `COMMON` ones which everybody asks."""
COMMON = 20
GENRES = ("Action", "Comedy", "Drama", "Romance", "Thriller")
P95_S, MEMORY_MIB, GROWTH = 1.0, 350, 0.1

SERVER = """
import sys
from space.artifacts import SharedModel
from space.options import source_from
from space.page import build_page, serve
model = SharedModel(source_from(sys.argv[3:]))
serve(build_page(model, kept=int(sys.argv[2])), model)
"""
"""`app.py` with a number of answers to keep."""


@dataclass
class Load:
    """What the visitors met."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    resident: dict[int, float] = field(default_factory=dict)
    """MiB by second."""


def main() -> int:
    """Measure and print.

    Returns:
        The exit code: 1 if a target was missed.
    """
    verdicts = Verdicts()
    length = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with tempfile.TemporaryDirectory() as folder:
        bundle, dataset = Path(folder) / "bundle", Path(folder) / "dataset"
        export_sized(bundle, dataset)
        for name, kept in (("no answers kept", 0), ("answers kept", KEPT)):
            log = Path(folder) / "log"
            with running_app(
                str(kept),
                "--bundle",
                str(bundle),
                "--dataset",
                str(dataset),
                python=(sys.executable, "-c", SERVER),
                log=log,
            ) as address:
                wait_for(address, "loaded")
                load = asyncio.run(_visit(address, length))
            _print(name, load, length, verdicts, aim=kept == 0)
            if "Traceback" in log.read_text():
                verdicts.missed.append("a traceback in the server's log")
    print(f"Missed: {', '.join(verdicts.missed)}" if verdicts.missed else "Every target is met.")
    return 1 if verdicts.missed else 0


def requests(seed: int) -> Iterator[tuple[str, list[Any]]]:
    """What a visitor asks for, without end: the endpoint and its arguments."""
    own, common = random.Random(seed), [random.Random(number) for number in range(COMMON)]
    while True:
        chosen = common[own.randrange(COMMON)] if own.random() < REPEATED else own
        # A common request is the same each time.
        state = chosen.getstate()
        request = _request(chosen)
        if chosen is not own:
            chosen.setstate(state)
        yield request


def _request(drawn: random.Random) -> tuple[str, list[Any]]:
    moment = [drawn.randint(2000, 2003), drawn.randint(1, 12)]
    genres = drawn.sample(GENRES, drawn.randint(0, 2))
    filters = [*moment, genres, "any", drawn.choice([10, 10, 20]), [], None, None, [], 0, 0]
    if drawn.random() < 0.5:
        return "recommend", [drawn.randint(1, USERS), *filters, True]
    films = drawn.sample(range(1, MOVIES + 1), drawn.randint(3, 8))
    told = [films[2:], films[:2], drawn.choice([None, "F", "M"]), None, None]
    return "recommend_for", [*told, *filters]


async def _visit(address: str, length: int) -> Load:
    """Send the visitors, and look at the server's memory meanwhile."""
    load, over = Load(), time.monotonic() + length
    port = int(address.rpartition(":")[2])
    server = next(
        psutil.Process(each.pid)
        for each in psutil.net_connections("tcp")
        if each.status == psutil.CONN_LISTEN and each.laddr.port == port and each.pid
    )
    limits = httpx.Limits(max_connections=2 * VISITORS)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        visitors = [_visitor(client, number, over, load) for number in range(VISITORS)]
        await asyncio.gather(_watch(server, length, load), *visitors)
    return load


async def _visitor(client: httpx.AsyncClient, number: int, over: float, load: Load) -> None:
    asked = requests(number)
    await asyncio.sleep(THINK_S * number / VISITORS)
    while time.monotonic() < over:
        endpoint, arguments = next(asked)
        start = time.perf_counter()
        try:
            answer = await _answer(client, endpoint, arguments)
        except httpx.HTTPError as error:
            load.errors.append(repr(error))
        else:
            load.seconds.append(time.perf_counter() - start)
            if not answer.startswith("event: complete") or not json.loads(
                answer.partition("data: ")[2]
            ):
                load.errors.append(answer[:200])
        await asyncio.sleep(THINK_S)


async def _answer(client: httpx.AsyncClient, endpoint: str, arguments: list[Any]) -> str:
    path = f"/gradio_api/call/{endpoint}"
    call = await client.post(path, json={"data": arguments})
    return (await client.get(f"{path}/{call.raise_for_status().json()['event_id']}")).text


async def _watch(server: psutil.Process, length: int, load: Load) -> None:
    for second in range(0, length + 1, 5):
        load.resident[second] = server.memory_info().rss / 2**20
        await asyncio.sleep(5)


def _print(name: str, load: Load, length: int, verdicts: Verdicts, *, aim: bool) -> None:
    resident = load.resident
    last = resident[max(resident)]
    early = resident[min(resident, key=lambda second: abs(second - length * EARLY_S / SECONDS))]
    print(f"{VISITORS} visitors for {length} s, {name}:")
    print(f"  {len(load.seconds) / length:.1f} requests per second")
    print(f"  p50 {np.median(load.seconds):.3f} s")
    p95 = float(np.quantile(load.seconds, 0.95))
    if aim:
        verdicts.aim("p95", p95, " s", P95_S)
    else:
        print(f"  p95 {p95:.3f} s")
    verdicts.target(f"errors, {name}", len(load.errors), "", 0)
    for error in load.errors[:5]:
        print(f"    {error}")
    verdicts.target(f"resident at the end, {name}", last, " MiB", MEMORY_MIB)
    verdicts.target(f"growth since a third, {name}", last / early - 1, "", GROWTH)


if __name__ == "__main__":
    sys.exit(main())
