"""What can go wrong between a client and the Hub, on demand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from tests.hub.http import Answer, Request

ANY = ".*"


@dataclass
class Fault:
    """Something that happens to certain requests."""

    method: str
    """A regular expression for the whole method."""
    path: str
    """A regular expression for a part of the path, which is still quoted."""
    nth: int
    """The first of the matching requests that it happens to, counted from 1."""
    times: int | None
    """To how many of them, one after the other, it happens; None for all that follow."""
    call: Callable[[Request], object] | None = None
    """Done before the request is handled."""
    wait: float = 0.0
    """Seconds before the request is handled."""
    handled: bool = False
    """Whether the Hub does what is asked before the answer is lost."""
    answer: Answer | None = None
    """Given in place of the Hub's."""
    cut: int | None = None
    """After how many bytes of the answer's body the connection ends."""
    drop: bool = False
    """Whether the connection ends unanswered."""
    die: bool = False
    """Whether the Hub dies."""
    seen: int = 0
    """The matching requests so far."""

    def meets(self, request: Request) -> bool:
        """Whether it happens to this request, which is counted."""
        if not re.fullmatch(self.method, request.method) or not re.search(self.path, request.path):
            return False
        self.seen += 1
        return self.seen >= self.nth and (self.times is None or self.seen < self.nth + self.times)


class Faults:
    """The faults of a Hub, each of which is given for a method, a path and an occurrence."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = Lock()

    def status(
        self,
        method: str,
        path: str,
        status: int,
        *,
        nth: int = 1,
        times: int | None = 1,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        handled: bool = False,
    ) -> Fault:
        """Answer with this status; the body is JSON unless it is bytes."""
        content = {"error": f"Fault on demand: {status}"} if body is None else body
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        kind = {} if isinstance(content, bytes) else {"Content-Type": "application/json"}
        answer = Answer(status, data, {**kind, **(headers or {})})
        return self._add(Fault(method, path, nth, times, answer=answer, handled=handled))

    def delay(
        self, method: str, path: str, seconds: float, *, nth: int = 1, times: int | None = 1
    ) -> Fault:
        """Wait before the request is handled."""
        return self._add(Fault(method, path, nth, times, wait=seconds))

    def cut(
        self, method: str, path: str, after: int, *, nth: int = 1, times: int | None = 1
    ) -> Fault:
        """End the connection after some bytes of the answer's body."""
        return self._add(Fault(method, path, nth, times, cut=after))

    def drop(
        self,
        method: str,
        path: str,
        *,
        nth: int = 1,
        times: int | None = 1,
        handled: bool = False,
    ) -> Fault:
        """End the connection without an answer, before or after the request is handled."""
        return self._add(Fault(method, path, nth, times, drop=True, handled=handled))

    def call(
        self,
        method: str,
        path: str,
        function: Callable[[Request], object],
        *,
        nth: int = 1,
        times: int | None = 1,
    ) -> Fault:
        """Do something when a request arrives, before it is handled as usual."""
        return self._add(Fault(method, path, nth, times, call=function))

    def die(
        self, method: str = ANY, path: str = ANY, *, at: int = 1, handled: bool = False
    ) -> Fault:
        """Let the Hub die at the nth request from now, before or after it is handled."""
        return self._add(Fault(method, path, at, 1, die=True, handled=handled))

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._faults.clear()

    def meeting(self, request: Request) -> list[Fault]:
        """What happens to a request, in the order in which it was demanded."""
        with self._lock:
            return [fault for fault in self._faults if fault.meets(request)]

    def _add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault
