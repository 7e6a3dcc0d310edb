"""What is known of the users that can be asked for."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import Any, Literal

import pandas as pd

from space.arguments import check_user
from space.bundle import Bundle, Dataset
from space.errors import ArgumentError
from space.features import UNKNOWN, moments
from space.history import History
from space.insights.totals import Totals
from space.person import FACTS, Person

Part = Literal["train", "validation", "test"]
"""A part of the split: what a rating was for when the model was trained."""

_TYPES = {"user_id": "int64", "movie_id": "int64", "rating": "float32", "timestamp": "int64"}
"""Columns of a user's ratings."""


class Users:
    """The users of a data set; without one, those that the model's vocabularies hold by their id alone.

    Args:
        bundle: The model.
        dataset: The users and their ratings.
    """

    def __init__(self, bundle: Bundle, dataset: Dataset | None) -> None:
        self._bundle, self._dataset = bundle, dataset
        self._films = pd.Index(bundle.movies["movie_id"])
        users: Iterable[Any] = bundle.encoder.vocabularies.get("user_id", ())
        if dataset is not None:
            self._encoded = bundle.encoder.encode("user", dataset.users)
            users = dataset.users.index
        self.ids = tuple(sorted(int(user) for user in users))
        """Who they are, ascending."""
        self._known = frozenset(self.ids)
        self._everybody: Totals | None = None
        self._counting = Lock()

    def check(self, user_id: Any) -> None:
        """Refuse a user who is not one of them.

        Raises:
            ValueError: Saying what was expected.
        """
        check_user(user_id, self.ids, self._known)

    def person(self, user_id: int, part: Part | None = None) -> Person:
        """A user as the models read them. Any id will do: one that nothing tells of is "unknown".

        Args:
            user_id: Who.
            part: The part of the split whose ratings are told; by default all are.
        """
        facts = self._facts(user_id)
        if self._dataset is not None and user_id in self._dataset.users.index:
            position = int(self._dataset.users.index.searchsorted(user_id))
            fields = self._encoded[position : position + 1]
        else:
            fields = self._bundle.encoder.encode("user", facts)
        rated = self.ratings(user_id, part)
        return Person(
            fields=fields,
            facts={name: str(facts[name].iloc[0]) for name in FACTS},
            history=History.of(rated, self._films),
            known_films=rated["movie_id"].to_numpy(),
            in_data=user_id in self._known,
        )

    def profile(self, user_id: int) -> dict[str, Any]:
        """A user's demographics, and counts of ratings and likes.

        Raises:
            ValueError: If there is no such user.
        """
        self.check(user_id)
        user = self._facts(user_id).iloc[0]
        rated = self.ratings(user_id)
        months = moments(rated["timestamp"]).sort_values(["year", "month"])
        return {
            **{name: user[name] for name in ("user_id", "gender", "age", "occupation", "zip")},
            "ratings": len(rated),
            "likes": int((rated["rating"] >= self._bundle.schema.like_threshold).sum()),
            "mean_rating": float(rated["rating"].mean()) if len(rated) else None,
            "last_month": tuple(int(v) for v in months.iloc[-1]) if len(months) else None,
        }

    def liked(self, user_id: int) -> pd.DataFrame:
        """The films that a user rated at or above the label's threshold, newest first.

        Raises:
            ValueError: If there is no such user.
        """
        self.check(user_id)
        rated = self.ratings(user_id)
        likes = rated[rated["rating"] >= self._bundle.schema.like_threshold]
        merged = likes.merge(self._bundle.movies, on="movie_id", how="left")
        merged["genres"] = [tuple(row) for row in merged["genres"]]
        return merged[["movie_id", "title", "year", "genres", "rating", "timestamp"]]

    def ratings(self, user_id: int, part: Part | None = None) -> pd.DataFrame:
        """What a user rated, newest first; nothing of an id that nothing tells of.

        Args:
            user_id: Who.
            part: The part of the split that the ratings are of; by default all of them.

        Returns:
            A frame with the columns of `space.bundle.RATINGS`.
        """
        if self._dataset is None:
            return pd.DataFrame({name: [] for name in (*_TYPES, "part")}).astype(_TYPES)
        ratings = self._dataset.ratings
        start, stop = ratings["user_id"].searchsorted([user_id, user_id + 1])
        rated = ratings.iloc[start:stop].astype(_TYPES)
        return rated if part is None else rated[rated["part"] == part]

    def totals(self, ratings: pd.DataFrame) -> Totals:
        """Counts of some ratings, with `movie_id` and `rating`, by film, genre, decade and stars."""
        return Totals.of(ratings, self._bundle.movies, self._films)

    @property
    def everybody(self) -> Totals:
        """Counts of all ratings, counted when they are first asked for and kept as long as this is.

        Raises:
            ValueError: If there is no data set.
        """
        if self._dataset is None:
            raise ArgumentError("ratings_missing")
        with self._counting:
            if self._everybody is None:
                self._everybody = self.totals(self._dataset.ratings)
            return self._everybody

    def _facts(self, user_id: int) -> pd.DataFrame:
        if self._dataset is not None and user_id in self._dataset.users.index:
            return self._dataset.users.loc[[user_id]]
        unknown = dict.fromkeys((*FACTS, "zip"), UNKNOWN)
        return pd.DataFrame([{"user_id": user_id, **unknown}])
