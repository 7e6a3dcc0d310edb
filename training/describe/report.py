"""The report as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import jinja2

from training.describe.sections import sections
from training.describe.statistics import Statistics
from training.describe.words import NOT_KNOWN, count, linked, percent, plain, stars

_FACTS = ("licence", "licence_url", "redistribution", "citation", "revision")


def render(facts: Mapping[str, str], statistics: Statistics) -> str:
    """The report as HTML, in which everything from the data is escaped.

    Args:
        facts: The data set's, see `training.ratings.MovieLens`.
        statistics: Its numbers.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("training.describe", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["linked"] = linked
    return environment.get_template("template.html").render(
        name=plain(facts.get("name", "ratings")),
        facts={name: plain(facts[name]) if facts.get(name) else "" for name in _FACTS},
        summary=_summary(statistics),
        sections=sections(statistics),
    )


def _summary(numbers: Statistics) -> dict[str, str]:
    period = numbers.period
    return {
        "ratings": count(numbers.ratings),
        "users": count(numbers.users),
        "films": count(numbers.films),
        "mean rating": f"{stars(numbers.mean)} stars" if numbers.ratings else NOT_KNOWN,
        "sparsity": percent(numbers.sparsity),
        "period": " – ".join(dict.fromkeys(period)) if period else NOT_KNOWN,
    }
