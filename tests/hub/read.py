"""Reading: what is there, and the files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode

from tests.hub.content import blob_id, card_of, folders_of, pointer, sha256
from tests.hub.http import Answer, HubError, Request
from tests.hub.lfs import storage_url
from tests.hub.repository import Commit, Repository
from tests.hub.spaces import runtime_of
from tests.hub.state import Hub


def listing(hub: Hub, request: Request, kind: str) -> Answer:
    """The repositories of a kind, of one author if that is asked."""
    author = request.query.get("author", [""])[0]
    found = []
    for (of_kind, name), repository in sorted(hub.repositories.items()):
        if of_kind == kind and repository.namespace == (author or repository.namespace):
            try:
                found.append(describe(hub.readable(request, kind, name), repository.find()))
            except HubError:
                continue
    return page(hub, request, found)


def info(hub: Hub, request: Request, kind: str, name: str, rev: str = "main") -> Answer:
    """What is known of a repository at a revision."""
    repository = hub.readable(request, kind, name)
    commit = repository.find(rev)
    blobs = request.flag("blobs")
    siblings = [
        {"rfilename": entry["path"], **(_blob(entry) if blobs else {})}
        for entry in entries(commit)
        if entry["type"] == "file"
    ]
    return Answer.of_json({**describe(repository, commit), "siblings": siblings})


def describe(repository: Repository, commit: Commit) -> dict[str, Any]:
    """A repository at a commit, without its files."""
    try:
        card = card_of(commit.files.get("README.md"))
    except ValueError:
        card = None
    tags = [str(tag) for tag in (card or {}).get("tags") or ()]
    described: dict[str, Any] = {
        "_id": blob_id(f"{repository.kind} {repository.name}".encode())[:24],
        "id": repository.name,
        "author": repository.namespace,
        "sha": commit.id,
        "private": repository.private,
        "gated": repository.gated,
        "disabled": False,
        "createdAt": next(iter(repository.commits.values())).date,
        "lastModified": commit.date,
        "downloads": 0,
        "likes": 0,
        "tags": tags,
    }
    if card is not None:
        described["cardData"] = card
        if "license" in card:
            tags.append(f"license:{card['license']}")
    if repository.kind == "models":
        described["modelId"] = repository.name
        for known in ("library_name", "pipeline_tag"):
            if known in (card or {}):
                described[known] = (card or {})[known]
                tags.append((card or {})[known])
    if repository.space is not None:
        described["sdk"] = repository.space.sdk
        described["runtime"] = runtime_of(repository)
    return described


def tree(hub: Hub, request: Request, kind: str, name: str, rev: str, path: str = "") -> Answer:
    """The files and folders in a folder, page by page."""
    repository = hub.readable(request, kind, name)
    commit = repository.find(rev)
    inside = f"{path}/" if path else ""
    listed = [
        entry
        for entry in entries(commit)
        if entry["path"].startswith(inside)
        and (request.flag("recursive") or "/" not in entry["path"].removeprefix(inside))
    ]
    if path and not listed:
        raise HubError(404, "EntryNotFound", f"{path} does not exist on {rev!r}")
    if request.flag("expand"):
        listed = [_expanded(repository, commit, entry) for entry in listed]
    return page(hub, request, listed)


def paths_info(hub: Hub, request: Request, kind: str, name: str, rev: str) -> Answer:
    """Those of the named files and folders that are there."""
    repository = hub.readable(request, kind, name)
    commit = repository.find(rev)
    asked = parse_qs(request.body.decode())
    listed = [entry for entry in entries(commit) if entry["path"] in asked.get("paths", [])]
    if asked.get("expand", ["false"])[0].lower() == "true":
        listed = [_expanded(repository, commit, entry) for entry in listed]
    return Answer.of_json(listed)


def refs(hub: Hub, request: Request, kind: str, name: str) -> Answer:
    """The branches and tags."""
    repository = hub.readable(request, kind, name)
    named = {"branches": ("heads", repository.branches), "tags": ("tags", repository.tags)}
    content: dict[str, list[dict[str, str]]] = {
        word: [
            {"name": ref, "ref": f"refs/{folder}/{ref}", "targetCommit": commit}
            for ref, commit in known.items()
        ]
        for word, (folder, known) in named.items()
    }
    return Answer.of_json({**content, "converts": [], "pullRequests": []})


def commits(hub: Hub, request: Request, kind: str, name: str, rev: str) -> Answer:
    """The history that leads to a revision, newest first."""
    repository = hub.readable(request, kind, name)
    listed = [
        {
            "id": commit.id,
            "title": commit.title,
            "message": commit.message,
            "date": commit.date,
            "authors": [{"user": commit.author}],
        }
        for commit in repository.history(rev)
    ]
    return page(hub, request, listed)


def resolve(hub: Hub, request: Request, kind: str, name: str, rev: str, path: str) -> Answer:
    """A file, or where it lies if it is stored apart."""
    repository = hub.readable(request, kind, name, content=True)
    commit = repository.find(rev)
    if path not in commit.files:
        error = HubError(404, "EntryNotFound", "Entry not found").answer
        return Answer(error.status, error.body, {**error.headers, "X-Repo-Commit": commit.id})
    data = commit.files[path]
    if path not in commit.apart:
        headers = {"X-Repo-Commit": commit.id, "ETag": f'"{blob_id(data)}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Answer(304, b"", headers)
        return Answer.of_bytes(data, request, headers)
    oid = sha256(data)
    return Answer(
        302,
        b"",
        {
            "X-Repo-Commit": commit.id,
            "X-Linked-ETag": f'"{oid}"',
            "X-Linked-Size": str(len(data)),
            "Location": storage_url(hub, repository, oid),
        },
    )


def page(hub: Hub, request: Request, items: Sequence[Any]) -> Answer:
    """The part of a list that the request wants, and where the next part is."""
    start = int(request.query.get("cursor", ["0"])[0])
    size = min(hub.page_size, int(request.query.get("limit", [hub.page_size])[0]))
    answer = Answer.of_json(items[start : start + size])
    if start + size >= len(items):
        return answer
    query = urlencode({**request.query, "cursor": [start + size]}, doseq=True)
    link = f'<{hub.address}{request.path}?{query}>; rel="next"'
    return Answer(answer.status, answer.body, {**answer.headers, "Link": link})


def entries(commit: Commit) -> list[dict[str, Any]]:
    """All files and folders, as the Hub lists them."""
    listed: list[dict[str, Any]] = [
        {"type": "directory", "oid": blob_id(folder.encode()), "size": 0, "path": folder}
        for folder in folders_of(commit.files)
    ]
    for path, data in sorted(commit.files.items()):
        entry = {"type": "file", "oid": blob_id(data), "size": len(data), "path": path}
        if path in commit.apart:
            stub = pointer(sha256(data), len(data))
            entry["oid"] = blob_id(stub)
            entry["lfs"] = {"oid": sha256(data), "size": len(data), "pointerSize": len(stub)}
        listed.append(entry)
    return listed


def _blob(entry: dict[str, Any]) -> dict[str, Any]:
    """A file as the info of a repository tells of it."""
    blob = {"size": entry["size"], "blobId": entry["oid"]}
    if "lfs" in entry:
        lfs = entry["lfs"]
        blob["lfs"] = {
            "sha256": lfs["oid"],
            "size": lfs["size"],
            "pointerSize": lfs["pointerSize"],
        }
    return blob


def _expanded(repository: Repository, commit: Commit, entry: dict[str, Any]) -> dict[str, Any]:
    """An entry with the commit that changed it last."""

    def content(of: Commit) -> list[tuple[str, bytes]]:
        path = entry["path"]
        return sorted(
            (name, data)
            for name, data in of.files.items()
            if name == path or name.startswith(f"{path}/")
        )

    last, *older = repository.history(commit.id)
    for before in older:
        if content(before) != content(last):
            break
        last = before
    changed = {"id": last.id, "title": last.title, "date": last.date}
    return {**entry, "lastCommit": changed}
