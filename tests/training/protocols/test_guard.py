"""Leaks are planted here, and the guard finds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from space.schema import fields_of
from tests.builders import tiny_movielens
from training.baselines import BASELINES
from training.protocols import RANKING_PROTOCOLS
from training.protocols.guard import (
    LeakError,
    check_positions,
    check_preparation,
    check_ratings,
    check_split,
    without_test,
)
from training.protocols.rating import IDS
from training.protocols.rating_inputs import fitting_inputs
from training.protocols.task import RankingProtocol, ranking_task
from training.protocols.topn import TOPN, topn_split
from training.ratings import MovieLens
from training.splits import SPLITS, Split
from training.vocabularies import fit_encoder

DATA = tiny_movielens()
SPLIT = topn_split(DATA.ratings)
FITTED = np.concatenate([SPLIT.train, SPLIT.validation])
Arrays = Sequence[np.ndarray[Any, Any]]


def test_rows_that_are_no_test_rows_pass() -> None:
    check_positions(FITTED, SPLIT)
    check_ratings(DATA.ratings.iloc[FITTED], DATA, SPLIT)
    check_split(SPLIT, len(DATA.ratings))


def test_a_planted_test_row_is_found_by_its_position() -> None:
    with pytest.raises(LeakError, match=rf"1 are test rows, such as \[{SPLIT.test[3]}\]"):
        check_positions(np.append(FITTED, SPLIT.test[3]), SPLIT)


def test_a_planted_test_row_is_found_under_another_number() -> None:
    planted = DATA.ratings.iloc[np.append(FITTED, SPLIT.test[3])].reset_index(drop=True)
    planted["timestamp"] += 1
    row = DATA.ratings.iloc[SPLIT.test[3]]
    with pytest.raises(LeakError, match=rf"1 are, such as .*{row['user_id']:.0f}"):
        check_ratings(planted, DATA, SPLIT)


@pytest.mark.parametrize(
    "bad",
    [
        replace(SPLIT, train=np.append(SPLIT.train, SPLIT.test[0])),
        replace(SPLIT, train=SPLIT.train[1:]),
        replace(SPLIT, train=np.append(SPLIT.train, len(DATA.ratings))),
    ],
    ids=["in two parts", "in none", "not a row"],
)
def test_a_split_with_a_row_in_two_parts_or_none_is_found(bad: Split) -> None:
    with pytest.raises(LeakError, match="should be in one part of the split, once"):
        without_test(DATA, bad)


def test_a_task_is_not_made_of_a_split_that_leaks() -> None:
    def leaking(ratings: pd.DataFrame) -> Split:
        split = topn_split(ratings)
        return replace(split, train=np.append(split.train, split.test[:1]))

    with pytest.raises(LeakError, match="should be in one part of the split, once"):
        ranking_task(replace(TOPN, split=leaking), DATA)


def film_means(data: MovieLens, rows: np.ndarray[Any, Any], split: Split) -> Arrays:
    """The mean rating of each fitted row's film, over some rows."""
    means = data.ratings.iloc[rows].groupby("movie_id")["rating"].mean()
    fitted = data.ratings.iloc[np.concatenate([split.train, split.validation])]
    return [fitted["movie_id"].map(means).to_numpy()]


def counts(data: MovieLens, split: Split) -> Arrays:
    """How many ratings each fitted row's user has in all."""
    fitted = data.ratings.iloc[split.train]
    return [fitted["user_id"].map(data.ratings["user_id"].value_counts()).to_numpy()]


def scaled_time(data: MovieLens, split: Split) -> Arrays:
    """Training times, scaled by the greatest of all."""
    times = data.ratings["timestamp"].to_numpy()
    return [times[split.train] / times.max()]


def vocabulary(data: MovieLens, split: Split) -> Arrays:
    """The sizes of vocabularies of all rows."""
    encoder = fit_encoder(fields_of(("user_id",)), data, np.arange(len(data.ratings)))
    return [np.array(encoder.vocabulary_sizes)]


def test_statistics_of_the_training_rows_pass() -> None:
    check_preparation(lambda data, split: film_means(data, split.train, split), DATA, SPLIT)


@pytest.mark.parametrize(
    ("leak", "split"),
    [
        (lambda data, split: film_means(data, np.arange(len(data.ratings)), split), SPLIT),
        (counts, SPLIT),
        (scaled_time, SPLIT),
        (vocabulary, RANKING_PROTOCOLS["newcomers"].split(DATA.ratings)),
        (lambda data, split: [np.zeros(len(data.ratings))], SPLIT),
    ],
    ids=["means", "counts", "scale", "vocabulary", "as many rows"],
)
def test_planted_statistics_of_the_test_rows_are_found(
    leak: Callable[[MovieLens, Split], Arrays], split: Split
) -> None:
    with pytest.raises(LeakError, match="Array 0 for fitting should not depend on the test rows"):
        check_preparation(leak, DATA, split)


def test_one_array_more_is_found() -> None:
    def prepare(data: MovieLens, split: Split) -> Arrays:
        return [np.zeros(1)] * (2 if len(split.test) else 1)

    with pytest.raises(LeakError, match="1 arrays were made for fitting, with them 2"):
        check_preparation(prepare, DATA, SPLIT)


def test_unknown_values_are_equal() -> None:
    check_preparation(lambda data, split: [np.array([np.nan, 1.0])], DATA, SPLIT)


def test_what_the_model_is_fitted_on_carries_nothing_of_the_test_rows() -> None:
    kept = IDS.rows(DATA)
    check_preparation(lambda d, s: fitting_inputs(IDS, d, s), kept, IDS.split(kept.ratings))


@pytest.mark.parametrize("protocol", RANKING_PROTOCOLS.values(), ids=lambda found: found.name)
@pytest.mark.parametrize("name", BASELINES)
def test_what_a_baseline_answers_does_not_depend_on_how_test_films_were_rated(
    name: str, protocol: RankingProtocol
) -> None:
    split = protocol.split(DATA.ratings)
    ratings = DATA.ratings.copy()
    ratings.loc[split.test, "rating"] = 6 - ratings.loc[split.test, "rating"]
    turned = replace(DATA, ratings=ratings)
    assert protocol.split(turned.ratings).test.tolist() == split.test.tolist()

    def answers(data: MovieLens) -> list[list[float]]:
        stars = ranking_task(protocol, data).fitting.stars()
        baseline = BASELINES[name](4.0, 0)
        baseline.fit(stars)
        return baseline.scores(stars).tolist()

    assert answers(DATA) == answers(turned)


@settings(deadline=None, max_examples=20)
@given(name=st.sampled_from(sorted(SPLITS)), seed=st.integers(0, 5))
def test_taking_the_test_rows_away_keeps_the_others_and_their_order(name: str, seed: int) -> None:
    data = tiny_movielens(users=8, movies=25, seed=seed)
    split = SPLITS[name](data.ratings)
    left, parts = without_test(data, split)
    for part in ("train", "validation"):
        before = data.ratings.iloc[getattr(split, part)].to_numpy()
        assert left.ratings.iloc[getattr(parts, part)].to_numpy().tolist() == before.tolist()
    assert len(left.ratings) == len(split.train) + len(split.validation)
    assert left.movies.equals(data.movies)
    check_split(parts, len(left.ratings))
