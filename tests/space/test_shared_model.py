"""The one model of a server whose source is the Hub: begun by visitors, and shared by them."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from space.artifacts import Pace, SharedModel, Status
from space.errors import PreparationError
from space.hub.repository import DATASET, MODEL
from space.recommender import MovieRecommender
from space.sources import FolderSource
from tests.exports import STRANGER, Run
from tests.hub import HubServer
from tests.space.publishing import (
    assert_each_file_came_once,
    files_of,
    infos,
    publish,
)
from tests.space.sharing import OFTEN, shared, until


def test_the_hub_is_asked_nothing_before_there_is_a_visitor(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    model = shared(hub_cache)
    assert model.status == Status("absent")
    assert model.recommender is None
    assert model.users == "apart"
    assert model.waits_for_visitors
    assert hub.requests == []
    assert not SharedModel(FolderSource(run.bundle)).waits_for_visitors


def test_the_first_visit_begins_and_does_not_wait(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    model = shared(hub_cache)
    model.visit()
    assert model.status.state == "preparing"
    assert model.ready() is model.recommender
    assert model.status == Status("loaded", 1.0)
    assert not any("/datasets/" in request.path for request in hub.requests)


def test_fifty_requests_at_once_share_one_download(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    model = shared(hub_cache)
    together = threading.Barrier(50)

    def ask(number: int) -> MovieRecommender:
        together.wait(timeout=20)
        return model.ready_with_users() if number % 2 else model.ready()

    with ThreadPoolExecutor(50) as visitors:
        found = list(visitors.map(ask, range(50)))
    assert len({id(recommender) for recommender in found}) <= 2, "with users and without"
    assert len(infos(hub.requests)) == 2
    assert_each_file_came_once(hub.requests, MODEL, DATASET)


def test_the_data_set_is_fetched_when_it_is_asked_for_and_told_of(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    model = shared(hub_cache)
    assert STRANGER not in model.ready().user_ids
    hub.requests.clear()
    told: list[str] = []
    recommender = model.ready_with_users(lambda _, text: told.append(text))
    assert recommender is model.recommender
    assert STRANGER in recommender.user_ids
    assert model.users == "loaded"
    assert any(text.startswith("Fetching ada/data: ") for text in told)
    assert_each_file_came_once(hub.requests, DATASET)
    assert model.ready_with_users() is recommender


def test_without_a_data_set_users_are_known_by_their_id(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    model = shared(hub_cache, dataset=None)
    assert model.ready_with_users() is model.ready()
    assert model.users == "none"


def test_a_private_data_set_leaves_newcomers_served_and_is_not_asked_for_each_time(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    data = hub.add("datasets", "ada/data", files_of(run.dataset), private=True)
    model = shared(hub_cache)
    model.ready()
    hub.requests.clear()
    for _ in range(5):
        with pytest.raises(PreparationError) as caught:
            model.ready_with_users()
        assert str(caught.value) == (
            "The data set ada/data does not exist, or it is private and no token that may read it is "
            "set (HF_TOKEN, or hf auth login). Recommendations for somebody new work without it."
        )
    assert len(hub.requests) == 1
    assert len(model.ready().recommend()) == 10
    assert model.status == Status("loaded", 1.0)
    data.private = False
    again = shared(hub_cache, pace=OFTEN)
    again.ready_with_users()


def test_after_a_while_the_data_set_is_asked_for_again(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    _, data = publish(hub, run)
    data.private = True
    model = shared(hub_cache, pace=Pace(retry=0.3))
    for _ in range(2):
        with pytest.raises(PreparationError):
            model.ready_with_users()
    data.private = False
    time.sleep(0.35)
    assert model.ready_with_users().dataset is not None


def test_a_data_set_of_another_model_is_refused_in_words(
    hub: HubServer, run: Run, other_run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    hub.add("datasets", "ada/data", files_of(other_run.dataset))
    model = shared(hub_cache)
    with pytest.raises(PreparationError, match="does not belong to the bundle ada/model"):
        model.ready_with_users()
    assert model.users == "apart"
    assert model.ready().dataset is None


def test_a_failure_is_tried_again_by_a_later_visit_and_at_once_by_the_button(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    model = shared(hub_cache, pace=Pace(retry=0.5))
    hub.faults.status("GET", "/api/models", 503, times=2)
    for _ in range(20):
        with pytest.raises(PreparationError, match="answered 503"):
            model.ready()
    assert model.status.state == "failed"
    assert len(hub.requests) == 1
    model.start()
    until(lambda: model.status.state == "failed")
    assert len(hub.requests) == 2
    model.visit()
    assert len(hub.requests) == 2
    time.sleep(0.55)
    model.visit()
    until(lambda: model.status.state == "loaded")


def test_a_request_waits_only_so_long(hub: HubServer, run: Run, hub_cache: Path) -> None:
    publish(hub, run)
    hub.faults.delay("GET", "/api/models", 1.5)
    model = shared(hub_cache, pace=Pace(wait=0.2))
    start = time.monotonic()
    with pytest.raises(PreparationError, match="still being prepared"):
        model.ready()
    assert time.monotonic() - start < 1
    until(lambda: model.status.state == "loaded")


def test_who_waits_for_the_data_set_waits_only_so_long(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    model = shared(hub_cache, pace=Pace(wait=0.2))
    until(lambda: (model.visit(), model.recommender)[1])
    hub.faults.delay("GET", "/api/datasets", 1.5)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(model.ready_with_users)
        until(lambda: "/api/datasets" in hub.requests[-1].path)
        with pytest.raises(PreparationError, match="data set is still being fetched"):
            model.ready_with_users()
        assert len(model.ready().recommend()) == 10, "newcomers do not wait"
        assert first.result(timeout=10).dataset is not None
