"""A script that runs before gradio's own, which reads the browser's language once, at its start."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LANGUAGE_SCRIPT = b"""<script>
(() => {
  const chosen = new URLSearchParams(location.search).get("lang") || localStorage.getItem("language");
  if (!chosen) return;
  Object.defineProperty(navigator, "language", { get: () => chosen, configurable: true });
  Object.defineProperty(navigator, "languages", { get: () => [chosen], configurable: true });
})();
</script>"""
"""Has gradio take the language that the visitor chose for the browser's."""

_HEAD = b"<head>"


class EarlyScript:
    """Puts a script at the top of the page. Gradio's `head` comes after its own scripts have run.

    Args:
        app: What serves the page.
        script: The script, with its tags.
    """

    def __init__(self, app: ASGIApp, script: bytes = LANGUAGE_SCRIPT) -> None:
        self._app, self._script = app, script

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] not in ("", "/"):
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = b""

        async def sent(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await self._send_whole(start, body, send)

        # It is not compressed yet, so that it can be changed.
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self._app({**scope, "headers": headers}, receive, sent)

    async def _send_whole(self, start: Message, body: bytes, send: Send) -> None:
        body = body.replace(_HEAD, _HEAD + self._script, 1)
        headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": body})
