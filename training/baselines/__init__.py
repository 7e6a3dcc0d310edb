"""Methods that need no training to speak of, to stand beside the model: what it has to beat."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from training.baselines.baseline import Baseline
from training.baselines.ease import LIKED_L2, RATED_L2, Ease
from training.baselines.ials import ImplicitALS
from training.baselines.item_knn import ItemKNN
from training.baselines.popularity import Popularity

BASELINES: Mapping[str, Callable[[float, int], Baseline]] = {
    "popularity": lambda like, seed: Popularity(like),
    "knn": lambda like, seed: ItemKNN(like, neighbours=200),
    "ials": lambda like, seed: ImplicitALS(like, factors=64, regularization=10.0, seed=seed),
    "ease": lambda like, seed: Ease(like, regularization=LIKED_L2),
    "ease-all": lambda like, seed: Ease(0.0, regularization=RATED_L2),
}
"""The baselines by the names that the command line knows, each made from the stars that are a like and
a seed. Their settings are those of the table that the project measures itself against."""

__all__ = ["BASELINES", "SEEDED", "Baseline"]

SEEDED = frozenset({"ials"})
"""Those whose result depends on the seed."""
