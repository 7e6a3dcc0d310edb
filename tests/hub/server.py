"""A Hub that can be reached, that can fail on demand, and die and come back."""

from __future__ import annotations

import socket
import sys
import traceback
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.hub import routes
from tests.hub.faults import Faults
from tests.hub.http import Answer, Request
from tests.hub.state import Hub

_HOST = "127.0.0.1"


class HubServer(Hub):
    """A Hub and its storage, each on a port. `start` and `stop` it, or use it in a `with` block.

    Args:
        port: Of the Hub; 0 for any that is free.
        lfs_port: Of the storage.
    """

    def __init__(self, port: int = 0, lfs_port: int = 0) -> None:
        super().__init__()
        self.faults = Faults()
        self.requests: list[Request] = []
        """All that was asked of both servers, oldest first."""
        self.not_understood: list[str] = []
        """Method and path of each request for which there is no route, and where this Hub
        failed."""
        self._ports = {"hub": port, "storage": lfs_port}
        self._servers: list[_Server] = []
        self._life = Lock()
        """Held while the servers start or end."""

    @property
    def alive(self) -> bool:
        """Whether it listens."""
        return bool(self._servers)

    @property
    def leaks(self) -> list[str]:
        """The requests that showed a token to the storage."""
        return [
            f"{request.method} {request.path}"
            for request in self.requests
            if request.origin == "storage" and "authorization" in request.headers
        ]

    def start(self) -> None:
        """Begin to listen."""
        with self._life:
            if self._servers:
                return
            servers = [_Server(self, origin, port) for origin, port in self._ports.items()]
            self._ports = {server.origin: server.server_port for server in servers}
            hub, storage = (f"http://{_HOST}:{port}" for port in self._ports.values())
            self.address, self.storage_address = hub, storage
            for server in servers:
                server.thread.start()
            self._servers = servers

    def stop(self) -> None:
        """End all connections unanswered, and free the ports."""
        with self._life:
            servers, self._servers = self._servers, []
            # Who loses a connection must not find the port still open: that goes first.
            for server in servers:
                server.gone.set()
            for server in servers:
                server.shutdown()
                server.server_close()
                server.thread.join()
            for server in servers:
                server.closed.set()
                server.end_connections()

    die = stop

    def revive(self) -> None:
        """Listen again on the same ports, with all that was there."""
        self.start()

    def __enter__(self) -> HubServer:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    """One of the two servers, from its start to its end."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, hub: HubServer, origin: str, port: int) -> None:
        super().__init__((_HOST, port), _Handler)
        self.hub = hub
        self.origin = origin
        self.gone = Event()
        """Set when nothing may be answered any more."""
        self.closed = Event()
        """Set when neither of the ports is open any more."""
        self.thread = Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        """End also those that wait for another request."""
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Note what this Hub, or a function called by a fault, failed to do."""
        # A client that went away is no failure: some are killed on purpose.
        if not isinstance(sys.exception(), OSError):
            self.hub.not_understood.append(traceback.format_exc())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _answer(self) -> None:
        hub, gone = self.server.hub, self.server.gone
        request = self._request()
        if request is None or gone.is_set():
            return self._drop()
        hub.requests.append(request)
        faults = hub.faults.meeting(request)
        for fault in faults:
            if fault.call is not None:
                fault.call(request)
            gone.wait(fault.wait)
        ends = next((fault for fault in faults if fault.drop or fault.die or fault.answer), None)
        if gone.is_set():
            return self._drop()
        if ends is None or ends.handled:
            answer = routes.answer(hub, request, hub.not_understood)
        if ends is not None and ends.answer is not None:
            answer = ends.answer
        elif ends is not None:
            if ends.die:
                hub.die()
            return self._drop()
        cuts = [fault.cut for fault in faults if fault.cut is not None]
        return self._send(answer, min(cuts, default=None))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

    def _request(self) -> Request | None:
        """What the client asks; None if it went away meanwhile."""
        address = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        if "chunked" in headers.get("transfer-encoding", ""):
            body = b""
            while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            if not self.rfile.readline():
                return None
        else:
            length = int(headers.get("content-length", 0))
            body = self.rfile.read(length)
            if len(body) < length:
                return None
        query = parse_qs(address.query)
        return Request(self.command, address.path, query, headers, body, self.server.origin)

    def _send(self, answer: Answer, cut: int | None) -> None:
        """Send an answer, or the beginning of it."""
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body[:cut])
        if cut is not None:
            self._drop()

    def _drop(self) -> None:
        """End the connection."""
        self.close_connection = True
        if self.server.gone.is_set():
            self.server.closed.wait()
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *arguments: object) -> None:
        """Say nothing: `HubServer.requests` has it."""
