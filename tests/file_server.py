"""A web server on this machine with a few files, that can also fail half-way."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


class FileServer:
    """Serves `files` within a `with` block."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        """By their names, without a slash before."""
        self.requests: list[str] = []
        """The paths that were asked for, oldest first."""
        self.tells_length = True
        """Whether the length of a file is told before it is sent."""
        self.breaks_off = False
        """Whether to end the connection after half a file."""
        self.stalls = False
        """Whether to wait after half a file until the server is stopped."""
        self.stopped = Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        """Where the files lie."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> FileServer:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: FileServer


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        owner = self.server.owner
        owner.requests.append(self.path)
        content = owner.files.get(self.path.removeprefix("/"))
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        if owner.tells_length:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        half = len(content) // 2
        self.wfile.write(content[:half])
        if owner.stalls:
            owner.stopped.wait()
        elif not owner.breaks_off:
            self.wfile.write(content[half:])

    def log_message(self, *arguments: object) -> None:
        """Say nothing: `FileServer.requests` has it."""
