"""What the page's script puts into a link, and what the server reads in it again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from space.arguments import RELEASE_YEARS
from space.page.link import COPY, LINKED, restored
from space.page.tabs import TABS
from space.page.theme import SCRIPT
from space.person import FACTS
from space.recommender import MAX_K

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
films = st.lists(st.one_of(st.integers(0, 10**9 - 1), words), max_size=5)
asked_for = st.fixed_dictionaries(
    {
        "way": st.sampled_from(["you", "user"]),
        "user": st.one_of(st.none(), st.integers(0, 10**6)),
        **dict.fromkeys(("likes", "dislikes", "hidden"), films),
        **dict.fromkeys(("genres", "exclude_genres"), st.lists(words, max_size=5)),
        **dict.fromkeys(FACTS, st.one_of(st.none(), st.just(""), words)),
        **dict.fromkeys(
            ("from_year", "to_year"), st.one_of(st.none(), st.integers(*RELEASE_YEARS))
        ),
        "year": st.integers(1900, 2100),
        "month": st.integers(1, 12),
        "match": st.sampled_from(["any", "all"]),
        "exclude_seen": st.booleans(),
        "k": st.integers(1, MAX_K),
        "familiarity": st.integers(-10, 10).map(lambda tenths: tenths / 10),
        "diversity": st.integers(0, 10).map(lambda tenths: tenths / 10),
        "tab": st.sampled_from(["films", *TABS]),
        "view": st.sampled_from(["cards", "table"]),
        "other_year": st.one_of(st.just(""), st.integers(1900, 2100).map(str)),
        "other_month": st.one_of(st.none(), st.integers(1, 12)),
    }
)

DEFAULTS = {"way": "you", "match": "any", "exclude_seen": True, "k": 10, "familiarity": 0,
            "diversity": 0, "tab": "films", "view": "cards"}  # fmt: skip


@pytest.fixture(scope="module")
def bare(chromium: Browser) -> Any:
    """A page that has the page's script and nothing else."""
    page = chromium.new_page()
    page.route("**/*", lambda route: route.fulfill(body="<h1></h1>", content_type="text/html"))
    page.goto("http://page.example/?kept=1")
    page.evaluate(f"({SCRIPT})()")
    yield page
    page.close()


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(asked_for)
def test_what_a_link_is_made_of_is_what_it_restores(bare: Page, asked: dict[str, Any]) -> None:
    values = [asked.get(name) for name in LINKED]
    link = bare.evaluate(f"(values) => ({COPY})(...values)", values)["value"]
    said = restored(urlsplit(link).query)
    expected = {
        name: [int(each) if _is_id(each) else each for each in value]
        if name in ("likes", "dislikes", "hidden")
        else value
        for name, value in asked.items()
        if value not in (None, "", []) and value != DEFAULTS.get(name)
    }
    if "other_year" in expected:
        expected["other_year"] = int(expected["other_year"])
    if asked["way"] != "user":
        expected.pop("user", None)
    assert said == expected
    assert "kept=1" in link


def _is_id(typed: Any) -> bool:
    """Whether what was typed for a film is an id, which means the film of that id."""
    return isinstance(typed, str) and typed.isascii() and typed.isdecimal()
