from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from space.artifacts import SharedModel, State, Status
from space.errors import BundleError, PreparationError
from space.hub.transfer import Report
from space.recommender import MovieRecommender
from space.sources import FolderSource, NoSource
from tests.exports import Run


class Steps:
    """A source that waits until it is told to go on, then does what it was given to do."""

    def __init__(self, finish: Callable[[], MovieRecommender]) -> None:
        self.finish = finish
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)
        self.times = 0

    def prepare(self, report: Report) -> MovieRecommender:
        self.times += 1
        report(0.25, "a quarter is done")
        self.begun.release()
        assert self.go_on.acquire(timeout=10)
        return self.finish()


def wait_for(model: SharedModel, state: State) -> Status:
    end = time.monotonic() + 10
    while model.status.state != state:
        assert time.monotonic() < end, f"{model.status} should have become {state}"
        time.sleep(0.005)
    return model.status


@pytest.fixture(scope="module")
def loaded(run: Run) -> MovieRecommender:
    """The shared run, loaded."""
    return MovieRecommender.load(run.bundle, run.dataset)


def test_a_model_is_absent_until_it_is_started(loaded: MovieRecommender) -> None:
    source = Steps(lambda: loaded)
    model = SharedModel(source)
    assert model.status == Status("absent")
    assert model.recommender is None
    assert source.times == 0


def test_a_started_model_is_preparing_and_then_loaded(loaded: MovieRecommender) -> None:
    source = Steps(lambda: loaded)
    model = SharedModel(source)
    model.start()
    assert model.status.state == "preparing"
    assert source.begun.acquire(timeout=10)
    assert model.status == Status("preparing", 0.25, "a quarter is done")
    assert model.recommender is None
    source.go_on.release()
    assert wait_for(model, "loaded") == Status("loaded", 1.0)
    assert model.recommender is loaded


def test_starting_does_not_wait_for_the_end(loaded: MovieRecommender) -> None:
    source = Steps(lambda: loaded)
    model = SharedModel(source)
    model.start()
    model.start()
    assert model.recommender is None
    source.go_on.release()
    wait_for(model, "loaded")


def test_starting_a_loaded_model_prepares_nothing(loaded: MovieRecommender) -> None:
    source = Steps(lambda: loaded)
    source.go_on.release()
    model = SharedModel(source)
    model.start()
    wait_for(model, "loaded")
    model.start()
    assert model.status == Status("loaded", 1.0)
    assert source.times == 1


def test_many_threads_that_start_at_once_prepare_once(loaded: MovieRecommender) -> None:
    source = Steps(lambda: loaded)
    model = SharedModel(source)
    together = threading.Barrier(16)

    def visit(_: int) -> State:
        together.wait(timeout=10)
        model.start()
        return model.status.state

    with ThreadPoolExecutor(16) as visitors:
        assert set(visitors.map(visit, range(16))) == {"preparing"}
    source.go_on.release(16)
    wait_for(model, "loaded")
    assert source.times == 1


@pytest.mark.parametrize(
    "error", [BundleError("movies.parquet: gone."), PreparationError("no way")]
)
def test_a_failure_is_told_as_it_is(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> MovieRecommender:
        raise error

    source = Steps(fail)
    source.go_on.release()
    model = SharedModel(source)
    model.start()
    assert wait_for(model, "failed").text == str(error)
    assert model.recommender is None
    assert str(error) in caplog.text


def test_an_unexpected_error_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> MovieRecommender:
        raise ZeroDivisionError("a secret of the server")

    source = Steps(fail)
    source.go_on.release()
    model = SharedModel(source)
    with caplog.at_level(logging.ERROR):
        model.start()
        text = wait_for(model, "failed").text
    assert "secret" not in text
    assert "server's log" in text
    assert "a secret of the server" in caplog.text


def test_a_failed_model_can_be_started_again(loaded: MovieRecommender) -> None:
    outcomes: list[Exception | MovieRecommender] = [PreparationError("not yet"), loaded]

    def finish() -> MovieRecommender:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    source = Steps(finish)
    model = SharedModel(source)
    source.go_on.release()
    model.start()
    assert wait_for(model, "failed").text == "not yet"
    model.start()
    assert "not yet" not in model.status.text
    source.go_on.release()
    wait_for(model, "loaded")
    assert model.recommender is loaded
    assert source.times == 2


def test_a_folder_is_read_with_its_data_set(run: Run) -> None:
    said: list[tuple[float | None, str]] = []
    source = FolderSource(run.bundle, run.dataset)
    recommender = source.prepare(lambda *event: said.append(event))
    assert recommender.dataset is not None
    assert said == [(None, "Reading the bundle")]


def test_a_folder_is_read_without_data_set(run: Run) -> None:
    assert FolderSource(run.bundle).prepare(lambda *_: None).dataset is None


def test_a_missing_folder_makes_the_model_fail_with_its_name(tmp_path: Path) -> None:
    model = SharedModel(FolderSource(tmp_path / "nowhere"))
    model.start()
    assert f"{tmp_path / 'nowhere'}: there is no such folder" in wait_for(model, "failed").text


def test_where_there_is_no_source_the_way_out_is_told() -> None:
    model = SharedModel(NoSource())
    model.start()
    assert "Start with --bundle DIR" in wait_for(model, "failed").text
