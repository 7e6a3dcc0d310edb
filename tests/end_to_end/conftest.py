"""A browser for the tests of the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from space.recommender import MovieRecommender
from tests.browser import browser
from tests.exports import Run
from tests.server import running_app, wait_for


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


@pytest.fixture(scope="module")
def address(run: Run) -> Iterator[str]:
    """The page of the shared run."""
    with running_app("--bundle", str(run.bundle), "--dataset", str(run.dataset)) as served:
        wait_for(served, "loaded")
        yield served


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    """The shared run, loaded."""
    return MovieRecommender.load(run.bundle, run.dataset)
