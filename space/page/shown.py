"""What the page shows of a bundle, made once for all visitors: each one's session keeps its choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from space.bundle import Bundle
from space.model_name import model_name
from space.page.views import film_choices
from space.person import FACTS


@dataclass(frozen=True)
class Shown:
    """What is shown of a bundle."""

    bundle: Bundle
    """The bundle."""
    name: str
    """What its model of P(like) is called."""
    films: list[Any]
    """The films to choose from, as `film_choices` gives them."""

    @classmethod
    def of(cls, bundle: Bundle) -> Shown:
        """What is shown of this bundle.

        Raises:
            DamagedError: If its `config.json` cannot be read.
        """
        return cls(bundle, model_name(bundle.folder), film_choices(bundle.movies))

    @property
    def facts(self) -> Mapping[str, Sequence[str]]:
        """For each fact that somebody new can tell the values that the model knows, if any.

        P(like) reads them, so that they count without a ranking model as well.
        """
        return {name: self.bundle.encoder.vocabularies.get(name, ()) for name in FACTS}
