"""The schema is kept as JSON, and what is read is checked before anything is built from it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from space.errors import BundleError
from space.schema import (
    FIELD_PRESETS,
    FIELD_SOURCES,
    FORMAT_VERSION,
    Field,
    Schema,
    fields_of,
)

SCHEMA = Schema(
    fields=fields_of(["movie_id", "user_id", "rating_month"]),
    vocabulary_sizes=(4, 31, 13),
    like_threshold=4.0,
    dataset={"name": "tiny", "fingerprint": "abc"},
    split={"name": "user-time", "rows": {"train": 8, "validation": 1, "test": 2}},
    versions={"keras": "3.15.0"},
)


def content() -> dict[str, Any]:
    return json.loads(json.dumps(SCHEMA.to_json()))


def test_a_schema_is_the_same_after_json() -> None:
    assert Schema.from_json(content()) == SCHEMA


@pytest.mark.parametrize("version", range(1, FORMAT_VERSION + 1))
def test_the_json_of_every_format_version_stays_as_it_is(version: int) -> None:
    # Bundles that were published are read by later versions: this text may not change.
    written = {
        "format_version": version,
        "fields": [
            {"name": "movie_id", "source": "movie", "vocabulary_size": 4},
            {"name": "user_id", "source": "user", "vocabulary_size": 31},
            {"name": "rating_month", "source": "time", "vocabulary_size": 13},
        ],
        "label": {"rule": "rating >= threshold", "threshold": 4.0},
        "dataset": {"name": "tiny", "fingerprint": "abc"},
        "split": {"name": "user-time", "rows": {"train": 8, "validation": 1, "test": 2}},
        "versions": {"keras": "3.15.0"},
    }
    schema = replace(SCHEMA, format_version=version)
    assert json.loads(json.dumps(schema.to_json())) == written
    assert Schema.from_json(written) == schema


def test_names_are_in_the_order_of_the_columns() -> None:
    assert SCHEMA.names() == ("movie_id", "user_id", "rating_month")


def test_the_presets_are_the_originals_fields_and_those_without_demographics() -> None:
    assert FIELD_PRESETS["original"] == (
        "user_id",
        "movie_id",
        "movie_decade",
        "movie_year",
        "rating_year",
        "rating_month",
        "rating_decade",
        "genre1",
        "genre2",
        "genre3",
        "gender",
        "age",
        "occupation",
        "zip",
    )
    assert FIELD_PRESETS["no-demographics"] == FIELD_PRESETS["original"][:10]


def test_fields_are_found_by_name_in_the_order_asked_for() -> None:
    assert fields_of(["zip", "rating_year", "genre1"]) == (
        Field("zip", "user"),
        Field("rating_year", "time"),
        Field("genre1", "movie"),
    )


def test_a_field_that_is_not_known_is_named() -> None:
    with pytest.raises(ValueError, match=r"among user_id, .*, zip\. Received: mood, weather"):
        fields_of(["user_id", "mood", "weather"])


@pytest.mark.parametrize("version", [FORMAT_VERSION + 1, 0, -1, "1", 1.5, None])
def test_another_format_version_asks_for_an_update(version: Any) -> None:
    with pytest.raises(
        BundleError, match=f"should be 1 to {FORMAT_VERSION}, it is {version!r}. Update"
    ):
        Schema.from_json(content() | {"format_version": version})


@pytest.mark.parametrize("part", SCHEMA.to_json())
def test_a_part_that_is_missing_is_named(part: str) -> None:
    broken = content()
    del broken[part]
    with pytest.raises(BundleError, match=f"schema.json: .*'{part}'.*Export the bundle again"):
        Schema.from_json(broken)


def no_fields(schema: dict[str, Any]) -> None:
    schema["fields"] = []


def field_twice(schema: dict[str, Any]) -> None:
    schema["fields"].append(schema["fields"][0])


def field_of_a_later_version(schema: dict[str, Any]) -> None:
    schema["fields"][1]["name"] = "mood"


def field_from_the_wrong_table(schema: dict[str, Any]) -> None:
    schema["fields"][1]["source"] = "movie"


def field_without_indices(schema: dict[str, Any]) -> None:
    schema["fields"][1]["vocabulary_size"] = 0


def field_whose_name_is_a_list(schema: dict[str, Any]) -> None:
    schema["fields"][1]["name"] = ["user_id"]


def size_that_is_a_word(schema: dict[str, Any]) -> None:
    schema["fields"][1]["vocabulary_size"] = "many"


def size_without_end(schema: dict[str, Any]) -> None:
    schema["fields"][1]["vocabulary_size"] = float("inf")


def threshold_that_is_missing(schema: dict[str, Any]) -> None:
    schema["label"]["threshold"] = None


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (no_fields, "at least one field"),
        (field_twice, "named twice in movie_id, user_id, rating_month, movie_id"),
        (field_of_a_later_version, "field 'mood' from 'user' is not known.*Update"),
        (field_from_the_wrong_table, "field 'user_id' from 'movie' is not known.*Update"),
        (field_without_indices, "user_id has the vocabulary size 0"),
        (field_whose_name_is_a_list, "wrong type.*Export the bundle again"),
        (size_that_is_a_word, "wrong type.*'many'.*Export the bundle again"),
        (size_without_end, "wrong type.*Export the bundle again"),
        (threshold_that_is_missing, "wrong type.*Export the bundle again"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_damaged_schema_says_what_is_wrong(
    damage: Callable[[dict[str, Any]], None], message: str
) -> None:
    broken = content()
    damage(broken)
    with pytest.raises(BundleError, match=f"^schema.json: .*{message}"):
        Schema.from_json(broken)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(part: Any) -> list[tuple[Any, Any]]:
    """Every container of a JSON value with every one of its keys."""
    keys = part.keys() if isinstance(part, dict) else range(len(part))
    found = [(part, key) for key in keys]
    for key in keys:
        if isinstance(part[key], (dict, list)):
            found += places(part[key])
    return found


@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_whatever_replaces_a_part_is_read_or_is_a_bundle_error(data: st.DataObject) -> None:
    broken = copy.deepcopy(content())
    container, key = data.draw(st.sampled_from(places(broken)))
    container[key] = data.draw(JSON)
    try:
        schema = Schema.from_json(broken)
    except BundleError:
        return
    assert all(FIELD_SOURCES[field.name] == field.source for field in schema.fields)
    assert min(schema.vocabulary_sizes) >= 1


@settings(deadline=None)
@given(anything=JSON)
def test_json_that_is_no_schema_is_a_bundle_error(anything: Any) -> None:
    with pytest.raises(BundleError, match=r"^schema\.json: "):
        Schema.from_json(anything)
