"""What the API's endpoints say of themselves: their signatures and docstrings, taken apart."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from space.page.api import Endpoints

_SECTION = re.compile(r"^(Args|Returns|Raises|Example):$", re.MULTILINE)
_ARGUMENT = re.compile(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


@dataclass(frozen=True)
class Parameter:
    """An argument of an endpoint."""

    name: str
    """Its name."""
    type: str
    """Its type, as Python writes it, without `None`."""
    default: str | None
    """Its default in JSON; none where it has to be given."""
    text: str
    """What it means."""


@dataclass(frozen=True)
class Described:
    """An endpoint."""

    name: str
    """Its name."""
    text: str
    """What it gives, in a sentence or two."""
    parameters: tuple[Parameter, ...]
    """Its arguments, in their order."""
    returns: str
    """What it gives, in full."""


def described() -> tuple[Described, ...]:
    """All endpoints, in the order in which they are written."""
    return tuple(
        endpoint_described(function)
        for name, function in vars(Endpoints).items()
        if inspect.isfunction(function) and not name.startswith("_")
    )


def endpoint_described(function: Callable[..., Any]) -> Described:
    """What a function says of itself in a docstring of Google's style.

    Args:
        function: The function.

    Raises:
        ValueError: If an argument has no description.
    """
    head, *rest = _SECTION.split(inspect.getdoc(function) or "")
    sections = dict(zip(rest[::2], rest[1::2], strict=True))
    texts = {name: _one_line(said) for name, said in _ARGUMENT.findall(sections.get("Args", ""))}
    types = get_type_hints(function)
    parameters = []
    for name, parameter in inspect.signature(function).parameters.items():
        if name == "self":
            continue
        if name not in texts:
            raise ValueError(
                f"`{name}` of {function.__name__} should be described in its docstring."
            )
        needed = parameter.default is inspect.Parameter.empty
        default = None if needed else json.dumps(parameter.default)
        parameters.append(Parameter(name, type_text(types[name]), default, texts[name]))
    return Described(
        function.__name__,
        _one_line(head),
        tuple(parameters),
        _one_line(sections.get("Returns", "")),
    )


def type_text(hint: Any) -> str:
    """A type as Python writes it, without the `None` of what may be left out.

    Args:
        hint: The type, such as `list[int] | None`.
    """
    if get_origin(hint) in (Union, UnionType):
        return " | ".join(type_text(each) for each in get_args(hint) if each is not NoneType)
    if get_origin(hint) is Literal:
        return " | ".join(json.dumps(each) for each in get_args(hint))
    return str(hint) if get_args(hint) else str(hint.__name__)


def _one_line(said: str) -> str:
    return " ".join(said.split())
