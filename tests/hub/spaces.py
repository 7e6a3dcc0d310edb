"""Spaces: their variables and secrets, how their start goes, what they log."""

from __future__ import annotations

import json
from typing import Any

from tests.hub.content import ATTRIBUTES
from tests.hub.http import Answer, HubError, Request
from tests.hub.repository import Repository, Space, now
from tests.hub.state import Hub


def runtime_of(repository: Repository) -> dict[str, Any]:
    """How a Space is doing."""
    space = _space(repository)
    content: dict[str, Any] = {
        "stage": _stage(repository),
        "hardware": {"current": space.hardware, "requested": space.hardware},
        "storage": None,
        "gcTimeout": space.sleep_time,
        "replicas": {"current": 1, "requested": 1},
        "devMode": False,
        "sha": space.sha or repository.head(),
    }
    if content["stage"].endswith("ERROR") and space.error_message is not None:
        content["errorMessage"] = space.error_message
    return content


def runtime(hub: Hub, request: Request, name: str) -> Answer:
    """How a Space is doing; the next to ask is told the next stage."""
    repository = hub.readable(request, "spaces", name)
    content = runtime_of(repository)
    if content["stage"] != "NO_APP_FILE":
        _space(repository).step += 1
    return Answer.of_json(content)


def restart(hub: Hub, request: Request, name: str) -> Answer:
    """Begin anew."""
    repository, _ = hub.writable(request, "spaces", name)
    space = _space(repository)
    space.step = 0
    space.restarts += 1
    return Answer.of_json(runtime_of(repository))


def hardware(hub: Hub, request: Request, name: str) -> Answer:
    """Let a Space run on another machine."""
    repository, _ = hub.writable(request, "spaces", name)
    asked, space = request.json(), _space(repository)
    space.hardware = asked["flavor"]
    space.sleep_time = asked.get("sleepTimeSeconds", space.sleep_time)
    return Answer.of_json(runtime_of(repository))


def sleep_time(hub: Hub, request: Request, name: str) -> Answer:
    """Set after how many seconds without a visitor a Space stops."""
    repository, _ = hub.writable(request, "spaces", name)
    _space(repository).sleep_time = request.json()["seconds"]
    return Answer.of_json(runtime_of(repository))


def variables(hub: Hub, request: Request, name: str) -> Answer:
    """Read, set or remove variables."""
    if request.method == "GET":
        space = _space(hub.readable(request, "spaces", name))
    else:
        space = _changed(hub, request, name, "variables")
    return Answer.of_json(
        {
            key: {"value": value, "description": space.descriptions.get(key), "updatedAt": now()}
            for key, value in space.variables.items()
        }
    )


def secrets(hub: Hub, request: Request, name: str) -> Answer:
    """Set or remove secrets, or read their names."""
    if request.method == "GET":
        repository, _ = hub.writable(request, "spaces", name)
        space = _space(repository)
    else:
        space = _changed(hub, request, name, "secrets")
    return Answer.of_json(
        {
            key: {"key": key, "description": space.descriptions.get(key), "updatedAt": now()}
            for key in space.secrets
        }
    )


def logs(hub: Hub, request: Request, name: str, which: str) -> Answer:
    """What was logged while the Space was built, or since it runs, as server-sent events."""
    repository, _ = hub.writable(request, "spaces", name)
    space = _space(repository)
    lines = space.build_log if which == "build" else space.run_log
    events = [json.dumps({"data": line + "\n", "timestamp": now()}) for line in lines]
    told = "".join(f"data: {event}\n\n" for event in events)
    return Answer(200, told.encode(), {"Content-Type": "text/event-stream"})


def take_settings(space: Space, asked: dict[str, Any]) -> None:
    """Apply what a request to create a Space says of it."""
    space.sdk = asked.get("sdk") or space.sdk
    space.hardware = asked.get("hardware") or space.hardware
    space.sleep_time = asked.get("sleepTimeSeconds")
    for word, values in (("variables", space.variables), ("secrets", space.secrets)):
        for item in asked.get(word) or ():
            values[item["key"]] = item["value"]
            if item.get("description"):
                space.descriptions[item["key"]] = item["description"]


def _changed(hub: Hub, request: Request, name: str, word: str) -> Space:
    """A Space after its variables or secrets were changed, which restarts it."""
    repository, _ = hub.writable(request, "spaces", name)
    space, asked = _space(repository), request.json()
    if request.method == "POST":
        take_settings(space, {word: [asked], "sleepTimeSeconds": space.sleep_time})
    else:
        values = space.variables if word == "variables" else space.secrets
        values.pop(asked["key"], None)
        space.descriptions.pop(asked["key"], None)
    space.step = 0
    return space


def _space(repository: Repository) -> Space:
    if repository.space is None:
        raise HubError(400, "", f"{repository.name} is not a Space")
    return repository.space


def _stage(repository: Repository) -> str:
    """What the next to ask is told."""
    space = _space(repository)
    if not set(repository.find().files) - {ATTRIBUTES, "README.md"}:
        return "NO_APP_FILE"
    return space.stages[min(space.step, len(space.stages) - 1)]
