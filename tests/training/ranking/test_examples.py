from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from space.history import History
from space.ranking_files import PERSON
from space.schema import FIELD_PRESETS, fields_of
from tests.builders import tiny_movielens
from training.ranking.examples import Example, ExampleMaker, draw
from training.ranking.learn import epochs_of_examples, held_back
from training.ranking.options import RankingOptions
from training.ranking.person import encode_persons, person_sizes
from training.ranking.sequences import Sequences
from training.ratings import MovieLens
from training.splits import user_time_split
from training.vocabularies import fit_encoder

DATA = tiny_movielens()
MOVIES = DATA.movies.sort_values("movie_id", ignore_index=True)
SPLIT = user_time_split(DATA.ratings)
ENCODER = fit_encoder(fields_of(FIELD_PRESETS["original"]), DATA, SPLIT.train)
KNOWN = Sequences.of(DATA, SPLIT.train, MOVIES)
OPTIONS = RankingOptions()
NOBODY = {"person": np.zeros(5, np.int32), "group": {}}


def maker(data: MovieLens = DATA) -> ExampleMaker:
    return ExampleMaker(KNOWN, data.users, ENCODER, 4.0)


def test_sequences_are_ordered_by_user_and_time() -> None:
    assert (np.lexsort((KNOWN.timestamps, KNOWN.users)) == np.arange(len(KNOWN))).all()
    ratings = DATA.ratings.iloc[KNOWN.rows]
    assert MOVIES["movie_id"].to_numpy()[KNOWN.films].tolist() == ratings["movie_id"].tolist()
    assert KNOWN.user_ids[KNOWN.users].tolist() == ratings["user_id"].tolist()
    assert not set(KNOWN.rows) & {*SPLIT.validation, *SPLIT.test}


def test_targets_are_the_likes_of_the_last_fifth_and_never_in_the_history() -> None:
    users = np.arange(KNOWN.user_count)
    bounds = KNOWN.bounds()
    examples = maker().split(KNOWN.last(), users)
    expected = []
    for start, end in itertools.pairwise(bounds):
        cut = end - (end - start) // 5
        liked = KNOWN.films[cut:end][KNOWN.ratings[cut:end] >= 4]
        if len(liked):
            expected.append((KNOWN.films[start:cut][::-1].tolist(), liked.tolist()))
    assert [(e.history.movies.tolist(), e.targets.tolist()) for e in examples] == expected
    assert not any(np.isin(each.targets, each.history.movies).any() for each in examples)


@pytest.mark.parametrize("likes", [0, 1, 5])
def test_newcomers_are_known_by_their_first_likes_alone(likes: int) -> None:
    examples = maker().newcomers(np.arange(KNOWN.user_count), likes)
    assert examples
    bounds = KNOWN.bounds()
    everybody = {
        tuple(KNOWN.films[start:end][KNOWN.ratings[start:end] >= 4].tolist())
        for start, end in itertools.pairwise(bounds)
    }
    for each in examples:
        assert len(each.history) == likes
        assert (each.history.ratings >= 4).all()
        assert (*each.history.movies[::-1].tolist(), *each.targets.tolist()) in everybody


def test_item_models_of_training_know_no_row_that_is_a_target() -> None:
    later, newcomers = held_back(KNOWN, OPTIONS)
    early = KNOWN.where(~later & ~newcomers[KNOWN.users])
    pairs = set(zip(early.users.tolist(), early.films.tolist(), strict=True))
    bounds = KNOWN.bounds()
    for user in range(KNOWN.user_count):
        rows = range(bounds[user], bounds[user + 1])
        held = [row for row in rows if later[row] or newcomers[user]]
        assert not pairs & {(user, int(KNOWN.films[row])) for row in held}


def test_an_epoch_has_old_users_and_newcomers_and_is_the_same_for_its_number() -> None:
    later, newcomers = held_back(KNOWN, OPTIONS)
    examples_of = epochs_of_examples(maker(), later, newcomers, OPTIONS, seed=1)
    first, again, second = (
        [(each.history.movies.tolist(), each.targets.tolist()) for each in examples_of(epoch)]
        for epoch in (1, 1, 2)
    )
    assert first == again != second
    assert {len(history) for history, _ in first} & set(OPTIONS.newcomer_likes)


def test_persons_are_encoded_by_the_bundles_vocabularies() -> None:
    users = DATA.users.iloc[:3]
    when = np.full(3, 975_000_000)  # November 2000
    found = encode_persons(ENCODER, users, when)
    for place, name in enumerate(PERSON):
        vocabulary = ENCODER.vocabularies[name]
        wanted = {"rating_year": "2000", "rating_month": "11"}
        values = [wanted[name]] * 3 if name in wanted else users[name].astype(str).tolist()
        assert found[:, place].tolist() == [
            vocabulary.index(value) + 1 if value in vocabulary else 0 for value in values
        ]


def test_fields_that_the_bundle_does_not_have_are_unknown() -> None:
    encoder = fit_encoder(fields_of(FIELD_PRESETS["no-demographics"]), DATA, SPLIT.train)
    assert person_sizes(encoder)[:3] == [1, 1, 1]
    found = encode_persons(encoder, DATA.users.iloc[:3], np.full(3, 975_000_000))
    assert found[:, :3].tolist() == [[0, 0, 0]] * 3
    assert (found[:, 3:] > 0).all()


@given(st.sets(st.integers(0, 29)), st.sets(st.integers(0, 29), min_size=1), st.integers(0, 99))
def test_candidates_are_some_targets_and_films_that_are_neither_rated_nor_targets(
    rated: set[int], liked: set[int], seed: int
) -> None:
    rated -= liked
    history = History(np.array(sorted(rated), np.int32), np.ones(len(rated), np.float32))
    example = Example(history, np.array(sorted(liked), np.int32), **NOBODY)  # type: ignore[arg-type]
    generator = np.random.default_rng(seed)
    scores = generator.normal(size=30)
    rows, truth, correction = draw(example, OPTIONS, 40, scores, 30, generator)
    targets = truth > 0
    assert truth.sum() == pytest.approx(1)
    assert set(rows[targets]) <= liked
    assert len(set(rows[targets])) == targets.sum() == min(len(liked), OPTIONS.positives)
    if rated | liked != set(range(30)):
        assert not set(rows[~targets]) & (rated | liked)
        assert np.isfinite(correction).all()


def test_the_corrected_sum_over_candidates_is_that_over_all_films_on_average() -> None:
    example = Example(History.picked([0]), np.array([1, 2], np.int32), **NOBODY)  # type: ignore[arg-type]
    generator = np.random.default_rng(0)
    scores = generator.normal(size=30)
    options = RankingOptions(positives=1)
    sums = []
    for _ in range(3000):
        rows, _, correction = draw(example, options, 20, scores, 30, generator)
        sums.append(np.exp(scores[rows] + correction).sum())
    assert np.mean(sums) == pytest.approx(np.exp(scores[1:]).sum(), rel=0.03)
