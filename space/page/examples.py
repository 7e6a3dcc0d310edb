"""Calls of the API that run as they stand, for the model that is loaded."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from space.recommender import MovieRecommender

Calls = Mapping[str, Mapping[str, Any]]
"""Arguments by the names of the endpoints."""

_USER = 42
"""The user who is asked for, if there is such a one."""

_ASK = """\
ask() {
  asked=$(curl -sS "$page/v2/$1" --json "$2") || return
  case $asked in
    *'"event_id"'*) curl -sSN "$page/$1/$(echo "$asked" | cut -d '"' -f 4)" ;;
    *) printf '%s\\n' "$asked" >&2; return 1 ;;
  esac
}"""
"""A shell's function; the README has the same."""


def calls(recommender: MovieRecommender) -> Calls:
    """A call of each endpoint that this model can answer.

    Args:
        recommender: The model; the users and films of its data are asked for.
    """
    movies, ids = recommender.bundle.movies, recommender.user_ids
    best = movies.sort_values(["rating_count", "movie_id"], ascending=[False, True]).head(2)
    first, *others = (int(movie) for movie in best["movie_id"])
    user = {"user_id": int(_USER if _USER in ids else ids[0])} if len(ids) else {}
    ranked = recommender.bundle.ranking is not None
    genres = {"genres": [recommender.genres[0]]} if recommender.genres else {}
    asked: dict[str, Mapping[str, Any]] = {
        "recommend": {**user, **genres, "k": 5},
        "recommend_for": {**({"liked": [first, *others]} if ranked else {}), "k": 5},
        "similar_movies": {"movie_id": first, "k": 5},
        "explain": {"movie_id": first, **user},
        "user_profile": user,
        "search_movies": {"query": str(best["title"].iloc[0])},
        "genres": {},
    }
    if not recommender.knows_similar:
        del asked["similar_movies"]
    if not user:
        del asked["user_profile"]
    return asked


def python_code(asked: Calls, address: str) -> str:
    """The calls through gradio_client.

    Args:
        asked: The calls.
        address: The page's.
    """
    lines = [
        "page.predict({})".format(
            ", ".join(
                [
                    *(f"{name}={value!r}" for name, value in arguments.items()),
                    f'api_name="/{endpoint}"',
                ]
            )
        )
        for endpoint, arguments in asked.items()
    ]
    head = ["from gradio_client import Client", "", f'page = Client("{address}")']
    return "\n".join([*head, *lines])


def shell_code(asked: Calls, address: str) -> str:
    """The calls through curl: one request asks, and another one waits for the answer.

    Where the first is answered by no event, its answer says why.

    Arguments that are left out have their defaults only under `/call/v2`; elsewhere gradio wants all.

    Args:
        asked: The calls.
        address: The page's.
    """
    lines = [
        f"ask {endpoint} {shlex.quote(json.dumps(arguments, ensure_ascii=False))}"
        for endpoint, arguments in asked.items()
    ]
    return "\n".join([f"page={address}/gradio_api/call", _ASK, *lines])


def mcp_config(address: str) -> str:
    """What an MCP client has to be told.

    Args:
        address: The page's.
    """
    config = {"mcpServers": {"films": {"url": f"{address}/gradio_api/mcp/"}}}
    return json.dumps(config, indent=2, ensure_ascii=False)
