"""Reading the frames that the recommender gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd


def rows(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a frame, each with its values by the columns' names."""
    yield from frame.itertuples(index=False)
