"""A script that runs before gradio's own, which reads the browser's language once, at its start."""

from __future__ import annotations

import json

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from space.page.language import LANGUAGES

LANGUAGE_SCRIPT = """<script>
(() => {
  const known = KNOWN;
  const remembered = () => {
    // A frame may be forbidden to remember anything; reading then throws.
    try { return localStorage.getItem("language"); } catch { return null; }
  };
  const named = new URLSearchParams(location.search).get("lang");
  const chosen = [named, remembered()].find((language) => known.includes(language));
  if (!chosen) return;
  Object.defineProperty(navigator, "language", { get: () => chosen, configurable: true });
  Object.defineProperty(navigator, "languages", { get: () => [chosen], configurable: true });
})();
</script>""".replace("KNOWN", json.dumps(LANGUAGES))
"""Has gradio take the language that the visitor chose for the browser's."""

_HEAD = b"<head>"


class EarlyScript:
    """Puts a script at the top of the page. Gradio's `head` comes after its own scripts have run.

    Args:
        app: What serves the page.
        script: The script, with its tags.
    """

    def __init__(self, app: ASGIApp, script: str = LANGUAGE_SCRIPT) -> None:
        self._app, self._script = app, script.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if not _is_page(scope):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def sent(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_html(message):
                start = message
            elif start is None or message["type"] != "http.response.body":
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await self._send_whole(start, body, send)

        # What comes must not be compressed, so that it can be changed.
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self._app({**scope, "headers": headers}, receive, sent)

    async def _send_whole(self, start: Message, body: bytes, send: Send) -> None:
        if _HEAD in body:
            body = body.replace(_HEAD, _HEAD + self._script, 1)
            MutableHeaders(raw=start["headers"])["content-length"] = str(len(body))
        await send(start)
        await send({"type": "http.response.body", "body": body})


def _is_page(scope: Scope) -> bool:
    """Whether the page itself is asked for, also where it is served below a path."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    path = str(scope["path"])
    below = path.removeprefix(str(scope.get("root_path", "")).rstrip("/"))
    return "/" in (path, below) or below == ""


def _is_html(start: Message) -> bool:
    return Headers(raw=list(start["headers"])).get("content-type", "").startswith("text/html")
