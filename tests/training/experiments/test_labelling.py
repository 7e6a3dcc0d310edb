"""Rows and labels: what holds for every data set, and small cases by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import movie_table, rating_table, tiny_movielens, user_table
from training.errors import RunError
from training.experiments.labelling import (
    LABELLINGS,
    LabelledRows,
    Labelling,
    Repeats,
    label,
    repeats,
)
from training.ratings import MovieLens
from training.splits import Split, random_split

SAMPLED = LABELLINGS["sampled"]


def movielens(stars: dict[tuple[int, int], float]) -> MovieLens:
    """A data set with a rating for each pair of user and film."""
    return MovieLens(
        user_table({"user_id": user} for user in sorted({user for user, _ in stars})),
        movie_table(
            {"movie_id": film, "title": f"Film {film}", "year": 1990, "genres": ["Drama"]}
            for film in sorted({film for _, film in stars})
        ),
        rating_table((*pair, value, 10 * i) for i, (pair, value) in enumerate(stars.items())),
    )


STARS = st.dictionaries(
    st.tuples(st.integers(1, 5), st.integers(1, 14)),
    st.sampled_from([1.0, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0]),
    min_size=1,
).filter(lambda stars: max(stars.values()) >= 3)


@given(stars=STARS, seed=st.integers(0, 3), drawn=st.integers(1, 6))
def test_drawn_films_are_some_that_the_user_has_not_rated_anywhere(
    stars: dict[tuple[int, int], float], seed: int, drawn: int
) -> None:
    rows = label(replace(SAMPLED, seed=seed, drawn=drawn), movielens(stars))
    table = rows.table.ratings
    films = {film for _, film in stars}
    liked = [pair for pair, value in stars.items() if value >= 3]
    own = table[rows.labels == 1]
    assert list(zip(own["user_id"], own["movie_id"], strict=True)) == liked
    assert [stars[pair] for pair in liked] == own["rating"].tolist()

    others = table[rows.labels == 0]
    assert not set(zip(others["user_id"], others["movie_id"], strict=True)) & set(stars)
    assert set(others["movie_id"]) <= films
    assert others["rating"].isna().all()
    for place, pair in enumerate(stars):
        # A drawn row has the time of the rating that it was drawn for.
        of_pair = others[others["timestamp"] == 10 * place]
        unrated = films - {film for user, film in stars if user == pair[0]}
        expected = min(drawn, len(unrated)) if stars[pair] >= 3 else 0
        assert len(of_pair) == of_pair["movie_id"].nunique() == expected
        assert set(of_pair["user_id"]) <= {pair[0]}


@given(stars=STARS, seed=st.integers(0, 3))
def test_equal_arguments_give_equal_rows(stars: dict[tuple[int, int], float], seed: int) -> None:
    first, again = (label(replace(SAMPLED, seed=seed), movielens(stars)) for _ in range(2))
    pd.testing.assert_frame_equal(first.table.ratings, again.table.ratings)
    assert first.labels.tolist() == again.labels.tolist()


def test_repeats_by_hand() -> None:
    # User 1's ratings are rows 0 to 2; user 2's only rating is row 3. Drawn rows follow.
    table = rating_table(
        [
            *((1, film, 4.0, 0) for film in (1, 2, 3)),
            (2, 1, 4.0, 0),
            *((1, film, np.nan, 0) for film in (7, 8, 7, 3)),
            *((2, film, np.nan, 0) for film in (8, 8)),
        ]
    )
    labels = table["rating"].notna().to_numpy(dtype="float32")
    rows = LabelledRows(replace(tiny_movielens(), ratings=table), labels)
    # Of the test's zeros 7, 8 of user 1 and 8 of user 2, the 7 is drawn for user 1 in training too; an 8
    # is drawn in training for the other user alone. Film 3 is drawn for user 1, who rated it in row 2.
    split = Split(np.array([0, 1, 3, 4, 7, 9]), np.array([], dtype=int), np.array([2, 5, 6]))
    assert repeats(rows, split) == Repeats(2, 1, 1)


@given(stars=STARS, drawn=st.integers(1, 6))
def test_no_drawn_film_is_one_of_the_tests_ratings(
    stars: dict[tuple[int, int], float], drawn: int
) -> None:
    rows = label(replace(SAMPLED, drawn=drawn), movielens(stars))
    if len(rows.labels) < 4:
        return
    split = random_split(rows.table.ratings)
    table = rows.table.ratings
    pairs = list(zip(table["user_id"], table["movie_id"], rows.labels, strict=True))
    zeros = [pairs[row] for row in split.test if not rows.labels[row]]
    trained = {pairs[row] for row in split.train}
    found = repeats(rows, split)
    assert found == Repeats(len(zeros), sum(pair in trained for pair in zeros), 0)


def test_every_film_is_drawn_equally_often() -> None:
    # One user liked 400 films; another one's ten are all that the first has not rated.
    stars = {(1, film): 5.0 for film in range(1, 401)} | {
        (2, film): 1.0 for film in range(401, 411)
    }
    rows = label(SAMPLED, movielens(stars))
    drawn = rows.table.ratings["movie_id"][rows.labels == 0]
    counts = drawn.value_counts()
    # Each of the ten is one of the five of a rating with probability 1/2: 200 times, deviation 10.
    assert len(drawn) == 2000
    assert sorted(counts.index) == list(range(401, 411))
    assert counts.between(150, 250).all()
    # Pairs as well: 2/9 of the 400, deviation 8.3.
    grid = drawn.to_numpy().reshape(400, 5)
    for first, second in ((401, 402), (401, 410), (409, 410)):
        together = ((grid == first).any(axis=1) & (grid == second).any(axis=1)).sum()
        assert 47 < together < 131


def test_another_seed_draws_other_films() -> None:
    data = tiny_movielens()
    first, other = (label(replace(SAMPLED, seed=seed), data).table.ratings for seed in (1, 2))
    assert first["user_id"].equals(other["user_id"])
    assert not first["movie_id"].equals(other["movie_id"])


def test_preference_keeps_every_rating_as_it_is() -> None:
    data = movielens({(1, 1): 3.5, (1, 2): 4.0, (2, 1): 5.0, (2, 2): 1.0})
    rows = label(LABELLINGS["preference"], data)
    assert rows.table is data
    assert rows.labels.tolist() == [0, 1, 1, 0]
    lower = label(replace(LABELLINGS["preference"], threshold=3.5), data)
    assert lower.labels.tolist() == [1, 1, 1, 0]


def test_who_has_rated_all_films_gets_none_drawn() -> None:
    rows = label(SAMPLED, movielens({(1, 1): 5.0, (1, 2): 4.0, (2, 2): 3.0}))
    drawn = rows.table.ratings[rows.labels == 0]
    assert drawn[["user_id", "movie_id"]].to_numpy().tolist() == [[2, 1]]
    assert np.flatnonzero(rows.labels).tolist() == [0, 1, 2]


@pytest.mark.parametrize("labelling", LABELLINGS.values(), ids=LABELLINGS)
def test_without_a_rating_that_is_high_enough_there_is_nothing_to_learn(
    labelling: Labelling,
) -> None:
    with pytest.raises(RunError, match=r"expects ratings of [34] stars or more; there are none"):
        label(labelling, movielens({(1, 1): 2.0, (2, 1): 1.0}))
