from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.errors import RunError
from training.names import names_in

KNOWN = ("ease", "knn", "autoint+")
SPACES = st.text(" \t", max_size=2)


@given(asked=st.lists(st.sampled_from(KNOWN), min_size=1), before=SPACES, after=SPACES)
def test_names_come_once_each_in_the_order_in_which_they_are_asked_for(
    asked: list[str], before: str, after: str
) -> None:
    found = names_in(",".join(before + name + after for name in asked), KNOWN, "--methods")
    assert list(found) == sorted(set(asked), key=asked.index)


def test_empty_places_are_no_names() -> None:
    assert names_in(",ease,, knn,", KNOWN, "--methods") == ("ease", "knn")


@pytest.mark.parametrize(
    ("asked", "received"),
    [
        ("ease,magic,knn,best", "'magic, best'"),
        ("EASE", "'EASE'"),
        ("ease knn", "'ease knn'"),
        (" , ", "' , '"),
        ("", "''"),
    ],
)
def test_a_name_that_is_not_known_is_told_with_those_that_are(asked: str, received: str) -> None:
    with pytest.raises(RunError) as caught:
        names_in(asked, KNOWN, "--methods")
    assert str(caught.value) == (
        f"--methods should be among ease, knn, autoint+, separated by commas. Received: {received}."
    )
