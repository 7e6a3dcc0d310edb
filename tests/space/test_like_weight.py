from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from space.like_weight import like_weight


@pytest.mark.parametrize(
    ("rated", "weight"), [(0, 0), (1, 0), (100, 0), (125, 0.2), (200, 0.5), (400, 0.75)]
)
def test_the_like_counts_beyond_a_hundred_ratings(rated: int, weight: float) -> None:
    assert like_weight(rated, films=900) == pytest.approx(weight)


@pytest.mark.parametrize(("rated", "weight"), [(125, 0), (400, 0), (500, 0.2), (800, 0.5)])
def test_of_a_large_catalogue_it_counts_beyond_a_tenth(rated: int, weight: float) -> None:
    assert like_weight(rated, films=4_000) == pytest.approx(weight)


@given(st.integers(0, 5_000), st.integers(1, 90_000))
def test_it_counts_the_more_the_more_are_rated_and_never_as_much_as_the_score(
    rated: int, films: int
) -> None:
    assert 0 <= like_weight(rated, films) <= like_weight(rated + 1, films) < 1
    assert like_weight(rated, films + 1) <= like_weight(rated, films)
