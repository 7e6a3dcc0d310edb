"""Something newer on the Hub: noticed, fetched beside what is served, put in its place."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from space.artifacts import Pace, Status
from space.recommender import MovieRecommender
from tests.exports import Run
from tests.hub import HubServer
from tests.space.publishing import (
    changed,
    files_of,
    newer,
    publish,
)
from tests.space.sharing import OFTEN, asking, commits, settled, shared, until


@pytest.mark.parametrize("user", [None, 7])
def test_a_newer_commit_is_put_in_place_without_a_failed_request(
    hub: HubServer, run: Run, hub_cache: Path, user: int | None
) -> None:
    repository, _ = publish(hub, run)
    model = shared(hub_cache, pace=OFTEN)
    model.ready() if user is None else model.ready_with_users()
    shas = [repository.head()]
    with asking(model, user) as met:
        for mark in ("second", "third"):
            shas.append(repository.commit(newer(repository.download(), mark)))
            until(lambda: commits(model)[0] == shas[-1])
            until(lambda: met[-1] == shas[-1])
    assert [each for each in met if isinstance(each, Exception)] == []
    assert list(dict.fromkeys(met)) == shas
    assert (model.users == "loaded") == (user is not None)


def test_model_and_data_set_that_both_moved_are_replaced_together(
    hub: HubServer, run: Run, other_run: Run, hub_cache: Path
) -> None:
    repository, data = publish(hub, run)
    model = shared(hub_cache, pace=OFTEN)
    model.ready_with_users()
    assert commits(model) == (repository.head(), data.head())
    with asking(model, 7) as met:
        data.commit(files_of(other_run.dataset))
        repository.commit(files_of(other_run.bundle))
        until(lambda: commits(model) == (repository.head(), data.head()))
    assert [each for each in met if isinstance(each, Exception)] == []
    expected = MovieRecommender.load(other_run.bundle, other_run.dataset)
    assert model.ready_with_users().recommend(7).equals(expected.recommend(7))


def test_a_data_set_that_moved_alone_is_replaced_alone(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    _, data = publish(hub, run)
    model = shared(hub_cache, pace=OFTEN)
    bundle = model.ready_with_users().bundle
    data.commit({**data.download(), "README.md": b"# Described"})
    until(lambda: (model.visit(), commits(model)[1] == data.head())[1])
    assert model.ready().bundle is bundle


def test_a_pair_that_does_not_fit_is_not_served_and_the_old_one_goes_on(
    hub: HubServer, run: Run, other_run: Run, hub_cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    repository, data = publish(hub, run)
    model = shared(hub_cache, pace=OFTEN)
    expected = model.ready_with_users().recommend(7)
    served = commits(model)
    repository.commit(files_of(other_run.bundle))
    settled(model, hub)
    assert commits(model) == served
    assert model.ready_with_users().recommend(7).equals(expected)
    assert model.status == Status("loaded", 1.0)
    assert "does not belong to the bundle ada/model" in caplog.text
    data.commit(files_of(other_run.dataset))
    until(lambda: (model.visit(), commits(model) == (repository.head(), data.head()))[1])


def test_where_no_user_was_asked_for_the_model_moves_alone(
    hub: HubServer, run: Run, other_run: Run, hub_cache: Path
) -> None:
    repository, data = publish(hub, run)
    model = shared(hub_cache, pace=OFTEN)
    model.ready()
    repository.commit(files_of(other_run.bundle))
    until(lambda: (model.visit(), commits(model)[0] == repository.head())[1])
    assert not any("/datasets/" in request.path for request in hub.requests)
    data.commit(files_of(other_run.dataset))
    assert model.ready_with_users().dataset is not None


def test_users_who_come_while_something_newer_is_fetched_stay_known(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    repository, data = publish(hub, run)
    model = shared(hub_cache, pace=OFTEN)
    model.ready()
    came: list[MovieRecommender] = []
    hub.faults.call("GET", "resolve/.*/metrics", lambda _: came.append(model.ready_with_users()))
    repository.commit(newer(repository.download()))
    until(lambda: (model.visit(), commits(model)[0] == repository.head())[1])
    assert came
    assert commits(model)[1] == data.head()


def broken(files: dict[str, bytes]) -> dict[str, bytes]:
    return {**files, "encoders.json": b"{}"}


def of_a_newer_format(files: dict[str, bytes]) -> dict[str, bytes]:
    return changed(files, "schema.json", lambda content: content.update(format_version=99))


def not_ours(files: dict[str, bytes]) -> dict[str, bytes]:
    return {"README.md": b"# Moved"}


@pytest.mark.parametrize("change", [broken, of_a_newer_format, not_ours])
def test_a_newer_commit_that_cannot_be_served_changes_nothing(
    hub: HubServer,
    run: Run,
    hub_cache: Path,
    change: Callable[[dict[str, bytes]], dict[str, bytes]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    repository, _ = publish(hub, run)
    good = repository.download()
    model = shared(hub_cache, pace=OFTEN)
    used = model.ready()
    repository.commit(change(good))
    settled(model, hub)
    assert model.ready() is used
    assert model.status == Status("loaded", 1.0)
    assert "this goes on as it is" in caplog.text
    repository.commit(newer(good))
    until(lambda: (model.visit(), commits(model)[0] == repository.head())[1])


def test_a_hub_that_dies_after_the_model_is_loaded_changes_nothing(
    hub: HubServer, run: Run, hub_cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    publish(hub, run)
    model = shared(hub_cache, pace=OFTEN)
    used = model.ready_with_users()
    hub.die()
    until(lambda: (model.visit(), "The Hub could not be reached" in caplog.text)[1])
    assert model.ready() is used
    assert model.status == Status("loaded", 1.0)


def test_a_copy_from_the_cache_is_noted_until_the_hub_is_back(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    repository, data = publish(hub, run)
    shared(hub_cache).ready_with_users()
    hub.die()
    model = shared(hub_cache, pace=OFTEN)
    model.ready()
    assert model.status.note == (
        "The Hub could not be reached (the connection failed); "
        f"this is {repository.head()[:7]} from the cache."
    )
    model.ready_with_users()
    assert f"this is {data.head()[:7]} from the cache" in model.status.note
    hub.revive()
    until(lambda: (model.visit(), model.status.note == "")[1])
    assert commits(model) == (repository.head(), data.head())


def test_a_copy_from_the_cache_is_looked_after_sooner_and_then_as_anything_else(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    assert Pace().outage == 300
    repository, _ = publish(hub, run)
    shared(hub_cache).ready()
    hub.die()
    model = shared(hub_cache, pace=Pace(check=3600, outage=1))
    model.ready()
    note = model.status.note
    assert note.startswith("The Hub could not be reached")
    hub.revive()
    hub.requests.clear()
    for _ in range(20):
        model.visit()
    assert hub.requests == []
    assert model.status.note == note
    until(lambda: (model.visit(), model.status.note == "")[1])
    until(lambda: not any(thread.name == "check-model" for thread in threading.enumerate()))
    repository.commit(newer(repository.download()))
    hub.requests.clear()
    time.sleep(1.05)
    for _ in range(20):
        model.visit()
    time.sleep(0.2)
    assert hub.requests == []


def test_it_looks_for_something_newer_at_most_once_an_hour(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    assert Pace().check == 3600
    repository, _ = publish(hub, run)
    model = shared(hub_cache)
    model.ready_with_users()
    repository.commit(newer(repository.download()))
    hub.requests.clear()
    for _ in range(200):
        model.visit()
        model.ready_with_users()
    time.sleep(0.2)
    assert hub.requests == []


def test_many_visits_at_once_look_once(hub: HubServer, run: Run, hub_cache: Path) -> None:
    publish(hub, run)
    model = shared(hub_cache, pace=Pace(check=0.5))
    model.ready()
    time.sleep(0.55)
    hub.requests.clear()
    hub.faults.delay("GET", "/api/models", 0.3)
    with ThreadPoolExecutor(20) as visitors:
        list(visitors.map(lambda _: model.visit(), range(200)))
    time.sleep(0.4)
    assert len(hub.requests) == 1


def test_a_commit_is_never_looked_after(hub: HubServer, run: Run, hub_cache: Path) -> None:
    repository, data = publish(hub, run)
    model = shared(
        hub_cache, f"ada/data@{data.head()}", OFTEN, model=f"ada/model@{repository.head()}"
    )
    model.ready_with_users()
    hub.requests.clear()
    for _ in range(5):
        model.visit()
        time.sleep(0.06)
    assert hub.requests == []


def test_what_was_replaced_serves_who_holds_it_and_then_frees_its_memory(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    repository, _ = publish(hub, run)
    model = shared(hub_cache, pace=OFTEN)
    held = model.ready_with_users()
    expected = held.recommend(7)
    gone = weakref.ref(held.bundle)
    repository.commit(newer(repository.download()))
    until(lambda: (model.visit(), commits(model)[0] == repository.head())[1])
    assert held.recommend(7).equals(expected)
    del held
    settled(model, hub)
    gc.collect()
    assert gone() is None
