"""What a client asks, what the Hub says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """What a client asked."""

    method: str
    path: str
    """As it came, still quoted, without the query."""
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes = field(repr=False)
    origin: str = "hub"
    """Which of the two servers was asked: "hub" or "storage"."""

    def json(self) -> dict[str, Any]:
        """The body's content.

        Raises:
            HubError: If it is not a JSON object.
        """
        try:
            content = json.loads(self.body or b"{}")
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise HubError(400, "", "The body is not a JSON object")
        return content

    def flag(self, name: str) -> bool:
        """Whether the query has this set."""
        return self.query.get(name, ["false"])[0].lower() in ("true", "1")


@dataclass(frozen=True)
class Answer:
    """What the server says."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, content: Any, status: int = 200, **headers: str) -> Answer:
        """An answer in JSON; a header's underscores stand for dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        # A README's metadata may hold dates, which JSON does not know.
        body = json.dumps(content, default=str).encode()
        return cls(status, body, {"Content-Type": "application/json"} | named)

    @classmethod
    def of_bytes(cls, data: bytes, request: Request, headers: Mapping[str, str]) -> Answer:
        """A file, or the part of it that the request wants."""
        headers = {
            "Accept-Ranges": "bytes",
            "Content-Type": "application/octet-stream",
            **headers,
        }
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
        if asked is None or asked[0] == "bytes=-":
            return cls(200, data, headers)
        if asked[1]:
            first, last = int(asked[1]), min(int(asked[2] or len(data)), len(data) - 1)
        else:
            first, last = max(0, len(data) - int(asked[2])), len(data) - 1
        if first > last:
            return cls(416, b"", {"Content-Range": f"bytes */{len(data)}"})
        headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        return cls(206, data[first : last + 1], headers)


class HubError(Exception):
    """An answer that the client turns into an error of its own."""

    def __init__(self, status: int, code: str, message: str, **content: Any) -> None:
        super().__init__(message)
        # A header has one line, and no letters beyond ASCII.
        line = " ".join(message.split()).encode("ascii", "backslashreplace").decode()
        headers = {"X_Error_Code": code} if code else {}
        self.answer = Answer.of_json(
            {"error": message} | content, status, X_Error_Message=line, **headers
        )
