from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from space.artifacts import SharedModel
from space.page.health import health_route
from space.sources import FolderSource
from tests.exports import Run
from tests.hub import HubServer
from tests.space.publishing import publish
from tests.space.sharing import shared, until

NOWHERE = {"repository": None, "revision": None}


def health(model: SharedModel) -> Any:
    with TestClient(Starlette(routes=[health_route(model)])) as client:
        answer: httpx.Response = client.get("/healthz")
    assert answer.status_code == 200
    return answer.json()


def test_a_model_from_a_folder_has_no_revision(run: Run) -> None:
    model = SharedModel(FolderSource(run.bundle))
    assert health(model) == {"status": "ok", "model": "absent", **NOWHERE}
    model.start()
    until(lambda: health(model) == {"status": "ok", "model": "loaded", **NOWHERE})


@pytest.mark.parametrize("dies", [False, True])
def test_it_asks_the_hub_nothing_and_tells_the_revision(
    hub: HubServer, run: Run, hub_cache: Path, dies: bool
) -> None:
    repository, _ = publish(hub, run)
    model = shared(hub_cache)
    for _ in range(3):
        assert health(model) == {"status": "ok", "model": "absent", **NOWHERE}
    assert hub.requests == []
    if dies:
        hub.die()
        model.visit()
        until(lambda: health(model) == {"status": "ok", "model": "failed", **NOWHERE})
        return
    model.ready()
    loaded = {"repository": "ada/model", "revision": repository.head()}
    assert health(model) == {"status": "ok", "model": "loaded", **loaded}
