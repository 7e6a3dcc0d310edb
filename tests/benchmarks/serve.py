"""Latency, start and memory of serving, on a bundle of ML-1M's size with random weights.

`make bench-serve` prints a line for each target. The baseline of the latency is Keras `predict` on the
same rows in the same process, measured in turn with ours.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
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
LATENCY_MS, LIST_MS, START_S, MEMORY_MIB = 20, 30, 4, 300


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        bundle, dataset = Path(folder) / "bundle", Path(folder) / "dataset"
        model = _export(bundle, dataset)
        recommender = MovieRecommender.load(bundle, dataset)
        _latency(model, recommender)
        _list(recommender)
        del recommender
        _server(bundle, dataset)


def _export(bundle: Path, dataset: Path):
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


def _latency(model, recommender: MovieRecommender) -> None:
    positions = np.arange(CANDIDATES)
    users = np.random.default_rng(1).integers(1, USERS + 1, REPEATS)
    rows = [recommender.encode(int(user), positions) for user in users]
    contenders: dict[str, Callable[[int], object]] = {
        "ours, encoding included": lambda i: recommender._order.scorer.logits(
            recommender.encode(int(users[i]), positions)
        ),
        "Keras predict": lambda i: model.predict(rows[i], verbose=0),
        "Keras predict, one batch": lambda i: model.predict(
            rows[i], batch_size=CANDIDATES, verbose=0
        ),
    }
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for repeat in range(-3, REPEATS):
        for name, run in contenders.items():
            start = time.perf_counter()
            run(max(repeat, 0))
            if repeat >= 0:
                times[name].append((time.perf_counter() - start) * 1e3)
    print(f"Scoring one user against {CANDIDATES:,} films, {REPEATS} times in turn:")
    for name, values in times.items():
        print(
            f"  {name:25s} median {np.median(values):7.1f} ms   p95 {np.quantile(values, 0.95):7.1f} ms"
        )
    ours = np.median(times["ours, encoding included"])
    for name in ("Keras predict", "Keras predict, one batch"):
        ratio = float(ours / np.median(times[name]))
        print(_verdict(f"ours / {name}", ratio, "", 0.5))
    print(_verdict("median", float(ours), " ms", LATENCY_MS))


def _list(recommender: MovieRecommender) -> None:
    """A whole list: affinities and ranking of all films that the user has not rated, and P(like)."""
    users = np.random.default_rng(2).integers(1, USERS + 1, REPEATS)
    times = []
    for repeat in range(-3, REPEATS):
        start = time.perf_counter()
        recommender.recommend(int(users[max(repeat, 0)]))
        if repeat >= 0:
            times.append((time.perf_counter() - start) * 1e3)
    print(f"A list of ten by the ranking model, {REPEATS} times:")
    print(f"  p95 {np.quantile(times, 0.95):.1f} ms")
    print(_verdict("median", float(np.median(times)), " ms", LIST_MS))


def _server(bundle: Path, dataset: Path) -> None:
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
            print(_verdict("python app.py to its first answer", seconds, " s", START_S))
            for request in range(REQUESTS):
                _ask(client, request % USERS + 1)
        resident = psutil.Process(process.pid).memory_info().rss / 2**20
        print(_verdict(f"resident after {REQUESTS:,} requests", resident, " MiB", MEMORY_MIB))
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
    call = client.post(
        "/gradio_api/call/recommend", json={"data": [user, None, None, [], "any", 10]}
    )
    event = call.raise_for_status().json()["event_id"]
    with client.stream("GET", f"/gradio_api/call/recommend/{event}") as stream:
        answer = stream.read().decode()
    if "event: complete" not in answer:
        raise RuntimeError(f"The server should have answered. Received: {answer}")


def _verdict(name: str, value: float, unit: str, most: float) -> str:
    verdict = "met" if value <= most else "MISSED"
    return f"  {name:37s} {value:7.2f}{unit}   target: at most {most:g}{unit}   {verdict}"


if __name__ == "__main__":
    main()
