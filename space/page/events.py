"""What an event of the page or a call of the API is given, checked before gradio or a handler reads it.

Every one of them passes through `Blocks.process_api`, whichever way it came. What gradio would fail on
without a word is refused there in words, and so is, at last, a failure that nobody foresaw.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NoReturn

import gradio as gr
import orjson
from gradio.block_function import BlockFunction
from gradio.components.api_component import Api
from gradio_client.utils import (  # type: ignore[import-untyped]
    is_file_obj_with_meta,
    traverse,
)

from space.page.language import language_of, text

ONE_QUEUE = "all"
"""The queue that all events are in, so that no more of them run at once than there are cores."""

MOST_BYTES = 256 << 10
"""Bytes of what an event is given, as JSON: gradio keeps it with the session. What comes with the press
of a button is not kept, and not counted."""


class CheckedBlocks(gr.Blocks):
    """A page that answers every failure in words."""

    async def process_api(
        self, block_fn: BlockFunction | int, inputs: list[Any], *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        """Run an event as gradio does.

        Raises:
            gr.Error: Whatever is wrong.
        """
        event = self.fns[block_fn] if isinstance(block_fn, int) else block_fn
        language = _language(event, inputs)
        try:
            pressed = getattr(kwargs.get("event_data"), "_data", None)
            given = checked(event, inputs, pressed, language)
            answer: dict[str, Any] = await super().process_api(event, given, *args, **kwargs)
        except gr.Error:
            raise
        except Exception as error:
            # Gradio logs it with what it came from, and would tell nothing of it.
            raise gr.Error(
                text(language, "request.failed"), title=text(language, "error")
            ) from error
        if _is_for_tool(kwargs.get("request")):
            # Gradio's tools give what they are given as Python writes it, which no other language reads.
            answer["data"] = [json.dumps(each, ensure_ascii=False) for each in answer["data"]]
        return answer


def checked(event: BlockFunction, inputs: Sequence[Any], pressed: Any, language: str) -> list[Any]:
    """What an event is given, if it can be meant.

    Args:
        event: The event.
        inputs: What it is given; of a call of the API, what is left out at the end has its default.
        pressed: What the browser says of a press of a button.
        language: The visitor's.

    Raises:
        gr.Error: If it cannot.
    """

    def refuse(key: str, **values: Any) -> NoReturn:
        said, title = text(language, f"request.{key}", **values), text(language, "error")
        raise gr.Error(said, title=title, print_exception=False)

    if event.fn is None:
        refuse("browser")
    left_out = event.inputs[len(inputs) :]
    defaults = [each.value for each in left_out if isinstance(each, Api)]
    given = [*inputs, *defaults]
    if len(given) != len(event.inputs):
        refuse("values", expected=len(event.inputs), count=len(inputs))
    try:
        # Gradio writes answers so, and fails without a word where what was given comes back in one.
        count, _ = len(orjson.dumps(given)), orjson.dumps(pressed)
    except orjson.JSONEncodeError as error:
        refuse("json", error=error)
    if count > MOST_BYTES:
        refuse("bytes", most=MOST_BYTES, count=count)
    # Gradio would fetch what such an object names, from the disk or from another host.
    traverse([given, pressed], lambda _: refuse("files"), is_file_obj_with_meta)
    return given


def _is_for_tool(request: Any) -> bool:
    """Whether gradio's MCP server asks, which calls the API as its client."""
    return getattr(request, "headers", {}).get("x-gradio-user") == "mcp"


def _language(event: BlockFunction, inputs: Sequence[Any]) -> str:
    """The visitor's language, where the event is given it."""
    given = zip(event.inputs, inputs, strict=False)
    return language_of(next((tag for each, tag in given if each.elem_id == "language"), None))
