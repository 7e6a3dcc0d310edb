"""Which bodies of requests reach the page."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from gradio_client.utils import construct_args  # type: ignore[import-untyped]
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from space.page.bodies import HANDLERS, MOST_BYTES, MOST_TOOL_BYTES, CheckedBodies

TOOLS = "/gradio_api/mcp/"
JOIN = "/gradio_api/queue/join"


async def echo(request: Request) -> JSONResponse:
    return JSONResponse({"body": (await request.body()).decode(), "method": request.method})


async def fail(request: Request) -> JSONResponse:
    raise {"key": KeyError, "type": TypeError}[request.query_params["by"]]("`k` is not known")


@pytest.fixture
def client() -> TestClient:
    routes = [
        Route(path, handler, methods=["GET", "POST", "DELETE"])
        for path, handler in (
            ("/", echo), (JOIN, echo), (TOOLS, echo), ("/gradio_api/call/{name}", fail),
            ("/gradio_api/call/v2/{name}", fail), ("/gradio_api/cancel", fail),
        )
    ]  # fmt: skip
    return TestClient(CheckedBodies(Starlette(routes=routes, exception_handlers=dict(HANDLERS))))


@pytest.mark.parametrize(
    "body", [b"{}", b'{"data": [1, "\xed\x95\x9c", null, 1e300]}', b" [1]\n", b""]
)
def test_json_arrives_as_it_was_sent(client: TestClient, body: bytes) -> None:
    assert client.post(JOIN, content=body).json() == {"body": body.decode(), "method": "POST"}


def test_a_body_in_pieces_arrives_whole(client: TestClient) -> None:
    pieces = [b'{"data": ', b"[1, ", b"2]}"]
    assert client.post(JOIN, content=iter(pieces)).json()["body"] == '{"data": [1, 2]}'


def test_a_request_without_a_body_passes(client: TestClient) -> None:
    assert client.get("/").json()["method"] == "GET"
    assert client.delete(TOOLS).json()["method"] == "DELETE"


@pytest.mark.parametrize(
    "body",
    [
        b"NaN", b"[1e999]", b'["\\ud800"]', b"\xff", b"name=Heat", b'{"a": 1} {',
        b"[" * 300 + b"]" * 300, b"1" * 400,
    ],
)  # fmt: skip
def test_what_gradio_cannot_write_again_is_refused_in_words(
    client: TestClient, body: bytes
) -> None:
    answer = client.post(JOIN, content=body)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("A request should be JSON, without NaN")


@pytest.mark.parametrize(
    ("path", "most", "body"),
    [
        (JOIN, 64, {"session_hash": "x" * 65}),
        (TOOLS, 128, {"id": 7, "params": {"name": "x" * 129}}),
    ],
)
def test_a_long_name_is_refused_and_not_repeated(
    client: TestClient, path: str, most: int, body: dict[str, Any]
) -> None:
    refused = client.post(path, json=body).json()
    said = refused["detail"] if path == JOIN else refused["error"]["message"]
    assert said == f"This name should have at most {most} characters."
    assert refused.get("id") == body.get("id")
    shorter = json.dumps(body).replace("x" * (most + 1), "x" * most)
    assert client.post(path, content=shorter).json()["body"] == shorter


@pytest.mark.parametrize("body", [[], "x" * 99, {"params": ["x" * 99]}, {"session_hash": None}])
def test_a_body_without_names_passes(client: TestClient, body: Any) -> None:
    assert client.post(TOOLS, json=body).status_code == 200


def test_files_are_refused(client: TestClient) -> None:
    answer = client.post("/gradio_api/upload", files={"files": ("a.csv", b"Name,Year\n")})
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])


@pytest.mark.parametrize(("size", "status"), [(MOST_BYTES, 200), (MOST_BYTES + 1, 413)])
def test_a_body_has_at_most_its_bytes(client: TestClient, size: int, status: int) -> None:
    body = b'"' + b"x" * (size - 2) + b'"'
    answer = client.post(JOIN, content=(body[at : at + 65_536] for at in range(0, size, 65_536)))
    assert answer.status_code == status
    if status == 413:
        assert answer.json()["detail"] == (
            f"A request should have at most {MOST_BYTES:,} bytes. Received: {size:,}"
        )


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({"id": 7, "params": "x" * MOST_TOOL_BYTES}, 7),
        ({"id": "a", "params": "x" * MOST_TOOL_BYTES}, "a"),
        (["x" * MOST_TOOL_BYTES], None),
        ({"id": 7, "params": "x" * MOST_BYTES}, None),
    ],
)
def test_a_client_of_tools_is_told_as_its_protocol_says(
    client: TestClient, asked: Any, number: Any
) -> None:
    body = json.dumps(asked).encode()
    answer = client.post(TOOLS, content=body)
    assert answer.status_code == 200
    said = f"A request should have at most {MOST_TOOL_BYTES:,} bytes. Received: {len(body):,}"
    error = {"code": -32600, "message": said}
    assert answer.json() == {"jsonrpc": "2.0", "id": number, "error": error}


def test_a_client_that_leaves_is_not_answered() -> None:
    reached = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        reached.append(message)

    scope = {"type": "http", "method": "POST", "path": JOIN, "headers": []}
    asyncio.run(CheckedBodies(app)(scope, receive, send))
    assert reached == []


@pytest.mark.parametrize(
    ("path", "by", "status", "said"),
    [
        ("/gradio_api/call/none", "key", 404, "There is no such endpoint."),
        ("/gradio_api/call/v2/genres", "type", 422, "`k` is not known"),
    ],
)
def test_what_gradios_routes_fail_on_is_told(
    client: TestClient, path: str, by: str, status: int, said: str
) -> None:
    answer = client.post(path, params={"by": by})
    assert answer.status_code == status
    assert answer.json()["detail"].startswith(said)


@pytest.mark.parametrize("name", ["k", "a`b", "a\nb"])
def test_what_gradios_client_says_of_arguments_is_told_in_the_pages_words(name: str) -> None:
    parameters = [{"parameter_name": "movie_id"}]

    async def ask(request: Request) -> JSONResponse:
        return JSONResponse(construct_args(parameters, (), await request.json()))

    path = "/gradio_api/call/v2/explain"
    routes = [Route(path, ask, methods=["POST"])]
    app = TestClient(Starlette(routes=routes, exception_handlers=dict(HANDLERS)))
    unknown, missing = (app.post(path, json=body) for body in ({name: 7}, {}))
    assert (unknown.status_code, missing.status_code) == (422, 422)
    assert unknown.json()["detail"] == (
        f"There is no argument `{name}` here. The page's tab “API” lists those that there are."
    )
    assert missing.json()["detail"] == (
        "`movie_id` should be given: it has no default. The page's tab “API” describes it."
    )


@pytest.mark.parametrize(
    ("path", "by", "error"),
    [("/gradio_api/cancel", "key", KeyError), ("/gradio_api/call/genres", "type", TypeError)],
)
def test_a_fault_elsewhere_stays_one(
    client: TestClient, path: str, by: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        client.post(path, params={"by": by})
