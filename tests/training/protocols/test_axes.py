from __future__ import annotations

import pytest

from tests.builders import rating_table
from training.protocols.axes import Axes

RATINGS = rating_table([(5, 30, 4, 0), (2, 10, 1, 0), (5, 10, 3.5, 0)])


def test_rows_are_users_and_columns_films_both_ascending() -> None:
    axes = Axes.of(RATINGS)
    assert (axes.user_ids.tolist(), axes.film_ids.tolist()) == ([2, 5], [10, 30])
    assert axes.stars(RATINGS).toarray().tolist() == [[1, 0], [3.5, 4]]
    other = axes.of_users([5, 9])
    assert other.stars(RATINGS[RATINGS["user_id"] == 5]).toarray().tolist() == [[3.5, 4], [0, 0]]


@pytest.mark.parametrize(("row", "said"), [((7, 10), "user"), ((5, 11), "film")])
def test_what_is_not_on_an_axis_is_named(row: tuple[int, int], said: str) -> None:
    with pytest.raises(
        ValueError,
        match=rf"Every {said} should be .* Received: \[{max(row) if said == 'film' else 7}\]",
    ):
        Axes.of(RATINGS).stars(rating_table([(*row, 4, 0)]))
