"""Model and data set pushed anew before a user was asked for: the newest two are had together."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from space.artifacts import Pace, Status
from space.errors import PreparationError
from space.recommender import MovieRecommender
from tests.exports import Run
from tests.hub import HubServer
from tests.space.publishing import files_of, newer, publish
from tests.space.sharing import OFTEN, commits, shared, until


def test_a_pair_pushed_before_a_user_was_asked_for_is_had_by_the_first_who_asks(
    hub: HubServer, run: Run, other_run: Run, hub_cache: Path
) -> None:
    repository, data = publish(hub, run)
    model = shared(hub_cache, pace=Pace(check=3600))
    model.ready()
    repository.commit(files_of(other_run.bundle))
    data.commit(files_of(other_run.dataset))
    expected = MovieRecommender.load(other_run.bundle, other_run.dataset)
    with ThreadPoolExecutor(8) as visitors:
        found = list(visitors.map(lambda _: model.ready_with_users(), range(8)))
    assert {id(recommender) for recommender in found} == {id(model.recommender)}
    assert found[0].recommend(7).equals(expected.recommend(7))
    assert commits(model) == (repository.head(), data.head())
    assert model.status == Status("loaded", 1.0)


def test_a_model_that_comes_after_its_data_set_is_had_after_a_while(
    hub: HubServer, run: Run, other_run: Run, hub_cache: Path
) -> None:
    repository, data = publish(hub, run)
    model = shared(hub_cache, pace=Pace(check=3600, retry=1.5))
    used = model.ready()
    data.commit(files_of(other_run.dataset))
    said = "data set does not belong to the bundle ada/model"
    with pytest.raises(PreparationError, match=said):
        model.ready_with_users()
    repository.commit(files_of(other_run.bundle))
    hub.requests.clear()
    for _ in range(20):
        with pytest.raises(PreparationError, match=said):
            model.ready_with_users()
    assert hub.requests == []
    assert model.ready() is used
    time.sleep(1.55)
    model.ready_with_users()
    assert commits(model) == (repository.head(), data.head())


@pytest.mark.parametrize("change", ["broken", "unreachable"])
def test_where_the_newest_model_cannot_be_had_the_data_set_is_refused_as_before(
    hub: HubServer,
    run: Run,
    other_run: Run,
    hub_cache: Path,
    change: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    repository, data = publish(hub, run)
    model = shared(hub_cache, pace=Pace(check=3600))
    used = model.ready()
    data.commit(files_of(other_run.dataset))
    if change == "broken":
        repository.commit({**files_of(other_run.bundle), "encoders.json": b"{}"})
    else:
        hub.faults.status("GET", "/api/models", 503)
    with pytest.raises(PreparationError, match="data set does not belong to the bundle ada/model"):
        model.ready_with_users()
    assert "The newest model cannot be served with the data set: " in caplog.text
    assert model.ready() is used
    assert model.status == Status("loaded", 1.0)


def test_a_check_puts_nothing_in_the_place_of_what_a_request_found_newer(
    hub: HubServer, run: Run, other_run: Run, hub_cache: Path
) -> None:
    repository, data = publish(hub, run)
    model = shared(hub_cache, pace=OFTEN)
    model.ready()
    data.commit(files_of(other_run.dataset))
    came: list[tuple[str, str]] = []

    def overtake(_: object) -> None:
        repository.commit(newer(files_of(other_run.bundle)))
        model.ready_with_users()
        came.append(commits(model))

    repository.commit(newer(files_of(other_run.bundle), "older"))
    hub.faults.call("GET", "resolve/.*/metrics", overtake)
    until(lambda: (model.visit(), came)[1])
    until(lambda: not any(thread.name == "check-model" for thread in threading.enumerate()))
    assert came == [commits(model)] == [(repository.head(), data.head())]
