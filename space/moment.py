"""The month for which a person is recommended films."""

from __future__ import annotations

from space.arguments import check_whole
from space.errors import BundleError, fault_in
from space.schema import Schema

Moment = tuple[int, int]
"""Year and month."""


def last_moment(schema: Schema) -> Moment:
    """The month of the data set's last rating.

    Raises:
        BundleError: If the schema does not say it.
    """
    try:
        return int(schema.dataset["last_year"]), int(schema.dataset["last_month"])
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(
            fault_in("schema.json", f"the data set's last year and month are missing ({error!r})")
        ) from error


def moment_of(year: int | None, month: int | None, default: Moment) -> Moment:
    """The month that is asked for.

    Args:
        year: A year, if one is named.
        month: A month, if one is named.
        default: What stands for what is not named.

    Raises:
        ValueError: If there are no such year and month.
    """
    year = default[0] if year is None else year
    month = default[1] if month is None else month
    check_whole("year", year, 1900, 2100)
    check_whole("month", month, 1, 12)
    return year, month
