"""Failures that a user can do something about, and sentences that can be put into other languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Number
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from space.messages import MESSAGES

Remedy = Literal["export_bundle", "export_file", "export_or_fetch", "export_or_update", "update"]
"""Codes of what to do about a fault in a file."""


class Argument(str):
    """The name of an argument, which a message sets off, and a page calls as its control is called."""

    __slots__ = ()


class Detail(str):
    """What somebody else's code says, in English: no catalogue has it, so it is shown as it is."""

    __slots__ = ()


class Said(str):
    """A sentence in English that can be put into another language.

    Args:
        code: Which of `texts` it is.
        **values: What is put into it: text or numbers as they are, the name of an `Argument`, a
            `Detail`, another `Said`, a list, or a tuple of words of which one should be chosen.
    """

    __slots__ = ("code", "values")

    texts: ClassVar[Mapping[str, str]] = MESSAGES
    """The sentences in English, by their codes."""
    family: ClassVar[str] = "error"
    """What the page's catalogues put before a code."""

    code: str
    values: dict[str, Any]

    def __new__(cls, code: str, /, **values: Any) -> Self:
        """The sentence in English, which remembers what it is made of."""
        said = super().__new__(cls, cls.texts[code].format(**written(values)))
        said.code = code
        said.values = values
        return said

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """What a copy is made of."""
        return (self.code,), self.values


class BundleError(Exception):
    """A bundle or its data set is missing, damaged, of a newer format, or does not fit."""


class DamagedError(BundleError):
    """A file is not what was exported: missing, incomplete or altered. Fetching it again may help."""


class PreparationError(Exception):
    """No model could be made ready; the message says why and what to do."""


class CodedError(Exception):
    """A failure whose message can always be put into another language.

    Args:
        code: Which of `MESSAGES` it is.
        **values: What is put into it, as for `Said`.
    """

    def __init__(self, code: str, /, **values: Any) -> None:
        super().__init__(Said(code, **values))


class ArgumentError(CodedError, ValueError):
    """Something was asked for that makes no sense."""


class NotYetError(CodedError, PreparationError):
    """The model or its data set is not ready, and will be."""


def said_by(error: BaseException) -> Said | Detail:
    """What a failure says, in a form that can be put into another language where it has one."""
    said = error.args[0] if error.args else None
    return said if isinstance(said, Said) else Detail(error)


def fault_in(place: Path | str, fault: str, remedy: Remedy = "export_bundle") -> Said:
    """What a `BundleError` says of what a file holds.

    Args:
        place: The file.
        fault: What it should be and what it is, for whoever exports it: no catalogue has it.
        remedy: What to do.
    """
    return Said("fault", place=str(place), fault=Detail(fault), remedy=Said(remedy))


def with_each(said: str, change: Callable[[str], str]) -> str:
    """The same sentence with another text in the place of each that was put into it.

    Args:
        said: The sentence; one that is not made of parts is changed as a whole.
        change: Gives the other text.
    """
    if isinstance(said, Said):
        values = {
            name: with_each(value, change) if isinstance(value, str) else value
            for name, value in said.values.items()
        }
        return type(said)(said.code, **values)
    return type(said)(change(said))


def written(
    values: Mapping[str, Any],
    named: Callable[[Argument], str] = lambda name: f"`{name}`",
    either: str = " or ",
    plain: Callable[[str], str] = str,
) -> dict[str, Any]:
    """The values of a message as they are put into it.

    Args:
        values: The values.
        named: Writes the name of an argument.
        either: Stands between words of which one should be chosen.
        plain: Writes any other text.
    """

    def write(value: Any) -> Any:
        if isinstance(value, Argument):
            return named(value)
        if isinstance(value, tuple):
            return either.join(f'"{write(each)}"' for each in value)
        if isinstance(value, list):
            return ", ".join(str(write(each)) for each in value)
        if isinstance(value, Number):
            return value
        return plain(value if isinstance(value, str) else Detail(value))

    return {name: write(value) for name, value in values.items()}
