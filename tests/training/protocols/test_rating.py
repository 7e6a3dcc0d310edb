"""The protocols of likes: rows, labels, split and fields."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from space.schema import FIELD_PRESETS
from tests.builders import rating_table, tiny_movielens
from training.protocols.rating import IDS, ORIGINAL, PAPER, eight_one_one
from training.splits import random_split


def test_the_originals_protocol_is_the_random_split_of_all_rows() -> None:
    data = tiny_movielens()
    assert ORIGINAL.rows(data).ratings.equals(data.ratings)
    split = ORIGINAL.split(data.ratings)
    assert split.part_of_rows().tolist() == random_split(data.ratings).part_of_rows().tolist()
    assert ORIGINAL.fields == FIELD_PRESETS["original"]
    assert len(ORIGINAL.fields) == 14


def test_labels_by_hand() -> None:
    ratings = rating_table((1, i, stars, 0) for i, stars in enumerate([1, 2, 3, 3.5, 4, 5]))
    assert ORIGINAL.labels(ratings).tolist() == [0, 0, 0, 0, 1, 1]
    assert PAPER.labels(ratings).tolist() == IDS.labels(ratings).tolist() == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("protocol", [PAPER, IDS], ids=lambda protocol: protocol.name)
def test_ratings_of_three_are_dropped(protocol: type[PAPER]) -> None:
    data = tiny_movielens()
    kept = protocol.rows(data)
    assert set(kept.ratings["rating"]) == {1, 2, 4, 5} & set(data.ratings["rating"])
    assert len(kept.ratings) == (data.ratings["rating"] != 3).sum()
    assert kept.ratings.index.tolist() == list(range(len(kept.ratings)))


@given(rows=st.integers(0, 500))
def test_eight_one_one_covers_all_rows_once(rows: int) -> None:
    ratings = rating_table([(1, 1, 4, 0)] * rows)
    split = eight_one_one(ratings)
    assert len(split.test) == len(split.validation) == rows // 10
    everything = np.concatenate([split.train, split.validation, split.test])
    assert sorted(everything) == list(range(rows))


def test_the_papers_protocol_has_no_id_and_ids_adds_them() -> None:
    film = ("movie_year", "genre1", "genre2", "genre3")
    assert PAPER.fields == ("gender", "age", "occupation", "zip", *film)
    assert PAPER.request_time
    assert {"user_id", "movie_id"} <= set(IDS.fields)
    data = tiny_movielens()
    rows = PAPER.rows(data).ratings
    assert PAPER.split(rows).part_of_rows().tolist() == IDS.split(rows).part_of_rows().tolist()
