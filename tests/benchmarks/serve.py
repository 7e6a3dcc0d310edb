"""Latency, start, memory and size of serving, on a bundle of ML-1M's size with random weights.

`make bench-serve` prints a line for each target and each aim. The baseline of the latency is Keras
`predict` on the same rows in the same process, measured in turn with ours. Targets hold on any machine:
the exit code is 1 where one is missed. Aims are times, which depend on the machine and on what else it
does: to miss one is no failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import keras
import numpy as np
import psutil

from space.recommender import MovieRecommender
from space.schema import FIELD_PRESETS, fields_of
from tests.benchmarks.synthetic import USERS, item_models, ml_1m_sized
from tests.server import ROOT, free_port
from training.export import export_bundle, export_dataset
from training.presets import PRESETS
from training.ranking.export import Ranking, new_ranker
from training.ranking.person import person_sizes
from training.splits import user_time_split
from training.vocabularies import fit_encoder

CANDIDATES = 3600
REPEATS = 60
REQUESTS = 1000
PICKED, REFUSED = [1, 2, 3, 4, 5], [6]
KERAS_SHARE, MEMORY_MIB, BUNDLE_MB = 0.5, 300, 40
"""Targets."""
LATENCY_MS, LIST_MS, START_S = 20, 30, 4
"""Aims."""


class Verdicts:
    """Prints what was measured beside what it should be, and keeps the targets that were missed."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def target(self, name: str, value: float, unit: str, most: float) -> None:
        """What must hold: at most this."""
        met = value <= most
        self._print(
            name, value, unit, f"target: at most {most:g}{unit}", "met" if met else "MISSED"
        )
        if not met:
            self.missed.append(name)

    def aim(self, name: str, value: float, unit: str, most: float) -> None:
        """What is aimed at on two quiet cores."""
        verdict = "met" if value <= most else "not met on this machine now"
        self._print(name, value, unit, f"aim: at most {most:g}{unit}", verdict)

    def _print(self, name: str, value: float, unit: str, wanted: str, verdict: str) -> None:
        print(f"  {name:37s} {f'{value:.2f}{unit}':>12s}   {wanted:25s} {verdict}")


def main() -> int:
    """Measure and print.

    Returns:
        The exit code: 1 if a target was missed.
    """
    verdicts = Verdicts()
    with tempfile.TemporaryDirectory() as folder:
        bundle, dataset = Path(folder) / "bundle", Path(folder) / "dataset"
        model = export_sized(bundle, dataset)
        print("The bundle's folder:")
        verdicts.target("size on disk", folder_mb(bundle), " MB", BUNDLE_MB)
        recommender = MovieRecommender.load(bundle, dataset)
        _latency(model, recommender, verdicts)
        _list(recommender, verdicts)
        del recommender
        _server(bundle, dataset, verdicts)
    print(f"Missed: {', '.join(verdicts.missed)}" if verdicts.missed else "Every target is met.")
    return 1 if verdicts.missed else 0


def folder_mb(folder: Path) -> float:
    """The size of all files in a folder, in millions of bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def export_sized(bundle: Path, dataset: Path) -> keras.Model:
    """Export both folders. Returns the model of P(like)."""
    data = ml_1m_sized()
    split = user_time_split(data.ratings)
    encoder = fit_encoder(fields_of(FIELD_PRESETS["original"]), data, np.arange(len(data.ratings)))
    model = PRESETS["default"].build(encoder.vocabulary_sizes)
    models = item_models(data)
    ranker = new_ranker(person_sizes(encoder), data.movies, models)
    export_bundle(
        bundle,
        model=model,
        encoder=encoder,
        data=data,
        split=split,
        split_facts={"name": "user-time"},
        like_threshold=4.0,
        metrics={},
        ranking=Ranking(ranker, models, {}),
    )
    export_dataset(dataset, data, split)
    return model


def _times(contenders: Mapping[str, Callable[[int], object]]) -> dict[str, list[float]]:
    """Run contenders in turn, after three rounds to warm up, and print how long each takes.

    Args:
        contenders: By name, what is run with the number of the round, from 0.

    Returns:
        For each of them milliseconds of each round.
    """
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for repeat in range(-3, REPEATS):
        for name, run in contenders.items():
            start = time.perf_counter()
            run(max(repeat, 0))
            if repeat >= 0:
                times[name].append((time.perf_counter() - start) * 1e3)
    for name, values in times.items():
        print(
            f"  {name:25s} median {np.median(values):7.1f} ms   p95 {np.quantile(values, 0.95):7.1f} ms"
        )
    return times


def _latency(model, recommender: MovieRecommender, verdicts: Verdicts) -> None:
    positions = np.arange(CANDIDATES)
    users = np.random.default_rng(1).integers(1, USERS + 1, REPEATS)
    rows = [recommender.encode(int(user), positions) for user in users]
    contenders: dict[str, Callable[[int], object]] = {
        "ours, encoding included": lambda i: recommender.order.scorer.logits(
            recommender.encode(int(users[i]), positions)
        ),
        "Keras predict": lambda i: model.predict(rows[i], verbose=0),
        "Keras predict, one batch": lambda i: model.predict(
            rows[i], batch_size=CANDIDATES, verbose=0
        ),
    }
    print(f"Scoring one user against {CANDIDATES:,} films, {REPEATS} times in turn:")
    times = _times(contenders)
    ours = np.median(times["ours, encoding included"])
    for name in ("Keras predict", "Keras predict, one batch"):
        ratio = float(ours / np.median(times[name]))
        verdicts.target(f"ours / {name}", ratio, "", KERAS_SHARE)
    verdicts.aim("median", float(ours), " ms", LATENCY_MS)


def _list(recommender: MovieRecommender, verdicts: Verdicts) -> None:
    """Whole lists: affinities and ranking of all films that are not rated, and P(like) of ten.

    No user of the benchmark has rated a tenth of the films: then all would be scored by P(like), too.
    """
    users = np.random.default_rng(2).integers(1, USERS + 1, REPEATS)
    kinds: dict[str, Callable[[int], object]] = {
        "user": lambda repeat: recommender.recommend(int(users[repeat])),
        "films picked": lambda repeat: recommender.recommend_for(liked=PICKED),
        "and one refused": lambda repeat: recommender.recommend_for(liked=PICKED, disliked=REFUSED),
    }
    print(f"A list of ten by the ranking model, {REPEATS} times in turn:")
    times = _times(kinds)
    ratio = np.median(times["and one refused"]) / np.median(times["films picked"])
    print(f"  a film refused / none refused {ratio:.1f}")
    verdicts.aim("median of users", float(np.median(times["user"])), " ms", LIST_MS)


def _server(bundle: Path, dataset: Path, verdicts: Verdicts) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "app.py", "--bundle", str(bundle), "--dataset", str(dataset)]
    environment = {**os.environ, "GRADIO_SERVER_PORT": str(port), "GRADIO_SERVER_NAME": "127.0.0.1"}
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=address, timeout=30) as client:
            while not _loaded(client):
                time.sleep(0.02)
            _ask(client, 1)
            seconds = time.perf_counter() - start
            print("The server:")
            verdicts.aim("python app.py to its first answer", seconds, " s", START_S)
            for request in range(REQUESTS):
                _ask(client, request % USERS + 1)
        resident = psutil.Process(process.pid).memory_info().rss / 2**20
        verdicts.target(f"resident after {REQUESTS:,} requests", resident, " MiB", MEMORY_MIB)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _loaded(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").json()["model"] == "loaded"
    except httpx.TransportError:
        return False


def _ask(client: httpx.Client, user: int) -> None:
    """One recommendation over the public API: post the call, then read its result."""
    # In the order of `recommend`'s arguments; HTTP has no defaults.
    arguments = [user, None, None, [], "any", 10, [], None, None, [], 0, 0, True]
    call = client.post("/gradio_api/call/recommend", json={"data": arguments})
    event = call.raise_for_status().json()["event_id"]
    with client.stream("GET", f"/gradio_api/call/recommend/{event}") as stream:
        answer = stream.read().decode()
    if "event: complete" not in answer:
        raise RuntimeError(f"The server should have answered. Received: {answer}")


if __name__ == "__main__":
    sys.exit(main())
