"""Ratings of one's own: what a visitor brings, what is found of it, and what it is made into."""

from __future__ import annotations

import base64
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from space.arguments import MAX_PICKS
from space.artifacts import SharedModel
from space.page.answers import Answers
from space.page.language import LANGUAGES
from space.page.own_matches import MOST_DOUBTFUL, MOST_LISTED, matches_html, used_html
from space.page.own_panel import OwnPanel, rows_of
from space.page.shown import film_choices
from space.recommender import MovieRecommender
from space.sources import FolderSource
from space.titles.own_ratings import MAX_BYTES, Candidate, Matches, OwnRating, Picks
from tests.exports import Run
from tests.space.page.reading import HOSTILE, Tags, harmless


def event(**data: Any) -> Any:
    return SimpleNamespace(_data=data)


def in_base64(text: str | bytes) -> str:
    content = text.encode() if isinstance(text, str) else text
    return base64.b64encode(content).decode()


@pytest.fixture(scope="module")
def panel(run: Run) -> OwnPanel:
    model = SharedModel(FolderSource(run.bundle))
    model.ready()
    with gr.Blocks():
        return OwnPanel(Answers(model))


@pytest.fixture(scope="module")
def films(run: Run) -> list[tuple[str, int]]:
    """Films by their titles, of which each has a year."""
    choices = film_choices(MovieRecommender.load(run.bundle).bundle.movies)
    return [(title, film) for title, film in choices if title.endswith(")") and title[-5].isdigit()]


def test_pasted_titles_fill_both_lists_the_first_line_as_the_newest(
    panel: OwnPanel, films: list[tuple[str, int]]
) -> None:
    (one, first), (two, second), (three, third), (four, _) = films[:4]
    text = f"{one} 5\n{two}\n{three} 1\n{four} 3"
    html, used = panel.match(text, "en")
    assert "4 of 4 films were found." in Tags(html).text
    assert used == ""
    liked, disliked, said = panel.use(event(text=text, choices=[]), "en")
    # A control's last film is the newest.
    assert liked == [second, first]
    assert disliked == [third]
    assert "2 liked, 1 not liked" in said
    assert "Rated in between and left out: 1." in said


def test_a_file_of_letterboxd_is_read_the_latest_first(
    panel: OwnPanel, films: list[tuple[str, int]]
) -> None:
    (one, first), (two, second) = films[:2]
    header = "Date,Name,Year,Letterboxd URI,Rating"
    rows = [
        f'{day},"{title[:-7]}",{title[-5:-1]},https://boxd.it/x,4.5'.replace('""', '"')
        for day, title in (("2024-01-01", one), ("2023-01-01", two))
    ]
    file = in_base64("\n".join([header, *rows]))
    html, _ = panel.read(event(file=file), "en")
    assert "2 of 2 films were found." in Tags(html).text
    liked, disliked, _ = panel.use(event(file=file, choices=[]), "en")
    assert (liked, disliked) == ([second, first], [])


def test_a_doubtful_film_counts_as_it_is_chosen(
    panel: OwnPanel, films: list[tuple[str, int]]
) -> None:
    title, film = films[0]
    text = f"{title[:-6]}({int(title[-5:-1]) + 3})"
    html, _ = panel.match(text, "en")
    options = [each["value"] for each in Tags(html).named("option")]
    assert options[0] == ""
    assert str(film) in options
    assert panel.use(event(text=text, choices=[film]), "en")[0] == [film]
    for choices in ([None], [], None):
        liked, disliked, said = panel.use(event(text=text, choices=choices), "en")
        assert liked == disliked == gr.skip()
        assert "the list stays as it is" in said


@pytest.mark.parametrize(
    "choices", [[10**9], ["x"], [1, 2], "x", [[1]], [{}], {"a": 1}, [1.5], [True]]
)
def test_a_choice_that_there_is_not_is_refused_in_words(
    panel: OwnPanel, films: list[tuple[str, int]], choices: Any
) -> None:
    title, _ = films[-1]
    text = f"{title[:-6]}({int(title[-5:-1]) + 3})"
    with pytest.raises(gr.Error, match="Received"):
        panel.use(event(text=text, choices=choices), "en")


def test_more_than_can_be_picked_is_capped_with_a_note() -> None:
    said = used_html(Picks((1,) * 90, (2,) * 10, 0, 37), "en")
    assert f"Left out, since at most {MAX_PICKS} films can be chosen: 37." in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("brought", "code"),
    [
        ({"text": "Heat (1995) 99/5"}, "99/5"),
        ({"text": "x" * (MAX_BYTES + 1)}, "1,000,000"),
        ({"text": 7}, "int"),
        ({"file": in_base64(b"x" * (MAX_BYTES + 1))}, "1,000,000"),
        ({"file": "A" * 10 * MAX_BYTES}, "1,000,000"),
        ({"file": in_base64("no,header\n1,2")}, "Name,Year,Rating"),
        ({"file": ""}, "Name,Year,Rating"),
        ({"file": "%%%"}, "text"),
        ({"file": "é"}, "text"),
        ({"file": ["a"]}, "list"),
        ({"file": None}, "NoneType"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_read_is_answered_in_words(
    panel: OwnPanel, language: str, brought: dict[str, Any], code: str
) -> None:
    with pytest.raises(gr.Error) as caught:
        panel.read(event(**brought), language)
    message = str(caught.value.message)
    assert code in message
    assert len(message) < 500
    assert any("가" <= letter <= "힣" for letter in message) == (language == "ko")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["", "  \n\n"])
def test_where_there_is_nothing_it_says_so(panel: OwnPanel, language: str, text: str) -> None:
    html, _ = panel.match(text, language)
    assert 'role="status"' in html
    assert not Tags(html).named("button")


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_are_never_markup(language: str) -> None:
    row = OwnRating(HOSTILE, 1999, 3)
    other = OwnRating(HOSTILE + "2", None, None)
    last = OwnRating(HOSTILE + "3", None, None)
    matches = Matches((row, other, last), ((row, 1),), ((other, (Candidate(2, 90),)),), (last,))
    html = matches_html(matches, {1: HOSTILE, 2: HOSTILE}, 4, language)
    assert harmless(html)
    assert html.count("&lt;script&gt;") == 5


def test_long_lists_are_cut_and_say_by_how_much() -> None:
    rows = tuple(OwnRating(f"Film {place}") for place in range(600))
    doubtful = tuple((row, (Candidate(1, 90),)) for row in rows[:250])
    html = matches_html(Matches(rows, (), doubtful, rows[250:]), {1: "Heat"}, 4, "en")
    assert len(Tags(html).named("select")) == MOST_DOUBTFUL
    assert html.count("<li>") == MOST_DOUBTFUL + MOST_LISTED
    assert f"and {250 - MOST_DOUBTFUL} more" in html
    assert f"and {350 - MOST_LISTED} more" in html


def test_each_choice_is_named_by_its_row() -> None:
    rows = (OwnRating("Dune", 1984, 4.5), OwnRating("Solaris"))
    doubtful = tuple((row, (Candidate(1, 90),)) for row in rows)
    tags = Tags(matches_html(Matches(rows, (), doubtful, ()), {1: "Heat (1995)"}, 4, "en"))
    assert [each["for"] for each in tags.named("label")] == [
        each["id"] for each in tags.named("select")
    ]
    assert "Dune (1984) ★ 4.5" in tags.text


@given(
    st.dictionaries(
        st.sampled_from(["text", "file", "choices"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda each: st.lists(each) | st.dictionaries(st.text(), each),
            max_leaves=5,
        ),
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_is_answered_or_refused_in_words(
    panel: OwnPanel, data: dict[str, Any]
) -> None:
    for handler in (panel.read, panel.use):
        with suppress(gr.Error):
            handler(event(**data), data.get("text"))


@pytest.mark.parametrize("data", [None, 7, "x", [1]])
def test_an_event_that_sends_nothing_brings_nothing(panel: OwnPanel, data: Any) -> None:
    html, _ = panel.read(SimpleNamespace(_data=data), "en")  # type: ignore[arg-type]
    assert "no film in it yet" in html


def test_a_file_keeps_its_encoding() -> None:
    content = "Name,Year\nAmélie,2001\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "latin-1"):
        rows = rows_of({"file": in_base64(content.encode(encoding))})
        assert rows == [OwnRating("Amélie", 2001, None)]
