"""What the MCP server offers, as the protocol's own Python client sees it, unmodified."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from mcp import ClientSession, McpError
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent, Tool

from space.page.described import described
from space.recommender import MovieRecommender
from tests.end_to_end.test_api import ENDPOINTS, WRONG, expected, near
from tests.exports import Run
from tests.server import running_app, wait_for

Given = TypeVar("Given")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served") / "log"


@pytest.fixture(scope="module")
def address(run: Run, log: Path) -> Iterator[str]:
    dataset = ("--dataset", str(run.dataset))
    with running_app("--bundle", str(run.bundle), *dataset, log=log) as served:
        wait_for(served, "loaded")
        yield served


def in_session(address: str, does: Callable[[ClientSession], Awaitable[Given]]) -> Given:
    """What comes of a session with the server."""

    async def run() -> Given:
        async with (
            streamable_http_client(f"{address}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await does(session)

    # A browser that is open in this thread keeps its loop running.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, run()).result()


@pytest.fixture(scope="module")
def tools(address: str) -> dict[str, Tool]:
    async def listed(session: ClientSession) -> dict[str, Tool]:
        return {tool.name: tool for tool in (await session.list_tools()).tools}

    return in_session(address, listed)


def use(address: str, *calls: tuple[str, dict[str, Any]]) -> list[CallToolResult]:
    """The answers to some calls, at once."""

    async def called(session: ClientSession) -> list[CallToolResult]:
        return await asyncio.gather(
            *(session.call_tool(name, arguments) for name, arguments in calls)
        )

    return in_session(address, called)


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_the_tools_are_the_endpoints_by_their_names(tools: dict[str, Tool]) -> None:
    assert list(tools) == [*ENDPOINTS]


def test_nothing_else_is_offered(address: str) -> None:
    async def offered(session: ClientSession) -> list[Any]:
        resources, prompts = await session.list_resources(), await session.list_prompts()
        return [*resources.resources, *prompts.prompts]

    assert in_session(address, offered) == []


def test_every_tool_and_argument_is_described_in_whole_sentences(tools: dict[str, Tool]) -> None:
    for tool in tools.values():
        assert tool.description
        assert "Returns: " in tool.description
        for name, schema in tool.inputSchema["properties"].items():
            assert schema["description"].endswith("."), (tool.name, name)


def test_what_a_tool_gives_is_one_sentence_as_it_is_written(tools: dict[str, Tool]) -> None:
    """Gradio puts a comma where a line ends."""
    returned = {
        name: (tool.description or "").split("Returns: ")[1] for name, tool in tools.items()
    }
    assert returned == {each.name: each.returns for each in described()}


def test_every_argument_has_its_type_and_its_default(tools: dict[str, Tool]) -> None:
    def maybe(kind: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"type": "null"}, kind]

    whole, word = {"type": "integer"}, {"type": "string"}
    schemas = tools["recommend"].inputSchema["properties"]
    assert schemas["user_id"]["oneOf"] == maybe(whole)
    assert schemas["genres"]["oneOf"] == maybe({"type": "array", "items": word})
    assert schemas["hidden"]["oneOf"] == maybe({"type": "array", "items": whole})
    assert (schemas["match"]["enum"], schemas["match"]["default"]) == (["any", "all"], "any")
    assert (schemas["k"]["type"], schemas["k"]["default"]) == ("integer", 10)
    assert schemas["diversity"]["type"] == "number"
    assert (schemas["exclude_seen"]["type"], schemas["exclude_seen"]["default"]) == (
        "boolean",
        True,
    )
    assert "required" not in tools["recommend"].inputSchema
    assert tools["explain"].inputSchema["required"] == ["movie_id"]
    told = tools["recommend_for"].inputSchema["properties"]
    assert told["liked"]["oneOf"] == maybe({"type": "array", "items": whole})
    assert told["gender"]["oneOf"] == maybe(word)


def test_each_tool_answers_what_the_model_does_in_json(
    address: str, recommender: MovieRecommender
) -> None:
    asked = expected(recommender)
    results = use(address, *((name, arguments) for name, (arguments, _) in asked.items()))
    for (name, (_, answer)), result in zip(asked.items(), results, strict=True):
        assert not result.isError
        assert json.loads(text_of(result)) == near(answer), name


def test_a_client_is_told_in_a_sentence_what_is_wrong(address: str, log: Path) -> None:
    # A call of a megabyte is refused before a tool is asked.
    calls = [each for each in WRONG if len(str(each[1])) < 200_000]
    results = use(address, *((name, arguments) for name, arguments, _ in calls))
    for (name, arguments, said), result in zip(calls, results, strict=True):
        assert result.isError
        told = text_of(result)
        # What has not even the type that the tool names is told of by the protocol.
        assert said in told or told.startswith("Input validation error: "), (name, arguments, told)
        assert len(told) < 700
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("no_such", {}, "Unknown tool"),
        ("genres", {"k": 7}, "`k` is not a valid"),
        ("user_profile", {}, "'user_id' is a required property"),
        ("recommend", {"match": "none"}, "'none' is not one of ['any', 'all']"),
        ("recommend", {"k": 7.5}, "7.5 is not of type 'integer'"),
        ("recommend", {"exclude_seen": None}, "None is not of type 'boolean'"),
    ],
)
def test_a_call_that_cannot_be_meant_is_answered_in_words(
    tool: str, arguments: dict[str, Any], said: str, address: str, log: Path
) -> None:
    (result,) = use(address, (tool, arguments))
    assert result.isError
    assert said in text_of(result)
    assert "Traceback" not in log.read_text()


def test_a_call_of_a_megabyte_is_refused_in_words(address: str) -> None:
    async def called(session: ClientSession) -> None:
        with pytest.raises(McpError, match=r"at most 131,072 bytes\. Received: 1,000,\d+"):
            await session.call_tool("search_movies", {"query": "x" * 1_000_000})

    in_session(address, called)
