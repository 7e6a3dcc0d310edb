"""Explanations of one probability, against numbers worked out by hand and against Keras."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from space.explanation import Explanation, FieldPair
from space.recommender import MAX_K, MovieRecommender
from tests.exports import STRANGER, TWINS, Run
from tests.space.ranked import LAST, catalogue
from tests.space.test_recommend_for import ANYTHING

PEOPLE = (1, 7, 30, STRANGER, None)


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    return MovieRecommender.load(run.bundle, run.dataset)


def of_three(
    *layers: list[list[float]], values: tuple[str, str, str] = ("1", "2", "3")
) -> Explanation:
    """An explanation of three fields with this attention."""
    return Explanation(
        fields=("a", "b", "c"),
        values=values,
        logit=0.0,
        probability=0.5,
        attention=np.array(layers, dtype="float32"),
        change=np.array([0.5, -1.0, 0.0], dtype="float32"),
    )


BY_HAND = of_three(
    [[0.7, 0.1, 0.2], [0.0, 0.4, 0.6], [0.1, 0.5, 0.4]],
    [[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.1, 0.3, 0.6]],
)
# The mean of the two layers, rows ask and columns are looked at:
#   a: .80 .10 .10
#   b: .10 .60 .30
#   c: .10 .40 .50


def test_what_a_field_receives_is_its_column_without_itself() -> None:
    # a: (.10 + .10) / 2, b: (.10 + .40) / 2, c: (.10 + .30) / 2
    assert BY_HAND.received() == pytest.approx([0.1, 0.25, 0.2])


def test_a_departure_is_the_mean_distance_of_a_column_from_even_weights_without_itself() -> None:
    explained = of_three([[0.2, 0.5, 0.3], [0.1, 0.2, 0.7], [0.3, 0.5, 0.2]])
    # Even is 1/3. a: (|.1 - 1/3| + |.3 - 1/3|) / 2 = (.233 + .033) / 2
    # b: (|.5 - 1/3| + |.5 - 1/3|) / 2 = .167, c: (|.3 - 1/3| + |.7 - 1/3|) / 2 = (.033 + .367) / 2
    assert explained.departure() == pytest.approx([0.4 / 3, 0.5 / 3, 0.6 / 3])
    assert explained.known().tolist() == [True, True, True]
    assert explained.most_important() == "c"
    # Of two layers it is the mean; what is above even in one and below in the other does not cancel.
    twice = of_three([[1, 0, 0], [1, 0, 0], [1, 0, 0]], [[0, 1, 0], [0, 1, 0], [0, 1, 0]])
    assert twice.departure() == pytest.approx([0.5, 0.5, 1 / 3])


def test_a_field_that_the_others_turn_away_from_may_be_the_most_important() -> None:
    away = of_three([[0.1, 0.5, 0.4], [0.0, 0.5, 0.5], [0.0, 0.5, 0.5]])
    assert away.received().argmin() == 0
    assert away.most_important() == "a"


def test_the_attention_of_a_field_to_itself_does_not_make_it_important() -> None:
    heavy = of_three([[0.98, 0.01, 0.01], [0.3, 0.1, 0.6], [0.3, 0.3, 0.4]])
    assert np.abs(heavy.attention[0] - 1 / 3).sum(axis=0).argmax() == 0, "its own would name a"
    assert heavy.most_important() == "c"


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (("1", "2", "3"), "c"),
        (("1", "2", "unknown"), "b"),
        (("1", "unknown", "unknown"), "a"),
        (("unknown", "unknown", "3"), "c"),
        (("unknown", "unknown", "unknown"), None),
    ],
)
def test_only_a_field_of_a_known_value_is_the_most_important(
    values: tuple[str, str, str], named: str | None
) -> None:
    # The departures rise from a to c, see above.
    attention = [[0.2, 0.5, 0.3], [0.1, 0.2, 0.7], [0.3, 0.5, 0.2]]
    assert of_three(attention, values=values).most_important() == named


def test_a_known_field_is_named_though_no_attention_departs_from_even() -> None:
    even = Explanation(
        ("a", "b"), ("unknown", "2"), 0.0, 0.5, np.full((1, 2, 2), 0.5, "float32"), np.zeros(2)
    )
    assert even.most_important() == "b"


def test_even_attention_has_no_departure() -> None:
    even = of_three([[1 / 3] * 3] * 3, [[1 / 3] * 3] * 3)
    assert even.departure() == pytest.approx([0, 0, 0], abs=1e-7)


def test_the_strongest_pairs_are_means_of_both_directions_without_pairs_of_a_field_with_itself() -> (
    None
):
    # a and b: (.10 + .10) / 2; a and c: the same; b and c: (.30 + .40) / 2
    pairs = BY_HAND.strongest_pairs()
    assert [(pair.first, pair.second) for pair in pairs] == [("b", "c"), ("a", "b"), ("a", "c")]
    assert [pair.attention for pair in pairs] == pytest.approx([0.35, 0.1, 0.1])
    assert BY_HAND.strongest_pairs(1) == pairs[:1]
    assert isinstance(pairs[0], FieldPair)
    assert isinstance(pairs[0], FieldPair)


def test_pairs_can_be_of_known_fields_alone() -> None:
    unknown = replace(BY_HAND, values=(*BY_HAND.values[:-1], "unknown"))
    last = BY_HAND.fields[-1]
    known = [pair for pair in BY_HAND.strongest_pairs() if last not in (pair.first, pair.second)]
    assert known
    assert unknown.strongest_pairs(known=True) == known
    assert unknown.strongest_pairs(1, known=True) == known[:1]
    assert unknown.strongest_pairs() == BY_HAND.strongest_pairs()
    nothing = replace(BY_HAND, values=("unknown",) * len(BY_HAND.fields))
    assert nothing.strongest_pairs(known=True) == []


def test_a_model_of_one_field_has_no_pairs_and_one_name() -> None:
    alone = Explanation(("a",), ("1",), 0.0, 0.5, np.ones((2, 1, 1), "float32"), np.zeros(1))
    assert alone.strongest_pairs() == []
    assert alone.received().tolist() == alone.departure().tolist() == [0]
    assert alone.most_important() == "a"


def values_by_name(explained: Explanation) -> dict[str, str]:
    return dict(zip(explained.fields, explained.values, strict=True))


def row_of(run: Run, user: int | None, movie: int, moment: tuple[int, int]) -> Any:
    """The row as training encodes it; for somebody new without anything of the user."""
    row = run.rows(1 if user is None else user, [movie], *moment)
    if user is None:
        sources = [field.source for field in run.encoder.fields]
        row[:, [source == "user" for source in sources]] = 0
    return row


@settings(max_examples=40)
@given(
    user=st.sampled_from(PEOPLE),
    movie=st.sampled_from([*range(1, 120, 3), *TWINS]),
    moment=st.tuples(st.integers(1998, 2006), st.integers(1, 12)),
)
def test_an_explanation_is_what_keras_says_of_the_row(
    run: Run,
    recommender: MovieRecommender,
    user: int | None,
    movie: int,
    moment: tuple[int, int],
) -> None:
    explained = recommender.explain(user, movie, year=moment[0], month=moment[1])
    row = row_of(run, user, movie, moment)
    (logit,) = run.logits(row)
    fields = len(run.encoder.fields)
    assert explained.fields == tuple(field.name for field in run.encoder.fields)
    assert explained.logit == pytest.approx(logit, abs=1e-5)
    assert explained.probability == pytest.approx(expit(logit), abs=1e-6)

    attention = np.asarray(run.model(row, return_attention=True)["attention"])[0]
    assert explained.attention.shape == (2, fields, fields)
    assert np.allclose(explained.attention, attention.mean(axis=1), rtol=0, atol=1e-5)
    assert np.allclose(explained.attention.sum(axis=-1), 1, atol=1e-5)
    assert explained.received().sum() * (fields - 1) == pytest.approx(
        fields - np.trace(explained.attention.mean(axis=0)), abs=1e-4
    )

    for column, change in enumerate(explained.change):
        without = row.copy()
        without[:, column] = 0
        assert change == pytest.approx(logit - run.logits(without)[0], abs=2e-5)
    known = row[0] > 0
    assert (explained.change[~known] == 0).all()
    assert (explained.change[known] != 0).any()
    assert [value == "unknown" for value in explained.values] == (~known).tolist()


@pytest.mark.parametrize("which", ["run", "old_run"])
def test_it_explains_the_score_of_the_list(which: str, request: pytest.FixtureRequest) -> None:
    exported = request.getfixturevalue(which)
    recommender = MovieRecommender.load(exported.bundle, exported.dataset)
    listed = recommender.recommend(7, k=MAX_K, year=2001, month=5)
    assert len(listed) > 10
    for movie, score in zip(listed["movie_id"], listed["score"], strict=True):
        explained = recommender.explain(7, movie, year=2001, month=5)
        assert explained.probability == pytest.approx(score, abs=1e-6)


@pytest.mark.parametrize("user", PEOPLE)
def test_the_logit_is_the_scorers_of_the_same_row(
    run: Run, recommender: MovieRecommender, user: int | None
) -> None:
    position = 5
    (logit,) = recommender.order.scorer.logits(recommender.encode(user, [position]))
    explained = recommender.explain(user, catalogue(run)[position])
    assert explained.logit == pytest.approx(logit, abs=1e-5)


def test_the_values_are_what_was_encoded(run: Run, recommender: MovieRecommender) -> None:
    explained = recommender.explain(5, 10, year=2001, month=5)
    user = run.data.users.set_index("user_id").loc[5]
    movie = run.data.movies.set_index("movie_id").loc[10]
    values = values_by_name(explained)
    assert [values[name] for name in ("user_id", "movie_id")] == ["5", "10"]
    assert [values[name] for name in ("rating_year", "rating_month")] == ["2001", "5"]
    assert values["gender"] == user["gender"]
    assert values["zip"] == user["zip"]
    assert values["movie_year"] == str(movie["year"])
    assert values["genre1"] == movie["genres"][0]


def test_what_the_model_never_saw_is_unknown_and_changes_nothing(
    recommender: MovieRecommender,
) -> None:
    explained = recommender.explain(STRANGER, TWINS[0], year=1950)
    values = values_by_name(explained)
    unknown = ("user_id", "occupation", "zip", "movie_id", "movie_year", "rating_year", "genre1")
    assert {values[name] for name in unknown} == {"unknown"}
    assert values["gender"] == "F"
    change = dict(zip(explained.fields, explained.change.tolist(), strict=True))
    assert {change[name] for name in unknown} == {0.0}
    assert change["gender"] != 0


def test_the_moment_is_by_default_the_datas_last(recommender: MovieRecommender) -> None:
    now = recommender.explain(1, 1)
    same = recommender.explain(1, 1, year=LAST[0], month=LAST[1])
    assert (now.values, now.logit) == (same.values, same.logit)
    assert recommender.explain(1, 1, month=1).logit != now.logit


def test_somebody_new_is_explained_by_what_they_tell(recommender: MovieRecommender) -> None:
    told = {"gender": "F", "age": "25-34", "occupation": "artist"}
    listed = recommender.recommend_for(**told, k=1)
    explained = recommender.explain(None, int(listed["movie_id"].iloc[0]), **told)
    assert explained.probability == pytest.approx(listed["score"].iloc[0], abs=1e-6)
    values = values_by_name(explained)
    assert told.items() <= values.items()
    assert values["user_id"] == values["zip"] == "unknown"


def test_for_somebody_new_the_most_important_field_is_one_that_is_known(
    run: Run, recommender: MovieRecommender
) -> None:
    would_be = []
    for movie in catalogue(run):
        explained = recommender.explain(None, movie)
        values, named = values_by_name(explained), explained.most_important()
        assert named is not None
        assert values[named] != "unknown"
        assert explained.change[explained.fields.index(named)] != 0
        would_be.append(explained.values[int(explained.departure().argmax())])
    assert "unknown" in would_be, "of no film would attention alone name an unknown value"


def test_without_a_data_set_a_user_is_explained_by_their_id(run: Run) -> None:
    alone = MovieRecommender.load(run.bundle)
    values = values_by_name(alone.explain(1, 1))
    assert (values["user_id"], values["gender"], values["movie_id"]) == ("1", "unknown", "1")


def test_ids_of_numpy_will_do(recommender: MovieRecommender) -> None:
    explained = recommender.explain(np.int32(7), np.int64(10))
    assert explained.logit == recommender.explain(7, 10).logit


def test_many_threads_at_once_get_the_same_answers(run: Run, recommender: MovieRecommender) -> None:
    asked = [(user, movie) for user in PEOPLE for movie in catalogue(run)[:12]]
    alone = [recommender.explain(*pair) for pair in asked]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda pair: recommender.explain(*pair), asked))
    for ours, expected in zip(together, alone, strict=True):
        assert ours.values == expected.values
        assert ours.logit == expected.logit
        assert np.array_equal(ours.attention, expected.attention)
        assert np.array_equal(ours.change, expected.change)


WRONG = [
    (
        {"user_id": 500},
        "`user_id` should be one of the data set's 31 users, 1 to 9001. Received: 5",
    ),
    ({"user_id": "1"}, "`user_id` should be a whole number. Received: '1'"),
    ({"movie_id": 2}, "`movie_id` should be the id of a film in the catalogue. Received: 2"),
    ({"movie_id": "1"}, "`movie_id` should be the id of a film in the catalogue. Received: '1'"),
    ({"movie_id": 1.0}, "the id of a film in the catalogue. Received: 1.0"),
    ({"movie_id": True}, "the id of a film in the catalogue. Received: True"),
    ({"movie_id": None}, "the id of a film in the catalogue. Received: None"),
    ({"movie_id": [1]}, "the id of a film in the catalogue. Received: [1]"),
    ({"movie_id": 10**400}, "the id of a film in the catalogue. Received: 1000"),
    ({"year": 1899}, "`year` should be a whole number from 1900 to 2100. Received: 1899"),
    ({"month": 13}, "`month` should be a whole number from 1 to 12. Received: 13"),
    ({"gender": "F"}, "`user_id` be None. Received: `gender`"),
    ({"age": "56+", "occupation": "x"}, "`user_id` be None. Received: `age`, `occupation`"),
    ({"user_id": None, "gender": "X"}, "`gender` should be one of F, M. Received: 'X'"),
    ({"user_id": None, "age": 25}, "Received: 25"),
]


@pytest.mark.parametrize(("asked", "said"), WRONG, ids=[said[-50:] for _, said in WRONG])
def test_what_makes_no_sense_is_answered_in_words(
    recommender: MovieRecommender, asked: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below
        recommender.explain(**{"user_id": 1, "movie_id": 1, **asked})
    assert said in str(caught.value)
    assert len(str(caught.value)) < 1500


@given(user=ANYTHING, movie=ANYTHING)
def test_whatever_comes_is_answered_or_refused_in_words(
    recommender: MovieRecommender, user: Any, movie: Any
) -> None:
    try:
        explained = recommender.explain(user, movie)
    except ValueError as error:
        assert "should be" in str(error)  # noqa: PT017 - an answer will do as well
    else:
        assert values_by_name(explained)["movie_id"] == str(movie)
