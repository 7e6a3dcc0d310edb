"""Recommendations for a user of the data set, or for somebody new."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from space import memory
from space.arguments import check_filters, check_user, check_whole
from space.bundle import Bundle, Dataset, read_bundle, read_dataset
from space.encoding import Indices
from space.errors import BundleError
from space.features import UNKNOWN, moments
from space.ranking import Match, candidates, ranking_scores, top
from space.scoring import Scorer, probability

if TYPE_CHECKING:
    from space.hub.repository import Snapshot

MAX_K = 100
"""The longest list that `MovieRecommender.recommend` gives."""


class MovieRecommender:
    """AutoInt+ over a catalogue of films. Holds no state that a call changes: safe in threads.

    Args:
        bundle: The model and the films.
        dataset: The users and their ratings. Without it, users are known to the model by their id
            alone, and what they have seen is not known.
        origin: The commit of the Hub that the bundle is from, if it is from there.

    Raises:
        BundleError: If the bundle's graph does not fit its schema.

    Example:
        >>> recommender = MovieRecommender.load("runs/demo/bundle", "runs/demo/dataset")
        >>> recommender.recommend(42, genres=["Comedy"], k=5)  # doctest: +SKIP
    """

    def __init__(
        self, bundle: Bundle, dataset: Dataset | None = None, *, origin: Snapshot | None = None
    ) -> None:
        self.bundle = bundle
        self.origin = origin
        self.genres = tuple(sorted({genre for row in bundle.movies["genres"] for genre in row}))
        """All genres of the catalogue, sorted."""
        self._scorer = Scorer(bundle.model, len(bundle.schema.fields))
        self._encoded_movies = bundle.encoder.encode("movie", bundle.movies)
        # There are few months; a frame for each request would take as long as a quarter of scoring.
        self._encode_month = lru_cache(maxsize=512)(
            lambda year, month: bundle.encoder.encode(
                "time", pd.DataFrame({"year": [year], "month": [month]})
            )
        )
        of_users = sum(field.source == "user" for field in bundle.schema.fields)
        self._nobody = np.zeros((1, of_users), dtype=np.int32)
        self._movie_ids = bundle.movies["movie_id"].to_numpy()
        self._likes = bundle.movies["likes"].to_numpy()
        try:
            self._last = (
                int(bundle.schema.dataset["last_year"]),
                int(bundle.schema.dataset["last_month"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(
                f"schema.json: the data set's last year and month are missing ({error!r}). "
                "Export the bundle again."
            ) from error
        self._take(dataset, None)

    def _take(self, dataset: Dataset | None, origin: Snapshot | None) -> None:
        self.dataset, self.dataset_origin = dataset, origin
        users: Iterable[Any] = self.bundle.encoder.vocabularies.get("user_id", ())
        if dataset is not None:
            self._encoded_users = self.bundle.encoder.encode("user", dataset.users)
            users = dataset.users.index
        self.user_ids = tuple(sorted(int(user) for user in users))
        """The users that can be asked for, ascending."""
        self._known_users = frozenset(self.user_ids)

    def with_dataset(self, dataset: Dataset, *, origin: Snapshot | None = None) -> Self:
        """The same recommender with this data set: the two share all that is of the model.

        Args:
            dataset: The users and their ratings.
            origin: The commit of the Hub that they are from, if they are from there.
        """
        other = copy.copy(self)
        other._take(dataset, origin)
        return other

    @classmethod
    def load(cls, bundle: str | Path, dataset: str | Path | None = None) -> Self:
        """Read the folders that training exported.

        Args:
            bundle: The bundle's folder.
            dataset: The data set's folder.

        Raises:
            BundleError: Naming the file at fault, and what to do.
        """
        read = read_bundle(Path(bundle))
        recommender = cls(read, None if dataset is None else read_dataset(Path(dataset), read))
        memory.release()
        return recommender

    @classmethod
    def from_pretrained(
        cls,
        model: str | Path,
        *,
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: str | Path | None = None,
        local_files_only: bool = False,
        dataset: str | Path | None = None,
    ) -> Self:
        """Read a model from the Hub, or from a folder.

        Args:
            model: `owner/name` of a repository, or a bundle's folder.
            revision: A branch, a tag or a commit of the model's repository; by default `main`.
            token: A token of the Hub; by default the one that is set (HF_TOKEN, `hf auth login`).
            cache_dir: Where files are cached; by default where all programs cache them.
            local_files_only: Ask the Hub for nothing, and use what is cached.
            dataset: `owner/name` or `owner/name@revision` of the data set's repository, or its folder.

        Raises:
            ValueError: If a repository is not named as the Hub names them, or a token cannot be one.
            BundleError: If what lies there is not ours, damaged, of a newer format or too large.
            PreparationError: If it cannot be had, saying why and what to do.
        """
        # Only here, so that a program that reads folders does not load the Hub's client.
        from space.hub.cache import Access
        from space.pretrained import load_pretrained

        access = Access(token, cache_dir, local_files_only)
        return load_pretrained(cls, model, dataset, revision, access)

    @property
    def last_month(self) -> tuple[int, int]:
        """Year and month of the data set's last rating: the default moment."""
        return self._last

    def recommend(
        self,
        user_id: int | None = None,
        *,
        year: int | None = None,
        month: int | None = None,
        genres: Collection[str] = (),
        match: Match = "any",
        k: int = 10,
        exclude_seen: bool = True,
    ) -> pd.DataFrame:
        """The films to recommend to a user, or to somebody new, best first.

        Filters apply before scoring; the order is `space.ranking.RANKED_BY`, ties by movie id.

        Args:
            user_id: One of `user_ids`; by default somebody of whom nothing is known.
            year: Year for which to recommend; the data's last by default.
            month: Month, 1 to 12; the data's last by default.
            genres: Wanted genres, of `genres`; none means all films.
            match: Whether a film should have "any" or "all" of them.
            k: Length of the list, 1 to `MAX_K`; it is shorter where fewer films pass the filters.
            exclude_seen: Leave out films that the user has rated. Has no effect without a data set.

        Returns:
            A frame with the columns `rank` (from 1), `movie_id`, `title`, `year`, `genres` (a tuple)
            and `score`, the model's probability, 0 to 1, that the user likes the film.

        Raises:
            ValueError: If an argument is not what is said above.
        """
        if user_id is not None:
            self._check_user(user_id)
        check_whole("year", self._last[0] if year is None else year, 1900, 2100)
        check_whole("month", self._last[1] if month is None else month, 1, 12)
        check_whole("k", k, 1, MAX_K)
        check_filters(genres, match, self.genres)
        seen: Collection[int] = ()
        if user_id is not None and exclude_seen:
            seen = self._rated(user_id)["movie_id"].to_numpy()
        positions = candidates(self.bundle.movies, genres=genres, match=match, excluded=seen)
        logits = self._scorer.logits(self.encode(user_id, positions, year, month))
        scores = ranking_scores(logits, self._likes[positions])
        best = top(scores, self._movie_ids[positions], k)

        chosen = self.bundle.movies.iloc[positions[best]]
        return pd.DataFrame(
            {
                "rank": np.arange(1, len(best) + 1),
                "movie_id": chosen["movie_id"].to_numpy(),
                "title": chosen["title"].to_numpy(),
                "year": chosen["year"].to_numpy(),
                "genres": [tuple(row) for row in chosen["genres"]],
                "score": probability(logits[best]),
            }
        )

    def encode(
        self,
        user_id: int | None,
        positions: Sequence[int] | np.ndarray[Any, Any],
        year: int | None = None,
        month: int | None = None,
    ) -> Indices:
        """The model's input for one user and some films of the catalogue.

        Args:
            user_id: Any id; one that the vocabularies do not hold becomes "unknown". `None` is
                somebody new: all fields of the user are "unknown".
            positions: Rows of `bundle.movies`, `(candidates,)`.
            year: Year of the moment; the data's last by default.
            month: Month of the moment; the data's last by default.

        Returns:
            Indices, `(candidates, fields)`.
        """
        last_year, last_month = self._last
        return self.bundle.encoder.assemble(
            user=self._encode_user(user_id),
            movie=self._encoded_movies[positions],
            time=self._encode_month(year or last_year, month or last_month),
        )

    def _encode_user(self, user_id: int | None) -> Indices:
        if user_id is None:
            return self._nobody
        if self.dataset is not None and user_id in self.dataset.users.index:
            position = int(self.dataset.users.index.searchsorted(user_id))
            return self._encoded_users[position : position + 1]
        return self.bundle.encoder.encode("user", self._user(user_id))

    def profile(self, user_id: int) -> dict[str, Any]:
        """What the data set knows of a user: demographics, and counts of ratings and likes.

        Raises:
            ValueError: If there is no such user.
        """
        self._check_user(user_id)
        user = self._user(user_id).iloc[0]
        rated = self._rated(user_id)
        months = moments(rated["timestamp"]).sort_values(["year", "month"])
        return {
            **{name: user[name] for name in ("user_id", "gender", "age", "occupation", "zip")},
            "ratings": len(rated),
            "likes": int((rated["rating"] >= self.bundle.schema.like_threshold).sum()),
            "mean_rating": float(rated["rating"].mean()) if len(rated) else None,
            "last_month": tuple(int(v) for v in months.iloc[-1]) if len(months) else None,
        }

    def liked(self, user_id: int) -> pd.DataFrame:
        """The films that a user rated at or above the label's threshold, newest first.

        Returns:
            A frame with the columns `movie_id`, `title`, `year`, `genres` (a tuple), `rating` and
            `timestamp` (seconds since 1970); empty without a data set.

        Raises:
            ValueError: If there is no such user.
        """
        self._check_user(user_id)
        rated = self._rated(user_id)
        likes = rated[rated["rating"] >= self.bundle.schema.like_threshold]
        merged = likes.merge(self.bundle.movies, on="movie_id", how="left")
        merged["genres"] = [tuple(row) for row in merged["genres"]]
        return merged[["movie_id", "title", "year", "genres", "rating", "timestamp"]]

    def _user(self, user_id: int) -> pd.DataFrame:
        if self.dataset is not None and user_id in self.dataset.users.index:
            return self.dataset.users.loc[[user_id]]
        unknown = dict.fromkeys(("gender", "age", "occupation", "zip"), UNKNOWN)
        return pd.DataFrame([{"user_id": user_id, **unknown}])

    def _rated(self, user_id: int) -> pd.DataFrame:
        if self.dataset is None:
            return pd.DataFrame({"movie_id": [], "rating": [], "timestamp": []}).astype("int64")
        ratings = self.dataset.ratings
        start, stop = ratings["user_id"].searchsorted([user_id, user_id + 1])
        return ratings.iloc[start:stop]

    def _check_user(self, user_id: int) -> None:
        check_user(user_id, self.user_ids, self._known_users)
