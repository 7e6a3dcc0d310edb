"""What `MovieRecommender.encode` refuses."""

from __future__ import annotations

import numpy as np
import pytest

from space.recommender import MovieRecommender
from tests.exports import Run


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ((0, 99), "`year` should be a whole number from 1900 to 2100. Received: 0"),
        ((2003, 99), "`month` should be a whole number from 1 to 12. Received: 99"),
        ((2003, 0), "`month` should be a whole number from 1 to 12. Received: 0"),
        ((None, 13), "`month` should be a whole number from 1 to 12. Received: 13"),
        (("2003", None), "`year` should be a whole number from 1900 to 2100. Received: '2003'"),
    ],
)
def test_there_is_no_input_for_a_month_that_is_none(
    run: Run, moment: tuple[int, int], said: str
) -> None:
    recommender = MovieRecommender.load(run.bundle)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below
        recommender.encode(None, [0], *moment)
    assert str(caught.value) == said
    last = recommender.encode(None, [0], *recommender.last_month)
    assert np.array_equal(recommender.encode(None, [0]), last)
