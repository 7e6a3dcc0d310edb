from __future__ import annotations

from typing import Any

import pytest

from space.page.markdown import plain


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Heat", "Heat"),
        (12, "12"),
        ("<b>", "&lt;b&gt;"),
        ("a & b", "a &amp; b"),
        ("[a](b)", "\\[a\\](b)"),
        ("*a* _b_ `c` #d", "\\*a\\* \\_b\\_ \\`c\\` \\#d"),
        ("a\\b", "a\\\\b"),
    ],
)
def test_plain_text_cannot_become_markup(value: Any, expected: str) -> None:
    assert plain(value) == expected
