"""Values become the same indices at every time, and what is not known becomes 0."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import LabelEncoder

from space.encoding import FeatureEncoder
from space.errors import BundleError
from space.schema import FIELD_SOURCES, fields_of
from tests.builders import movie_table, user_table

FIELDS = fields_of(["genre1", "user_id", "rating_month", "movie_year", "gender"])
VOCABULARIES = {
    "genre1": ("Action", "Drama"),
    "user_id": ("1", "10", "2"),
    "rating_month": ("1", "12"),
    "movie_year": ("1995",),
    "gender": ("F", "M"),
}
USERS = user_table(
    [
        {"user_id": 2, "gender": "M"},
        {"user_id": 10, "gender": "F"},
        {"user_id": 3, "gender": "M"},
        {"user_id": 1},
    ]
)
MOVIES = movie_table(
    [
        {"movie_id": 5, "title": "A", "year": 1995, "genres": ["Drama", "Action"]},
        {"movie_id": 6, "title": "B", "year": 1996, "genres": ["Action"]},
        {"movie_id": 7, "title": "C", "year": None, "genres": []},
    ]
)


@pytest.fixture
def encoder() -> FeatureEncoder:
    return FeatureEncoder(FIELDS, VOCABULARIES)


def test_known_values_count_from_1_and_others_are_0(encoder: FeatureEncoder) -> None:
    # Columns: user_id, gender.
    assert encoder.encode("user", USERS).tolist() == [[3, 2], [2, 1], [0, 2], [1, 0]]
    # Columns: genre1, movie_year.
    assert encoder.encode("movie", MOVIES).tolist() == [[2, 1], [1, 0], [0, 0]]
    months = pd.DataFrame({"year": [2000] * 4, "month": [12, 1, 2, 11]})
    assert encoder.encode("time", months).tolist() == [[2], [1], [0], [0]]


def test_vocabulary_sizes_count_index_0(encoder: FeatureEncoder) -> None:
    assert encoder.vocabulary_sizes == (3, 4, 3, 2, 3)


@pytest.mark.parametrize("field", FIELD_SOURCES)
def test_index_0_is_unknown_in_every_field(field: str) -> None:
    values = {"user_id": 1, "gender": "F", "age": "56+", "occupation": "writer", "zip": "02139"}
    genres = ["Drama", "Action", "War"]
    movie = {"movie_id": 5, "title": "A", "year": 1995, "genres": genres}
    tables = {
        "user": user_table([values]),
        "movie": movie_table([movie]),
        "time": pd.DataFrame({"year": [2000], "month": [12]}),
    }
    source = FIELD_SOURCES[field]
    for vocabulary in ([], ["something else", "more"]):
        encoder = FeatureEncoder(fields_of([field]), {field: vocabulary})
        assert encoder.encode(source, tables[source]).tolist() == [[0]]


def test_an_empty_table_gives_no_rows(encoder: FeatureEncoder) -> None:
    assert encoder.encode("movie", MOVIES.iloc[:0]).shape == (0, 2)


def test_parts_are_put_into_the_order_of_the_fields(encoder: FeatureEncoder) -> None:
    rows = encoder.assemble(
        user=np.array([[30, 31]], dtype=np.int32),
        movie=np.array([[10, 11], [20, 21]], dtype=np.int32),
        time=np.array([[40]], dtype=np.int32),
    )
    # Columns: genre1 (movie), user_id (user), rating_month (time), movie_year (movie), gender (user).
    assert rows.tolist() == [[10, 30, 40, 11, 31], [20, 30, 40, 21, 31]]
    assert rows.dtype == np.int32


def test_parts_of_different_numbers_of_rows_do_not_fit(encoder: FeatureEncoder) -> None:
    two = encoder.encode("user", USERS.iloc[:2])
    time = encoder.encode("time", pd.DataFrame({"year": [2000], "month": [1]}))
    with pytest.raises(ValueError, match="shape mismatch"):
        encoder.assemble(user=two, movie=encoder.encode("movie", MOVIES), time=time)


def test_without_a_field_of_a_table_its_part_has_no_columns() -> None:
    encoder = FeatureEncoder(fields_of(["user_id"]), VOCABULARIES)
    rows = encoder.assemble(
        user=encoder.encode("user", USERS.iloc[:1]),
        movie=encoder.encode("movie", MOVIES),
        time=encoder.encode("time", pd.DataFrame({"year": [2000], "month": [1]})),
    )
    assert rows.tolist() == [[3], [3], [3]]


def fitted_again(request: pd.DataFrame) -> list[int]:
    """What the original app does with a request's rows: fit a label encoder on them alone."""
    return LabelEncoder().fit_transform(request["user_id"].astype(str)).tolist()


def test_users_keep_different_ids_where_the_original_gave_every_user_id_0(
    encoder: FeatureEncoder,
) -> None:
    requests = [USERS.iloc[[0, 0, 0]], USERS.iloc[[1, 1]]]
    # The defect: encoders fitted again at request time see one user, so its id is always 0.
    assert [fitted_again(request) for request in requests] == [[0, 0, 0], [0, 0]]

    first, second = (encoder.encode("user", request)[:, 0].tolist() for request in requests)
    assert (first, second) == ([3, 3, 3], [2, 2])
    # Stable: the same at the next request, and among any other users.
    assert encoder.encode("user", requests[0])[:, 0].tolist() == first
    assert encoder.encode("user", USERS)[:2, 0].tolist() == [first[0], second[0]]


@settings(deadline=None)
@given(positions=st.lists(st.integers(0, len(USERS) - 1), max_size=8))
def test_an_index_does_not_depend_on_the_other_rows(positions: list[int]) -> None:
    encoder = FeatureEncoder(FIELDS, VOCABULARIES)
    together = encoder.encode("user", USERS.iloc[positions])
    assert together.tolist() == encoder.encode("user", USERS)[positions].tolist()


@settings(deadline=None)
@given(
    zips=st.lists(
        st.text(st.characters(exclude_categories=["Cs"])).filter("unknown".__ne__), unique=True
    )
)
def test_an_encoder_is_the_same_after_json(zips: list[str]) -> None:
    fields = fields_of(["zip"])
    written = json.dumps(FeatureEncoder(fields, {"zip": zips}).to_json())
    encoder = FeatureEncoder.from_json(fields, json.loads(written))
    assert encoder.vocabularies == {"zip": tuple(zips)}
    users = user_table({"user_id": i, "zip": value} for i, value in enumerate(["unknown", *zips]))
    assert encoder.encode("user", users)[:, 0].tolist() == list(range(len(zips) + 1))


def test_an_encoder_of_several_fields_is_the_same_after_json(encoder: FeatureEncoder) -> None:
    again = FeatureEncoder.from_json(FIELDS, json.loads(json.dumps(encoder.to_json())))
    assert again.fields == encoder.fields
    assert again.vocabularies == encoder.vocabularies
    assert again.encode("user", USERS).tolist() == encoder.encode("user", USERS).tolist()


@pytest.mark.parametrize(
    ("vocabularies", "message"),
    [
        ({"gender": ["F"]}, "Missing: genre1, user_id, rating_month, movie_year"),
        ({**VOCABULARIES, "gender": ["F", "F"]}, "gender should hold every value once"),
        ({**VOCABULARIES, "gender": ["F", "unknown"]}, "gender should .* never 'unknown'"),
    ],
)
def test_vocabularies_are_whole_and_hold_a_value_once(
    vocabularies: Mapping[str, list[str]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        FeatureEncoder(FIELDS, vocabularies)


GENDER = fields_of(["gender"])


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        "vocabularies",
        {},
        {"vocabularies": None},
        {"vocabularies": [["F", "M"]]},
        {"vocabularies": {}},
        {"vocabularies": {"zip": ["02139"]}},
        {"vocabularies": {"gender": "FM"}},
        {"vocabularies": {"gender": None}},
        {"vocabularies": {"gender": ["F", 1]}},
        {"vocabularies": {"gender": ["F", ["M"]]}},
        {"vocabularies": {"gender": ["F", "F"]}},
        {"vocabularies": {"gender": ["unknown"]}},
        {"vocabularies": {"gender": ["\ud800"]}},
    ],
)
def test_json_that_is_no_encoder_is_an_error_that_says_what_to_do(content: Any) -> None:
    with pytest.raises(BundleError, match=r"^encoders\.json: .*Export the bundle again\."):
        FeatureEncoder.from_json(GENDER, content)


def test_vocabularies_of_fields_that_the_model_does_not_read_are_left_out() -> None:
    content = {"vocabularies": {"gender": ["F", "M"], "zip": ["02139"]}}
    assert FeatureEncoder.from_json(GENDER, content).vocabularies == {"gender": ("F", "M")}
