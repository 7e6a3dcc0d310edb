"""The value of an option that takes names, separated by commas."""

from __future__ import annotations

from collections.abc import Collection

from training.errors import RunError


def names_in(asked: str, known: Collection[str], option: str) -> tuple[str, ...]:
    """The names that an option asks for, each once, in the order in which they are asked for.

    Args:
        asked: The option's value, such as "ease, knn".
        known: The names that it may hold.
        option: The option, as an error calls it.

    Raises:
        RunError: If a name is not known, or there is none.
    """
    names = tuple(dict.fromkeys(name.strip() for name in asked.split(",") if name.strip()))
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise RunError(
            f"{option} should be among {', '.join(known)}, separated by commas. "
            f"Received: {', '.join(unknown) or asked!r}."
        )
    return names
