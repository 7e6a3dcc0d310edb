from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.ordinal import OrdinalTargets


def four_or_more(stars: np.ndarray) -> np.ndarray:
    return (stars >= 4).astype("float32")


def test_targets_of_a_scale_of_five_by_hand() -> None:
    targets = OrdinalTargets.of(np.array([5.0, 1, 2, 3, 4, 4]), four_or_more)
    assert targets == OrdinalTargets((2, 3, 4, 5), like=2)
    assert targets(np.array([1.0, 3, 5])).tolist() == [[0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1]]


def test_a_single_step_has_no_axis_of_its_own() -> None:
    targets = OrdinalTargets.of(np.array([1.0, 5.0]), four_or_more)
    assert targets(np.array([5.0, 1.0])).tolist() == [1, 0]


@given(st.lists(st.sampled_from([0.5, 1, 1.5, 2, 3, 3.5, 4, 4.5, 5]), min_size=1))
def test_the_likes_step_is_the_label(stars: list[float]) -> None:
    given_stars = np.array([*stars, 2.0, 4.5])
    targets = OrdinalTargets.of(given_stars, four_or_more)
    reached = targets(given_stars).reshape(len(given_stars), -1)
    assert reached[:, targets.like].tolist() == four_or_more(given_stars).tolist()
    assert (np.diff(reached, axis=1) <= 0).all()


@pytest.mark.parametrize("stars", [[4.0, 5.0], [1.0, 3.0]])
def test_likes_and_others_are_both_needed(stars: list[float]) -> None:
    with pytest.raises(ValueError, match="Some ratings should be likes and some not"):
        OrdinalTargets.of(np.array(stars), four_or_more)
