"""Failures that a user can do something about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from space.messages import MESSAGES


class BundleError(Exception):
    """A bundle or its data set is missing, damaged, of a newer format, or does not fit."""


class DamagedError(BundleError):
    """A file is not what was exported: missing, incomplete or altered. Fetching it again may help."""


class PreparationError(Exception):
    """No model could be made ready; the message says why and what to do."""


class Argument(str):
    """The name of an argument, which a message sets off, and a page calls as its control is called."""

    __slots__ = ()


class CodedError(Exception):
    """A failure whose message can be put into another language.

    Args:
        code: Which of `MESSAGES` it is.
        **values: What is put into it: text or numbers as they are, the name of an `Argument`, a list,
            or a tuple of words of which one should be chosen.
    """

    def __init__(self, code: str, /, **values: Any) -> None:
        self.code = code
        self.values = values
        super().__init__(MESSAGES[code].format(**written(values)))


class ArgumentError(CodedError, ValueError):
    """Something was asked for that makes no sense."""


class NotYetError(CodedError, PreparationError):
    """The model or its data set is not ready, and will be."""


def written(
    values: dict[str, Any],
    named: Callable[[Argument], str] = lambda name: f"`{name}`",
    either: str = " or ",
) -> dict[str, Any]:
    """The values of a message as they are put into it.

    Args:
        values: The values.
        named: Writes the name of an argument.
        either: Stands between words of which one should be chosen.
    """

    def write(value: Any) -> Any:
        if isinstance(value, Argument):
            return named(value)
        if isinstance(value, tuple):
            return either.join(f'"{each}"' for each in value)
        if isinstance(value, list):
            return ", ".join(str(write(each)) for each in value)
        return value

    return {name: write(value) for name, value in values.items()}
