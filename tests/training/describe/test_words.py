from __future__ import annotations

import math

import pytest

from training.describe.words import count, linked, percent, plain, shortened, stars


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0.0%"),
        (1, "100.0%"),
        (0.5, "50.0%"),
        (0.95735, "95.7%"),
        (0.0004, "0.04%"),
        (0.99996, "99.996%"),
        (math.nan, "–"),
    ],
)
def test_a_share_never_looks_like_none_or_all_unless_it_is(share: float, text: str) -> None:
    assert percent(share) == text


def test_numbers_are_written_for_readers() -> None:
    assert count(1_000_209) == "1,000,209"
    assert stars(3.5815) == "3.58"
    assert stars(math.nan) == "–"


def test_values_are_one_visible_line() -> None:
    assert plain(" a\n\tb\x00c ") == "a b c"
    assert plain(None) == plain("\u200b") == "–"
    assert shortened("x" * 40) == "x" * 21 + "…"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a < b", "a &lt; b"),
        (
            "see https://a.org/x.",
            'see <a href="https://a.org/x" rel="noreferrer">https://a.org/x</a>.',
        ),
        ("javascript:alert(1)", "javascript:alert(1)"),
        (
            'https://a.org/?q=1&b="x',
            '<a href="https://a.org/?q=1&amp;b=" rel="noreferrer">https://a.org/?q=1&amp;b=</a>&#34;x',
        ),
    ],
)
def test_addresses_become_links_and_all_else_text(text: str, shown: str) -> None:
    assert linked(text) == shown
