"""The script at the top of the page, put there whatever the client asks for."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import AsyncIterator, Mapping

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from space.page.early import LANGUAGE_SCRIPT, EarlyScript
from space.page.language import LANGUAGES

PAGE = "<!doctype html><html><head><title>쪽</title></head><body><head></body></html>"
SCRIPT = "<script>first()</script>"
CHANGED = PAGE.replace("<head>", f"<head>{SCRIPT}", 1)


async def _page(_: Request) -> HTMLResponse:
    return HTMLResponse(PAGE, headers={"x-kept": "yes"})


async def _stream(_: Request) -> StreamingResponse:
    async def parts() -> AsyncIterator[str]:
        yield "<head>"
        yield "data"

    return StreamingResponse(parts(), media_type="text/html")


def _client(*, inner: list[Middleware] | None = None, root_path: str = "") -> TestClient:
    routes = [
        Route("/", _page),
        Route("/other", _page),
        Route("/stream", _stream),
    ]
    early = Middleware(EarlyScript, script=SCRIPT)
    app = Starlette(routes=routes, middleware=[early, *(inner or [])])
    return TestClient(app, root_path=root_path)


def test_the_script_stands_first_in_the_head_and_once() -> None:
    answer = _client().get("/?lang=ko")
    assert answer.text == CHANGED
    assert answer.headers["x-kept"] == "yes"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_length_is_that_of_what_is_sent(method: str) -> None:
    answer = _client().request(method, "/")
    assert int(answer.headers["content-length"]) == len(CHANGED.encode())
    assert re.findall("content-length", str(answer.headers.raw)) == ["content-length"]


@pytest.mark.parametrize("accepted", ["gzip", "br", "gzip, deflate, br, zstd", "identity"])
def test_a_client_that_reads_compressed_pages_gets_the_script_too(accepted: str) -> None:
    inner = [Middleware(GZipMiddleware, minimum_size=1)]
    answer = _client(inner=inner).get("/", headers={"accept-encoding": accepted})
    assert answer.text == CHANGED


def test_what_stands_before_it_may_compress_the_page() -> None:
    app = Starlette(
        routes=[Route("/", _page)],
        middleware=[
            Middleware(GZipMiddleware, minimum_size=1),
            Middleware(EarlyScript, script=SCRIPT),
        ],
    )
    with TestClient(app).stream("GET", "/", headers={"accept-encoding": "gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(answer.iter_raw())).decode() == CHANGED


def test_nothing_but_the_page_is_changed() -> None:
    client = _client()
    assert client.get("/other").text == PAGE
    assert client.post("/").status_code == 405


def test_other_answers_go_out_as_they_come() -> None:
    """The messages of a stream are not put together, and no length is made up for them."""
    answer = _client().get("/stream")
    assert answer.text == "<head>data"
    assert "content-length" not in answer.headers


@pytest.mark.parametrize(
    "response",
    [
        JSONResponse({"text": "<head>"}),
        Response("<head>", media_type="text/plain"),
        HTMLResponse("<p>no such part</p>"),
        Response(status_code=302, headers={"location": "/login"}),
    ],
)
def test_at_the_pages_address_all_but_a_page_is_left_as_it_is(response: Response) -> None:
    async def answer(_: Request) -> Response:
        return response

    app = Starlette(routes=[Route("/", answer)])
    plain = TestClient(app).get("/", follow_redirects=False)
    behind = TestClient(EarlyScript(app, SCRIPT)).get("/", follow_redirects=False)
    assert (behind.status_code, behind.content) == (plain.status_code, plain.content)
    assert behind.headers == plain.headers


def test_a_page_that_comes_in_parts_is_changed_as_one() -> None:
    async def parts() -> AsyncIterator[str]:
        for letter in PAGE:
            yield letter

    async def answer(_: Request) -> Response:
        return StreamingResponse(parts(), media_type="text/html")

    app = Starlette(
        routes=[Route("/", answer)], middleware=[Middleware(EarlyScript, script=SCRIPT)]
    )
    assert TestClient(app).get("/").text == CHANGED


@pytest.mark.parametrize(
    ("root_path", "path"), [("/space", "/space/"), ("/space", "/"), ("/space/", "/space/")]
)
def test_the_page_is_found_below_a_path(root_path: str, path: str) -> None:
    """A proxy may tell of the path that it serves the page below, with the path or without it."""
    sent = _through({"root_path": root_path, "path": path})
    assert sent == CHANGED.encode()


@pytest.mark.parametrize("path", ["/space/other", "/spaceship", "/space/space/"])
def test_other_paths_below_it_are_left_alone(path: str) -> None:
    assert _through({"root_path": "/space", "path": path}) == PAGE.encode()


def test_a_mounted_page_has_the_script() -> None:
    page = Starlette(routes=[Route("/", _page)])
    app = Starlette(routes=[Mount("/below", EarlyScript(page, SCRIPT))])
    assert TestClient(app).get("/below/").text == CHANGED


def _through(changed: Mapping[str, str]) -> bytes:
    """What is sent for a scope, by a page that answers every path."""
    scope = {"type": "http", "method": "GET", "headers": [], "query_string": b"", **changed}
    sent: list[bytes] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, object]) -> None:
        body = message.get("body", b"")
        assert isinstance(body, bytes)
        sent.append(body)

    asyncio.run(EarlyScript(HTMLResponse(PAGE), SCRIPT)(scope, receive, send))  # type: ignore[arg-type]
    return b"".join(sent)


def test_the_languages_script_knows_each_language_and_survives_a_forbidden_memory() -> None:
    for language in LANGUAGES:
        assert f'"{language}"' in LANGUAGE_SCRIPT
    assert re.search(r"try \{ return localStorage[^}]*\} catch", LANGUAGE_SCRIPT)
