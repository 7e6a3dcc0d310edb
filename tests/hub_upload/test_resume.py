"""Pushes that end in the middle, at points spread over all that they ask for, and the same again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hub_upload.errors import Failure
from tests.exports import Run
from tests.hub import HubServer, session
from tests.hub_upload.command import NAME, Command, everything, reader, whole_run

POINTS = 12


@dataclass(frozen=True)
class Clean:
    """A push that nothing disturbed."""

    state: dict[str, Any]
    """What it left on the Hub."""
    requests: int
    """How much it asked for."""

    def at(self, point: int) -> int:
        """The number of the request at one of the points, from the first to the last."""
        return 1 + point * (self.requests - 1) // (POINTS - 1)


@pytest.fixture(scope="module")
def folder(free: Run) -> Path:
    """A run's folder."""
    return free.bundle.parent


@pytest.fixture(scope="module")
def clean(folder: Path) -> Clean:
    """A push that nothing disturbs."""
    with session.fresh_hub() as hub:
        assert whole_run(hub, folder).end().code == 0
        return Clean(everything(hub), len(hub.requests))


def check_whole_or_not_at_all(hub: HubServer, clean: Clean) -> None:
    """What is there of a push that ended: the first commits of a clean one."""
    for kind, state in everything(hub).items():
        commits = clean.state[kind]["commits"]
        assert len(commits) == 2
        assert state["commits"] in (commits[:1], commits)
        assert state["private"] is clean.state[kind]["private"]


def check_going_on(hub: HubServer, folder: Path, clean: Clean) -> None:
    """The same command again ends well, and leaves every byte as a clean push does."""
    ended = whole_run(hub, folder).end()
    assert ended.code == 0, ended
    assert everything(hub) == clean.state
    for kind, state in everything(hub).items():
        assert len(state["commits"]) == 2, kind
        assert state["tags"] == {"v1": state["branches"]["main"]}
    space = hub.space(NAME)
    assert space.variables == {"MODEL_REPO": f"{NAME}@main", "DATASET_REPO": f"{NAME}@main"}
    assert space.secrets == {"HF_TOKEN": reader(hub)}


@pytest.mark.parametrize(("point", "handled"), [(point, point % 2 == 1) for point in range(POINTS)])
def test_a_push_goes_on_after_the_hub_died(
    hub: HubServer, folder: Path, clean: Clean, point: int, handled: bool
) -> None:
    hub.faults.die(at=clean.at(point), handled=handled)
    command = whole_run(hub, folder)
    command.until(lambda: not hub.alive)
    command.until(lambda: not command.alive or "Retrying in" in command.err)
    check_whole_or_not_at_all(hub, clean)
    hub.revive()
    ended = command.end()
    if "Retrying in" not in ended.err:
        assert ended.code == Failure.UNREACHABLE, ended
        assert "the connection to the Hub failed" in ended.said
        assert ended.said.endswith("After that, the same command goes on.")
    check_whole_or_not_at_all(hub, clean)
    check_going_on(hub, folder, clean)


@pytest.mark.parametrize("point", range(1, POINTS - 1))
def test_a_push_goes_on_after_the_command_was_killed(
    hub: HubServer, folder: Path, clean: Clean, point: int
) -> None:
    commands: list[Command] = []
    hub.faults.call(".*", ".*", lambda _: commands[0].kill(), nth=clean.at(point))
    commands.append(whole_run(hub, folder))
    ended = commands[0].end()
    assert ended.code == -9, ended
    check_whole_or_not_at_all(hub, clean)
    check_going_on(hub, folder, clean)


def test_what_was_uploaded_is_not_uploaded_again(
    hub: HubServer, folder: Path, clean: Clean
) -> None:
    hub.faults.die("POST", "/models/.*/commit/")
    assert whole_run(hub, folder).end().code == Failure.UNREACHABLE
    hub.revive()
    hub.requests.clear()
    check_going_on(hub, folder, clean)
    uploads = [request.path for request in hub.requests if request.method == "PUT"]
    assert uploads
    assert not any(path.startswith("/models/") for path in uploads)
