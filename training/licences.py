"""The terms of the MovieLens editions, in our words, and what they ask of who passes data on.

Each edition's README holds the licence itself. The editions are not alike: the benchmark sets up to
MovieLens 25M may not be redistributed, the later ones may, under the same terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Redistribution = Literal["forbidden", "same licence"]

README_FOLDER = "https://files.grouplens.org/datasets/movielens"

HARPER_KONSTAN = (
    "F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context. "
    "ACM Transactions on Interactive Intelligent Systems 5, 4, Article 19. "
    "https://doi.org/10.1145/2827872"
)
"""The paper that GroupLens asks users of the data to cite."""

_RESEARCH = (
    "The data may be used for research. Nobody at the University of Minnesota vouches that they are "
    "correct, that they suit any purpose, or that what is concluded from them holds."
)
_ACKNOWLEDGE = "A publication that results from their use has to acknowledge it."
_SEND_COPY = (
    "Some copies of the README also ask that GroupLens be sent such a publication, on paper or "
    "electronically."
)
_FORBIDDEN = "Passing the data on to others needs a separate permission."
_SAME_LICENCE = (
    "The data, transformed or not, may be passed on to others, provided that the same terms then "
    "apply to them."
)
_COMMERCIAL = (
    "Commercial use, or any use that brings in revenue, needs the permission of a faculty member of "
    "GroupLens at the University of Minnesota beforehand."
)
_ENDORSEMENT = (
    "No endorsement by the University of Minnesota or by GroupLens may be claimed or suggested."
)
_LIABILITY = (
    "Programs that come with the data have no warranty, and the University is not liable for damages "
    "from their use, loss of data included."
)


_CARRIED = ("name", "licence", "licence_url", "redistribution", "citation")
"""What a model keeps of the data sets that it was trained on before the last one."""


@dataclass(frozen=True)
class Licence:
    """Under what terms an edition may be used."""

    name: str
    """What the licence is called."""
    terms: str
    """Everything it asks and grants, in our words."""
    url: str
    """The README that holds the licence itself."""
    redistribution: Redistribution
    """Whether the data may be given to others: not at all, or under the same licence."""

    def facts(self) -> dict[str, str]:
        """What is kept with the data, and with every model trained on them."""
        return {
            "licence": f"{self.name}. {self.terms}",
            "licence_url": self.url,
            "redistribution": self.redistribution,
            "citation": HARPER_KONSTAN,
        }


def licence_of(path: Path) -> Licence | None:
    """The licence of the edition after which a zip or folder is named, such as `ml-1m.zip`."""
    stem = path.absolute().stem.lower()
    return LICENCES.get({"ml-10m100k": "ml-10m"}.get(stem, stem))


def strictest(licences: Iterable[Licence | None]) -> Licence | None:
    """The first licence that forbids passing on, else the first of all; `None` is not counted."""
    known = [licence for licence in licences if licence is not None]
    forbidding = [licence for licence in known if licence.redistribution == "forbidden"]
    return next(iter([*forbidding, *known]), None)


def also_trained_on(start: Mapping[str, Any], own: Mapping[str, Any]) -> list[dict[str, str]]:
    """The data sets that bind a model beside its own, since it goes on from another model.

    Args:
        start: The facts of the data set of the model that it goes on from, as that one's `schema.json`
            holds them; its own `also_trained_on` may be among them.
        own: The facts of the data set that it is trained on now.

    Returns:
        Name and licence of each, once, without the model's own. What is no text is left out, and what
        is left out counts as not allowed.
    """
    before = start.get("also_trained_on", [])
    found = [_carried(own)]
    for facts in (start, *(before if isinstance(before, list) else [None])):
        carried = _carried(facts)
        if carried not in found:
            found.append(carried)
    return found[1:]


def _carried(facts: Any) -> dict[str, str]:
    facts = facts if isinstance(facts, Mapping) else {}
    return {name: facts[name] for name in _CARRIED if isinstance(facts.get(name), str)}


def _licence(
    title: str,
    readme: str,
    redistribution: Redistribution,
    *,
    send_copy: bool = False,
    liability: bool = True,
) -> Licence:
    parts = [
        _RESEARCH,
        _ACKNOWLEDGE,
        _SEND_COPY if send_copy else "",
        _FORBIDDEN if redistribution == "forbidden" else _SAME_LICENCE,
        _COMMERCIAL,
        _ENDORSEMENT,
        _LIABILITY if liability else "",
    ]
    return Licence(
        name=f"GroupLens usage licence of {title}",
        terms=" ".join(part for part in parts if part),
        url=f"{README_FOLDER}/{readme}",
        redistribution=redistribution,
    )


LICENCES: Mapping[str, Licence] = {
    "ml-100k": _licence(
        "MovieLens 100K", "ml-100k-README.txt", "forbidden", send_copy=True, liability=False
    ),
    "ml-1m": _licence(
        "MovieLens 1M", "ml-1m-README.txt", "forbidden", send_copy=True, liability=False
    ),
    "ml-10m": _licence("MovieLens 10M", "ml-10m-README.html", "forbidden", send_copy=True),
    "ml-20m": _licence("MovieLens 20M", "ml-20m-README.html", "forbidden"),
    "ml-25m": _licence("MovieLens 25M", "ml-25m-README.html", "forbidden"),
    "ml-32m": _licence("MovieLens 32M", "ml-32m-README.html", "same licence"),
    "ml-latest-small": _licence(
        "MovieLens Latest Small", "ml-latest-small-README.html", "same licence"
    ),
    "ml-latest": _licence("MovieLens Latest", "ml-latest-README.html", "same licence"),
}
"""The licence of each data set that can be asked for by name."""
