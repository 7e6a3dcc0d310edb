"""What may come in the body of a request, checked before anything else reads it.

Gradio and what it is built on fail without a word where a body is JSON of a kind that they can read and
cannot write again: numbers beyond a float, halves of characters, lists in lists without end. They also
take a body of any size, and files from anybody. The page takes none, so every body is JSON.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson
from gradio.route_utils import FnIndexInferError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from space.page.language import LANGUAGES, text

MOST_BYTES = 2 << 20
"""Bytes of a body: a file of one's own ratings at its largest, in base64, and half as much again."""

MOST_TOOL_BYTES = 128 << 10
"""Bytes of a call of a tool, whose arguments are held against their types while all others wait: a list
of so many bytes takes half a second. What is wrong with an argument is told with all of it."""

_LONGEST_SESSION, _LONGEST_TOOL = 64, 128
"""Characters of the names of a session, by which gradio remembers what it told many, and of a tool,
which is repeated where there is none of that name. Gradio puts a Space's name before a tool's."""

_MISNAMED: Mapping[str, re.Pattern[str]] = {
    "argument_unknown": re.compile(r"Parameter `(.*)` is not a valid key-word argument", re.DOTALL),
    "argument_missing": re.compile(r"No value provided for required argument: (\w+)"),
}
"""What gradio's client says of arguments, by the texts that are told instead: it sends its readers to a
footer that this page has not."""

_INVALID = -32600
"""JSON-RPC 2.0, section 5.1: an invalid request."""


class CheckedBodies:
    """Refuses a body that is too long, or that is no JSON which can be written again.

    Args:
        app: What serves the page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        tools = "/gradio_api/mcp" in scope["path"]
        most = MOST_TOOL_BYTES if tools else MOST_BYTES
        body, count = b"", 0
        try:
            async for chunk in Request(scope, receive).stream():
                count += len(chunk)
                # The rest is read and dropped: a client listens only once it has sent all.
                body = body + chunk if count <= MOST_BYTES else b""
        except ClientDisconnect:
            return
        content, refused = _content(body)
        if count > most:
            refused = text(LANGUAGES[0], "request.bytes", most=most, count=count)
        if refused:
            answer = _tool_refusal(refused, content) if tools else _refusal(refused, count > most)
            await answer(scope, receive, send)
            return
        left = [body]

        async def again() -> Message:
            if left:
                return {"type": "http.request", "body": left.pop(), "more_body": False}
            return await receive()

        await self._app(scope, again, send)


def _content(body: bytes) -> tuple[Any, str]:
    """What a body says, and what is wrong with it, if anything is."""
    if not body:
        return None, ""
    try:
        content = orjson.loads(body)
        orjson.dumps(content)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError) as error:
        return None, text(LANGUAGES[0], "request.json", error=error)
    for name, most in _names(content):
        if isinstance(name, str) and len(name) > most:
            return content, text(LANGUAGES[0], "request.name", most=most)
    return content, ""


def _names(content: Any) -> list[tuple[Any, int]]:
    """The names of a session and of a tool that a body holds, if it does, and how long they may be."""
    if not isinstance(content, dict):
        return []
    asked = content.get("params")
    tool = asked.get("name") if isinstance(asked, dict) else None
    return [(content.get("session_hash"), _LONGEST_SESSION), (tool, _LONGEST_TOOL)]


def _refusal(said: str, long: bool) -> JSONResponse:
    return JSONResponse({"detail": said}, status_code=413 if long else 400)


def _tool_refusal(said: str, content: Any) -> JSONResponse:
    """The same as clients of MCP read it."""
    asked = content.get("id") if isinstance(content, dict) else None
    error = {"code": _INVALID, "message": said}
    return JSONResponse({"jsonrpc": "2.0", "id": asked, "error": error})


async def _unknown(request: Request, error: Exception) -> JSONResponse:
    """An endpoint that there is not, of which gradio's own routes say nothing."""
    path = request.url.path
    if "/gradio_api/call/" not in path and not path.endswith("/gradio_api/queue/join"):
        raise error
    return JSONResponse({"detail": text(LANGUAGES[0], "request.endpoint")}, status_code=404)


async def _misnamed(request: Request, error: Exception) -> JSONResponse:
    """Arguments that an endpoint has not, or that it needs, of which gradio's client knows to tell."""
    if "/gradio_api/call/v2/" not in request.url.path:
        raise error
    said = str(error)
    for key, pattern in _MISNAMED.items():
        if found := pattern.search(said):
            said = text(LANGUAGES[0], f"request.{key}", name=found[1])
    return JSONResponse({"detail": said}, status_code=422)


HANDLERS: Mapping[type[Exception], Any] = {
    FnIndexInferError: _unknown,
    KeyError: _unknown,
    TypeError: _misnamed,
}
"""Answers in words to what gradio's routes fail on."""
