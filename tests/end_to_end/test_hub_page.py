"""A visitor on the page of a model that is on the Hub."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from space.hub.repository import DATASET, MODEL
from space.recommender import MovieRecommender
from tests.builders import tiny_movielens
from tests.end_to_end.steps import (
    expect_titles,
    for_me,
    for_user,
    open_page,
    open_tab,
    recommend,
    titles,
    wait_until_listed,
)
from tests.exports import Run, export_tiny
from tests.hub import HubServer
from tests.server import ask, movies_of, running_app, wait_for
from tests.space.publishing import (
    assert_each_file_came_once,
    files_of,
    infos,
    newer,
    publish,
    python,
)

Serve = Callable[..., AbstractContextManager[str]]
BOTH = ("--model", "ada/model", "--dataset", "ada/data")

IMPATIENT = """
import sys
from space.artifacts import Pace, SharedModel
from space.options import source_from
from space.page import build_page, serve
model = SharedModel(source_from(sys.argv[2:]), Pace(check=0.2))
serve(build_page(model), model)
"""


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts the app with a home of its own; what it prints is looked through for tokens."""
    log = tmp_path / "log"
    tokens: list[str] = []

    def started(*arguments: str, code: str = "", **variables: str) -> AbstractContextManager[str]:
        tokens.extend(value for name, value in variables.items() if name == "HF_TOKEN")
        return running_app(
            *arguments,
            python=(sys.executable, "-c", code) if code else (sys.executable,),
            environment={"HF_HOME": str(tmp_path / "home"), **variables},
            log=log,
        )

    yield started
    said = log.read_text()
    assert "Traceback" not in said
    assert not [token for token in tokens if token in said]


@pytest.fixture(scope="module")
def other_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return export_tiny(tmp_path_factory.mktemp("other"), tiny_movielens(seed=1))


@pytest.fixture(scope="module")
def expected(run: Run) -> MovieRecommender:
    return MovieRecommender.load(run.bundle, run.dataset)


def test_the_hub_is_asked_nothing_until_a_browser_opens_the_page(
    hub: HubServer, run: Run, expected: MovieRecommender, tab: Page, serve: Serve
) -> None:
    model, data = publish(hub, run)
    with serve(*BOTH) as address:
        for path in ("/", "/healthz", "/config", "/gradio_api/info", "/?view=api"):
            assert httpx.get(f"{address}{path}").status_code == 200
        time.sleep(1)
        assert hub.requests == []
        assert httpx.get(f"{address}/healthz").json()["model"] == "absent"

        hub.faults.delay("GET", "resolve/.*/encoders", 2.5)
        tab.goto(address)
        expect(tab.locator("#status")).to_contain_text("Fetching ada/model: ")
        expect(tab.locator("#status progress")).to_be_visible()
        expect(tab.locator("#recommend")).to_be_disabled()
        assert httpx.get(f"{address}/healthz").json()["progress"] > 0
        wait_until_listed(tab)
        expect(tab.locator("#status")).to_be_hidden()
        assert httpx.get(f"{address}/healthz").json()["revision"] == model.head()
        link = tab.locator("#footer a", has_text=f"ada/model @ {model.head()[:7]}")
        expect(link).to_have_attribute("href", f"{hub.address}/ada/model/tree/{model.head()}")

        assert titles(tab) == list(expected.recommend()["title"])
        expect(tab.locator("#explanation")).to_contain_text("fetched when one of the users")
        open_tab(tab, "Taste")
        expect(tab.locator("#profile")).to_contain_text("Nothing is known of you yet")
        open_tab(tab, "Films")
        assert_each_file_came_once(hub.requests, MODEL)
        assert not any("/datasets/" in request.path for request in hub.requests)

        for_user(tab, "7")
        expect_titles(tab, list(expected.recommend(7)["title"]))
        expect(tab.locator("#explanation")).to_contain_text("has rated are left out")
        open_tab(tab, "Taste")
        expect(tab.locator("#profile")).to_contain_text("Ratings")
        expect(tab.locator("#footer")).to_contain_text(f"ada/data @ {data.head()[:7]}")
        assert_each_file_came_once(hub.requests, MODEL, DATASET)
        assert len(infos(hub.requests)) == 2


def test_importing_the_app_and_building_the_page_ask_nothing(hub: HubServer, run: Run) -> None:
    publish(hub, run)
    code = """
import app
from space.artifacts import SharedModel
from space.options import source_from
from space.page import build_page
build_page(SharedModel(source_from([])))
print("built")
"""
    said, _ = python(code, MODEL_REPO="ada/model", DATASET_REPO="ada/data")
    assert said == "built\n"
    assert hub.requests == []


def test_fifty_first_calls_of_the_api_share_one_download(
    hub: HubServer, run: Run, expected: MovieRecommender, serve: Serve
) -> None:
    publish(hub, run)
    with serve(MODEL_REPO="ada/model", DATASET_REPO="ada/data") as address:
        users = [None, 7] * 25
        with ThreadPoolExecutor(50) as callers:
            answers = list(callers.map(lambda user: ask(address, user_id=user), users))
        assert len(infos(hub.requests)) == 2
        assert_each_file_came_once(hub.requests, MODEL, DATASET)
    for user, answer in zip(users, answers, strict=True):
        assert movies_of(answer) == list(expected.recommend(user)["movie_id"])


def test_progress_of_the_data_set_is_shown_to_who_asked_for_a_user(
    hub: HubServer, run: Run, expected: MovieRecommender, tab: Page, serve: Serve
) -> None:
    publish(hub, run)
    with serve(*BOTH) as address:
        open_page(tab, address)
        hub.faults.delay("GET", "resolve/.*/dataset.json", 2)
        for_user(tab, "7")
        expect(tab.locator("#films-tab, #tabs").last).to_contain_text("Fetching ada/data: ")
        expect_titles(tab, list(expected.recommend(7)["title"]))
        open_tab(tab, "Taste")
        expect(tab.locator("#profile .profile")).to_be_visible()


def test_a_private_data_set_and_no_token_leave_newcomers_and_the_catalogue(
    hub: HubServer, run: Run, expected: MovieRecommender, tab: Page, serve: Serve
) -> None:
    publish(hub, run)
    hub.repositories["datasets", "ada/data"].private = True
    with serve(*BOTH) as address:
        open_page(tab, address)
        for_user(tab, "7")
        toast = tab.locator(".toast-body").first
        expect(toast).to_contain_text("ada/data does not exist, or it is private and no token")
        expect(toast).to_contain_text("Recommendations for somebody new work without it.")
        for_me(tab)
        assert [card[1] for card in recommend(tab)] == list(expected.recommend()["title"])
        assert "event: error" in ask(address, user_id=7)
        assert "no token that may read it is set" in ask(address, user_id=7)
        assert movies_of(ask(address)) == list(expected.recommend()["movie_id"])
        asked = [request for request in hub.requests if "/datasets/" in request.path]
        assert len(asked) == 1, "the Hub should not be asked again at once"


def test_private_repositories_are_read_with_the_servers_token_which_nobody_sees(
    hub: HubServer, run: Run, tab: Page, serve: Serve
) -> None:
    publish(hub, run)
    for repository in hub.repositories.values():
        repository.private = True
    token = hub.token("ada", "read")
    with serve(MODEL_REPO="ada/model", DATASET_REPO="ada/data", HF_TOKEN=token) as address:
        seen: list[str] = []
        tab.on(
            "websocket", lambda socket: socket.on("framereceived", lambda f: seen.append(str(f)))
        )
        open_page(tab, address)
        for_user(tab, "7")
        assert recommend(tab)
        for path in ("/", "/config", "/healthz", "/gradio_api/info"):
            seen.append(httpx.get(f"{address}{path}").text)
        seen += [tab.content(), ask(address, user_id=7), ask(address, user_id=99_999)]
        assert not [text for text in seen if token in text]


def test_without_hub_and_cache_there_is_a_message_and_a_button(
    hub: HubServer, run: Run, tab: Page, serve: Serve
) -> None:
    publish(hub, run)
    hub.die()
    with serve(*BOTH) as address:
        tab.goto(address)
        expect(tab.locator("#status")).to_contain_text(
            "The model ada/model is not in the cache, and the Hub could not be reached"
        )
        expect(tab.locator("#recommend")).to_be_disabled()
        assert httpx.get(f"{address}/healthz").json()["status"] == "ok"
        assert "the Hub could not be reached" in ask(address)
        hub.revive()
        tab.click("#retry")
        wait_until_listed(tab)
        expect(tab.locator("#retry")).to_be_hidden()
        assert titles(tab)


def test_without_hub_the_cached_copy_is_served_and_it_is_said(
    hub: HubServer, run: Run, expected: MovieRecommender, tab: Page, serve: Serve
) -> None:
    model, _ = publish(hub, run)
    with serve(*BOTH) as address:
        movies_of(ask(address, user_id=7))
    hub.die()
    with serve(*BOTH) as address:
        open_page(tab, address)
        expect(tab.locator("#status")).to_contain_text(
            f"The Hub could not be reached (the connection failed); this is {model.head()[:7]}"
        )
        for_user(tab, "7")
        assert [card[1] for card in recommend(tab)] == list(expected.recommend(7)["title"])
    with serve(*BOTH, HF_HUB_OFFLINE="1") as address:
        open_page(tab, address)
        expect(tab.locator("#status")).to_be_hidden()
        assert movies_of(ask(address, user_id=7)) == list(expected.recommend(7)["movie_id"])


def test_a_newer_revision_comes_in_place_without_a_failed_request(
    hub: HubServer, run: Run, other_run: Run, tab: Page, serve: Serve
) -> None:
    model, data = publish(hub, run)
    met: list[str] = []
    over = threading.Event()

    def call(address: str, user: int | None) -> None:
        while not over.is_set():
            met.append(ask(address, user_id=user))

    with serve(*BOTH, code=IMPATIENT) as address:
        open_page(tab, address)
        footer = tab.locator("#footer")
        expect(footer).to_contain_text(f"ada/model @ {model.head()[:7]}")
        callers = [threading.Thread(target=call, args=(address, user)) for user in (None, 7, 7)]
        for caller in callers:
            caller.start()
        try:
            model.commit(newer(model.download()))
            until_revision(address, model.head())
            data.commit(files_of(other_run.dataset))
            model.commit(files_of(other_run.bundle))
            until_revision(address, model.head())
        finally:
            over.set()
            for caller in callers:
                caller.join()
        assert len(met) > 10
        assert [answer for answer in met if not answer.startswith("event: complete")] == []
        open_page(tab, address)
        expect(footer).to_contain_text(f"ada/model @ {model.head()[:7]}")
        for_user(tab, "7")
        after = MovieRecommender.load(other_run.bundle, other_run.dataset)
        assert [card[1] for card in recommend(tab)] == list(after.recommend(7)["title"])
        expect(footer).to_contain_text(f"ada/data @ {data.head()[:7]}")


def until_revision(address: str, sha: str) -> None:
    end = time.monotonic() + 30
    while httpx.get(f"{address}/healthz").json()["revision"] != sha:
        assert time.monotonic() < end, f"{sha} should have come in place"
        time.sleep(0.1)


def test_a_repository_that_is_not_ours_is_a_message_and_the_process_goes_on(
    hub: HubServer, run: Run, tab: Page, serve: Serve
) -> None:
    hub.add("models", "ada/model", {"config.json": b"{}", "model.safetensors": b"x"})
    with serve("--model", "ada/model") as address:
        tab.goto(address)
        expect(tab.locator("#status")).to_contain_text("is not a model of this program")
        assert wait_for(address, "failed")["status"] == "ok"
        publish(hub, run)
        tab.click("#retry")
        wait_until_listed(tab)
        for_user(tab, "7")
        assert recommend(tab)
        expect(tab.locator("#explanation")).to_contain_text("No data set was given")
