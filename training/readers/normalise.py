"""From a layout's own values to the internal form's."""

from __future__ import annotations

import pandas as pd

from space.features import UNKNOWN
from space.titles.names import with_articles_in_front

AGE_GROUPS = ("Under 18", "18-24", "25-34", "35-44", "45-49", "50-55", "56+")
"""ML-1M's seven age groups, youngest first."""

_AGE_BOUNDS = (18, 25, 35, 45, 50, 56)

OCCUPATIONS = (
    "other",
    "academic/educator",
    "artist",
    "clerical/admin",
    "college/grad student",
    "customer service",
    "doctor/health care",
    "executive/managerial",
    "farmer",
    "homemaker",
    "K-12 student",
    "lawyer",
    "programmer",
    "retired",
    "sales/marketing",
    "scientist",
    "self-employed",
    "technician/engineer",
    "tradesman/craftsman",
    "unemployed",
    "writer",
)
"""ML-1M's occupations; the position is its code."""

NO_GENRES = frozenset({"", "(no genres listed)", "unknown"})


def split_title(titles: pd.Series) -> pd.DataFrame:
    """Titles as `title` and `year`: "Matrix, The (1999)" becomes "The Matrix" and 1999.

    The year is the last four digits in brackets at the end; where there are none it is missing. A
    range, as series have ("1990-1992"), counts by its first year.
    """
    parts = titles.str.strip().str.extract(r"^(.*?)\s*\((\d{4})(?:\s*[-–]\s*(?:\d{4})?)?\)$")
    dated = parts[1].notna()
    names = parts[0].where(dated & (parts[0] != ""), titles.str.strip())
    return pd.DataFrame(
        {
            "title": names.map(with_articles_in_front),
            "year": pd.to_numeric(parts[1]).astype("Int64"),
        }
    )


def split_genres(genres: pd.Series, separator: str) -> pd.Series:
    """Lists of genres, in their order; no genre gives an empty list."""
    return pd.Series([_names(row, separator) for row in genres], index=genres.index, dtype=object)


def _names(genres: str, separator: str) -> list[str]:
    # As a whole first: "(no genres listed)" has blanks, and RecBole separates genres by a blank.
    if genres in NO_GENRES:
        return []
    return [name for name in genres.split(separator) if name not in NO_GENRES]


def imdb_ids(numbers: pd.Series) -> pd.Series:
    """Ids of IMDb from their digits: "114709" becomes "tt0114709"; what is empty is missing.

    What holds anything but digits stays as it is.
    """
    text = numbers.str.strip()
    digits = text.str.fullmatch("[0-9]+")
    return text.where(~digits, "tt" + text.str.zfill(7)).where(text != "")


def age_groups(ages: pd.Series) -> pd.Series:
    """The group of each age in years; a missing age is "unknown".

    ML-1M's codes (1, 18, 25, 35, 45, 50, 56) are the lower bounds of the groups, so they fall into
    the group that they stand for.
    """
    groups = pd.cut(
        ages, [float("-inf"), *_AGE_BOUNDS, float("inf")], right=False, labels=AGE_GROUPS
    )
    return groups.astype("str").fillna(UNKNOWN)


def known_or_unknown(values: pd.Series) -> pd.Series:
    """Text without surrounding blanks; what is empty is "unknown"."""
    stripped = values.str.strip()
    return stripped.where(stripped != "", UNKNOWN).fillna(UNKNOWN)
