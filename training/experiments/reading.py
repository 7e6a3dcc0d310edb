"""Reading a TOML file whose values are checked one by one, so that an error names the key."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from training.errors import RunError

T = TypeVar("T")


class PlanError(RunError):
    """A plan is not what it should be. The message names file and key, and what was expected."""


@dataclass(frozen=True)
class Kind(Generic[T]):
    """What a value should be."""

    expected: str
    """In words, as an error says it after "expected"."""
    accepts: Callable[[Any], bool]
    """Whether a value is of this kind."""
    convert: Callable[[Any], T]
    """From TOML's value to the one that is used."""


def whole(low: int) -> Kind[int]:
    """A whole number of at least this."""
    return Kind(
        f"a whole number of at least {low}", lambda v: type(v) is int and v >= low, lambda v: int(v)
    )


def number(
    *, low: float = -math.inf, above: float = -math.inf, high: float = math.inf
) -> Kind[float]:
    """A finite number between bounds; `above` is not allowed itself."""
    bounds = [
        *([f"above {above:g}"] if math.isfinite(above) else []),
        *([f"of at least {low:g}"] if math.isfinite(low) else []),
        *([f"of at most {high:g}"] if math.isfinite(high) else []),
    ]
    return Kind(
        " ".join(["a number", " and ".join(bounds)]).strip(),
        lambda v: type(v) in (int, float) and math.isfinite(v) and low <= v <= high and v > above,
        lambda v: float(v),
    )


def one_of(names: Collection[str]) -> Kind[str]:
    """One of some texts."""
    return Kind(
        "one of " + ", ".join(names), lambda v: isinstance(v, str) and v in names, lambda v: str(v)
    )


def several(kind: Kind[T]) -> Kind[tuple[T, ...]]:
    """A list of at least one value of a kind, none twice where they are texts."""
    return Kind(
        f"a list of at least one, each {kind.expected}",
        lambda v: (
            isinstance(v, list)
            and len(v) > 0
            and all(map(kind.accepts, v))
            and not (isinstance(v[0], str) and len(set(v)) < len(v))
        ),
        lambda v: tuple(map(kind.convert, v)),
    )


FLAG: Kind[bool] = Kind("true or false", lambda v: isinstance(v, bool), lambda v: bool(v))
TEXT: Kind[str] = Kind("a text", lambda v: isinstance(v, str) and bool(v.strip()), lambda v: str(v))


class Table:
    """One table of the file, from which each key is taken once.

    Args:
        file: The file's name, for errors.
        key: The table's key; empty for the whole file.
        values: What TOML has there.

    Raises:
        PlanError: If it is no table.
    """

    def __init__(self, file: str, key: str, values: Any) -> None:
        self.file, self.key = file, key
        if not isinstance(values, Mapping):
            raise PlanError(f"{file}: {key}: expected a table, found {_shown(values)}.")
        self._values = dict(values)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def names(self) -> tuple[str, ...]:
        """The keys that nothing has taken yet, in the file's order."""
        return tuple(self._values)

    def take(self, name: str, kind: Kind[T], default: T | None = None) -> T:
        """The value of a key, which is then no longer among `names`.

        Args:
            name: The key in this table.
            kind: What it should be.
            default: The value where the key is not there; `None` if it has to be.

        Raises:
            PlanError: If it is missing or of another kind.
        """
        if name not in self._values:
            if default is None:
                raise self.error(name, kind.expected, missing=True)
            return default
        value = self._values.pop(name)
        if not kind.accepts(value):
            raise self.error(name, kind.expected, value)
        return kind.convert(value)

    def table(self, name: str) -> Table:
        """The table of a key; an empty one where the key is not there."""
        return Table(self.file, self.path(name), self._values.pop(name, {}))

    def refuse_others(self, known: Collection[str]) -> None:
        """Check that every key was taken.

        Raises:
            PlanError: Naming the first that was not, and the keys that are known.
        """
        for name in self._values:
            raise PlanError(
                f"{self.file}: {self.path(name)}: expected no such key, but one of "
                f"{', '.join(known)}."
            )

    def path(self, name: str) -> str:
        """A key as the whole file knows it."""
        return f"{self.key}.{name}" if self.key else name

    def error(
        self, name: str, expected: str, found: Any = None, *, missing: bool = False
    ) -> PlanError:
        """What to raise where a key has another value than it should."""
        said = "found nothing" if missing else f"found {_shown(found)}"
        where = self.path(name) if name else self.key
        return PlanError(f"{self.file}: {where}: expected {expected}, {said}.")


def read_toml(path: Path) -> Table:
    """The whole of a TOML file.

    Raises:
        PlanError: If it cannot be read, or is no TOML.
    """
    try:
        with path.open("rb") as file:
            return Table(str(path), "", tomllib.load(file))
    except OSError as error:
        raise PlanError(
            f"{path}: expected a file with a plan, found none that can be read ({error.strerror})."
        ) from error
    except ValueError as error:  # that of TOML, and of text that is not UTF-8
        raise PlanError(f"{path}: expected TOML in UTF-8, found: {error}.") from error


def _shown(value: Any) -> str:
    """A value as TOML writes it, near enough to be found in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a table"
    return repr(value)
