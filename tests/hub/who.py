"""Who a client is and what it may do, and what it says about itself."""

from __future__ import annotations

from typing import Any

from tests.hub.content import blob_id
from tests.hub.http import Answer, HubError, Request
from tests.hub.state import Hub


def harnesses(hub: Hub, request: Request) -> Answer:
    """Programs whose names the client wants to tell: none."""
    return Answer.of_json({"harnesses": {}, "standardEnvVars": []})


def telemetry(hub: Hub, request: Request) -> Answer:
    """What a client says about itself is not kept."""
    return Answer.of_json({})


def whoami(hub: Hub, request: Request) -> Answer:
    """The account and the role of the token."""
    shown = request.headers.get("authorization", "").removeprefix("Bearer ")
    token = hub.tokens.get(shown)
    if token is None:
        raise HubError(401, "", "Invalid username or password.")
    access: dict[str, Any] = {"displayName": token.role, "role": token.role}
    if token.role == "fineGrained":
        access["fineGrained"] = {
            "global": [],
            "scoped": [
                {"entity": {"type": _entity_type(hub, name), "name": name}, "permissions": allowed}
                for name, allowed in token.scopes.items()
            ],
        }
    name = token.account.name
    return Answer.of_json(
        {
            "type": "user",
            "id": blob_id(name.encode())[:24],
            "name": name,
            "fullname": name,
            "isPro": False,
            "orgs": [
                {"type": "org", "name": org, "fullname": org, "roleInOrg": role}
                for org, role in token.account.orgs.items()
            ],
            "auth": {"type": "access_token", "accessToken": access},
        }
    )


def auth_check(hub: Hub, request: Request, kind: str, name: str, write: str = "") -> Answer:
    """Whether the files may be read, or written."""
    hub.readable(request, kind, name, content=True)
    if write:
        hub.writable(request, kind, name)
    return Answer.of_json({})


def _entity_type(hub: Hub, name: str) -> str:
    if "/" in name:
        return next((kind[:-1] for kind, known in hub.repositories if known == name), "model")
    return "user" if name in hub.accounts else "org"
