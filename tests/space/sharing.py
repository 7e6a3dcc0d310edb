"""A `SharedModel` of what is on a Hub, and waiting for what it does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from space.artifacts import Pace, SharedModel
from space.hub.cache import Access
from space.hub.repository import Repository
from space.sources import HubSource
from tests.hub import HubServer
from tests.space.publishing import (
    infos,
)

OFTEN = Pace(check=0.05, retry=0.05, wait=20)
USUAL = Pace()


def shared(
    cache: Path, dataset: str | None = "ada/data", pace: Pace = USUAL, model: str = "ada/model"
) -> SharedModel:
    users = None if dataset is None else Repository.parse(dataset)
    source = HubSource(Repository.parse(model), users, Access(cache_dir=cache))
    return SharedModel(source, pace)


def until(met: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it should have come about"
        time.sleep(0.01)


def commits(model: SharedModel) -> tuple[str, str]:
    """The commits of model and data set that are served."""
    recommender = model.recommender
    assert recommender is not None
    origins = (recommender.origin, recommender.dataset_origin)
    first, second = ("" if origin is None else origin.sha for origin in origins)
    return first, second


def settled(model: SharedModel, hub: HubServer) -> None:
    """Let a visit look for something newer, and wait until it has looked."""
    before = len(infos(hub.requests))
    until(lambda: (model.visit(), len(infos(hub.requests)) > before)[1])
    until(lambda: not any(thread.name == "check-model" for thread in threading.enumerate()))


@contextmanager
def asking(model: SharedModel, user: int | None) -> Iterator[list[Exception | str]]:
    """Within it, threads ask for recommendations without pause; gives what they met."""
    met: list[Exception | str] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                recommender = model.ready() if user is None else model.ready_with_users()
                assert len(recommender.recommend(user)) == 10
                assert user is None or len(recommender.liked(user)) > 0
                met.append("" if recommender.origin is None else recommender.origin.sha)
            except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
                met.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield met
    finally:
        over.set()
        for thread in threads:
            thread.join()
