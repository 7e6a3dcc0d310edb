"""A Hub on this machine that speaks as much of the Hub's protocol as the tests need.

It serves repositories to an unmodified client that has `HF_ENDPOINT` set to its address and
`HF_HUB_DISABLE_XET` to 1. Nothing can be pushed to it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Files = Mapping[str, bytes]

_WRITTEN = "2026-01-01T00:00:00.000Z"


@dataclass
class Repository:
    """One repository with its history."""

    files: dict[str, Files] = field(default_factory=dict)
    """The files of each commit, by its id."""
    branches: dict[str, str] = field(default_factory=dict)
    """The last commit of each branch."""
    tags: dict[str, str] = field(default_factory=dict)
    """The commit of each tag."""

    def commit(self, files: Files, branch: str = "main") -> str:
        """Make these the files of a branch.

        Returns:
            The new commit's id.
        """
        content = sorted((path, blob_id(data)) for path, data in files.items())
        known = json.dumps([content, branch, self.branches.get(branch)])
        commit = hashlib.sha1(known.encode()).hexdigest()
        self.files[commit] = dict(files)
        self.branches[branch] = commit
        return commit

    def find(self, revision: str) -> str:
        """The commit that a branch, a tag or a commit id stands for.

        Raises:
            HubError: If there is none.
        """
        named = self.branches | self.tags | {commit: commit for commit in self.files}
        if revision not in named:
            raise HubError(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return named[revision]


@dataclass(frozen=True)
class Request:
    """What a client asked."""

    method: str
    path: str
    """As it came, still quoted, without the query."""
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes


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
        return cls(
            status, json.dumps(content).encode(), {"Content-Type": "application/json"} | named
        )


class HubError(Exception):
    """An answer that the client turns into an error of its own."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = Answer.of_json(
            {"error": message}, status, X_Error_Code=code, X_Error_Message=message
        )


class HubServer:
    """A Hub. `start` and `stop` it, or use it in a `with` block."""

    def __init__(self) -> None:
        self.repositories: dict[tuple[str, str], Repository] = {}
        """By type ("models", "datasets" or "spaces") and `owner/name`."""
        self.requests: list[Request] = []
        """All that was asked, oldest first."""
        self.not_understood: list[str] = []
        """Method and path of each request for which there is no route."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.hub = self
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        """What `HF_ENDPOINT` should be."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more, and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> HubServer:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def add(self, kind: str, name: str, files: Files) -> Repository:
        """Make a repository with these files on its main branch."""
        repository = self.repositories[kind, name] = Repository()
        repository.commit(files)
        return repository

    def find(self, kind: str, name: str) -> Repository:
        """A repository; its type may be left empty for a model.

        Raises:
            HubError: If there is none.
        """
        repository = self.repositories.get((kind or "models", name))
        if repository is None:
            raise HubError(404, "RepoNotFound", "Repository not found")
        return repository

    def answer(self, request: Request) -> Answer:
        """Answer a request, noting it."""
        self.requests.append(request)
        for method, pattern, route in _ROUTES:
            match = re.fullmatch(pattern, request.path)
            if match is None or request.method not in method.split():
                continue
            parts = {name: unquote(part or "") for name, part in match.groupdict().items()}
            try:
                return route(self, request, **parts)
            except HubError as error:
                return error.answer
        self.not_understood.append(f"{request.method} {request.path}")
        return Answer.of_json({"error": "Sorry, we can't find the page you are looking for."}, 404)


def blob_id(data: bytes) -> str:
    """The id that git gives to a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def _harnesses(hub: HubServer, request: Request) -> Answer:
    return Answer.of_json({"harnesses": {}, "standardEnvVars": []})


def _info(hub: HubServer, request: Request, kind: str, name: str, rev: str = "") -> Answer:
    repository = hub.find(kind, name)
    commit = repository.find(rev or "main")
    return Answer.of_json(
        {
            "id": name,
            "sha": commit,
            "private": False,
            "gated": False,
            "disabled": False,
            "lastModified": _WRITTEN,
            "tags": [],
            "siblings": [{"rfilename": path} for path in sorted(repository.files[commit])],
        }
    )


def _tree(
    hub: HubServer, request: Request, kind: str, name: str, rev: str, path: str = ""
) -> Answer:
    repository = hub.find(kind, name)
    files = repository.files[repository.find(rev)]
    inside = f"{path}/" if path else ""
    recursive = request.query.get("recursive", ["false"])[0].lower() in ("true", "1")
    listed = [
        entry
        for entry in _entries(files)
        if entry["path"].startswith(inside)
        and (recursive or "/" not in entry["path"].removeprefix(inside))
    ]
    if path and not listed:
        raise HubError(404, "EntryNotFound", f"{path} does not exist on {rev}")
    return Answer.of_json(listed)


def _paths_info(hub: HubServer, request: Request, kind: str, name: str, rev: str) -> Answer:
    repository = hub.find(kind, name)
    files = repository.files[repository.find(rev)]
    wanted = parse_qs(request.body.decode()).get("paths", [])
    return Answer.of_json([entry for entry in _entries(files) if entry["path"] in wanted])


def _resolve(hub: HubServer, request: Request, kind: str, name: str, rev: str, path: str) -> Answer:
    repository = hub.find(kind, name)
    commit = repository.find(rev)
    if path not in repository.files[commit]:
        raise HubError(404, "EntryNotFound", "Entry not found")
    data = repository.files[commit][path]
    headers = {
        "X-Repo-Commit": commit,
        "ETag": f'"{blob_id(data)}"',
        "Accept-Ranges": "bytes",
        "Content-Type": "application/octet-stream",
    }
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
    if asked is None:
        return Answer(200, data, headers)
    first, last = int(asked[1]), min(int(asked[2] or len(data)), len(data) - 1)
    if first > last:
        return Answer(416, b"", {"Content-Range": f"bytes */{len(data)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return Answer(206, data[first : last + 1], headers)


_API = r"/api/(?P<kind>models|datasets|spaces)/(?P<name>[^/]+/[^/]+)"
_ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("GET", "/api/agent-harnesses", _harnesses),  # programs whose names the client wants to tell
    ("GET", _API, _info),
    ("GET", rf"{_API}/revision/(?P<rev>[^/]+)", _info),
    ("GET", rf"{_API}/tree/(?P<rev>[^/]+)(?:/(?P<path>.+))?", _tree),
    ("POST", rf"{_API}/paths-info/(?P<rev>[^/]+)", _paths_info),
    (
        "GET HEAD",
        r"/(?:(?P<kind>datasets|spaces)/)?(?P<name>[^/]+/[^/]+)"
        r"/resolve/(?P<rev>[^/]+)/(?P<path>.+)",
        _resolve,
    ),
)
"""Methods, path and function of all that is understood. Each function gets the named parts."""


def _entries(files: Files) -> Iterator[dict[str, Any]]:
    """All files and folders, as the Hub lists them."""
    folders = {path[: slash.start()] for path in files for slash in re.finditer("/", path)}
    for folder in sorted(folders):
        yield {"type": "directory", "oid": blob_id(folder.encode()), "size": 0, "path": folder}
    for path, data in sorted(files.items()):
        yield {"type": "file", "oid": blob_id(data), "size": len(data), "path": path}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    hub: HubServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _answer(self) -> None:
        address = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = parse_qs(address.query)
        answer = self.server.hub.answer(Request(self.command, address.path, query, headers, body))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_POST = _answer  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        """Say nothing: `HubServer.requests` has it."""
