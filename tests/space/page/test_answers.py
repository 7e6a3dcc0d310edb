"""The memory of answers: what its keys hold, and what it holds in memory."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from space.hub.repository import Repository, Snapshot
from space.page.answers import Answers
from space.page.ask import Ask
from space.recommender import MovieRecommender
from tests.exports import Run
from tests.space.page.pages import answers_of
from tests.space.page.stand_in import answers, stand_in


class Asked:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, **arguments: Any) -> Any:
        self.times += 1
        return arguments


def snapshot(sha: str) -> Snapshot:
    return Snapshot(Path("a"), Repository("ada/model"), sha * 40, "")


def test_what_is_asked_again_is_not_worked_out_again() -> None:
    shared, asked, model = answers(), Asked(), stand_in()
    first = shared.of(model, "list", asked, k=10, genres=["War"], hidden=[])
    assert shared.of(model, "list", asked, hidden=[], genres=["War"], k=10) is first
    assert asked.times == 1


@pytest.mark.parametrize(
    "other",
    [
        {"k": 1.0, "genres": ["War"]},
        {"k": True, "genres": ["War"]},
        {"k": "1", "genres": ["War"]},
        {"k": 1, "genres": "War"},
        {"k": 1, "genres": [["War"]]},
        {"k": 1, "genres": {"War": None}},
        {"k": 1, "genres": []},
        {"k": 1, "genres": {}},
        {"k": 1, "genres": None},
        {"k": 1},
        {"k": 1, "genres": ["War", "War"]},
    ],
)
def test_what_differs_in_a_value_or_its_type_is_another_question(other: dict[str, Any]) -> None:
    shared, asked, model = answers(), Asked(), stand_in()
    shared.of(model, "list", asked, k=1, genres=["War"])
    assert shared.of(model, "list", asked, **other) == other
    assert asked.times == 2


def test_an_empty_list_is_no_empty_mapping() -> None:
    shared, asked, model = answers(), Asked(), stand_in()
    assert [shared.of(model, "list", asked, genres=none)["genres"] for none in ([], {})] == [[], {}]


def test_what_is_asked_is_part_of_the_key() -> None:
    shared, asked, model = answers(), Asked(), stand_in()
    shared.of(model, "list", asked, k=1)
    shared.of(model, "similar", asked, k=1)
    assert asked.times == 2


def test_the_commits_of_model_and_users_are_part_of_the_key() -> None:
    shared, asked = answers(), Asked()
    for model, users in (("a", None), ("b", None), ("b", "a"), ("b", "b"), ("b", "b")):
        recommender = stand_in()
        recommender.origin = snapshot(model)
        recommender.dataset_origin = None if users is None else snapshot(users)
        shared.of(recommender, "list", asked, k=1)
    assert asked.times == 4


def test_of_a_folder_the_users_are_part_of_the_key() -> None:
    shared, asked, without, with_users = answers(), Asked(), stand_in(), stand_in()
    with_users.dataset = object()
    for recommender in (without, with_users, without, with_users):
        shared.of(recommender, "list", asked, k=1)
    assert asked.times == 2


def test_the_answers_asked_for_last_are_kept_and_no_more() -> None:
    shared, asked, model = Answers(answers().model, kept=3), Asked(), stand_in()
    for k in (1, 2, 3, 1, 4):
        shared.of(model, "list", asked, k=k)
    assert (asked.times, len(shared._answers)) == (4, 3)
    shared.of(model, "list", asked, k=1)
    assert asked.times == 4, "what was asked for again is kept"
    shared.of(model, "list", asked, k=2)
    assert asked.times == 5, "what was longest not asked for is not"


def test_none_can_be_kept() -> None:
    shared, asked, model = Answers(answers().model, kept=0), Asked(), stand_in()
    for _ in range(3):
        shared.of(model, "list", asked, k=1)
    assert (asked.times, len(shared._answers)) == (3, 0)


def test_a_failure_is_not_kept() -> None:
    shared, model = answers(), stand_in()

    def fail(**_: Any) -> None:
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            shared.of(model, "list", fail, k=1)
    assert len(shared._answers) == 0


def test_lists_in_lists_without_end_are_for_the_model_to_refuse(run: Run) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    shared = answers_of(run.bundle)
    with pytest.raises(ValueError, match="should be"):
        shared.list_for(shared.model.ready(), Ask(k=deep))


def test_a_key_is_short_however_much_is_asked() -> None:
    shared, asked, model = answers(), Asked(), stand_in()
    shared.of(model, "list", asked, hidden=list(range(10_000)), query="x" * 1_000_000)
    (key,) = shared._answers
    assert len(repr(key)) < 200


def test_numbers_without_end_are_for_the_model_to_refuse(run: Run) -> None:
    shared = answers_of(run.bundle)
    with pytest.raises(ValueError, match="`k` should be"):
        shared.list_for(shared.model.ready(), Ask(k=10**5000))
    assert len(shared._answers) == 0


def test_many_threads_get_right_answers_from_few_that_are_kept(run: Run) -> None:
    shared = Answers(answers_of(run.bundle, run.dataset).model, kept=3)
    recommender = shared.model.ready()
    expected = {user: list(recommender.recommend(user)["movie_id"]) for user in range(1, 8)}
    start = threading.Barrier(8)

    def ask(seed: int) -> bool:
        start.wait()
        users = [1 + (seed + step * (seed + 1)) % 7 for step in range(20)]
        return all(
            list(shared.list_for(recommender, Ask(way="user", user=user))["movie_id"])
            == expected[user]
            for user in users
        )

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(8)))
    assert len(shared._answers) <= 3


def test_the_visitor_and_a_user_are_answered_by_what_is_theirs(run: Run) -> None:
    shared = answers_of(run.bundle, run.dataset)
    recommender = shared.model.ready()
    told = shared.list_for(recommender, Ask(likes=[1, 4], gender="F", user=7))
    assert told.equals(recommender.recommend_for(liked=[4, 1], gender="F"))
    user = shared.list_for(recommender, Ask(way="user", user="7", likes=[1], exclude_seen=False))
    assert user.equals(recommender.recommend(7, exclude_seen=False))


def test_what_would_fill_an_empty_list_is_asked_of_the_model(run: Run) -> None:
    shared = answers_of(run.bundle, run.dataset)
    recommender = shared.model.ready()
    asked: dict[str, Any] = {"from_year": 2050, "exclude_genres": ["Drama"]}
    for ask, person in ((Ask(**asked), {}), (Ask(way="user", user=7, **asked), {"user_id": 7})):
        assert shared.relaxed(recommender, ask) == recommender.relaxed(**person, **asked)  # type: ignore[arg-type]


def test_what_is_shown_is_made_once_for_a_bundle(run: Run) -> None:
    shared = answers_of(run.bundle)
    recommender = shared.model.ready()
    first = shared.shown(recommender)
    assert shared.shown(recommender) is first
    other = MovieRecommender(replace(recommender.bundle))
    assert shared.shown(other) is not first
    assert shared.shown(other).bundle is other.bundle


def test_what_is_of_a_bundle_is_found_out_once_though_many_ask_at_once() -> None:
    nothing: Any = None
    shared, asked = Answers(nothing, kept=0), Asked()
    model, other = stand_in(), stand_in()
    begin = threading.Barrier(8)

    def ask(_: int) -> Any:
        begin.wait(10)
        return shared.of_bundle(model, "genres", asked)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert asked.times == 1
    assert all(each is found[0] for each in found)
    shared.of_bundle(model, "others", asked)
    shared.of_bundle(other, "genres", asked)
    assert asked.times == 3, "another question, and another bundle"
