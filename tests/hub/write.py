"""Writing: repositories and their settings, commits, branches and tags."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from tests.hub.content import (
    ATTRIBUTES,
    DEFAULT_ATTRIBUTES,
    blob_id,
    card_errors,
    is_apart,
    sha256,
)
from tests.hub.http import Answer, HubError, Request
from tests.hub.repository import Repository
from tests.hub.spaces import take_settings
from tests.hub.state import Hub


def create_repo(hub: Hub, request: Request) -> Answer:
    """Make a repository with a first commit of the Hub's own."""
    asked, kind, name = _addressed(hub, request)
    hub.writer(request, name)
    if not re.fullmatch(r"[\w.-]{1,96}", name.partition("/")[2]):
        raise HubError(400, "", f"{name} is not a name for a repository")
    if kind == "spaces" and hub.paid_spaces and asked.get("sdk") != "static":
        raise HubError(402, "", "A Space of this kind needs a paid plan")
    url = page_url(hub, kind, name)
    if (kind, name) in hub.repositories:
        raise HubError(409, "", f"There is already a repository {name}", url=url)
    files = {ATTRIBUTES: DEFAULT_ATTRIBUTES}
    if kind == "spaces":
        title = name.partition("/")[2]
        files["README.md"] = f"---\ntitle: {title}\nsdk: {asked.get('sdk')}\n---\n".encode()
    private = asked.get("visibility") == "private" or asked.get("private") is True
    repository = hub.add(kind, name, files, private)
    if repository.space is not None:
        take_settings(repository.space, asked)
    return Answer.of_json({"url": url, "name": name, "id": name})


def delete_repo(hub: Hub, request: Request) -> Answer:
    """Remove a repository with all that is in it."""
    _, kind, name = _addressed(hub, request)
    hub.writable(request, kind, name)
    del hub.repositories[kind, name]
    return Answer.of_json({})


def settings(hub: Hub, request: Request, kind: str, name: str) -> Answer:
    """Change who may see a repository."""
    repository, _ = hub.writable(request, kind, name)
    asked = request.json()
    if "visibility" in asked or "private" in asked:
        repository.private = asked.get("visibility") == "private" or asked.get("private") is True
    if "gated" in asked:
        repository.gated = asked["gated"]
    return Answer.of_json({"private": repository.private, "gated": repository.gated})


def validate_yaml(hub: Hub, request: Request) -> Answer:
    """Whether a README's metadata can be used."""
    asked = request.json()
    content = str(asked.get("content", "")).encode()
    errors = card_errors(content, f"{asked.get('repoType') or 'model'}s")
    warnings = [] if content.startswith(b"---") else [{"message": "There are no metadata"}]
    told = {"errors": [{"message": error} for error in errors], "warnings": warnings}
    return Answer.of_json(told, 400 if errors else 200)


def preupload(hub: Hub, request: Request, kind: str, name: str, rev: str) -> Answer:
    """How each file must be handed in, and what is there under its name."""
    repository, _ = hub.writable(request, kind, name)
    commit = repository.find(rev)
    told = []
    for file in request.json().get("files", []):
        path, data = file["path"], commit.files.get(file["path"])
        apart = is_apart(path, file["size"], commit.files.get(ATTRIBUTES))
        oid = None if data is None else sha256(data) if path in commit.apart else blob_id(data)
        mode = "lfs" if apart else "regular"
        told.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid})
    return Answer.of_json({"files": told, "commitOid": commit.id})


def commit(hub: Hub, request: Request, kind: str, name: str, rev: str) -> Answer:
    """Change files of a branch, all or none."""
    repository, token = hub.writable(request, kind, name)
    if rev not in repository.branches:
        raise HubError(404, "RevisionNotFound", f"Invalid rev id: {rev}")
    if "create_pr" in request.query:
        raise HubError(400, "", "This Hub knows no pull requests")
    lines = [json.loads(line) for line in request.body.splitlines() if line.strip()]
    header = next((line["value"] for line in lines if line["key"] == "header"), {})
    if header.get("parentCommit", repository.head(rev)) != repository.head(rev):
        raise HubError(412, "", f"{rev} has moved on: its last commit is {repository.head(rev)}")
    before = repository.find(rev)
    files, apart = dict(before.files), set(before.apart)
    for line in lines:
        _apply(repository, files, apart, line["key"], line["value"])
    if "README.md" in files and (errors := card_errors(files["README.md"], repository.kind)):
        raise HubError(400, "", f"README.md: {'; '.join(errors)}")
    made = repository.commit(
        files,
        rev,
        header.get("summary", ""),
        header.get("description", ""),
        token.account.name,
        frozenset(apart),
    )
    url = f"{page_url(hub, repository.kind, name)}/commit/{made}"
    return Answer.of_json({"success": True, "commitOid": made, "commitUrl": url, "hookOutput": ""})


def _apply(
    repository: Repository,
    files: dict[str, bytes],
    apart: set[str],
    key: str,
    value: dict[str, Any],
) -> None:
    """Do what one line of a commit says."""
    path = value.get("path", "")
    if key == "file":
        content = value["content"]
        encoded = value.get("encoding") == "base64"
        files[path] = base64.b64decode(content) if encoded else content.encode()
        apart.discard(path)
    elif key == "lfsFile":
        data = repository.objects.get(value["oid"])
        if data is None or len(data) != value.get("size", len(data)):
            raise HubError(400, "", f"{path} was not handed in: {value['oid']}")
        files[path] = data
        apart.add(path)
    elif key == "deletedFile":
        if path not in files:
            raise HubError(404, "EntryNotFound", f"A file with this name doesn't exist: {path}")
        del files[path]
        apart.discard(path)
    elif key == "deletedFolder":
        gone = [name for name in files if name.startswith(f"{path.rstrip('/')}/")]
        if not gone:
            raise HubError(404, "EntryNotFound", f"There is no folder {path}")
        for name in gone:
            del files[name]
            apart.discard(name)
    elif key != "header":
        raise HubError(400, "", f"{key} is no operation of a commit")


def branch(hub: Hub, request: Request, kind: str, name: str, branch: str) -> Answer:
    """Begin or remove a branch."""
    repository, _ = hub.writable(request, kind, name)
    if request.method == "DELETE":
        if branch == "main":
            raise HubError(403, "", "The branch main cannot be removed")
        if repository.branches.pop(branch, None) is None:
            raise HubError(404, "RevisionNotFound", f"There is no branch {branch}")
        return Answer.of_json({})
    if branch in repository.branches:
        raise HubError(409, "", f"There is already a branch {branch}")
    start = request.json().get("startingPoint", "main")
    repository.branches[branch] = repository.find(start).id
    return Answer.of_json({})


def tag(hub: Hub, request: Request, kind: str, name: str, rev: str) -> Answer:
    """Set a tag on a revision, or remove the tag that is named in its place."""
    repository, _ = hub.writable(request, kind, name)
    if request.method == "DELETE":
        if repository.tags.pop(rev, None) is None:
            raise HubError(404, "RevisionNotFound", f"There is no tag {rev}")
        return Answer.of_json({})
    wanted = request.json()["tag"]
    target = repository.find(rev).id
    if wanted in repository.tags:
        raise HubError(409, "", f"There is already a tag {wanted}")
    repository.tags[wanted] = target
    return Answer.of_json({})


def page_url(hub: Hub, kind: str, name: str) -> str:
    """Where a person sees a repository."""
    return f"{hub.address}/{'' if kind == 'models' else f'{kind}/'}{name}"


def _addressed(hub: Hub, request: Request) -> tuple[dict[str, Any], str, str]:
    """What the body of a request says, and the kind and name of the repository it is about."""
    asked = request.json()
    namespace = asked.get("organization")
    if not namespace:
        token = hub.who(request)
        if token is None:
            raise HubError(401, "", "Invalid username or password.")
        namespace = token.account.name
    return asked, f"{asked.get('type') or 'model'}s", f"{namespace}/{asked['name']}"
