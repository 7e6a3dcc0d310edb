"""Files that are stored apart (LFS): handing them in, and the second server that keeps them."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.hub.content import sha256
from tests.hub.http import Answer, HubError, Request
from tests.hub.repository import Repository
from tests.hub.state import Hub


def storage_url(hub: Hub, repository: Repository, oid: str) -> str:
    """Where a file lies; who knows this may read and write it, without a token."""
    path = f"/{repository.kind}/{repository.name}/{oid}"
    return f"{hub.storage_address}{path}?signature={_signature(path)}"


def batch(hub: Hub, request: Request, kind: str, name: str) -> Answer:
    """Where to hand in each file; nothing for one that is there."""
    asked = request.json()
    if asked.get("operation") == "upload":
        repository, _ = hub.writable(request, kind, name)
    else:
        repository = hub.readable(request, kind, name, content=True)
    prefix = f"{kind}/" if kind else ""
    verify_url = f"{hub.address}/{prefix}{name}.git/info/lfs/objects/verify"
    objects = []
    for wanted in asked.get("objects", []):
        oid = wanted["oid"]
        told: dict[str, Any] = {"oid": oid, "size": wanted["size"]}
        url = storage_url(hub, repository, oid)
        if asked.get("operation") != "upload":
            told["actions"] = {"download": {"href": url}}
        elif oid not in repository.objects:
            told["actions"] = {"upload": {"href": url}, "verify": {"href": verify_url}}
        objects.append(told)
    return Answer.of_json({"transfer": "basic", "objects": objects})


def verify(hub: Hub, request: Request, kind: str, name: str) -> Answer:
    """Whether a file has arrived whole."""
    repository, _ = hub.writable(request, kind, name)
    asked = request.json()
    data = repository.objects.get(asked["oid"])
    if data is None:
        raise HubError(404, "", f"{asked['oid']} was not handed in")
    if len(data) != asked["size"]:
        raise HubError(422, "", f"{asked['oid']} has {len(data)} bytes, not {asked['size']}")
    return Answer.of_json({"oid": asked["oid"], "size": len(data)})


def keep(hub: Hub, request: Request, kind: str, name: str, oid: str) -> Answer:
    """Take in a file."""
    repository = _addressed(hub, request, kind, name)
    if "transfer-encoding" in request.headers:
        raise HubError(501, "", "The length of the file must be told before it is sent")
    found = sha256(request.body)
    if found != oid:
        raise HubError(400, "", f"Expected content with the SHA-256 {oid}, found {found}")
    repository.objects[oid] = request.body
    return Answer(200, b"", {"ETag": f'"{oid}"'})


def fetch(hub: Hub, request: Request, kind: str, name: str, oid: str) -> Answer:
    """Give out a file, or the part of it that is asked for."""
    repository = _addressed(hub, request, kind, name)
    if oid not in repository.objects:
        raise HubError(404, "", f"{oid} is not here")
    return Answer.of_bytes(repository.objects[oid], request, {"ETag": f'"{oid}"'})


def _addressed(hub: Hub, request: Request, kind: str, name: str) -> Repository:
    """The repository that the address of a file names.

    Raises:
        HubError: If the address was not made by this Hub, or a token was sent here.
    """
    repository = hub.repositories.get((kind, name))
    if repository is None or request.query.get("signature") != [_signature(request.path)]:
        raise HubError(403, "", "The address is not signed by this Hub")
    if "authorization" in request.headers:
        raise HubError(400, "", "A token has no business here")
    return repository


def _signature(path: str) -> str:
    return hashlib.sha256(f"signed {path}".encode()).hexdigest()[:16]
