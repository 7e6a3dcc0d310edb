from __future__ import annotations

from math import exp, log
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from space.affinities import AFFINITIES, NOTES, affinities
from space.errors import BundleError
from space.history import History
from space.item_models import AUDIENCES_FILE, ITEMS_FILE, ItemModels, Matrix
from space.ranking_files import read_item_models
from tests.builders import movie_table

MOVIES = movie_table(
    {"movie_id": 10 * row, "title": "", "year": year, "genres": genres}
    for row, (year, genres) in enumerate(
        [(1990, ["a"]), (1970, ["b"]), (2000, ["a", "b"]), (None, [])]
    )
)

COUNTS = pd.DataFrame(
    [
        ("F", "18-24", "unknown", 0, 4, 3),
        ("M", "18-24", "unknown", 0, 2, 1),
        ("M", "56+", "unknown", 1, 5, 2),
        ("unknown", "unknown", "unknown", 2, 1, 0),
        ("unknown", "unknown", "artist", 0, 1, 1),
        ("unknown", "unknown", "artist", 1, 5, 2),
    ],
    columns=["gender", "age", "occupation", "film", "ratings", "likes"],
)


def matrix(*entries: tuple[int, int, float]) -> Matrix:
    rows, columns, weights = zip(*entries, strict=True)
    return Matrix.of(np.array(rows), np.array(columns), np.array(weights), len(MOVIES))


MODELS = ItemModels.of(
    {
        "window_ease": matrix((0, 2, 1.0), (1, 2, 10.0), (1, 3, -2.0)),
        "rated_ease": matrix((1, 0, 3.0), (2, 0, 4.0)),
        "next30": matrix((0, 1, 0.5), (2, 1, 0.25)),
    },
    COUNTS,
    MOVIES,
    4.0,
)
SOMEBODY = History(np.array([1, 2, 0], np.int32), np.array([5, 3, 4], np.float32))


def column(name: str, history: History = SOMEBODY, **person: str) -> list[float]:
    return affinities(history, person, MODELS)[:, AFFINITIES.index(name)].tolist()


def test_every_affinity_is_explained() -> None:
    assert len(AFFINITIES) == len(set(AFFINITIES)) == len(NOTES)
    assert affinities(SOMEBODY, {}, MODELS).shape == (4, len(AFFINITIES))


def test_a_sum_over_the_likes_weighs_them_by_how_many_are_newer() -> None:
    # The likes are film 1, then film 0; film 2 between them is none.
    weight = exp(-1 / 3)
    assert column("window_ease_3") == pytest.approx([0, 0, 10 + weight, -2])
    assert column("window_ease_8") == pytest.approx([0, 0, 10 + exp(-1 / 8), -2])


def test_a_sum_over_all_rated_films_without_decay_counts_each_alike() -> None:
    assert column("rated_ease") == [7, 0, 0, 0]


@pytest.mark.parametrize(("name", "decay"), [("next30_3", 3), ("next30_15", 15), ("next30_50", 50)])
def test_transitions_are_weighted_over_all_rated_films_and_come_as_logarithms(
    name: str, decay: float
) -> None:
    nothing = log(0.001)
    expected = log(0.001 + exp(-1 / decay) * 0.25 + exp(-2 / decay) * 0.5)
    assert column(name) == pytest.approx([nothing, expected, nothing, nothing])


def test_statistics_of_the_films_come_from_all_groups_together() -> None:
    assert column("popularity") == pytest.approx([log(5), log(3), 0, 0])
    assert column("like_rate") == pytest.approx([6.9 / 11, 4.9 / 10, 2.9 / 6, 2.9 / 5])


def test_an_audience_is_a_smoothed_log_ratio() -> None:
    # Film 0 has 4 of all 6 likes, and 3 of the 3 of this group.
    share = (3 + 50 * 4 / 6) / (3 + 50)
    expected = log(share * 6 / (4 + 1) + 0.05)
    assert column("audience", gender="F", age="18-24")[0] == pytest.approx(expected, rel=1e-5)
    by_age = log((4 + 50 * 4 / 6) / (4 + 50) * 6 / 5 + 0.05)
    assert column("audience", age="18-24")[0] == pytest.approx(by_age, rel=1e-5)
    assert column("audience") == [0] * 4
    assert column("audience", gender="X", age="18-24") == [0] * 4


def test_an_occupation_adds_its_own_log_ratio() -> None:
    # Of the artists' 3 likes film 0 has one and film 1 two.
    expected = [
        log((ours + 50 * all_ / 6) / (3 + 50) * 6 / (all_ + 1) + 0.05)
        for ours, all_ in [(1, 4), (2, 2), (0, 0), (0, 0)]
    ]
    assert column("audience", occupation="artist") == pytest.approx(expected, rel=1e-5)
    both = column("audience", gender="F", age="18-24", occupation="artist")
    one = column("audience", gender="F", age="18-24")
    assert both == pytest.approx(np.add(one, expected).tolist(), rel=1e-5)
    assert column("audience", occupation="pilot") == [0] * 4


def test_what_is_refused_is_no_part_of_it() -> None:
    refusing = History(SOMEBODY.movies, SOMEBODY.ratings, np.array([2, 1], np.int32))
    ours, without = (affinities(each, {}, MODELS) for each in (refusing, SOMEBODY))
    np.testing.assert_array_equal(ours, without)


def test_distance_in_years_and_genres_are_to_the_recent_likes() -> None:
    weight = exp(-1 / 5)
    year = (1970 + weight * 1990) / (1 + weight)
    typical = (4 * 1990 + 2 * 1970) / 6  # of the film without a year
    years = (1990, 1970, 2000, typical)
    assert column("years_apart") == pytest.approx([abs(y - year) / 10 for y in years], abs=1e-4)
    length = (1 + weight**2) ** 0.5
    assert column("genre_fit") == pytest.approx(
        [weight / length, 1 / length, (1 + weight) / length / 2**0.5, 0], abs=1e-5
    )


def test_the_length_of_the_history_is_told() -> None:
    assert column("history") == pytest.approx([log(4)] * 4)


def test_nothing_known_gives_finite_values() -> None:
    values = affinities(History.picked([]), {}, MODELS)
    assert np.isfinite(values).all()
    assert values[:, AFFINITIES.index("window_ease_3")].tolist() == [0] * 4


@st.composite
def histories(draw: Any) -> History:
    films = draw(st.permutations(range(len(MOVIES))))[: draw(st.integers(0, len(MOVIES)))]
    stars = draw(st.lists(st.sampled_from([1, 3, 4, 5]), min_size=len(films), max_size=len(films)))
    return History(np.array(films, np.int32), np.array(stars, np.float32))


@given(histories(), st.sampled_from(["F", "M", "unknown", "?"]))
def test_every_history_gives_finite_values(history: History, gender: str) -> None:
    assert np.isfinite(affinities(history, {"gender": gender}, MODELS)).all()


@given(histories(), st.randoms())
def test_the_order_of_films_matters_through_recency_alone(history: History, random: Any) -> None:
    order = list(range(len(history)))
    random.shuffle(order)
    shuffled = History(history.movies[order], history.ratings[order])
    ours, theirs = (affinities(each, {}, MODELS) for each in (history, shuffled))
    for name in ("rated_ease", "liked_ease", "popularity", "like_rate", "audience", "history"):
        place = AFFINITIES.index(name)
        np.testing.assert_allclose(ours[:, place], theirs[:, place], rtol=1e-5, atol=1e-6)


def test_the_two_files_give_the_same_affinities(tmp_path: Path) -> None:
    MODELS.write(tmp_path)
    read = read_item_models(tmp_path, MOVIES, 4.0)
    person = {"gender": "M", "age": "56+", "occupation": "artist"}
    expected = affinities(SOMEBODY, person, MODELS)
    np.testing.assert_array_equal(affinities(SOMEBODY, person, read), expected)


def set_first(path: Path, column: str, value: Any) -> None:
    """Change a value of the first row of a file."""
    table = pq.read_table(path)
    values = table[column].to_numpy().copy()
    values[0] = value
    place = table.column_names.index(column)
    # As numbers, among which NaN is one, and not a value that is missing.
    changed = pa.array(values, table.schema.field(column).type, from_pandas=False)
    pq.write_table(table.set_column(place, column, changed), path)


@pytest.mark.parametrize(
    ("file", "column", "value", "said"),
    [
        (
            ITEMS_FILE,
            "target",
            4,
            "items.parquet: in window_ease an entry is not among the 4 films",
        ),
        (ITEMS_FILE, "source", -1, "items.parquet: in window_ease an entry is not among"),
        (ITEMS_FILE, "weight", np.nan, "items.parquet: in window_ease a weight is not finite"),
        (AUDIENCES_FILE, "film", 4, "audiences.parquet: a film is not among the 4"),
    ],
)
def test_tables_at_odds_with_the_catalogue_are_refused(
    tmp_path: Path, file: str, column: str, value: Any, said: str
) -> None:
    MODELS.write(tmp_path)
    set_first(tmp_path / file, column, value)
    with pytest.raises(BundleError, match=said):
        read_item_models(tmp_path, MOVIES, 4.0)


def test_entries_in_any_order_make_the_same_matrix() -> None:
    rows: npt.NDArray[Any] = np.array([2, 0, 2])
    made = Matrix.of(rows, np.array([1, 3, 0]), np.array([5.0, 6.0, 7.0]), 4)
    assert made.indptr.tolist() == [0, 1, 1, 3, 3]
    assert made.indices.tolist() == [3, 1, 0]
    assert made.weights.tolist() == [6, 5, 7]
