"""How programs ask the page: over plain HTTP, as its own browser does, and as a client of MCP."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

API = "/gradio_api"
_TOOLS = {"accept": "application/json, text/event-stream"}


@dataclass(frozen=True)
class Answer:
    """What came of a call."""

    status: int
    """The HTTP status of the request that asked."""
    values: Any = None
    """What was answered, if anything was."""
    said: Any = None
    """What is said of the failure, if it failed."""


def call(client: httpx.Client, endpoint: str, data: Any) -> Answer:
    """Ask an endpoint by its name, as curl does.

    Args:
        client: Of the page's address.
        endpoint: Its name, with "v2/" before it where `data` are named arguments.
        data: Its arguments in their order; of bytes, the whole body.
    """
    named = endpoint.startswith("v2/")
    asked = _post(client, f"{API}/call/{endpoint}", data if named else {"data": data})
    if asked.status_code != 200:
        return _refused(asked)
    path = f"{API}/call/{endpoint.removeprefix('v2/')}/{asked.json()['event_id']}"
    event, _, answered = client.get(path).text.strip().rpartition("\n\n")[2].partition("\n")
    content = json.loads(answered.removeprefix("data: "))
    if event == "event: complete":
        return Answer(200, values=content)
    return Answer(200, said=content["error"] if isinstance(content, dict) else content)


def join(
    client: httpx.Client, function: Any, data: Any, pressed: Any = None, trigger: Any = None
) -> Answer:
    """Send an event of the page, as its script does.

    Args:
        client: Of the page's address.
        function: The event's number.
        data: The values of its inputs.
        pressed: What comes with the press of a button.
        trigger: The number of the component that was pressed.
    """
    session = uuid.uuid4().hex
    body = {"data": data, "fn_index": function, "session_hash": session}
    pressed_by = {"event_data": pressed, "trigger_id": trigger}
    asked = _post(client, f"{API}/queue/join", {**body, **pressed_by})
    if asked.status_code != 200:
        return _refused(asked)
    told = client.get(f"{API}/queue/data", params={"session_hash": session}).text
    messages = [json.loads(line.removeprefix("data: ")) for line in told.split("\n\n") if line]
    (last,) = [
        each for each in messages if each["msg"] in ("process_completed", "unexpected_error")
    ]
    if last["msg"] == "unexpected_error":
        return Answer(200, said={"unexpected": last})
    if last["success"]:
        return Answer(200, values=last["output"]["data"])
    return Answer(200, said=last["output"]["error"])


def use_tool(client: httpx.Client, name: Any, arguments: Any) -> Answer:
    """Call a tool of the MCP server by hand, with arguments that its clients would not send.

    Args:
        client: Of the page's address.
        name: The tool's.
        arguments: Its arguments.
    """
    asked = {"name": name, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": asked}
    answered = _post(client, f"{API}/mcp/", body, headers=_TOOLS)
    if answered.status_code != 200:
        return _refused(answered)
    content = json.loads(answered.text.rpartition("data: ")[2])
    if "error" in content:
        return Answer(200, said=content["error"]["message"])
    told = content["result"]["content"][0]["text"]
    if content["result"].get("isError"):
        return Answer(200, said=told)
    return Answer(200, values=json.loads(told))


def plain(films: Any, columns: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Films of a frame as the API should give them."""
    listed = []
    for row in films.to_dict("records"):
        film = {name: row[name] for name in columns or films.columns}
        film["year"] = None if film["year"] != film["year"] else int(film["year"])
        for name, value in film.items():
            if isinstance(value, tuple):
                film[name] = list(value)
            elif isinstance(value, float):
                film[name] = round(value, 6)
        listed.append(film)
    return listed


def _post(client: httpx.Client, path: str, body: Any, **arguments: Any) -> httpx.Response:
    # Python writes NaN and halves of surrogate pairs, which httpx does not.
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json", **arguments.get("headers", {})}
    return client.post(path, content=content, headers=headers)


def _refused(answered: httpx.Response) -> Answer:
    try:
        content = answered.json()
    except ValueError:
        return Answer(answered.status_code, said={"no JSON": answered.text})
    return Answer(answered.status_code, said=content.get("detail", content))
