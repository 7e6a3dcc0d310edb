"""Recommendations for a user of the data set, or for somebody new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd

from space.arguments import check_flag, check_left_out, check_movie, check_whole
from space.bundle import Bundle, Dataset
from space.encoding import Indices
from space.explanation import Explanation, explain
from space.lists import MAX_K, Asked, ListArguments, Lists
from space.loading import Loadable
from space.moment import Moment, moment_of
from space.person import Person, newcomer
from space.ranking_files import ranked_by
from space.similar import similar_movies
from space.titles.search import FilmSearch
from space.users import Users

if TYPE_CHECKING:
    from space.hub.repository import Snapshot

__all__ = ["MAX_K", "MovieRecommender"]


class MovieRecommender(Loadable):
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
        super().__init__(bundle, dataset, origin=origin)
        self.ranked_by = ranked_by(ranking_model=bundle.ranking is not None)
        """What lists are ordered by, in words."""
        self._lists = Lists(bundle)
        self.order = self._lists.order
        """What lists are ordered by."""
        self.genres = self._lists.genres
        """All genres of the catalogue, sorted."""
        self._nobody = newcomer(bundle)
        self._films = pd.Index(bundle.movies["movie_id"])
        self.search = FilmSearch(bundle.movies)
        """The films by their titles, as `space.titles.own_ratings.match_ratings` asks for them."""

    def _take(self, dataset: Dataset | None, origin: Snapshot | None) -> None:
        super()._take(dataset, origin)
        self.users = Users(self.bundle, dataset)
        """What is known of those that can be asked for."""
        self.user_ids = self.users.ids
        """The users that can be asked for, ascending."""

    @property
    def last_month(self) -> Moment:
        """Year and month of the data set's last rating: the default moment."""
        return self._lists.last

    def recommend(
        self,
        user_id: int | None = None,
        *,
        exclude_seen: bool = True,
        **asked: Unpack[ListArguments],
    ) -> pd.DataFrame:
        """The films to recommend to a user, or to somebody new, best first.

        Filters apply before scoring; the order is by `ranked_by`, ties by movie id. A ranking model
        reads what the user rated, newest first; without a data set that is nothing.

        Args:
            user_id: One of `user_ids`; by default somebody of whom nothing is known.
            exclude_seen: Leave out films that the user has rated. Has no effect without a data set. A
                ranking model learned to order unseen films only: if seen ones are let in, their places
                mean little.
            asked: `year` and `month` for which to recommend; the filters `genres`, `match` ("any" or
                "all" genres), `exclude_genres`, `from_year`, `to_year` and `hidden`; the list's
                length `k`; `familiarity` and `diversity`, which move it away from the model's own
                order. `space.lists.ListArguments` says more of each, and they can all be left out.

        Returns:
            A frame with the columns `rank` (from 1), `movie_id`, `title`, `year`, `genres` (a tuple)
            and `score`, the model's probability, 0 to 1, that the user likes the film.

        Raises:
            ValueError: If an argument is not what is said above.
        """
        person = self._person(user_id)
        check_flag("exclude_seen", exclude_seen)
        seen = person.known_films if exclude_seen else ()
        return self._lists.best(person, seen, Asked.of(asked))

    def recommend_for(
        self,
        *,
        liked: Sequence[int] = (),
        disliked: Sequence[int] = (),
        gender: str | None = None,
        age: str | None = None,
        occupation: str | None = None,
        **asked: Unpack[ListArguments],
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
            asked: As for `recommend`.

        Returns:
            A frame as that of `recommend`.

        Raises:
            ValueError: If an argument is not what is said above, a film is in both lists, or the bundle
                has no ranking model to read them.
        """
        facts = {"gender": gender, "age": age, "occupation": occupation}
        person = newcomer(self.bundle, liked=liked, disliked=disliked, facts=facts)
        return self._lists.best(person, person.known_films, Asked.of(asked))

    def like_weight(self, user_id: int) -> float:
        """How much the log-odds of a like count in the order of a user's list, beside a ranking model.

        Returns:
            0 to 1; 0 where no ranking model orders the list, or it does alone.

        Raises:
            ValueError: If there is no such user.
        """
        return self.order.like_weight(self._person(user_id))

    def relaxed(
        self,
        user_id: int | None = None,
        *,
        liked: Sequence[int] = (),
        disliked: Sequence[int] = (),
        gender: str | None = None,
        age: str | None = None,
        occupation: str | None = None,
        exclude_seen: bool = True,
        **asked: Unpack[ListArguments],
    ) -> dict[str, int]:
        """For a list that is too short, how many films would pass if one filter alone were dropped.

        Takes what `recommend` takes, or what `recommend_for` does. Nothing is scored for it.

        Returns:
            The number of films by the filter that is dropped: "genres", "match" ("all" becomes "any"),
            "exclude_genres", "years" (both), "hidden" or "seen". A filter that leaves out no film
            which passes all others is not named. Films that somebody new picked stay left out.

        Raises:
            ValueError: As for those two, and if a user is named and something told of somebody new.
        """
        told = {"gender": gender, "age": age, "occupation": occupation}
        picks = {"liked": liked, "disliked": disliked}
        check_flag("exclude_seen", exclude_seen)
        if user_id is None:
            picked = newcomer(self.bundle, liked=liked, disliked=disliked, facts=told).known_films
            return self._lists.relaxed(Asked.of(asked), (), picked)
        check_left_out(told, picks)
        seen = self._person(user_id).known_films if exclude_seen else ()
        return self._lists.relaxed(Asked.of(asked), seen, ())

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
            person = self._person(user_id)
        check_movie(movie_id, self._films)
        moment = moment_of(year, month, self.last_month)
        row = self.order.inputs.rows(person.fields, [self._films.get_loc(movie_id)], *moment)
        return explain(self.order.scorer, self.bundle.encoder, row)

    def search_movies(self, query: str, *, k: int = 10) -> pd.DataFrame:
        """The films that a query may mean, best match first, see `space.titles.search.FilmSearch.best`.

        Args:
            query: A title, its beginning or some of its words, with its year behind it or without.
            k: The most films to give, 1 to `MAX_K`.

        Returns:
            A frame with the columns `movie_id`, `title`, `year` and `genres` (a tuple).

        Raises:
            ValueError: If an argument is not what is said above.
        """
        check_whole("k", k, 1, MAX_K)
        return self.search.best(query, k)

    @property
    def knows_similar(self) -> bool:
        """Whether `similar_movies` can tell: bundles of older versions cannot."""
        return self.bundle.similar is not None

    def similar_movies(self, movie_id: int, *, k: int = 10) -> pd.DataFrame:
        """The films most similar to one, the most similar first, ties by movie id.

        Args:
            movie_id: The film, of `bundle.movies`.
            k: Length of the list, 1 to `MAX_K`; it is shorter where the catalogue is.

        Returns:
            A frame with the columns `rank` (from 1), `movie_id`, `title`, `year`, `genres` and
            `shared_genres` (tuples), and `similarity`, the cosine of the films' vectors, -1 to 1.

        Raises:
            ValueError: If an argument is not what is said above, or `knows_similar` is false.
        """
        check_movie(movie_id, self._films)
        check_whole("k", k, 1, MAX_K)
        film = self._films.get_loc(movie_id)
        return similar_movies(self.bundle.movies, self.bundle.similar, film, k)

    def links(self, movie_id: int) -> dict[str, str]:
        """The pages of a film by the names of their sites, such as "IMDb"; empty where not known.

        Args:
            movie_id: The film, of `bundle.movies`.

        Raises:
            ValueError: If it is not one of them.
        """
        check_movie(movie_id, self._films)
        return self.bundle.links.of(movie_id)

    def _person(self, user_id: int | None) -> Person:
        """Somebody of whom nothing is known, or a user, if there is such a one."""
        if user_id is None:
            return self._nobody
        self.users.check(user_id)
        return self.users.person(user_id)

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
        person = self._nobody if user_id is None else self.users.person(user_id)
        moment = moment_of(year, month, self.last_month)
        return self.order.inputs.rows(person.fields, positions, *moment)

    def profile(self, user_id: int) -> dict[str, Any]:
        """What the data set knows of a user: demographics, and counts of ratings and likes.

        Raises:
            ValueError: If there is no such user.
        """
        return self.users.profile(user_id)

    def liked(self, user_id: int) -> pd.DataFrame:
        """The films that a user rated at or above the label's threshold, newest first.

        Returns:
            A frame with the columns `movie_id`, `title`, `year`, `genres` (a tuple), `rating` and
            `timestamp` (seconds since 1970); empty without a data set.

        Raises:
            ValueError: If there is no such user.
        """
        return self.users.liked(user_id)
