"""The style sheet, as gradio reads it."""

from __future__ import annotations

import re

import pytest

from space.page.language import LANGUAGES, text
from space.page.theme import CSS, SCRIPT

RULES = re.findall(r"([^{}]+)\{[^{}]*\}", re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL))


def test_the_sheet_is_read() -> None:
    assert len(RULES) > 50
    assert CSS.count("{") == CSS.count("}")


@pytest.mark.parametrize("rule", [rule.strip() for rule in RULES if ".dark" in rule])
def test_a_rule_for_the_dark_has_one_selector(rule: str) -> None:
    """Gradio reads ".dark" in the first selector of a list alone, and the others match nothing."""
    assert rule.startswith(".dark ")
    assert "," not in rule


@pytest.mark.parametrize("rule", [rule.strip() for rule in RULES if "(" in rule])
def test_no_list_stands_in_brackets(rule: str) -> None:
    """Gradio takes a comma for the end of a selector: what it makes of them has another weight."""
    assert not re.search(r"\([^()]*,[^()]*\)", rule) or rule.startswith("@")


def test_the_sheet_asks_for_nothing() -> None:
    assert not re.search(r"url\(|@import|https?:", CSS)


def test_the_script_has_our_words_for_gradios_in_each_language() -> None:
    assert "GRADIO_SAYS" not in SCRIPT
    for language in LANGUAGES:
        for key in ("gradio.busy", "gradio.lost", "error", "close"):
            assert text(language, key) in SCRIPT
