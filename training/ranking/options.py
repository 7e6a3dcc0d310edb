"""How a ranker is trained."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from space.item_models import MATRICES

NO_EASE = ("next30", "next10")
"""The item-item matrices without EASE's closed form and without the other ridge regression (`later`):
what is left counts what is liked after what."""

PLAIN_EASE = ("rated_ease", "liked_ease")
"""EASE's item-item matrices of whole histories alone: they know sets of films, not in which order these
were rated."""


NEVER = sys.maxsize
"""As `newcomer_every`: nobody is a newcomer."""

PARTS = ("attention", "dnn", "product", "lists")
"""What the network can be left without, to measure what it is worth; `training.ranker` says what they
are."""


@dataclass(frozen=True)
class RankingOptions:
    """How a ranker is trained; measured on ML-1M."""

    epochs: int = 2
    """Passes over the examples; from the third on it overfits."""
    batch_size: int = 32
    """Examples of a step."""
    candidates: int = 100
    """Films of an example, the liked ones among them."""
    positives: int = 20
    """Liked films of an example at the most; those kept stand for all."""
    by_linear: float = 0.5
    """Share of the other films that the linear ranker draws; the rest is drawn evenly."""
    learning_rate: float = 2e-3
    """AdamW's step size at the start of its cosine."""
    weight_decay: float = 1e-6
    """AdamW's weight decay."""
    most_users: int = 20_000
    """Users of an epoch at the most, drawn anew for each epoch."""
    linear_examples: int = 8000
    """Examples that the linear ranker is fitted on at the most."""
    linear_candidates: int = 500
    """Films of each of them."""
    linear_l2: float = 1e-4
    """How much the linear ranker's weights are drawn towards 0: times the sum of their squares."""
    linear_smoothing: float = 1e-3
    """How much those at neighbouring knots are drawn together: times the sum of squared differences."""
    newcomer_every: int = 4
    """Every n-th user is held out of the item-item models of training, as a newcomer."""
    newcomer_likes: tuple[int, ...] = (0, 1, 2, 5, 10)
    """Likes that a newcomer is known by."""
    newcomer_draws: int = 5
    """How many of those numbers an epoch takes for each newcomer."""
    matrices: tuple[str, ...] = MATRICES
    """Item-item matrices to fit; an affinity over one that is left out is 0 for every film."""
    without: tuple[str, ...] = ()
    """Of `PARTS`: what the network is left without."""
