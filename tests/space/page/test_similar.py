"""The similar films as they are written."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from space.page.ask import Ask
from space.page.language import CATALOGUES, LANGUAGES
from space.page.similar import similar_html
from space.recommender import MovieRecommender
from tests.exports import Run
from tests.space.page.reading import HOSTILE, Tags, harmless, percents
from tests.space.page.stand_in import FILM, answers, stand_in


def films(title: str = "Casino", genre: str = "Crime") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "rank": [1, 2],
            "movie_id": [16, 7],
            "title": [title, "Ronin"],
            "year": pd.array([1995, None], dtype="Int64"),
            "genres": [("Drama", genre), ()],
            "shared_genres": [(genre,), ()],
            "similarity": [0.754, -0.2],
        }
    )


def similar(ask: Ask | None = None, **model: Any) -> str:
    model = {"similar": films(), **model}
    return similar_html(answers(), stand_in(**model), ask or Ask(), FILM)


def cards(html: str) -> list[str]:
    return re.findall(r"<li .*?</li>", html)


def does(html: str) -> list[tuple[str, str]]:
    """What each button does, and for which film."""
    return [(each["data-does"], each["data-film"]) for each in Tags(html).named("button")]


def test_each_film_has_its_similarity_as_number_and_bar() -> None:
    html = similar()
    assert percents(html) == [75.4, 0]
    first, second = cards(html)
    assert "Similarity 0.75" in Tags(first).text
    assert "Casino 1995" in Tags(first).text
    assert "Similarity -0.20" in Tags(second).text
    assert "Ronin –" in Tags(second).text


def test_shared_genres_are_set_off_and_the_others_are_not() -> None:
    html = cards(similar())[0]
    chips = re.findall(r'<span class="(chip[^"]*)">(.*?)</span>', html)
    assert chips == [("chip", "Drama"), ("chip shared", "Crime")]


def test_a_film_leads_to_its_own_explanation_and_similar_films() -> None:
    assert does(similar(Ask(way="user", user=6))) == [
        ("why", "16"), ("similar", "16"), ("why", "7"), ("similar", "7"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "ranked", "offered"),
    [
        (Ask(), True, ["16", "7"]),
        (Ask(likes=[7]), True, ["16"]),
        (Ask(likes=None), True, ["16", "7"]),
        (Ask(way="user", user=6), True, []),
        # Without a ranking model nothing reads what is liked.
        (Ask(), False, []),
    ],
)
def test_a_film_can_be_liked_where_that_counts_and_it_is_not_yet(
    ask: Ask, ranked: bool, offered: list[str]
) -> None:
    assert [film for what, film in does(similar(ask, ranked=ranked)) if what == "pick"] == offered


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_genres_and_links_are_never_markup(language: str) -> None:
    html = similar(
        Ask(language=language),
        title=HOSTILE,
        similar=films(HOSTILE, HOSTILE),
        links={HOSTILE: HOSTILE},
    )
    assert harmless(html)
    assert html.count("&lt;script&gt;") > 5


def test_it_is_named_after_the_film_and_says_so_if_there_is_no_other() -> None:
    html = similar(similar=films().head(0))
    assert "Films similar to Heat 1995" in Tags(html).text
    assert CATALOGUES["en"]["similar.none"] in html
    assert Tags(html).named("article")[0]["data-film"] == str(FILM)


def test_of_a_real_model_it_is_the_models_list(run: Run) -> None:
    recommender = MovieRecommender.load(run.bundle, run.dataset)
    movie = int(recommender.bundle.movies["movie_id"].iloc[3])
    found = recommender.similar_movies(movie)
    html = similar_html(answers(), recommender, Ask(), movie)
    assert [film for what, film in does(html) if what == "why"] == [
        str(each) for each in found["movie_id"]
    ]
    assert percents(html) == pytest.approx(100 * found["similarity"].clip(0), abs=0.051)


def test_a_film_that_there_is_not_is_refused(run: Run) -> None:
    recommender = MovieRecommender.load(run.bundle, run.dataset)
    for film in (10**9, None, HOSTILE, True):
        with pytest.raises((ValueError, TypeError)):
            similar_html(answers(), recommender, Ask(), film)  # type: ignore[arg-type]
