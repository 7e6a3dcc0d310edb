"""Vocabularies are fitted on given rows, and ratings are encoded as serving encodes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import LabelEncoder

from space.features import VALUES, moments
from space.schema import FIELD_SOURCES, fields_of
from tests.builders import movie_table, rating_table, tiny_movielens, user_table
from training.ratings import MovieLens
from training.vocabularies import encode_ratings, fit_encoder

DATA = tiny_movielens(users=12, movies=40)
ALL_FIELDS = fields_of(FIELD_SOURCES)
ALL_ROWS = np.arange(len(DATA.ratings))


def raw_values(data: MovieLens, rows: np.ndarray) -> dict[str, list[str]]:
    """For each field its text in each of some ratings, taken one rating at a time."""
    users = data.users.set_index("user_id").to_dict("index")
    movies = data.movies.set_index("movie_id").to_dict("index")
    values: dict[str, list[str]] = {name: [] for name in FIELD_SOURCES}
    for rating in data.ratings.iloc[rows].to_dict("records"):
        user, movie = users[rating["user_id"]], movies[rating["movie_id"]]
        time = datetime.fromtimestamp(rating["timestamp"], UTC)
        dated = not pd.isna(movie["year"])
        row: dict[str, Any] = {
            **user,
            "user_id": rating["user_id"],
            "movie_id": rating["movie_id"],
            "movie_year": movie["year"] if dated else "unknown",
            "movie_decade": f"{movie['year'] // 10}0s" if dated else "unknown",
            "rating_year": time.year,
            "rating_month": time.month,
            "rating_decade": f"{time.year // 10}0s",
            **dict(
                zip(("genre1", "genre2", "genre3"), [*movie["genres"], *["no"] * 3], strict=False)
            ),
        }
        if not movie["genres"]:
            row["genre1"] = "unknown"
        for name in FIELD_SOURCES:
            values[name].append(str(row[name]))
    return values


@pytest.mark.parametrize("rows", [ALL_ROWS, ALL_ROWS[:1], ALL_ROWS[20:60], ALL_ROWS[::-7]])
def test_a_vocabulary_holds_the_values_of_the_given_rows_and_no_others(rows: np.ndarray) -> None:
    encoder = fit_encoder(ALL_FIELDS, DATA, rows)
    for name, values in raw_values(DATA, rows).items():
        assert set(encoder.vocabularies[name]) == set(values) - {"unknown"}, name


def test_values_of_other_rows_alone_are_unknown() -> None:
    seen = ALL_ROWS[DATA.ratings["user_id"] == 1]
    others = DATA.ratings[DATA.ratings["user_id"] != 1]
    indices = encode_ratings(fit_encoder(ALL_FIELDS, DATA, seen), DATA, others)
    assert set(indices[:, 0]) == {0}
    rated = set(DATA.ratings["movie_id"].iloc[seen])
    assert [index > 0 for index in indices[:, 1]] == [
        movie in rated for movie in others["movie_id"]
    ]


def test_indices_are_the_originals_label_encoders_plus_one() -> None:
    # The original fits on all rows. The movies without year or genre have index 0 here instead.
    encoder = fit_encoder(ALL_FIELDS, DATA, ALL_ROWS)
    indices = encode_ratings(encoder, DATA, DATA.ratings)
    for column, (name, values) in enumerate(raw_values(DATA, ALL_ROWS).items()):
        labels = LabelEncoder().fit([value for value in values if value != "unknown"])
        expected = [
            0 if value == "unknown" else int(labels.transform([value])[0]) + 1 for value in values
        ]
        assert indices[:, column].tolist() == expected, name


def test_ids_are_ordered_as_text() -> None:
    data = MovieLens(
        users=user_table({"user_id": i} for i in (2, 10, 1)),
        movies=movie_table([{"movie_id": 5, "title": "Heat", "year": None, "genres": []}]),
        ratings=rating_table([(2, 5, 4, 0), (10, 5, 4, 0), (1, 5, 4, 0)]),
    )
    encoder = fit_encoder(
        fields_of(["user_id", "movie_year", "gender", "genre1"]), data, np.arange(3)
    )
    assert encoder.vocabularies == {
        "user_id": ("1", "10", "2"),
        "movie_year": (),
        "gender": (),
        "genre1": (),
    }
    assert encode_ratings(encoder, data, data.ratings)[:, 0].tolist() == [3, 2, 1]


def test_the_same_ratings_in_another_order_give_the_same_vocabularies() -> None:
    shuffled = np.random.default_rng(0).permutation(ALL_ROWS)
    assert (
        fit_encoder(ALL_FIELDS, DATA, shuffled).vocabularies
        == fit_encoder(ALL_FIELDS, DATA, ALL_ROWS).vocabularies
    )


@settings(deadline=None)
@given(
    names=st.lists(st.sampled_from(list(FIELD_SOURCES)), min_size=1, unique=True),
    fitted_on=st.lists(st.sampled_from(ALL_ROWS.tolist()), min_size=1, max_size=30),
    row=st.sampled_from(ALL_ROWS.tolist()),
    other_candidates=st.lists(st.integers(0, len(DATA.movies) - 1), max_size=5),
)
def test_training_and_serving_encode_a_rating_the_same(
    names: list[str], fitted_on: list[int], row: int, other_candidates: list[int]
) -> None:
    encoder = fit_encoder(fields_of(names), DATA, np.array(fitted_on))
    rating = DATA.ratings.iloc[[row]]
    trained_on = encode_ratings(encoder, DATA, rating)

    # Serving has one user, one month and some candidates: here the rated movie is the last.
    one_user = DATA.users[DATA.users["user_id"] == rating["user_id"].iloc[0]]
    position = DATA.movies["movie_id"].tolist().index(rating["movie_id"].iloc[0])
    time = datetime.fromtimestamp(int(rating["timestamp"].iloc[0]), UTC)
    served = encoder.assemble(
        user=encoder.encode("user", one_user),
        movie=encoder.encode("movie", DATA.movies)[[*other_candidates, position]],
        time=encoder.encode("time", pd.DataFrame({"year": [time.year], "month": [time.month]})),
    )
    assert served.shape == (len(other_candidates) + 1, len(names))
    assert served[-1].tolist() == trained_on[0].tolist()


@settings(deadline=None)
@given(rows=st.lists(st.sampled_from(ALL_ROWS.tolist()), max_size=30))
def test_rows_are_encoded_each_on_its_own(rows: list[int]) -> None:
    encoder = fit_encoder(ALL_FIELDS, DATA, ALL_ROWS[::3])
    everything = encode_ratings(encoder, DATA, DATA.ratings)
    some = encode_ratings(encoder, DATA, DATA.ratings.iloc[rows])
    assert some.tolist() == everything[rows].tolist()


def test_every_index_leads_back_to_the_value_it_stands_for() -> None:
    encoder = fit_encoder(ALL_FIELDS, DATA, ALL_ROWS)
    tables = {"user": DATA.users, "movie": DATA.movies, "time": moments(DATA.ratings["timestamp"])}
    for source, table in tables.items():
        fields = [field for field in ALL_FIELDS if field.source == source]
        for field, column in zip(fields, encoder.encode(source, table).T, strict=True):
            known = ("unknown", *encoder.vocabularies[field.name])
            decoded = [known[index] for index in column]
            values = VALUES[field.name](table).tolist()
            rated = [value if value in known else "unknown" for value in values]
            assert decoded == rated, field.name
