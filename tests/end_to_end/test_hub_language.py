"""What a Korean visitor is told of a model that is on the Hub."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.end_to_end.steps import for_user, open_page, wait_until_listed
from tests.exports import Run
from tests.hub import HubServer
from tests.server import running_app
from tests.space.publishing import publish

Serve = Callable[[], AbstractContextManager[str]]

NAMES = {"Hub", "HF_TOKEN", "ada", "data", "auth", "login", "kB", "MB"}
"""What stands in Latin letters in a Korean sentence too."""


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Serves a model and a data set of the Hub, with a cache of its own."""
    return lambda: running_app(
        *("--model", "ada/model", "--dataset", "ada/data"),
        environment={"HF_HOME": str(tmp_path / "home")},
    )


def english(place: Locator) -> set[str]:
    """The English words that are shown to a Korean visitor."""
    return set(re.findall(r"[A-Za-z_]{3,}", place.inner_text())) - NAMES


def test_the_way_to_a_model_and_its_users_is_told(
    hub: HubServer, run: Run, tab: Page, serve: Serve
) -> None:
    publish(hub, run)
    with serve() as address:
        hub.faults.delay("GET", "resolve/.*/encoders", 2.5)
        tab.goto(f"{address}/?lang=ko")
        expect(tab.locator("#status")).to_contain_text("ada/model 받는 중: ")
        wait_until_listed(tab)
        hub.faults.delay("GET", "resolve/.*/dataset.json", 2)
        for_user(tab, "7")
        expect(tab.locator("#tabs")).to_contain_text("ada/data 받는 중: ")


def test_users_that_cannot_be_had_are_told_of(
    hub: HubServer, run: Run, tab: Page, serve: Serve
) -> None:
    publish(hub, run)
    hub.repositories["datasets", "ada/data"].private = True
    with serve() as address:
        open_page(tab, f"{address}/?lang=ko")
        for_user(tab, "7")
        toast = tab.locator("[data-testid=toast-text]").first
        expect(toast).to_contain_text(
            "데이터 저장소 ada/data: 없는 저장소이거나, 비공개 저장소인데"
        )
        expect(toast).to_contain_text(
            "데이터에 없는 사람을 위한 추천은 데이터 없이도 쓸 수 있습니다."
        )
        assert english(toast) == set()


def test_a_copy_of_the_cache_is_told_of(hub: HubServer, run: Run, tab: Page, serve: Serve) -> None:
    model, _ = publish(hub, run)
    with serve() as address:
        open_page(tab, f"{address}/?lang=ko")
    hub.die()
    with serve() as address:
        open_page(tab, f"{address}/?lang=ko")
        panel = tab.locator("#status")
        expect(panel).to_contain_text(f"캐시에 있는 {model.head()[:7]} 커밋을 사용합니다.")
        assert english(panel) <= set(re.findall("[a-f]{3,}", model.head()[:7]))


def test_what_is_wrong_within_a_file_is_marked_as_english(
    run: Run, tab: Page, tmp_path: Path
) -> None:
    spoiled = tmp_path / "bundle"
    spoiled.mkdir()
    (spoiled / "manifest.json").write_text("no JSON")
    with running_app("--bundle", str(spoiled)) as address:
        tab.goto(f"{address}/?lang=ko")
        panel = tab.locator("#status [role=alert]")
        expect(panel).to_contain_text("manifest.json: JSON이어야 합니다(")
        expect(panel.locator("[lang=en]")).to_contain_text("Expecting value")
