"""`GET /healthz`: how the server is, for whatever watches it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from space.artifacts import SharedModel


def health_route(model: SharedModel) -> Route:
    """A route that answers at once in every state, and starts nothing.

    It gives `status`, always "ok"; `model`, one of "absent", "preparing", "loaded", "failed"; and,
    while the model is being prepared, `progress` (0 to 1 or null).
    """

    async def healthz(_: Request) -> JSONResponse:
        status = model.status
        content: dict[str, object] = {"status": "ok", "model": status.state}
        if status.state == "preparing":
            content["progress"] = status.fraction
        return JSONResponse(content)

    return Route("/healthz", healthz)
