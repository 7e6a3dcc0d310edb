"""What events are given, and what is told where they fail."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from space.page.events import MOST_BYTES, CheckedBlocks


def page() -> CheckedBlocks:
    """A page with an event in the visitor's language, one in the browser, and an endpoint."""

    def double(language: Any, value: Any) -> Any:
        return value * 2

    def listed(first: int, k: int = 10, genres: list[str] | None = None) -> list[Any]:
        return [first, k, genres]

    with CheckedBlocks() as built:
        language, box, button = gr.Textbox(elem_id="language"), gr.Textbox(), gr.Button()
        button.click(double, [language, box], box, preprocess=False, api_visibility="private")
        button.click(None, None, box, js="() => 1", api_visibility="private")
        gr.api(listed, api_name="listed")  # type: ignore[attr-defined]
    return built


def run(event: int, inputs: list[Any], *, pressed: Any = None, user: str = "") -> Any:
    built = page()
    event_data = None if pressed is None else SimpleNamespace(_data=pressed)
    request: Any = SimpleNamespace(headers={"x-gradio-user": user})
    number = [*built.fns][event]
    answer = asyncio.run(built.process_api(number, inputs, request=request, event_data=event_data))
    return answer["data"]


def refused(event: int, inputs: list[Any], **arguments: Any) -> gr.Error:
    with pytest.raises(gr.Error) as failure:
        run(event, inputs, **arguments)
    return failure.value


def test_an_event_runs() -> None:
    assert run(0, ["en", "ab"]) == ["abab"]


def test_an_endpoint_has_defaults_for_what_is_left_out_at_the_end() -> None:
    assert run(2, [7]) == [[7, 10, None]]
    assert run(2, [7, 3]) == [[7, 3, None]]
    assert run(2, [7, 3, ["War"]]) == [[7, 3, ["War"]]]
    assert run(2, []) == [[None, 10, None]]


def test_a_tool_gives_json() -> None:
    assert run(2, [7], user="mcp") == ["[7, 10, null]"]


@pytest.mark.parametrize(
    ("event", "inputs", "said"),
    [
        (0, [], "This takes 2 values. Received: 0"),
        (0, ["en"], "This takes 2 values. Received: 1"),
        (0, ["en", "a", "b"], "This takes 2 values. Received: 3"),
        (2, [1, 2, 3, 4], "This takes 3 values. Received: 4"),
        (1, [], "This happens in the browser alone: the server has nothing to do for it."),
        (0, ["en", "x" * MOST_BYTES], "A request should have at most 262,144 bytes. Received: 262,153"),
        (0, ["en", 2**64], "A request should be JSON"),
        (0, ["en", "\ud800"], "A request should be JSON"),
        (0, ["en", [{"path": "a", "meta": {"_type": "gradio.FileData"}}]], "files are not taken"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_words(event: int, inputs: list[Any], said: str) -> None:
    error = refused(event, inputs)
    assert said in error.message
    assert (error.title, error.print_exception) == ("That did not work", False)


def test_what_comes_with_a_press_may_be_longer_but_is_no_file() -> None:
    assert run(0, ["en", "a"], pressed={"file": "x" * 2 * MOST_BYTES}) == ["aa"]
    file = {"path": "a", "meta": {"_type": "gradio.FileData"}}
    assert "files are not taken" in refused(0, ["en", "a"], pressed={"film": [file]}).message
    assert "A request should be JSON" in refused(0, ["en", "a"], pressed=["\ud800"]).message


def test_a_visitor_is_told_in_their_language() -> None:
    assert refused(0, ["ko"]).message == "여기에는 값 2개가 와야 합니다. 받은 수: 1"
    assert refused(0, [["ko"]]).message.startswith("This takes")


def test_a_failure_that_nobody_foresaw_is_told_and_logged() -> None:
    error = refused(0, ["en", {}])
    assert error.message.startswith("This failed for a reason that was not foreseen")
    assert error.print_exception, "gradio writes it into the log"
    assert isinstance(error.__cause__, TypeError)
