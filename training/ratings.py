"""The internal form of every data set: users, movies and ratings."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.features import UNKNOWN
from space.links import ID_OF, are_no_ids, present
from training.errors import Problems

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RatingScale:
    """The ratings that a layout allows: `low` to `high` in steps of `step` stars."""

    low: float
    high: float
    step: float

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g} in steps of {self.step:g}"

    def allows(self, ratings: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Whether each rating is on the scale."""
        inside = (ratings >= self.low) & (ratings <= self.high)
        steps = (ratings - self.low) / self.step
        on_step: npt.NDArray[np.bool_] = inside & (steps == np.round(steps))
        return on_step


WHOLE_STARS = RatingScale(1, 5, 1)
HALF_STARS = RatingScale(0.5, 5, 0.5)
_YEAR_2100 = 4_102_444_800
_SMALL_ID = f"an id from 0 to {2**31 - 1}"


@dataclass(frozen=True)
class Table:
    """Rows of one file, with what is needed to name a bad one."""

    rows: pd.DataFrame
    """The rows, in the order of the file."""
    file: str
    """The file's name, as the user knows it."""
    first_line: int = 1
    """The line of the first row, counted from 1."""

    def lines(self, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
        """The lines of the rows that a mask picks."""
        picked: npt.NDArray[np.intp] = np.flatnonzero(mask) + self.first_line
        return picked


@dataclass(frozen=True)
class MovieLens:
    """A data set in the internal form."""

    users: pd.DataFrame
    """`user_id`, `gender`, `age` (one of `AGE_GROUPS`), `occupation`, `zip`; text or "unknown"."""
    movies: pd.DataFrame
    """`movie_id`, `title` without the year, `year` (nullable), `genres` (a list of all); and, where
    the source has them, the nullable `imdb_id` and `tmdb_id` of `space.links.LINKS`."""
    ratings: pd.DataFrame
    """`user_id`, `movie_id`, `rating` (stars), `timestamp` (seconds since 1970), in file order."""
    facts: dict[str, str] = field(default_factory=dict)
    """What is known of: `name`; `licence` (its terms), `licence_url`, `redistribution` and `citation`,
    see `training.licences`; and `revision`, the commit of a repository on the Hub."""

    def fingerprint(self) -> str:
        """A SHA-256 over all rows of all three tables, but for ids on other sites.

        Those tell nothing of users or films that a model could know, so that a model and its data set
        still belong together when they become known.
        """
        digest = hashlib.sha256()
        movies = self.movies.drop(columns=[column.name for column in present(self.movies)])
        for table in (self.users, movies, self.ratings):
            plain = table.astype({"genres": str}) if "genres" in table else table
            digest.update(",".join(plain.columns).encode())
            digest.update(pd.util.hash_pandas_object(plain, index=False).to_numpy().tobytes())
        return digest.hexdigest()


def assemble(
    ratings: Table, movies: Table, users: Table | None, scale: RatingScale, facts: dict[str, str]
) -> MovieLens:
    """Check the tables of a data set against each other and put them together.

    Args:
        ratings: The ratings, typed as in `MovieLens.ratings`.
        movies: The movies, as in `MovieLens.movies`.
        users: The users, as in `MovieLens.users`; without them every demographic is unknown.
        scale: The ratings that are allowed.
        facts: Name, licence and citation.

    Raises:
        DataError: If a rating is off the scale, or of a movie or by a user that is not listed, or an
            id is listed twice or is none.
    """
    _check_unique(movies, "movie_id")
    check_links(movies)
    rows = ratings.rows
    problems = Problems(ratings.file)
    off_scale = ~scale.allows(rows["rating"].to_numpy(dtype="float64"))
    problems.add(
        f"a rating of {scale}", ratings.lines(off_scale), rows["rating"][off_scale].tolist()
    )
    timestamps = rows["timestamp"].to_numpy()
    undated = (timestamps < 0) | (timestamps >= _YEAR_2100)
    problems.add(
        "a timestamp in seconds, from 1970 to 2099",
        ratings.lines(undated),
        timestamps[undated].tolist(),
    )
    listed = [("movie", "movie_id", movies)]
    if users is not None:
        _check_unique(users, "user_id")
        listed.append(("user", "user_id", users))
    for noun, key, table in listed:
        stray = ~rows[key].isin(table.rows[key]).to_numpy()
        problems.add(
            f"a {noun} listed in {table.file}", ratings.lines(stray), rows[key][stray].tolist()
        )
    if users is None:
        large = _too_large(rows["user_id"])
        problems.add(_SMALL_ID, ratings.lines(large), rows["user_id"][large].tolist())
    problems.raise_if_any()

    known = users.rows if users is not None else _unknown_users(rows["user_id"])
    return MovieLens(known, movies.rows, _latest(rows, ratings.file), facts)


def check_links(movies: Table) -> None:
    """Check the ids on other sites that a table of films has; it may have none.

    Raises:
        DataError: If a value is neither missing nor what `space.links.ID_OF` says.
    """
    problems = Problems(movies.file)
    for column in present(movies.rows):
        ids = movies.rows[column.name]
        bad = are_no_ids(column.name, ids)
        problems.add(f"as {column.name} {ID_OF[column.name]}", movies.lines(bad), ids[bad].tolist())
    problems.raise_if_any()


def _check_unique(table: Table, key: str) -> None:
    """Each id once, and small enough for serving, which keeps ids in 32 bits."""
    large = _too_large(table.rows[key])
    problems = Problems(table.file)
    problems.add(_SMALL_ID, table.lines(large), table.rows[key][large].tolist())
    problems.raise_if_any()
    twice = table.rows[key].duplicated().to_numpy()
    problems = Problems(table.file)
    problems.add(
        f"a {key} that is not listed before", table.lines(twice), table.rows[key][twice].tolist()
    )
    problems.raise_if_any()


def _too_large(ids: pd.Series) -> npt.NDArray[np.bool_]:
    large: npt.NDArray[np.bool_] = ((ids < 0) | (ids >= 2**31)).to_numpy()
    return large


def _unknown_users(user_ids: pd.Series) -> pd.DataFrame:
    users = pd.DataFrame({"user_id": np.sort(user_ids.unique())})
    return users.assign(**dict.fromkeys(("gender", "age", "occupation", "zip"), UNKNOWN))


def _latest(ratings: pd.DataFrame, file: str) -> pd.DataFrame:
    """One row for each user and movie: the latest, of equals the last; the file's order stays."""
    by_time = ratings.sort_values("timestamp", kind="stable")
    older = by_time.duplicated(["user_id", "movie_id"], keep="last")
    if older.any():
        logger.warning(
            "%s: %s rows rate a movie that the same user rated later; the latest is kept",
            file,
            f"{int(older.sum()):,}",
        )
    return ratings[~older.sort_index()].reset_index(drop=True)
