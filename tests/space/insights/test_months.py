"""The lists for two months side by side."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from space.insights.months import compare_months
from space.recommender import MovieRecommender
from tests.builders import GENRES
from tests.exports import TWINS_GENRE, Run

MOMENTS = st.tuples(st.integers(1999, 2004), st.integers(1, 12))
COLUMNS = ["movie_id", "title", "year", "genres", "first_rank", "second_rank", "move"]


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    return MovieRecommender.load(run.bundle, run.dataset)


def ranks(films: pd.DataFrame) -> dict[int, int]:
    return dict(zip(films["movie_id"].tolist(), films["rank"].tolist(), strict=True))


@settings(deadline=None, max_examples=40)
@given(
    first=MOMENTS,
    second=MOMENTS,
    user=st.sampled_from([None, 1, 7, 30]),
    k=st.integers(1, 15),
    genres=st.lists(st.sampled_from(GENRES), unique=True, max_size=2),
)
def test_each_film_has_its_place_in_the_two_lists(
    recommender: MovieRecommender,
    first: tuple[int, int],
    second: tuple[int, int],
    user: int | None,
    k: int,
    genres: list[str],
) -> None:
    found = compare_months(recommender, first, second, user_id=user, k=k, genres=genres)
    before, after = (
        ranks(recommender.recommend(user, year=year, month=month, k=k, genres=genres))
        for year, month in (first, second)
    )
    left = [movie for movie in before if movie not in after]
    assert list(found.films) == COLUMNS
    assert found.films["movie_id"].tolist() == [*after, *left]
    for row in found.films.astype(object).to_dict("records"):
        was, became = before.get(row["movie_id"]), after.get(row["movie_id"])
        assert (pd.isna(row["first_rank"]), pd.isna(row["second_rank"])) == (
            was is None,
            became is None,
        )
        if was is not None and became is not None:
            assert (row["first_rank"], row["second_rank"]) == (was, became)
            assert row["move"] == was - became
        else:
            assert pd.isna(row["move"])
            assert (row["first_rank"] if became is None else row["second_rank"]) == (was or became)
    assert found.moved == (before != after)
    assert (found.first, found.second) == (first, second)


def test_the_month_moves_films_of_this_model(recommender: MovieRecommender) -> None:
    """Without it the test above would compare lists that are the same."""
    films = [compare_months(recommender, (2000, 1), (2003, 7), user_id=u) for u in (1, 7, 30)]
    assert any(each.moved for each in films)
    assert any((each.films["move"].fillna(0) != 0).any() for each in films)


def test_a_month_beside_itself_moves_nothing(recommender: MovieRecommender) -> None:
    found = compare_months(recommender, (2001, 5), [2001, 5], user_id=7, k=5)  # type: ignore[arg-type]
    assert not found.moved
    assert found.films["move"].tolist() == [0] * 5
    assert found.films["first_rank"].tolist() == found.films["second_rank"].tolist()


def test_the_types_hold_what_is_missing_and_an_empty_list(recommender: MovieRecommender) -> None:
    some = compare_months(recommender, (2000, 1), (2000, 7), user_id=7)
    none = compare_months(
        recommender, (2000, 1), (2000, 7), genres=[TWINS_GENRE, "Drama"], match="all"
    )
    assert none.films.empty
    assert not none.moved
    for found in (some, none):
        assert list(found.films) == COLUMNS
        kinds = found.films[["first_rank", "second_rank", "move"]].dtypes
        assert (kinds == "Int64").all()
    assert all(isinstance(genres, tuple) for genres in some.films["genres"])


def test_somebody_new_is_told_by_what_they_tell(run: Run, recommender: MovieRecommender) -> None:
    told: dict[str, Any] = {"liked": [1, 4, 7], "disliked": [10], "gender": "F", "k": 8}
    found = compare_months(recommender, (2000, 1), (2003, 7), **told)
    lists = [
        ranks(recommender.recommend_for(**told, year=year, month=month))
        for year, month in ((2000, 1), (2003, 7))
    ]
    assert set(found.films["movie_id"]) == set().union(*lists)
    assert not {1, 4, 7, 10} & set(found.films["movie_id"])
    plain = compare_months(recommender, (2000, 1), (2003, 7), k=8)
    assert plain.films["movie_id"].tolist() != found.films["movie_id"].tolist()


@pytest.mark.parametrize("name", ["first", "second"])
@pytest.mark.parametrize(
    "given",
    [
        None,
        2000,
        "2000-07",
        (2000,),
        (2000, 7, 1),
        [],
        {2000: 1, 7: 2},
        "x" * 1_000_000,
        (None, 7),
        list(range(10_000)),
    ],
    ids=lambda given: f"{given!r:.20}",
)
def test_what_is_no_month_is_refused(recommender: MovieRecommender, name: str, given: Any) -> None:
    months = {"first": (2000, 1), "second": (2000, 7), name: given}
    with pytest.raises(ValueError, match=f"`{name}` should") as refused:
        compare_months(recommender, months["first"], months["second"], user_id=7)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(("given", "named"), [((2000, 13), "month"), ((1.5, 1), "year")])
def test_a_month_that_there_is_not_is_refused_by_name(
    recommender: MovieRecommender, given: Any, named: str
) -> None:
    with pytest.raises(ValueError, match=f"`{named}` should be a whole number"):
        compare_months(recommender, (2000, 1), given, user_id=7)


def test_what_the_lists_refuse_is_refused(recommender: MovieRecommender) -> None:
    with pytest.raises(ValueError, match="`user_id` should be"):
        compare_months(recommender, (2000, 1), (2000, 7), user_id=0)
    with pytest.raises(ValueError, match="`k` should be"):
        compare_months(recommender, (2000, 1), (2000, 7), k=1000)
    with pytest.raises(ValueError, match="`genres` should be"):
        compare_months(recommender, (2000, 1), (2000, 7), genres=["Opera"])
