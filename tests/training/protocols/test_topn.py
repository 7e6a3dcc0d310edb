"""A user's last fifth is to be found among all films that the user has not rated before."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import rating_table, tiny_movielens
from training.errors import RunError
from training.protocols.task import ranking_task
from training.protocols.topn import TOPN, last_fifth, topn_split
from training.splits import user_time_split

ROWS = st.integers(1, 80).flatmap(
    lambda size: st.lists(
        st.tuples(st.integers(1, 4), st.integers(0, 20)), min_size=size, max_size=size
    )
)


def ratings_of(users_and_times: list[tuple[int, int]]) -> pd.DataFrame:
    return rating_table((user, i, 4, time) for i, (user, time) in enumerate(users_and_times))


def test_the_last_fifth_goes_by_time_and_of_equal_times_by_row() -> None:
    # By time: rows 4, 0, 3, then at the same time 1, 2, 5. floor(6 / 5) = 1 row is held out.
    ratings = ratings_of([(1, 2), (1, 9), (1, 9), (1, 3), (1, 1), (1, 9)])
    rest, last = last_fifth(ratings, np.arange(6))
    assert (rest.tolist(), last.tolist()) == ([0, 1, 2, 3, 4], [5])
    # Of the rest, as the same rule has it: 4, 0, 3, 1 and then 2.
    split = topn_split(ratings)
    assert split.train.tolist() == [0, 1, 3, 4]
    assert split.validation.tolist() == [2]
    assert split.test.tolist() == [5]


@settings(deadline=None)
@given(rows=ROWS)
def test_the_parts_are_disjoint_cover_all_and_are_in_order(rows: list[tuple[int, int]]) -> None:
    ratings = ratings_of(rows)
    split = topn_split(ratings)
    everything = np.concatenate([split.train, split.validation, split.test])
    assert sorted(everything) == list(range(len(rows)))
    users = ratings["user_id"].to_numpy()
    for user in set(users):
        parts = [part[users[part] == user] for part in (split.train, split.validation, split.test)]
        total = sum(len(part) for part in parts)
        assert len(parts[2]) == total // 5
        assert len(parts[1]) == (total - total // 5) // 5
        moments = [[(rows[row][1], row) for row in part] for part in parts]
        assert max(moments[0]) < min(moments[1] + moments[2], default=(21, 0))
        assert max(moments[1], default=(-1, 0)) < min(moments[2], default=(21, 0))


@settings(deadline=None)
@given(rows=ROWS)
def test_the_test_rows_are_those_of_the_split_user_time(rows: list[tuple[int, int]]) -> None:
    ratings = ratings_of(rows)
    assert topn_split(ratings).test.tolist() == user_time_split(ratings).test.tolist()


def test_the_round_asks_for_test_likes_and_tells_all_that_went_before() -> None:
    data = tiny_movielens()
    task = ranking_task(TOPN, data)
    (asked,) = task.rounds.values()
    split = topn_split(data.ratings)
    test, before = data.ratings.iloc[split.test], data.ratings.drop(index=split.test)
    films = task.fitting.axes.film_ids
    assert films.tolist() == sorted(set(data.ratings["movie_id"]))
    liking = sorted(set(test["user_id"][test["rating"] >= 4]))
    assert asked.people.users["user_id"].tolist() == liking
    for place, user in enumerate(liking):
        likes = test[(test["user_id"] == user) & (test["rating"] >= 4)]
        assert set(films[asked.relevant[place].indices]) == set(likes["movie_id"])
        earlier = before[before["user_id"] == user].set_index("movie_id")["rating"]
        row = asked.people.history[place]
        assert dict(zip(films[row.indices], row.data, strict=True)) == earlier.to_dict()


def test_histories_are_told_newest_first_and_of_equal_times_the_later_row() -> None:
    data = tiny_movielens()
    # User 2 has ten ratings. By time: rows 4, 0, 3, then at the same time 1, 2, 5 and so on; the last
    # two, films 22 and 25, are to be found. User 1 has five, with one to be found.
    times = [2, 9, 9, 3, 1, 9, 10, 11, 12, 13]
    ratings = rating_table(
        [(2, 1 + 3 * place, 4, time) for place, time in enumerate(times)]
        + [(1, 1 + 3 * place, 4, 0) for place in (4, 0, 2, 1, 3)]
    )
    (asked,) = ranking_task(
        TOPN, type(data)(data.users, data.movies, ratings, data.facts)
    ).rounds.values()
    assert asked.people.users["user_id"].tolist() == [1, 2]
    wanted = [[1, 2, 0, 4], [7, 6, 5, 2, 1, 3, 0, 4]]
    assert [films.tolist() for films in asked.people.newest_first] == wanted
    second = asked.people.part(1, 2)
    assert [films.tolist() for films in second.newest_first] == wanted[1:]
    assert second.history.shape[0] == len(second.users) == 1


@settings(deadline=None)
@given(seed=st.integers(0, 20))
def test_what_is_told_newest_first_are_the_films_of_the_history(seed: int) -> None:
    data = tiny_movielens(users=6, seed=seed)
    for asked in ranking_task(TOPN, data).rounds.values():
        for place, films in enumerate(asked.people.newest_first):
            assert sorted(films.tolist()) == asked.people.history[place].indices.tolist()


def test_what_is_fitted_on_are_the_other_rows() -> None:
    data = tiny_movielens()
    fitting = ranking_task(TOPN, data).fitting
    split = topn_split(data.ratings)
    kept = data.ratings.drop(index=split.test).reset_index(drop=True)
    pd.testing.assert_frame_equal(fitting.data.ratings, kept)
    for name in ("train", "validation"):
        ours = fitting.data.ratings.iloc[getattr(fitting.split, name)]
        theirs = data.ratings.iloc[getattr(split, name)]
        assert ours.to_numpy().tolist() == theirs.to_numpy().tolist()
    assert len(fitting.split.test) == 0
    assert fitting.stars().sum() == kept["rating"].sum()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(1, i, 5, i) for i in range(4)], "4 ratings by 1 users are too few"),
        ([(1, i, 3, i) for i in range(10)], r"ratings of 4 stars or more. There are none"),
    ],
)
def test_data_without_anything_to_find_are_refused(
    rows: list[tuple[int, int, float, int]], said: str
) -> None:
    data = tiny_movielens()
    with pytest.raises(RunError, match=said):
        ranking_task(TOPN, type(data)(data.users, data.movies, rating_table(rows), data.facts))
