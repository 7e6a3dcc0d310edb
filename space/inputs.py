"""The rows that AutoInt reads: one person at one moment, and films of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from space.bundle import Bundle
from space.encoding import Indices


class Inputs:
    """Puts rows together from parts, of which the films' are encoded once.

    Args:
        bundle: The model and the films.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._encoder = bundle.encoder
        self._movies = bundle.encoder.encode("movie", bundle.movies)
        # There are few months; a frame for each request would take as long as a quarter of scoring.
        self._month = lru_cache(maxsize=512)(
            lambda year, month: bundle.encoder.encode(
                "time", pd.DataFrame({"year": [year], "month": [month]})
            )
        )

    def rows(
        self,
        user: Indices,
        positions: Sequence[int] | np.ndarray[Any, Any],
        year: int,
        month: int,
    ) -> Indices:
        """The rows of some films.

        Args:
            user: The encoded fields of the person, `(1, user fields)`.
            positions: Rows of the catalogue, `(films,)`.
            year: Year of the moment.
            month: Month of the moment.

        Returns:
            Indices, `(films, fields)`.
        """
        return self._encoder.assemble(
            user=user, movie=self._movies[positions], time=self._month(year, month)
        )
