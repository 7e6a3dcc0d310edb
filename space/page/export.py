"""A list of films as a CSV file."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pandas as pd

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(films: pd.DataFrame) -> str:
    """A list as CSV, one film a line, genres with "|" between them.

    Args:
        films: As `MovieRecommender.recommend` gives them.
    """
    written = StringIO()
    lines = csv.writer(written)
    lines.writerow(films.columns)
    for row in films.astype({"year": "Int64"}).itertuples(index=False):
        lines.writerow([_cell(value) for value in row])
    return written.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, tuple):
        value = "|".join(value)
    if isinstance(value, float):
        # No more digits than a float32 holds.
        return round(value, 6)
    if not isinstance(value, str):
        return "" if pd.isna(value) else value
    # A spreadsheet would run it as a formula.
    return "'" + value if value.startswith(_FORMULAS) else value
