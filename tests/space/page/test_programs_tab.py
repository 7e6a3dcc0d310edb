"""Help for programs: what the endpoints say of themselves, and examples that run."""

from __future__ import annotations

import ast
import json
import shlex
from typing import Any, Literal

import pytest

from space.page.api import Endpoints
from space.page.described import described, endpoint_described, type_text
from space.page.examples import calls, mcp_config, python_code, shell_code
from space.page.language import LANGUAGES
from space.page.programs_tab import programs_html
from space.recommender import MovieRecommender
from tests.exports import Run, export_tiny
from tests.programs import ENDPOINTS, shell_calls
from tests.space.page.reading import HOSTILE, Tags, cells, harmless

PAGE = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def recommender(run: Run) -> MovieRecommender:
    return MovieRecommender.load(run.bundle, run.dataset)


def test_all_endpoints_are_described_with_each_argument() -> None:
    found = described()
    assert tuple(endpoint.name for endpoint in found) == ENDPOINTS
    for endpoint in found:
        code = getattr(Endpoints, endpoint.name).__code__
        names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
        assert tuple(each.name for each in endpoint.parameters) == names
        assert endpoint.text
        assert endpoint.returns
        assert all(each.text for each in endpoint.parameters)


def test_a_signature_and_a_docstring_are_taken_apart() -> None:
    def ask(film: int, near: list[int] | None = None, match: Literal["any", "all"] = "any") -> int:
        """Ask about a film,
        or about several.

        Args:
            film: The film.
            near: Others, which
                may be far: none.
            match: How.

        Returns:
            A number: the
            number.
        """
        return film

    # The hints of a nested function are read from its module's names.
    ask.__annotations__ = {"film": int, "near": list[int] | None, "match": Literal["any", "all"]}
    told = endpoint_described(ask)
    assert told.text == "Ask about a film, or about several."
    assert told.returns == "A number: the number."
    assert [(each.name, each.type, each.default, each.text) for each in told.parameters] == [
        ("film", "int", None, "The film."),
        ("near", "list[int]", "null", "Others, which may be far: none."),
        ("match", '"any" | "all"', '"any"', "How."),
    ]


def test_an_argument_that_is_not_described_is_refused() -> None:
    def ask(film: int) -> int:
        """Ask."""
        return film

    with pytest.raises(ValueError, match="`film` of ask should be described"):
        endpoint_described(ask)


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (int, "int"),
        (float | None, "float"),
        (list[str], "list[str]"),
        (int | str | None, "int | str"),
    ],
)
def test_types_are_written_as_python_does(hint: Any, text: str) -> None:
    assert type_text(hint) == text


def test_the_three_examples_ask_the_same(recommender: MovieRecommender) -> None:
    asked = calls(recommender)
    assert tuple(asked) == ENDPOINTS
    assert shell_calls(shell_code(asked, PAGE)) == asked
    python: dict[str, dict[str, Any]] = {}
    for statement in ast.parse(python_code(asked, PAGE)).body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            given = {
                str(each.arg): ast.literal_eval(each.value) for each in statement.value.keywords
            }
            python[given.pop("api_name").removeprefix("/")] = given
    assert python == asked
    (server,) = json.loads(mcp_config(PAGE))["mcpServers"].values()
    assert server["url"] == f"{PAGE}/gradio_api/mcp/"


def test_the_examples_are_of_users_and_films_that_there_are(recommender: MovieRecommender) -> None:
    asked = calls(recommender)
    assert asked["recommend"]["user_id"] in recommender.user_ids
    recommender.recommend(**asked["recommend"])
    recommender.recommend_for(**asked["recommend_for"])
    recommender.similar_movies(**asked["similar_movies"])
    recommender.explain(**asked["explain"])
    recommender.profile(**asked["user_profile"])
    assert len(recommender.search_movies(**asked["search_movies"]))


def test_a_model_is_asked_for_nothing_that_it_cannot_answer(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    made = export_tiny(tmp_path_factory.mktemp("plain"), ranked=False)
    recommender = MovieRecommender.load(made.bundle)
    asked = calls(recommender)
    recommender.recommend_for(**asked["recommend_for"])
    assert "liked" not in asked["recommend_for"]
    assert ("similar_movies" in asked) == recommender.knows_similar


def test_titles_with_quotes_stay_one_argument() -> None:
    asked = {"search_movies": {"query": 'One Flew Over the Cuckoo\'s "Nest" $(rm) `x`'}}
    (line,) = (line for line in shell_code(asked, PAGE).splitlines() if line.startswith("ask "))
    _, endpoint, arguments = shlex.split(line)
    assert (endpoint, json.loads(arguments)) == ("search_movies", asked["search_movies"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_address_stands_apart_and_nothing_is_markup(run: Run, language: str) -> None:
    recommender = MovieRecommender.load(run.bundle, run.dataset)
    movies = recommender.bundle.movies
    movies["title"] = HOSTILE
    html = programs_html(recommender, language)
    assert harmless(html)
    tags = Tags(html)
    assert len(tags.classed("address")) == 3
    assert "\ue000" not in html
    assert "\\ue000" not in html
    assert len(tags.named("pre")) == len(tags.named("button")) == 3


def test_what_stands_in_backticks_is_code(recommender: MovieRecommender) -> None:
    html = programs_html(recommender, "en")
    assert "`" not in html
    assert "as <code>genres</code> lists them" in html


def test_the_table_says_what_may_be_left_out(recommender: MovieRecommender) -> None:
    html = programs_html(recommender, "en")
    rows = {row[0]: row for row in cells(html.partition("<code>explain</code>")[2])}
    assert rows["movie_id"][1:] == ["int", "required", "The film."]
    assert rows["gender"][2] == "null"
