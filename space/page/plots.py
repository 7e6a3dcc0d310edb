"""`GET /plots/NAME.png`: the plots of the model that is loaded, where its bundle has them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from space.about import plot_file
from space.artifacts import SharedModel


def plots_route(model: SharedModel) -> Route:
    """A route that starts nothing: while no model is loaded there is no plot.

    Args:
        model: The model that all visitors share.
    """

    def plot(request: Request) -> Response:
        recommender = model.recommender
        name = request.path_params["name"]
        file = None if recommender is None else plot_file(recommender.bundle, name)
        if file is None:
            return PlainTextResponse("There is no such plot.", status_code=404)
        return FileResponse(
            file, media_type="image/png", headers={"X-Content-Type-Options": "nosniff"}
        )

    return Route("/plots/{name}.png", plot)
