"""A browser for the tests of the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from space.recommender import MovieRecommender
from tests.browser import browser
from tests.end_to_end import states
from tests.end_to_end.steps import watch
from tests.exports import Run
from tests.server import running_app, wait_for


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser. Its loop runs in this thread, where no test of other modules could then start one."""
    with browser() as opened:
        yield opened


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    watch(page)
    yield page
    page.close()


@pytest.fixture(scope="module")
def address(run: Run) -> Iterator[str]:
    """The page of the shared run."""
    with running_app("--bundle", str(run.bundle), "--dataset", str(run.dataset)) as served:
        wait_for(served, "loaded")
        yield served


@pytest.fixture(scope="module")
def preparing() -> Iterator[str]:
    """The page while its model is being prepared."""
    with states.preparing() as served:
        yield served


@pytest.fixture(scope="module")
def failed() -> Iterator[str]:
    """The page whose model could not be prepared."""
    with states.failing() as served:
        yield served


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    """The shared run, loaded."""
    return MovieRecommender.load(run.bundle, run.dataset)
