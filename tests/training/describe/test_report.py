from __future__ import annotations

import itertools
import warnings
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from tests.builders import (
    LAYOUTS,
    movie_table,
    rating_table,
    tiny_movielens,
    user_table,
    with_half_stars,
    without_demographics,
)
from tests.training.describe.reading import Report
from training import readers
from training.describe.report import render
from training.describe.statistics import describe
from training.licences import LICENCES
from training.ratings import MovieLens

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=http://example.org/x onerror=alert(1)>',
    "</svg></style><style>@import url(http://example.org/x)",
    "{{ 7 * 7 }}{% include 'x' %}",
    r"$\frac{1}$ $$ \[x",
    "\x00\x1b[31m\x07\u202e\ufffe",
    "Ünï 한국어 😀 & co",
    "a" * 300,
    "",
)


def report(data: MovieLens) -> Report:
    return Report(render(data.facts, describe(data)))


def pictures(shown: Report) -> list[str]:
    """What the pictures say that they show."""
    return [svg["aria-label"] for svg in shown.all("svg")]


def hostile() -> MovieLens:
    """A data set that has a bad text wherever a text can be."""
    return MovieLens(
        users=user_table(
            {"user_id": i, "gender": text, "age": text, "occupation": text}
            for i, text in enumerate(HOSTILE)
        ),
        movies=movie_table(
            {"movie_id": i, "title": text, "year": 1990 + i, "genres": [text, "Drama"]}
            for i, text in enumerate(HOSTILE)
        ),
        ratings=rating_table((i, i, 4.0, 1_000_000_000) for i in range(len(HOSTILE))),
        facts={
            "name": HOSTILE[0],
            "licence": HOSTILE[1],
            "licence_url": "javascript:alert(1)",
            "redistribution": HOSTILE[2],
            "citation": f'{HOSTILE[3]} https://example.org/paper"onclick=alert(1).',
            "revision": HOSTILE[4],
        },
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_a_report(tmp_path: Path, layout: str) -> None:
    data = tiny_movielens()
    LAYOUTS[layout](data, tmp_path)
    shown = report(readers.read(tmp_path))
    assert f"{len(data.ratings):,}" in shown.text
    assert {"Films", "Ratings", "Users"} < set(shown.titles)
    assert {"Popularity of films", "Activity of users", "Sparsity"} < set(shown.titles)
    told = "does not tell its users' gender, age or occupation." not in shown.text
    assert told == (layout in {"ml-100k", "ml-1m", "recbole"})
    assert len(pictures(shown)) == (12 if told else 9)
    assert ("By occupation" in shown.titles) == told


def test_each_picture_has_a_text_of_its_own_and_its_numbers_below() -> None:
    shown = report(tiny_movielens())
    said = pictures(shown)
    assert len(set(said)) == len(said) > 8
    assert all(len(text) > 20 for text in said)
    assert len(shown.tables) == len(shown.all("details")) + 1  # the most rated films stand open
    assert len(shown.all("details")) == len(said)


def test_the_numbers_are_those_that_were_counted() -> None:
    data = tiny_movielens()
    numbers, shown = describe(data), report(data)
    assert shown.table("stars", "ratings", "share") == [
        [f"{row.rating:g}", f"{row.ratings}", f"{100 * row.share:.1f}%"]
        for row in numbers.values.itertuples()
    ]
    assert [row[:2] for row in shown.table("gender", "users", "share", "ratings", "mean")] == [
        [row.group, str(row.users)] for row in numbers.demographics["gender"].itertuples()
    ]
    assert [row[0] for row in shown.table("month", "ratings", "mean")] == list(
        numbers.months["month"]
    )


def test_the_period_is_a_range_or_the_one_month() -> None:
    september, next_april = 874_800_000, 893_200_000  # in 1997 and 1998
    data = tiny_movielens()
    ratings = rating_table([(1, 1, 4.0, september), (2, 1, 4.0, next_april)])
    assert "1997-09 – 1998-04" in report(replace(data, ratings=ratings)).text
    shown = report(replace(data, ratings=ratings.head(1)))
    assert "1997-09" in shown.text
    assert "1997-09 –" not in shown.text


def test_half_stars_are_shown_as_such() -> None:
    rows = report(with_half_stars(tiny_movielens())).table("stars", "ratings", "share")
    assert {"0.5", "1", "4.5", "5"} <= {row[0] for row in rows}


def test_what_is_unknown_is_said_instead_of_drawn() -> None:
    data = tiny_movielens()
    shown = report(replace(data, users=data.users.assign(gender="unknown", age="unknown")))
    assert "does not tell its users' gender or age." in shown.text
    assert [name for name in shown.titles if name in ("By gender", "By age", "By occupation")] == [
        "By occupation"
    ]
    bare = data.movies.assign(year=pd.array([None] * len(data.movies), dtype="Int64"))
    bare["genres"] = pd.Series([[] for _ in range(len(bare))], dtype=object)
    shown = report(replace(data, movies=bare))
    assert "No film has a genre. No film has a year." in shown.text
    assert not {"By genre", "By year of release", "Mean by genre"} & set(shown.titles)


@pytest.mark.parametrize(("users", "movies"), [(1, 1), (1, 20), (2, 1)])
def test_the_smallest_data_sets_have_a_report(users: int, movies: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shown = report(tiny_movielens(users, movies))
    assert "nan" not in shown.text.lower().split()


def test_a_data_set_without_ratings_has_a_report() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shown = report(replace(tiny_movielens(), ratings=rating_table([])))
        report(
            without_demographics(
                MovieLens(user_table([{"user_id": 1}]), movie_table([]), rating_table([]))
            )
        )
    assert "There is no rating." in shown.text
    assert "nan" not in shown.text.lower().split()


def test_more_genres_than_a_picture_holds_are_all_in_its_table() -> None:
    data = tiny_movielens()
    genres = [[f"Genre {i}"] for i in range(len(data.movies))]
    shown = report(replace(data, movies=data.movies.assign(genres=genres)))
    assert "The picture shows 25 of 40." in shown.text
    assert len(shown.table("genre", "films", "share of films")) == 40


def test_texts_of_the_data_stay_texts() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        page = render(hostile().facts, describe(hostile()))
    shown, harmless = Report(page), report(tiny_movielens())
    assert HOSTILE[0] in shown.titles
    assert {HOSTILE[0], HOSTILE[1], HOSTILE[3], HOSTILE[4]} < {
        row[0] for row in shown.table("title", "year", "ratings", "mean")
    }
    # No element and no attribute comes from them.
    assert {tag for tag, _ in shown.tags} == {tag for tag, _ in harmless.tags} | {"a"}
    names = {name for _, attributes in shown.tags for name in attributes}
    assert names <= {name for _, attributes in harmless.tags for name in attributes} | {"rel"}
    assert "\x00" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert [link["href"] for link in shown.all("a") if not link["href"].startswith("#")] == [
        "https://example.org/paper"
    ]


def test_nothing_is_fetched_and_only_licence_and_paper_are_linked() -> None:
    shown = report(replace(tiny_movielens(), facts={"name": "ml-1m", **LICENCES["ml-1m"].facts()}))
    assert LICENCES["ml-1m"].facts()["licence"] in shown.text
    addresses = [
        (tag, text)
        for tag, attributes in shown.tags
        for name, text in attributes.items()
        if name in ("href", "src", "srcset", "data", "action", "xlink:href", "poster")
        and not text.startswith("#")
    ]
    assert addresses == [
        ("link", "data:,"),
        ("a", LICENCES["ml-1m"].url),
        ("a", "https://doi.org/10.1145/2827872"),
    ]
    for tag in ("script", "img", "iframe", "object", "embed", "base"):
        assert not shown.all(tag)
    policy = next(meta for meta in shown.all("meta") if "http-equiv" in meta)
    assert policy["content"].startswith("default-src 'none';")


def test_ids_are_unique_and_what_is_referred_to_is_there() -> None:
    shown = report(tiny_movielens())
    ids = [attributes["id"] for _, attributes in shown.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in shown.tags:
        for target in attributes.values():
            if target.startswith("#") and not target.startswith("#x"):
                assert target[1:] in ids
            if target.startswith("url(#"):
                assert target[5:-1] in ids


def test_equal_data_give_equal_pages_and_other_data_others() -> None:
    pages = [
        render(data.facts, describe(data))
        for data in (tiny_movielens(), tiny_movielens(), tiny_movielens(seed=1))
    ]
    assert pages[0] == pages[1] != pages[2]


def test_drawing_leaves_no_figure_open_and_no_setting_changed() -> None:
    before = plt.rcParams["svg.fonttype"]
    report(tiny_movielens())
    assert plt.get_fignums() == []
    assert plt.rcParams["svg.fonttype"] == before


def test_headings_go_down_one_level_at_a_time() -> None:
    levels = [int(tag[1]) for tag, _ in report(tiny_movielens()).tags if tag in ("h1", "h2", "h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in itertools.pairwise(levels))
