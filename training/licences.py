"""The terms of the MovieLens editions, in our words, and what they ask of who passes data on.

Each edition's README holds the licence itself. The editions are not alike: the benchmark sets up to
MovieLens 25M may not be redistributed, the later ones may, under the same terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

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
