from __future__ import annotations

import pytest

from training.tables import heading, in_columns, markdown_table

LINES = [["method", "auc", "verdict"], ["a", "0.5", "met"], ["longer", "0.25", ""]]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("ndcg_at_10", "ndcg@10"),
        ("validation_log_loss", "validation log loss"),
        ("recall_at_20_given_5", "recall@20 given 5"),
        ("auc", "auc"),
    ],
)
def test_headings_by_hand(name: str, shown: str) -> None:
    assert heading(name) == shown


def test_markdown_has_its_figures_to_the_right() -> None:
    first, rule, *rest = markdown_table(LINES)
    assert first == "| method | auc | verdict |"
    assert rule == "| --- | ---: | ---: |"
    assert rest == ["| a | 0.5 | met |", "| longer | 0.25 |  |"]
    assert markdown_table(LINES, left=2)[1] == "| --- | --- | ---: |"


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert in_columns({"": LINES}).splitlines() == [
        "method   auc  verdict",
        "a        0.5      met",
        "longer  0.25",
    ]
    assert in_columns({"one": LINES[:1], "two": LINES[:1]}) == (
        "one\nmethod  auc  verdict\n\ntwo\nmethod  auc  verdict"
    )
