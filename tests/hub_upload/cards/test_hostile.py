"""Texts from a bundle or a data set that would be markup, code or front matter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub_upload.cards import dataset_card, model_card, space_card
from hub_upload.cards.markdown import code, inline, literal, quote
from tests.hub_upload.cards.reading import (
    BUNDLE,
    DATASET,
    HOSTILE,
    blocks,
    changed,
    front_matter,
    headings,
    markup,
    quoted,
    tokens,
)

EMPTY = "---\nx: 1\n---\n"
PLACES = ("name", "citation", "licence", "licence_url", "redistribution", "revision")
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=30),
    st.lists(st.sampled_from(HOSTILE)).map("\n".join),
)


def with_title(folder: Path, title: str) -> None:
    path = folder / "movies.parquet"
    movies = pq.read_table(path)
    title = title.encode("utf-8", "replace").decode()
    titles = pa.array([title] * len(movies), movies.schema.field("title").type)
    movies = movies.set_column(movies.schema.get_field_index("title"), "title", titles)
    pq.write_table(movies, path)


def facts_of(text: str) -> dict[str, str]:
    return dict.fromkeys(PLACES, f"{text}")


def before_of(text: str) -> dict[str, str]:
    """The facts of an earlier data set, which has another citation."""
    return {**facts_of(text), "citation": f"before: {text}"}


def without_breaks(found: list[str]) -> list[str]:
    return [entry for entry in found if not entry.startswith("paragraph")]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_model_s_facts_stay_text(text: str) -> None:
    def change(schema: dict[str, Any]) -> None:
        schema["dataset"].update(facts_of(text), also_trained_on=[before_of(text)])
        schema["split"].update(name=text, vocabularies=text)
        schema["versions"] = {text: text}

    def harmless(schema: dict[str, Any]) -> None:
        before = [before_of("plain words, all")]
        schema["dataset"].update(facts_of("plain words, all"), also_trained_on=before)
        schema["split"].update(name="plain, words", vocabularies="plain, words")
        schema["versions"] = {"plain, words": "plain, words"}

    def metrics(name: str) -> dict[str, Any]:
        return {"test": {name: 0.5}}

    def training(name: str) -> dict[str, Any]:
        return {"options": {name: name, "init_from": name}, "fit": {"x": [name]}}

    cards = []
    for changing, name in ((change, text), (harmless, "plain, words")):
        with changed(
            BUNDLE, schema=changing, metrics=metrics(name), training=training(name)
        ) as bundle:
            with_title(bundle, name)
            with changed(bundle) as whole:
                cards.append(model_card(whole, "ada/films", dataset_repo="ada/ratings"))
    card, plain = cards
    assert without_breaks(markup(card)) == without_breaks(markup(plain))
    assert headings(card)[1:] == headings(plain)[1:]
    for language in ("python", "console"):
        assert len(blocks(card, language)) == len(blocks(plain, language))
    for block in blocks(card, "python"):
        compile(block, "card", "exec")
    assert blocks(card, "console") == blocks(plain, "console")
    data = front_matter(card)
    assert data["license"] == "other"
    assert "license_link" not in data
    assert data.keys() - {"license_name"} == front_matter(plain).keys() - {"license_name"}
    card.encode("utf-8")


@given(text=texts)
@settings(max_examples=40, deadline=None)
def test_a_data_set_s_facts_stay_text(text: str) -> None:
    cards = []
    for fact in (text, "plain words, all"):
        with changed(DATASET, dataset={"format_version": 1, **facts_of(fact)}) as folder:
            cards.append(dataset_card(folder, "ada/ratings", model_repo="ada/films"))
    card, plain = cards
    if inline(text):  # else it counts as not recorded
        assert without_breaks(markup(card)) == without_breaks(markup(plain))
        assert headings(card)[1:] == headings(plain)[1:]
    assert blocks(card, "python") == blocks(plain, "python")
    assert blocks(card, "console") == blocks(plain, "console")
    assert front_matter(card)["license"] == "other"
    card.encode("utf-8")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_space_s_title_stays_text(text: str) -> None:
    options: dict[str, Any] = {"model": "ada/m", "dataset": None, "sdk_version": "6.31.0"}
    card = space_card("ada/page", title=text, **options)
    plain = space_card("ada/page", title="plain", **options)
    assert markup(card) == markup(plain)
    assert front_matter(card).keys() == front_matter(plain).keys()


@given(text=texts)
def test_a_line_is_shown_as_it_is(text: str) -> None:
    visible = "".join(c for c in text if c.isprintable() or c.isspace())
    for place in ("{}", "word {} word", "- {}", "# {}", "> {}"):
        found = tokens(f"{EMPTY}{place.format(inline(text))}\n")
        shown = [t for t in found if t.type == "inline"]
        said = "".join(child.content for t in shown for child in t.children or [])
        assert " ".join(visible.split()) in said or not visible.strip()
        assert all(c.type in ("text", "text_special") for t in shown for c in t.children or [])


@given(text=texts)
def test_a_quote_shows_each_line_as_it_is(text: str) -> None:
    visible = "".join(c for c in text if c.isprintable() or c.isspace())
    lines = [" ".join(line.split()) for line in visible.strip().splitlines()]
    card = f"{EMPTY}before\n\n{quote(text)}\n\nafter\n"
    assert [line for line in quoted(card).splitlines() if line] == [line for line in lines if line]
    kinds = {token.type for token in tokens(card)}
    assert kinds <= {
        "paragraph_open", "paragraph_close", "inline", "blockquote_open", "blockquote_close"
    }  # fmt: skip


@given(text=st.text())
def test_a_literal_is_the_text_on_one_line(text: str) -> None:
    assert len(literal(text).splitlines()) == 1
    assert eval(literal(text)) == text


@pytest.mark.parametrize("make", [code, inline])
def test_a_plain_name_stays_readable(make: Callable[[str], str]) -> None:
    assert make("user-time").strip("`") == "user-time"
