"""`GET /healthz`: how the server is, for whatever watches it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from space.artifacts import SharedModel


def health_route(model: SharedModel) -> Route:
    """A route that answers at once in every state, with 200, and starts nothing.

    A model that failed is no reason to restart a server that can say why and try again. It gives
    `status`, always "ok", of the server; `model`, one of "absent", "preparing", "loaded", "failed";
    `repository` and `revision`, the name and the commit of a model that was loaded from the Hub, or
    null; and, while the model is being prepared, `progress` (0 to 1 or null).
    """

    async def healthz(_: Request) -> JSONResponse:
        status, recommender = model.status, model.recommender
        origin = None if recommender is None else recommender.origin
        content: dict[str, object] = {
            "status": "ok",
            "model": status.state,
            "repository": None if origin is None else origin.repository.id,
            "revision": None if origin is None else origin.sha,
        }
        if status.state == "preparing":
            content["progress"] = status.fraction
        return JSONResponse(content)

    return Route("/healthz", healthz)
