"""Recommendations for a user of the data set, or for somebody new."""

from __future__ import annotations

import copy
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from space import memory
from space.arguments import check_filters, check_left_out, check_movie, check_whole
from space.bundle import Bundle, Dataset, read_bundle, read_dataset
from space.encoding import Indices
from space.explanation import Explanation, explain
from space.moment import Moment, last_moment, moment_of
from space.order import Order
from space.person import Person, newcomer
from space.ranking import Match, candidates
from space.ranking_files import ranked_by
from space.users import Users

if TYPE_CHECKING:
    from space.hub.repository import Snapshot

MAX_K = 100
"""The longest list that `MovieRecommender.recommend` gives."""


class MovieRecommender:
    """Recommends films of a catalogue. Holds no state that a call changes: safe in threads.

    Args:
        bundle: The model and the films.
        dataset: The users and their ratings. Without it, users are known to the model by their id
            alone, and what they have seen is not known.
        origin: The commit of the Hub that the bundle is from, if it is from there.

    Raises:
        BundleError: If a graph of the bundle does not fit its schema.

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
        self.ranked_by = ranked_by(ranking_model=bundle.ranking is not None)
        """What lists are ordered by, in words."""
        self._order = Order(bundle)
        self._nobody = newcomer(bundle)
        self._films = pd.Index(bundle.movies["movie_id"])
        self._last = last_moment(bundle.schema)
        self._take(dataset, None)

    def _take(self, dataset: Dataset | None, origin: Snapshot | None) -> None:
        self.dataset, self.dataset_origin = dataset, origin
        self._users = Users(self.bundle, dataset)
        self.user_ids = self._users.ids
        """The users that can be asked for, ascending."""

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
    def last_month(self) -> Moment:
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

        Filters apply before scoring; the order is by `ranked_by`, ties by movie id. A ranking model
        reads what the user rated, newest first; without a data set that is nothing.

        Args:
            user_id: One of `user_ids`; by default somebody of whom nothing is known.
            year: Year for which to recommend; the data's last by default.
            month: Month, 1 to 12; the data's last by default.
            genres: Wanted genres, of `genres`; none means all films.
            match: Whether a film should have "any" or "all" of them.
            k: Length of the list, 1 to `MAX_K`; it is shorter where fewer films pass the filters.
            exclude_seen: Leave out films that the user has rated. Has no effect without a data set. A
                ranking model learned to order unseen films only: if seen ones are let in, their places
                mean little.

        Returns:
            A frame with the columns `rank` (from 1), `movie_id`, `title`, `year`, `genres` (a tuple)
            and `score`, the model's probability, 0 to 1, that the user likes the film.

        Raises:
            ValueError: If an argument is not what is said above.
        """
        person = self._nobody
        if user_id is not None:
            self._users.check(user_id)
            person = self._users.person(user_id)
        known = person.known_films if exclude_seen else ()
        return self._list(person, known, year, month, genres, match, k)

    def recommend_for(
        self,
        *,
        liked: Sequence[int] = (),
        disliked: Sequence[int] = (),
        gender: str | None = None,
        age: str | None = None,
        occupation: str | None = None,
        year: int | None = None,
        month: int | None = None,
        genres: Collection[str] = (),
        match: Match = "any",
        k: int = 10,
    ) -> pd.DataFrame:
        """The films to recommend to somebody new by what they tell, best first.

        Nothing is trained for it. The films that they picked are left out.

        Args:
            liked: Ids of films that they like, the one watched last first: a list, tuple or array.
            disliked: Ids of films that they do not like, in the same order. At most `MAX_PICKS` films
                can be in the two; one that is named twice counts once.
            gender: As the data set writes it; by default not known.
            age: The age group, as the data set writes it; by default not known.
            occupation: As the data set writes it; by default not known.
            year: As for `recommend`.
            month: As for `recommend`.
            genres: As for `recommend`.
            match: As for `recommend`.
            k: As for `recommend`.

        Returns:
            A frame as that of `recommend`.

        Raises:
            ValueError: If an argument is not what is said above, a film is in both lists, or the bundle
                has no ranking model to read them.
        """
        facts = {"gender": gender, "age": age, "occupation": occupation}
        person = newcomer(self.bundle, liked=liked, disliked=disliked, facts=facts)
        return self._list(person, person.known_films, year, month, genres, match, k)

    def explain(
        self,
        user_id: int | None,
        movie_id: int,
        *,
        gender: str | None = None,
        age: str | None = None,
        occupation: str | None = None,
        year: int | None = None,
        month: int | None = None,
    ) -> Explanation:
        """What the probability of a like of one film hangs on, for a user or somebody new.

        It is of `score` in the list, and not of the order where a ranking model decides it.

        Args:
            user_id: One of `user_ids`, or `None` for somebody new.
            movie_id: The film, of `bundle.movies`.
            gender: As for `recommend_for`; of somebody new only.
            age: As for `recommend_for`; of somebody new only.
            occupation: As for `recommend_for`; of somebody new only.
            year: As for `recommend`.
            month: As for `recommend`.

        Raises:
            ValueError: If an argument is not what is said above.

        Example:
            >>> explained = recommender.explain(42, 50)  # doctest: +SKIP
            >>> dict(zip(explained.fields, explained.change))  # doctest: +SKIP
        """
        facts = {"gender": gender, "age": age, "occupation": occupation}
        if user_id is None:
            person = newcomer(self.bundle, facts=facts)
        else:
            check_left_out(facts)
            self._users.check(user_id)
            person = self._users.person(user_id)
        check_movie(movie_id, self._films)
        moment = moment_of(year, month, self._last)
        row = self._order.inputs.rows(person.fields, [self._films.get_loc(movie_id)], *moment)
        return explain(self._order.scorer, self.bundle.encoder, row)

    def _list(
        self,
        person: Person,
        excluded: Collection[int],
        year: int | None,
        month: int | None,
        genres: Collection[str],
        match: Match,
        k: int,
    ) -> pd.DataFrame:
        moment = moment_of(year, month, self._last)
        check_whole("k", k, 1, MAX_K)
        check_filters(genres, match, self.genres)
        positions = candidates(self.bundle.movies, genres=genres, match=match, excluded=excluded)
        best, likely = self._order.best(person, positions, *moment, k)
        chosen = self.bundle.movies.iloc[best]
        return pd.DataFrame(
            {
                "rank": np.arange(1, len(best) + 1),
                "movie_id": chosen["movie_id"].to_numpy(),
                "title": chosen["title"].to_numpy(),
                "year": chosen["year"].to_numpy(),
                "genres": [tuple(row) for row in chosen["genres"]],
                "score": likely,
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
            user_id: Any id; one that nothing tells of is "unknown", as is `None`, somebody new.
            positions: Rows of `bundle.movies`, `(candidates,)`.
            year: As for `recommend`.
            month: As for `recommend`.

        Returns:
            Indices, `(candidates, fields)`.

        Raises:
            ValueError: If there are no such year and month.
        """
        person = self._nobody if user_id is None else self._users.person(user_id)
        moment = moment_of(year, month, self._last)
        return self._order.inputs.rows(person.fields, positions, *moment)

    def profile(self, user_id: int) -> dict[str, Any]:
        """What the data set knows of a user: demographics, and counts of ratings and likes.

        Raises:
            ValueError: If there is no such user.
        """
        return self._users.profile(user_id)

    def liked(self, user_id: int) -> pd.DataFrame:
        """The films that a user rated at or above the label's threshold, newest first.

        Returns:
            A frame with the columns `movie_id`, `title`, `year`, `genres` (a tuple), `rating` and
            `timestamp` (seconds since 1970); empty without a data set.

        Raises:
            ValueError: If there is no such user.
        """
        return self._users.liked(user_id)
