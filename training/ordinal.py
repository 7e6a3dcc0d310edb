"""Ordinal targets: whether a rating reaches each step of the scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Stars = npt.NDArray[np.floating]


@dataclass(frozen=True)
class OrdinalTargets:
    """The steps of a scale; what a model has an output for each.

    Source: Cheng et al., "A Neural Network Approach to Ordinal Regression", IJCNN 2008.
    """

    steps: tuple[float, ...]
    """Ratings but the least, ascending."""
    like: int
    """Place of the step that makes a like."""

    @classmethod
    def of(cls, stars: Stars, liked: Callable[[Stars], npt.NDArray[np.floating]]) -> OrdinalTargets:
        """The steps of the ratings that were given.

        Args:
            stars: Ratings of the training rows.
            liked: Tells for each number of stars whether it is a like.

        Raises:
            ValueError: If there are not both likes and others.
        """
        scale = np.unique(stars)
        likes = liked(scale) > 0
        if likes.all() or not likes.any():
            raise ValueError(
                f"Some ratings should be likes and some not. Received: {scale.tolist()}"
            )
        return cls(tuple(float(step) for step in scale[1:]), int(np.argmax(likes)) - 1)

    def __call__(self, stars: Stars) -> npt.NDArray[np.float32]:
        """1 where a rating reaches a step, else 0, `(rows, steps)`; `(rows,)` for a single step."""
        reached = (np.asarray(stars)[:, None] >= np.asarray(self.steps)).astype(np.float32)
        return reached if len(self.steps) > 1 else reached[:, 0]
