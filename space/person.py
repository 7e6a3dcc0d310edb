"""Whom a list is for, as the models read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.arguments import check_fact, check_picks
from space.bundle import Bundle
from space.encoding import Indices
from space.features import UNKNOWN
from space.history import History
from space.item_models import GROUPS

FACTS = GROUPS
"""What somebody new may tell of themselves: what makes the groups whose likes are counted."""


@dataclass(frozen=True)
class Person:
    """A user of the data set, or somebody new."""

    fields: Indices
    """The encoded fields of the user, `(1, user fields)`."""
    facts: Mapping[str, str]
    """The values of `FACTS`, as far as they are known."""
    history: History
    """The films that they rated or picked."""
    known_films: npt.NDArray[np.integer]
    """The ids of those films."""
    in_data: bool = False
    """Whether it is a user of the data set, and not somebody new."""


def newcomer(
    bundle: Bundle,
    *,
    liked: Sequence[int] = (),
    disliked: Sequence[int] = (),
    facts: Mapping[str, str | None] | None = None,
) -> Person:
    """Somebody who is not in the data set.

    Args:
        bundle: The model.
        liked: Ids of films that they like.
        disliked: Ids of films that they do not like.
        facts: The values of `FACTS` that they tell.

    Raises:
        ValueError: If a film is not in the catalogue or in both lists, there are too many of them, the
            bundle cannot read them, or its vocabularies do not hold a fact.
    """
    ids = bundle.movies["movie_id"].to_numpy()
    check_picks(liked, disliked, frozenset(ids.tolist()), readable=bundle.ranking is not None)
    told = {name: value for name, value in (facts or {}).items() if value is not None}
    for name, value in told.items():
        check_fact(name, value, bundle.encoder.vocabularies.get(name, ()))
    unknown = dict.fromkeys(("user_id", *FACTS, "zip"), UNKNOWN)
    # A film that is named twice is picked once.
    picks = [np.array(list(dict.fromkeys(named)), dtype=np.int64) for named in (liked, disliked)]
    return Person(
        fields=bundle.encoder.encode("user", pd.DataFrame([{**unknown, **told}])),
        facts=told,
        history=History.picked(*(np.searchsorted(ids, named).tolist() for named in picks)),
        known_films=np.concatenate(picks),
    )
