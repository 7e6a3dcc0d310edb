from __future__ import annotations

import re
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest

from space.page.answers import Answers
from space.page.ask import Ask
from space.page.starters import ENOUGH, EXAMPLES_SHOWN, FILMS, example, starters_html, with_pick
from space.recommender import MovieRecommender
from tests.exports import Run
from tests.space.page.pages import answers_of
from tests.tastes import run_of_tastes


@pytest.fixture(scope="module")
def answers(run: Run) -> Answers:
    return answers_of(run.bundle)


@pytest.fixture(scope="module")
def recommender(answers: Answers) -> MovieRecommender:
    return answers.recommender(users=False)


def offered(html: str) -> list[int]:
    return [int(film) for film in re.findall(r'data-film="(\d+)"', html)]


def pressed(**data: Any) -> Any:
    return SimpleNamespace(_data=data)


def test_well_known_films_are_offered_to_who_picked_none(
    answers: Answers, recommender: MovieRecommender
) -> None:
    films = offered(starters_html(answers, recommender, Ask()))
    assert len(films) == len(set(films)) == FILMS
    counts = recommender.bundle.movies.set_index("movie_id")["rating_count"]
    assert counts[films].mean() > counts.mean()


def test_what_was_picked_is_not_offered_again_however_it_was_picked(
    answers: Answers, recommender: MovieRecommender
) -> None:
    first, second, third, *_ = offered(starters_html(answers, recommender, Ask()))
    titles = {film: title for title, film in answers.shown(recommender).films}
    ask = Ask(likes=[first, titles[second]], dislikes=[third])
    assert {first, second, third}.isdisjoint(offered(starters_html(answers, recommender, ask)))


def test_nothing_is_offered_where_enough_is_picked_or_the_list_is_for_a_user(
    answers: Answers, recommender: MovieRecommender
) -> None:
    films = offered(starters_html(answers, recommender, Ask()))
    assert starters_html(answers, recommender, Ask(likes=films[:ENOUGH])) == ""
    assert starters_html(answers, recommender, Ask(way="user", user=3)) == ""


def test_a_model_that_reads_no_picks_offers_none(old_run: Run) -> None:
    answers = answers_of(old_run.bundle)
    assert starters_html(answers, answers.recommender(users=False), Ask()) == ""


def test_titles_are_escaped(answers: Answers, recommender: MovieRecommender) -> None:
    films = offered(starters_html(answers, recommender, Ask()))
    movies = recommender.bundle.movies
    place = movies.index[movies["movie_id"] == films[0]][0]
    title = movies.at[place, "title"]
    fresh = answers_of(recommender.bundle.folder)
    other = fresh.recommender(users=False)
    other.bundle.movies.at[place, "title"] = "<img src=x>"
    html = starters_html(fresh, other, Ask())
    assert "<img" not in html
    assert "&lt;img src=x&gt;" in html
    assert title not in html


def test_a_press_adds_the_film_once() -> None:
    assert with_pick(pressed(film=7), None) == [7]
    assert with_pick(pressed(film=7), [3]) == [3, 7]
    assert with_pick(pressed(film=7), [7, 3]) == [7, 3]
    assert with_pick(pressed(), [3]) == [3]


def test_an_example_is_of_films_of_its_genre(
    answers: Answers, recommender: MovieRecommender
) -> None:
    genre = recommender.genres[0]
    films = example(answers, pressed(genre=genre))
    genres = recommender.bundle.movies.set_index("movie_id")["genres"]
    assert films
    assert all(genre in genres[film] for film in films)


def test_the_list_of_who_likes_a_genre_that_is_offered_is_mostly_of_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    answers = answers_of(run_of_tastes(tmp_path_factory.mktemp("tastes")).bundle)
    recommender = answers.recommender(users=False)
    html = unescape(starters_html(answers, recommender, Ask()))
    genres = re.findall(r'data-genre="([^"]+)"', html)
    assert 3 <= len(genres) <= EXAMPLES_SHOWN
    for genre in genres:
        films = example(answers, pressed(genre=genre))
        assert len(films) >= ENOUGH
        # The last chosen counts as the newest.
        listed = recommender.recommend_for(liked=films[::-1])["genres"]
        assert sum(genre in each for each in listed) > len(listed) / 2


def test_a_genre_that_its_films_do_not_lead_on_to_is_not_offered(
    answers: Answers, recommender: MovieRecommender
) -> None:
    # A ranker of random weights cares for no genre.
    assert "data-genre" not in starters_html(answers, recommender, Ask())


def test_an_example_of_no_genre_is_answered_in_words(answers: Answers) -> None:
    with pytest.raises(ValueError, match="genres"):
        example(answers, pressed(genre="<b>"))
