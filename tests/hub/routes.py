"""Which function answers which request."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from tests.hub import lfs, page, read, spaces, who, write
from tests.hub.http import Answer, HubError, Request
from tests.hub.state import Hub

Route = tuple[str, str, Callable[..., Answer]]
"""Methods, path and function. Each function gets the named parts of the path."""

_REPO = r"/(?:(?P<kind>datasets|spaces)/)?(?P<name>[^/]+/[^/]+)"
_API = r"/api/(?P<kind>models|datasets|spaces)/(?P<name>[^/]+/[^/]+)"
_REV = r"(?P<rev>[^/]+)"
_SPACE = r"/api/spaces/(?P<name>[^/]+/[^/]+)"

_HUB: tuple[Route, ...] = (
    ("GET", r"/api/agent-harnesses", who.harnesses),
    ("GET HEAD", r"/api/telemetry/.*", who.telemetry),
    ("GET", r"/api/whoami-v2", who.whoami),
    ("POST", r"/api/repos/create", write.create_repo),
    ("DELETE", r"/api/repos/delete", write.delete_repo),
    ("POST", r"/api/validate-yaml", write.validate_yaml),
    ("GET", r"/api/(?P<kind>models|datasets|spaces)", read.listing),
    ("GET", _API, read.info),
    ("GET", rf"{_API}/revision/{_REV}", read.info),
    ("GET", rf"{_API}/auth-check(?:/(?P<write>write))?", who.auth_check),
    ("GET", rf"{_API}/tree/{_REV}(?:/(?P<path>.+))?", read.tree),
    ("POST", rf"{_API}/paths-info/{_REV}", read.paths_info),
    ("GET", rf"{_API}/refs", read.refs),
    ("GET", rf"{_API}/commits/{_REV}", read.commits),
    ("PUT", rf"{_API}/settings", write.settings),
    ("POST", rf"{_API}/preupload/{_REV}", write.preupload),
    ("POST", rf"{_API}/commit/{_REV}", write.commit),
    ("POST DELETE", rf"{_API}/branch/(?P<branch>[^/]+)", write.branch),
    ("POST DELETE", rf"{_API}/tag/{_REV}", write.tag),
    ("GET POST DELETE", rf"{_SPACE}/variables", spaces.variables),
    ("GET POST DELETE", rf"{_SPACE}/secrets", spaces.secrets),
    ("GET", rf"{_SPACE}/runtime", spaces.runtime),
    ("POST", rf"{_SPACE}/restart", spaces.restart),
    ("POST", rf"{_SPACE}/hardware", spaces.hardware),
    ("POST", rf"{_SPACE}/sleeptime", spaces.sleep_time),
    ("GET", rf"{_SPACE}/logs/(?P<which>build|run)", spaces.logs),
    ("POST", rf"{_REPO}\.git/info/lfs/objects/batch", lfs.batch),
    ("POST", rf"{_REPO}\.git/info/lfs/objects/verify", lfs.verify),
    ("GET HEAD", rf"{_REPO}/resolve/{_REV}/(?P<path>.+)", read.resolve),
    ("GET", r"/", page.overview),
    ("GET", rf"{_REPO}(?:/(?:tree|commit)/{_REV})?", page.repository),
)
_STORED = r"/(?P<kind>models|datasets|spaces)/(?P<name>[^/]+/[^/]+)/(?P<oid>[0-9a-f]{64})"
_STORAGE: tuple[Route, ...] = (
    ("PUT", _STORED, lfs.keep),
    ("GET HEAD", _STORED, lfs.fetch),
)
ROUTES = {"hub": _HUB, "storage": _STORAGE}
"""All that each of the two servers understands."""


def answer(hub: Hub, request: Request, not_understood: list[str]) -> Answer:
    """Answer a request.

    Args:
        hub: Who is asked.
        request: What is asked.
        not_understood: Gets the method and path of a request that has no route.
    """
    for methods, pattern, route in ROUTES[request.origin]:
        match = re.fullmatch(pattern, request.path)
        if match is None or request.method not in methods.split():
            continue
        # A model's address has no kind. What else is missing is left to the function's default.
        parts = {
            name: unquote(part or "")
            for name, part in match.groupdict().items()
            if part is not None or name == "kind"
        }
        try:
            with hub.lock:
                return route(hub, request, **parts)
        except HubError as error:
            return error.answer
    not_understood.append(f"{request.method} {request.path}")
    return Answer.of_json({"error": "There is nothing under this address"}, 404)
