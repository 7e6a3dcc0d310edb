"""Running examples of the API as a reader would: in Python, in a shell, and as an MCP client."""

from __future__ import annotations

import ast
import asyncio
import json
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import TextContent

Answers = dict[str, Any]
"""What each endpoint answered, by its name."""

ENDPOINTS = (
    "recommend",
    "recommend_for",
    "similar_movies",
    "explain",
    "user_profile",
    "search_movies",
    "genres",
)


def python_answers(code: str) -> Answers:
    """What the expressions of some code give; each is a call with the endpoint as `api_name`."""
    names: dict[str, Any] = {}
    answers: Answers = {}
    for statement in ast.parse(code).body:
        source = ast.unparse(statement)
        if not isinstance(statement, ast.Expr):
            exec(source, names)
            continue
        assert isinstance(statement.value, ast.Call)
        (endpoint,) = (
            ast.literal_eval(each.value)
            for each in statement.value.keywords
            if each.arg == "api_name"
        )
        answers[endpoint.removeprefix("/")] = eval(source, names)
    return answers


def shell_answers(code: str) -> Answers:
    """What the calls of a shell's code print: an event and its data each."""
    done = subprocess.run(
        ["sh", "-eu", "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    events = [line for line in done.stdout.splitlines() if line.startswith("event: ")]
    data = [line for line in done.stdout.splitlines() if line.startswith("data: ")]
    assert set(events) == {"event: complete"}, done.stdout
    answers = [json.loads(line.removeprefix("data: ")) for line in data]
    return dict(zip(shell_calls(code), (answer for (answer,) in answers), strict=True))


def shell_calls(code: str) -> dict[str, Any]:
    """The arguments of a shell's calls, by their endpoints."""
    lines = [line.split(" ", 2) for line in code.splitlines() if line.startswith("ask ")]
    return {endpoint: json.loads(arguments.strip("'")) for _, endpoint, arguments in lines}


def mcp_answers(config: str, calls: Mapping[str, Any]) -> Answers:
    """What the tools of the one server of a client's configuration answer.

    Args:
        config: The configuration, in JSON.
        calls: The tools' arguments by their names.
    """
    (server,) = json.loads(config)["mcpServers"].values()

    async def ask() -> Answers:
        async with (
            streamable_http_client(server["url"]) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = {tool.name for tool in (await session.list_tools()).tools}
            assert tools == set(ENDPOINTS)
            answers = {}
            for tool, arguments in calls.items():
                result = await session.call_tool(tool, arguments)
                assert not result.isError, result.content
                (content,) = result.content
                assert isinstance(content, TextContent)
                answers[tool] = json.loads(content.text)
            return answers

    # Playwright's loop runs in the thread of a test that has a browser.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, ask()).result()
