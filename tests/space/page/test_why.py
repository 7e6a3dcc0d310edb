"""The explanation as it is written: its numbers are the model's, and its words no markup."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from space.explanation import Explanation
from space.features import UNKNOWN
from space.page.ask import Ask
from space.page.language import CATALOGUES, LANGUAGES, text
from space.page.why import why_html
from space.recommender import MovieRecommender
from space.schema import FIELD_SOURCES
from tests.exports import Run
from tests.space.page.reading import HOSTILE, Tags, cells, harmless
from tests.space.page.stand_in import FILM, answers, explanation, stand_in

MINUS = "\N{MINUS SIGN}"

FIELDS = ("movie_id", "genre1", "genre2", "age")
BY_HAND = explanation(
    FIELDS,
    (str(FILM), "Comedy", "no", "25-34"),
    # Of a logit of 0: sigmoid(0) - sigmoid(-change).
    [math.log(3), -math.log(4), 0.0, math.log(1.5)],
    attention=[
        [0.25, 0.25, 0.25, 0.25],
        [0.20, 0.20, 0.20, 0.40],
        [0.25, 0.25, 0.25, 0.25],
        [0.10, 0.50, 0.20, 0.20],
    ],
)


def why(explained: Explanation, ask: Ask | None = None, **model: Any) -> str:
    return why_html(answers(), stand_in(explained=explained, **model), ask or Ask(), FILM)


def changes(html: str) -> list[list[str]]:
    """The rows of the chart of changes: the field and its number."""
    table = re.findall(r'<table class="chart diverging">.*?</table>', html)[0]
    return [[row[0], row[-1]] for row in cells(table)[1:]]


def weights(html: str) -> list[list[str]]:
    """The rows of the heat map."""
    return cells(re.findall(r'<table class="chart heat".*?</table>', html)[0])


def test_changes_are_points_of_p_like_by_the_logit_the_largest_first() -> None:
    # sigmoid(0) = .5; without each: sigmoid(-ln 3) = 1/4, sigmoid(ln 4) = 4/5, sigmoid(-ln 1.5) = 2/5.
    assert changes(why(BY_HAND)) == [
        ["Genre 1 = Comedy", f"{MINUS}30.0"],
        ["Film = Heat", "+25.0"],
        ["Age = 25-34", "+10.0"],
        ["Genre 2 = none", "0.0"],
    ]


def test_what_is_not_known_has_no_change_and_is_in_no_pair_but_stays_in_the_heat_map() -> None:
    explained = explanation(
        FIELDS, (str(FILM), "Comedy", "no", UNKNOWN), [1, 1, 1, 0], attention=None
    )
    html = why(explained)
    assert [row[0] for row in changes(html)] == [
        "Film = Heat", "Genre 1 = Comedy", "Genre 2 = none",
    ]  # fmt: skip
    assert weights(html)[0][-1] == "Age"
    assert "Age = " not in Tags(re.findall(r"<ol.*?</ol>", html)[0]).text


def test_the_strongest_pair_is_told_in_words_with_its_weight_beside_even_ones() -> None:
    pairs = re.findall(r"<li>.*?</li>", why(BY_HAND))
    # (.4 + .5) / 2 = .45; even is 1/4, and .45 / .25 = 1.8.
    assert Tags(pairs[0]).text == "Genre 1 = Comedy with Age = 25-34 45.00%, +80% against even"
    assert len(pairs) == 5


def test_the_heat_map_has_every_weight_in_per_cent_of_even_ones() -> None:
    html = why(BY_HAND)
    assert weights(html) == [
        ["looks at →", "Film", "Genre 1", "Genre 2", "Age"],
        ["Film", "0", "0", "0", "0"],
        ["Genre 1", f"{MINUS}20", f"{MINUS}20", f"{MINUS}20", "+60"],
        ["Genre 2", "0", "0", "0", "0"],
        ["Age", f"{MINUS}60", "+100", f"{MINUS}20", f"{MINUS}20"],
    ]
    titles = [each["title"] for each in Tags(html).named("td") if "title" in each]
    assert titles[13] == "Age = 25-34 looks at Genre 1 = Comedy: weight 50.00%"


def test_the_nearer_attention_is_to_even_the_more_digits_it_is_told_with() -> None:
    near = explanation(("genre1", "age"), ("Drama", "56+"), [1, 1], attention=[[0.501, 0.499]] * 2)
    assert weights(why(near))[1:] == [
        ["Genre 1", "+0.20", f"{MINUS}0.20"],
        ["Age", "+0.20", f"{MINUS}0.20"],
    ]


@pytest.mark.parametrize(("apart", "told"), [(0.001, True), (0.02, True), (0.03, False)])
def test_attention_that_is_all_but_even_is_called_so(apart: float, told: bool) -> None:
    # Beside even weights of 1/2: .02 is a 25th, .03 more than a 20th.
    row = [0.5 + apart, 0.5 - apart]
    html = why(explanation(("genre1", "age"), ("Drama", "56+"), [1, 1], attention=[row] * 2))
    assert ("nearly even" in html) == told
    assert ('<details class="attention" open>' in html) != told
    assert f"{2 * apart:.2%}" in html


def test_it_says_that_attention_is_no_cause_and_that_another_model_orders_the_list() -> None:
    html = why(BY_HAND)
    assert "they are not causes" in html
    assert "not its place in the list, which above all another model decides" in html
    assert "by the number of likes" in why(BY_HAND, ranked=False)


def test_the_score_is_that_of_the_list_and_it_says_who_for() -> None:
    explained = explanation(FIELDS, BY_HAND.values, [0, 0, 0, 0], logit=math.log(4))
    new = Tags(why(explained)).text
    assert "P(like) 80%" in new
    assert "P(like) 80%" in new
    assert "For youP(like)" in new
    told = Tags(why(explained, Ask(gender="F"))).text
    assert "For you, by what you told of yourself" in told
    user = Tags(why(explained, Ask(way="user", user="6"))).text
    assert "For user 6" in user


def test_picks_are_said_to_decide_the_order_alone_where_there_are_some() -> None:
    said = CATALOGUES["en"]["why.picks"]
    assert said not in why(BY_HAND)
    assert said in why(BY_HAND, Ask(likes=[1]))
    assert said not in why(BY_HAND, Ask(way="user", user=6, likes=[1]))


def test_the_model_is_asked_for_whoever_the_list_is_for() -> None:
    model = stand_in(explained=BY_HAND)
    why_html(answers(), model, Ask(gender="F", age="", year=1998, month=4), FILM)
    why_html(answers(), model, Ask(way="user", user="6", gender="F"), FILM)
    assert model.asked == [
        {"user_id": None, "movie_id": FILM, "gender": "F", "year": 1998, "month": 4},
        {"user_id": 6, "movie_id": FILM, "year": None, "month": None},
    ]


def test_without_a_chosen_user_there_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="Choose a user"):
        why(BY_HAND, Ask(way="user", user=None))


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_values_and_users_are_never_markup(language: str) -> None:
    explained = explanation(FIELDS, (str(FILM), HOSTILE, "no", HOSTILE), [1, 2, 3, 4])
    for ask in (Ask(language=language), Ask(language=language, way="user", user=HOSTILE)):
        html = why(explained, ask, title=HOSTILE)
        assert harmless(html)
        assert html.count("&lt;script&gt;") > 4
        assert Tags(html).named("article")[0] == {
            "class": "detail", "data-does": "why", "data-film": str(FILM),
        }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_has_a_name(language: str) -> None:
    fields = tuple(FIELD_SOURCES)
    explained = explanation(fields, ("1",) * len(fields), [1.0] * len(fields))
    said = [text(language, f"field.{name}") for name in fields]
    assert weights(why(explained, Ask(language=language)))[0][1:] == said
    assert len(set(said)) == len(said)


def test_values_are_named_in_the_visitors_language() -> None:
    explained = explanation(
        ("movie_decade", "rating_month", "genre1", "gender", "genre2"),
        ("1990s", "4", "Comedy", "F", "no"),
        [5, 4, 3, 2, 1],
    )
    values = [row[0].partition(" = ")[2] for row in changes(why(explained, Ask(language="ko")))]
    words = CATALOGUES["ko"]
    assert values == [
        "1990년대", words["month.4"], words["genre.Comedy"], words["gender.F"], words["value.no"],
    ]  # fmt: skip


def test_of_nobody_and_nothing_it_says_that_there_is_no_change() -> None:
    nothing = explanation(FIELDS, (UNKNOWN,) * 4, [0, 0, 0, 0])
    html = why(nothing)
    assert "diverging" not in html
    assert CATALOGUES["en"]["why.change.none"].replace("'", "&#x27;") in html
    assert "<ol" not in html


def test_the_numbers_of_a_real_model_are_its_own(run: Run) -> None:
    recommender = MovieRecommender.load(run.bundle, run.dataset)
    film = int(recommender.recommend(7)["movie_id"].iloc[0])
    html = why_html(answers(), recommender, Ask(way="user", user=7), film)
    explained = recommender.explain(7, film)
    without = expit(explained.logit - explained.change.astype(float))
    points = 100 * (explained.probability - without[explained.known()])
    shown = [float(row[1].replace(MINUS, "-")) for row in changes(html)]
    assert shown == pytest.approx(sorted(points, key=lambda each: -abs(each)), abs=0.0501)
    mean = explained.attention.mean(axis=0)
    titled = [each["title"] for each in Tags(html).named("td") if "title" in each]
    assert [title.rpartition(" ")[2] for title in titled] == [f"{w:.2%}" for w in mean.ravel()]
    assert len(titled) == len(explained.fields) ** 2
    assert np.isfinite(shown).all()


def test_a_film_that_there_is_not_is_refused(run: Run) -> None:
    recommender = MovieRecommender.load(run.bundle, run.dataset)
    for film in (10**9, None, HOSTILE, True, 1.5):
        with pytest.raises((ValueError, TypeError)):
            why_html(answers(), recommender, Ask(), film)  # type: ignore[arg-type]
