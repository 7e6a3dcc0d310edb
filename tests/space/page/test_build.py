"""The page's own events, without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from space.artifacts import SharedModel
from space.page.answers import Answers
from space.page.ask import NAMES
from space.page.build import Layout, build_page
from space.page.controls import Controls
from space.page.link import LINKED
from space.page.shown import film_choices
from space.recommender import MovieRecommender
from space.sources import FolderSource
from tests.builders import tiny_movielens, without_demographics
from tests.exports import Run, export_tiny
from tests.space.page.pages import answers_of, layout_of, pressed, values
from tests.space.page.reading import Tags


class Polled:
    """The updates of a poll by what they are of."""

    def __init__(self, updates: list[Any]) -> None:
        self.status, self.retry, self.timer, self.footer, self.language, self.query = updates[:6]
        self.controls = dict(zip(Controls._fields[1:], updates[6:], strict=False))
        rest = updates[6 + len(self.controls) :]
        self.newcomer, self.user, self.facts, self.own, *self.buttons = rest[:7]
        self.tabs, self.tab, self.view, *self.other, self.loaded = rest[7:]


@pytest.fixture(scope="module")
def layout(run: Run) -> Layout:
    return layout_of(answers_of(run.bundle, run.dataset))


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    return MovieRecommender.load(run.bundle, run.dataset)


def test_while_the_controls_are_being_set_to_what_a_link_says_there_is_no_list(
    layout: Layout,
) -> None:
    shown = layout.show(gr.Progress(), "", *values())
    assert shown == [gr.skip()] * len(layout._shown)


def titles(shown: list[Any]) -> list[str]:
    """The titles of the rows of a shown list."""
    return [row[1] for row in shown[4]["data"]]


def test_building_the_page_prepares_nothing(run: Run) -> None:
    model = SharedModel(FolderSource(run.bundle))
    build_page(model)
    assert model.status.state == "absent"


def test_all_events_are_private_but_the_endpoints(run: Run) -> None:
    page = build_page(SharedModel(FolderSource(run.bundle)))
    public = [each.api_name for each in page.fns.values() if each.api_visibility != "private"]
    assert public == [
        "recommend",
        "recommend_for",
        "similar_movies",
        "explain",
        "user_profile",
        "search_movies",
        "genres",
    ]
    assert len(page.fns) > 30


def test_until_the_model_is_loaded_the_controls_stay_and_the_page_asks_again(run: Run) -> None:
    model = SharedModel(FolderSource(run.bundle))
    layout = layout_of(Answers(model))
    updates = layout.poll("ko-KR", "?k=5")
    polled = Polled(updates)
    assert polled.timer.active
    assert not polled.retry.visible
    assert polled.status.visible
    assert "모델을 준비" in polled.status.value
    assert (polled.language, polled.query, polled.loaded) == ("ko", "?k=5", "")
    assert all(update == gr.skip() for update in polled.controls.values())
    assert layout.show(gr.Progress(), "loaded", *values()) == [gr.skip()] * len(layout._shown)
    assert all(update == gr.skip() for update in layout.refresh("person", *values()))
    model.ready()
    assert len(layout.poll("en", "")) == len(updates)


def test_a_visit_begins_to_prepare_and_a_poll_does_not(run: Run) -> None:
    model = SharedModel(FolderSource(run.bundle))
    layout = layout_of(Answers(model))
    layout.poll("en", "")
    assert model.status.state == "absent"
    layout.visit("en", "")
    assert model.status.state in ("preparing", "loaded")


def test_a_failure_is_told_and_can_be_tried_again(bundle_copy: Path) -> None:
    encoders = bundle_copy / "encoders.json"
    whole = encoders.read_bytes()
    encoders.write_bytes(b"{")
    model = SharedModel(FolderSource(bundle_copy))
    layout = layout_of(Answers(model))
    with pytest.raises(Exception, match="encoders"):
        model.ready()
    polled = Polled(layout.poll("en", ""))
    assert polled.retry.visible
    assert polled.timer.active
    assert "encoders.json" in polled.status.value
    encoders.write_bytes(whole)
    layout.retry("en", "")
    model.ready()
    assert not Polled(layout.poll("en", "")).retry.visible


def test_once_it_is_loaded_the_controls_are_on_and_the_page_asks_no_more(layout: Layout) -> None:
    polled = Polled(layout.poll("en", ""))
    assert not polled.timer.active
    assert not polled.status.visible
    assert all(update["interactive"] for update in polled.controls.values())
    assert all(button.interactive for button in polled.buttons)
    assert polled.loaded == "loaded"
    assert "trained on **tiny**" in polled.footer
    assert (polled.newcomer.visible, polled.user.visible) == (True, False)
    assert polled.facts.visible
    assert polled.own.visible


def test_a_link_opens_the_tab_the_view_and_the_month_that_it_says(layout: Layout) -> None:
    polled = Polled(layout.poll("en", "?tab=months&view=table&other_year=2000&other_month=2"))
    assert polled.tabs.selected == polled.tab == "months"
    assert (polled.view, polled.other) == ("table", [2000, 2])


@pytest.mark.parametrize("query", ["", "?tab=no&view=no&other_year=no&other_month=no"])
def test_where_a_link_says_no_tab_the_one_that_is_open_stays(layout: Layout, query: str) -> None:
    polled = Polled(layout.poll("en", query))
    untouched = [polled.tabs, polled.tab, polled.view, *polled.other]
    assert untouched == [gr.skip()] * 5


def test_what_a_link_holds_has_its_order_of_the_page(layout: Layout) -> None:
    held = [*layout._panel.controls, *layout._place]
    assert len(held) == len(LINKED)
    assert [each.elem_id for each in held[-3:]] == ["view", "other-year", "other-month"]


def test_a_link_for_a_user_opens_with_a_user_asked_for(layout: Layout) -> None:
    polled = Polled(layout.poll("en", "?way=user&user=3"))
    assert (polled.newcomer.visible, polled.user.visible) == (False, True)
    assert polled.controls["user"]["value"] == 3


def test_each_is_asked_for_what_counts_for_them(layout: Layout) -> None:
    """The last is whether films that were rated are left out: of somebody new they always are."""
    assert [each.visible for each in layout.ways("user")] == [False, True, True]
    assert [each.visible for each in layout.ways("you")] == [True, False, False]
    for query, asked in (("", False), ("?way=user&user=3", True)):
        polled = Polled(layout.poll("en", query))
        assert polled.controls["exclude_seen"]["visible"] is asked


def test_a_model_that_knows_no_facts_does_not_ask_for_them(tmp_path: Path) -> None:
    data = without_demographics(tiny_movielens())
    layout = layout_of(answers_of(export_tiny(tmp_path, data).bundle))
    polled = Polled(layout.poll("en", ""))
    assert (polled.facts.visible, polled.own.visible) == (False, True)
    assert len(titles(layout.show(gr.Progress(), "loaded", *values(gender="", age=None)))) == 10


def test_a_model_that_reads_no_films_asks_for_none(old_run: Run) -> None:
    layout = layout_of(answers_of(old_run.bundle))
    polled = Polled(layout.poll("en", ""))
    assert (polled.facts.visible, polled.own.visible) == (True, False)
    shown = layout.show(gr.Progress(), "loaded", *values(gender="F"))
    expected = MovieRecommender.load(old_run.bundle).recommend_for(gender="F")
    assert titles(shown) == list(expected["title"])
    assert [row[4] for row in shown[4]["data"]] == [f"{score:.3f}" for score in expected["score"]]
    assert "best **10** films" in shown[0]


@pytest.mark.parametrize("nothing", [None, ""])
def test_the_list_follows_from_what_is_told(
    layout: Layout, recommender: MovieRecommender, nothing: str | None
) -> None:
    shown = layout.show(
        gr.Progress(), "loaded", *values(gender="M", age="25-34", occupation=nothing)
    )
    expected = recommender.recommend_for(gender="M", age="25-34")
    assert titles(shown) == list(expected["title"])
    assert [row[4] for row in shown[4]["data"]] == [f"{score:.3f}" for score in expected["score"]]
    shown = layout.show(
        gr.Progress(), "loaded", *values(gender=nothing, age=nothing, occupation=nothing)
    )
    assert titles(shown) == list(recommender.recommend()["title"])


def test_facts_and_picks_count_together(layout: Layout, recommender: MovieRecommender) -> None:
    films = [film for _, film in film_choices(recommender.bundle.movies)]
    told = {"gender": "F", "age": "56+", "occupation": "artist"}
    shown = layout.show(
        gr.Progress(), "loaded", *values(likes=films[3:5], dislikes=films[9:10], **told)
    )
    expected = recommender.recommend_for(liked=[films[4], films[3]], disliked=[films[9]], **told)
    assert titles(shown) == list(expected["title"])


@pytest.mark.parametrize("typed", ["<b>X</b>", "unknown"])
def test_what_is_no_fact_is_answered_in_words_and_never_as_markup(
    layout: Layout, recommender: MovieRecommender, typed: str
) -> None:
    # What gradio does of a warning without a browser.
    with pytest.warns(UserWarning, match="“Gender” should be one of F, M. Received: ") as caught:
        shown = layout.show(gr.Progress(), "loaded", *values(gender=typed))
    (said,) = (str(each.message) for each in caught)
    assert "<" not in said.replace("<br>", "")
    assert titles(shown) == list(recommender.recommend()["title"])


def test_the_facts_of_a_user_are_not_read(layout: Layout, recommender: MovieRecommender) -> None:
    shown = layout.show(
        gr.Progress(), "loaded", *values(way="user", user=7, likes=[1], gender="no such", age="56+")
    )
    assert titles(shown) == list(recommender.recommend(7)["title"])


def test_a_random_user_is_one_of_the_data_set(
    layout: Layout, recommender: MovieRecommender
) -> None:
    drawn = {layout.random_user("en") for _ in range(200)}
    assert drawn <= set(recommender.user_ids)
    assert len(drawn) > 5


@pytest.mark.parametrize(
    ("film", "hidden", "then"),
    [
        (4, [], [4]),
        (4, None, [4]),
        (4, [1], [1, 4]),
        (4, [4, 1], [4, 1]),
        ([1], [4], [4, [1]]),
        ({"a": 1}, [[2]], [[2], {"a": 1}]),
    ],
)
def test_a_film_is_hidden_beside_those_that_are_and_nothing_makes_it_fail(
    layout: Layout, film: Any, hidden: Any, then: list[Any]
) -> None:
    assert layout.hide(pressed({"film": film}), hidden) == then


def test_only_the_tab_that_is_open_is_filled(layout: Layout) -> None:
    asked = values(way="user", user=7)
    own = [None, None]
    for name, (_, part) in layout._others.items():
        updates = iter(layout.refresh(name, *asked, *own))
        for other, (_, each) in layout._others.items():
            given = [next(updates) for _ in each.outputs]
            assert all((update == gr.skip()) == (other != name) for update in given), (name, other)
        assert next(updates, None) is None
        assert len(part.outputs) > 0


def test_a_chosen_month_reaches_the_tab_of_months(layout: Layout) -> None:
    asked = values(way="user", user=7)
    updates = layout.refresh("months", *asked, "2000", 2)
    (html,) = [update for update in updates if isinstance(update, str)]
    assert "February 2000" in Tags(html).text


def test_the_tabs_own_controls_come_behind_the_pages(layout: Layout) -> None:
    inputs = layout._refreshing
    assert [each.elem_id for each in inputs[1 : 1 + len(NAMES)]] == list(NAMES)
    assert [each.elem_id for each in inputs[1 + len(NAMES) :]] == ["other-year", "other-month"]
