"""Newcomers are known by nothing but the likes that they are told to have."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import rating_table, tiny_movielens
from training.protocols.axes import Axes
from training.protocols.newcomers import GIVEN, NEWCOMERS, newcomers_rounds, newcomers_split
from training.protocols.task import ranking_task
from training.splits import Split


@settings(deadline=None)
@given(users=st.integers(1, 60), rows=st.integers(1, 5))
def test_a_tenth_of_the_users_is_held_out_whole(users: int, rows: int) -> None:
    ratings = rating_table((u, m, 4, 0) for m in range(rows) for u in range(users))
    split = newcomers_split(ratings)
    ids = ratings["user_id"].to_numpy()
    parts = [set(ids[part]) for part in (split.train, split.validation, split.test)]
    assert [len(part) for part in parts[1:]] == [(users - users // 10) // 10, users // 10]
    assert sum(len(part) for part in parts) == len(set().union(*parts)) == users
    everything = np.concatenate([split.train, split.validation, split.test])
    assert sorted(everything) == list(range(len(ratings)))


def test_the_same_users_are_held_out_again() -> None:
    ratings = tiny_movielens().ratings
    assert newcomers_split(ratings).test.tolist() == newcomers_split(ratings).test.tolist()
    shuffled = ratings.sample(frac=1, random_state=1)
    held = {*ratings["user_id"].iloc[newcomers_split(ratings).test]}
    assert held == {*shuffled["user_id"].iloc[newcomers_split(shuffled).test]}


def test_the_first_likes_by_time_are_told_and_the_others_asked_for() -> None:
    data = tiny_movielens()
    # User 1's likes by time, ties by row: films 7, 4, 1. The rating of film 10 is none.
    ratings = rating_table([(1, 1, 4, 9), (1, 4, 5, 5), (1, 10, 3, 1), (1, 7, 4, 3), (2, 13, 5, 5)])
    ratings.loc[0, "timestamp"] = 5
    # Of the equal times 5, film 1 in row 0 now comes before film 4 in row 1.
    split = Split(np.empty(0, dtype=int), np.empty(0, dtype=int), np.arange(5))
    axes = Axes.of(ratings)
    data = type(data)(data.users, data.movies, ratings, data.facts)
    rounds = newcomers_rounds(data, split, axes)
    assert list(rounds) == [f"given_{given}" for given in GIVEN]

    def of_user_1(given: int) -> tuple[list[int], list[int]]:
        asked = rounds[f"given_{given}"]
        assert asked.people.users["user_id"].iloc[0] == 1
        known, wanted = asked.people.history[0].indices, asked.relevant[0].indices
        return sorted(axes.film_ids[known]), sorted(axes.film_ids[wanted])

    assert of_user_1(0) == ([], [1, 4, 7])
    assert of_user_1(1) == ([7], [1, 4])
    assert of_user_1(2) == ([1, 7], [4])
    newest_first = [rounds[f"given_{given}"].people.newest_first[0] for given in (0, 1, 2)]
    assert [axes.film_ids[films].tolist() for films in newest_first] == [[], [7], [1, 7]]
    # Who has no like left is not asked: user 2 after one, user 1 after three.
    users = [asked.people.users["user_id"].tolist() for asked in rounds.values()]
    assert users == [[1, 2], [1], [1], [], [], []]


def test_nothing_of_the_newcomers_is_fitted_on() -> None:
    data = tiny_movielens()
    task = ranking_task(NEWCOMERS, data)
    held = set(data.ratings["user_id"].iloc[newcomers_split(data.ratings).test])
    assert len(held) == 3
    assert not held & set(task.fitting.data.ratings["user_id"])
    assert not held & set(task.fitting.data.users["user_id"])
    assert not held & set(task.fitting.axes.user_ids)
    asked = task.rounds["given_0"]
    assert set(asked.people.users["user_id"]) <= held
    assert asked.people.history.nnz == 0
