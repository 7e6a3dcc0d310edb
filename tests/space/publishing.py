"""Exported runs on a Hub, and what was asked of it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from space.hub.cache import Access
from space.hub.pull import pull
from space.hub.repository import MODEL as MODEL_KIND
from space.hub.repository import Kind, Repository, Snapshot
from space.manifest import verify_manifest
from space.pretrained import quiet
from tests.exports import Run
from tests.hub import HubServer, Request
from tests.hub import Repository as OnHub
from tests.server import ROOT

MODEL, DATASET = "ada/model", "ada/data"

_INFO = re.compile(r"/api/(models|datasets)/")
_FILE = re.compile(r"/resolve/([^/]+)/(.+)")


def files_of(folder: Path) -> dict[str, bytes]:
    """All files of a folder, by their paths in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def publish(hub: HubServer, run: Run) -> tuple[OnHub, OnHub]:
    """Put a run's bundle and data set on the Hub, as `MODEL` and `DATASET`."""
    model = hub.add("models", MODEL, files_of(run.bundle))
    return model, hub.add("datasets", DATASET, files_of(run.dataset))


def changed(
    files: Mapping[str, bytes], name: str, change: Callable[[Any], object]
) -> dict[str, bytes]:
    """The files with another JSON in one of them, and a manifest that fits again."""
    content = json.loads(files[name])
    change(content)
    return resealed({**files, name: json.dumps(content).encode()})


def resealed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with a manifest that fits them."""
    listed = {
        name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in files.items()
        if name != "manifest.json"
    }
    return {**files, "manifest.json": json.dumps({"files": listed}).encode()}


def newer(files: Mapping[str, bytes], mark: str = "newer") -> dict[str, bytes]:
    """Another commit's files of the same model: only a metric differs."""
    return changed(files, "metrics.json", lambda content: content.update(mark=mark))


def infos(requests: Sequence[Request]) -> list[Request]:
    """The questions for a repository's commit."""
    return [request for request in requests if _INFO.match(request.path)]


def files_asked(requests: Sequence[Request], method: str = "GET") -> list[str]:
    """The names of the files that were asked for, in order, once for each time."""
    found = (_FILE.search(request.path) for request in requests if request.method == method)
    return [match[2] for match in found if match is not None]


def shas_asked(requests: Sequence[Request]) -> set[str]:
    """The revisions of the files that were asked for."""
    found = (_FILE.search(request.path) for request in requests)
    return {match[1] for match in found if match is not None}


def assert_each_file_came_once(requests: Sequence[Request], *kinds: Kind) -> None:
    """Among the requests, whether each file's content was sent once, from wherever it lies."""
    sent = [
        request.path
        for request in requests
        if request.method == "GET" and (request.origin == "storage" or "/resolve/" in request.path)
    ]
    assert len(sent) == len(set(sent)) == sum(len(kind.files) for kind in kinds), sent


def pulled(
    cache: Path,
    name: str = "ada/model",
    kind: Kind = MODEL_KIND,
    report: Callable[[float | None, str], None] = quiet,
) -> Snapshot:
    """The files of a repository, checked against their manifest alone."""

    def read(snapshot: Snapshot) -> Snapshot:
        verify_manifest(snapshot.folder, kind.files - {"manifest.json"})
        return snapshot

    return pull(Repository.parse(name), kind, read, Access(cache_dir=cache), report)


def is_remembered(cache: Path) -> bool:
    """Whether the cache has a commit that would stand in for the Hub."""
    return any(path.is_file() for path in cache.glob("*/refs/**/*"))


def start_python(code: str, **variables: str | None) -> subprocess.Popen[str]:
    """Run some code in another process, with other environment variables; `None` takes one away."""
    environment = {**os.environ, **variables}
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={name: value for name, value in environment.items() if value is not None},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def python(code: str, **variables: str | None) -> tuple[str, str]:
    """As `start_python`, to the end.

    Returns:
        What it printed to its output, and what to its errors.
    """
    with start_python(code, **variables) as process:
        return process.communicate(timeout=120)
