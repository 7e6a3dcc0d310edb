"""Failures in the visitor's language."""

from __future__ import annotations

import re
from string import Formatter

import gradio as gr
import pytest

from space.arguments import check_choice, check_picks, check_release_years, check_user, check_whole
from space.errors import (
    Argument,
    ArgumentError,
    BundleError,
    DamagedError,
    NotYetError,
    PreparationError,
    written,
)
from space.messages import MESSAGES
from space.page.language import CATALOGUES, LANGUAGES, text
from space.page.words import in_words, told_in

HANGUL = re.compile("[가-힣]")
MARKUP = "<img src=x onerror=alert(1)>"


def _values(code: str) -> dict[str, object]:
    """Values for each place of a message."""
    names = {name for _, name, _, _ in Formatter().parse(MESSAGES[code]) if name}
    spoken: dict[str, object] = {
        "name": Argument("from_year"),
        "user": Argument("user_id"),
        "known": ["Drama", "War"],
        "choices": ("any", "all"),
    }
    return {name: spoken.get(name, 7) for name in names}


@pytest.mark.parametrize("code", MESSAGES)
def test_a_message_is_one_sentence_in_the_engine_and_on_the_page(code: str) -> None:
    assert CATALOGUES["en"][f"error.{code}"] == MESSAGES[code]
    error = ArgumentError(code, **_values(code))
    told = told_in("en", error)
    assert told.replace("“Released from”", "`from_year`").replace("“User”", "`user_id`") == str(
        error
    )


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_is_told_in_korean_with_its_values(code: str) -> None:
    error = ArgumentError(code, **_values(code))
    told = told_in("ko", error)
    assert HANGUL.search(told)
    assert "`" not in told
    for value in error.values.values():
        shown = text("ko", "from_year") if value == "from_year" else None
        shown = text("ko", "user") if value == "user_id" else shown
        for part in value if isinstance(value, list | tuple) else [value]:
            assert (shown or str(part)) in told


def test_what_is_raised_says_what_was_expected_and_what_came() -> None:
    with pytest.raises(ArgumentError) as told:
        check_whole("from_year", "soon", 1900, 2100)
    assert str(told.value) == (
        "`from_year` should be a whole number from 1900 to 2100. Received: 'soon'"
    )
    assert told_in("en", told.value) == (
        "“Released from” should be a whole number from 1900 to 2100. Received: 'soon'"
    )
    assert told_in("ko", told.value) == (
        f"“{text('ko', 'from_year')}”에는 1900부터 2100까지의 정수가 와야 합니다. 받은 값: 'soon'"
    )


def test_words_to_choose_from_have_the_languages_or_between_them() -> None:
    with pytest.raises(ArgumentError) as told:
        check_choice("match", "some", ("any", "all"))
    assert str(told.value) == '`match` should be "any" or "all". Received: \'some\''
    assert '"any" 또는 "all"' in told_in("ko", told.value)


def test_an_argument_is_called_as_its_control_is() -> None:
    with pytest.raises(ArgumentError) as user:
        check_user(9, [1, 2], {1, 2})
    assert told_in("en", user.value).startswith("“User” should be one of the data set's 2 users")
    with pytest.raises(ArgumentError) as picks:
        check_picks([1], [1], {1}, readable=True)
    assert told_in("en", picks.value) == (
        "A film should be in “Films you like” or in “Films you don't like”. Received in both: 1"
    )
    with pytest.raises(ArgumentError) as years:
        check_release_years(2000, 1990)
    assert told_in("ko", years.value).endswith("받은 값: 2000, 1990")


def test_an_argument_without_a_control_keeps_its_name() -> None:
    error = ArgumentError("text", name=Argument("title"), received="7")
    assert told_in("en", error) == "`title` should be text. Received: 7"


def test_braces_in_what_came_are_no_places() -> None:
    error = ArgumentError("text", name=Argument("query"), received="{name} {0}")
    for language in LANGUAGES:
        assert "{name} {0}" in told_in(language, error)
    assert "{name} {0}" in str(error)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "error",
    [
        ArgumentError("film_choice", received=MARKUP),
        PreparationError(MARKUP),
        BundleError(MARKUP),
        DamagedError(MARKUP),
        ValueError(MARKUP),
        TypeError(MARKUP),
    ],
)
def test_a_visitor_gets_a_headed_sentence_without_markup(language: str, error: Exception) -> None:
    with pytest.raises(gr.Error) as told, in_words(language):
        raise error
    assert "&lt;img" in told.value.message
    assert "<" not in told.value.message
    assert told.value.title == text(language, "error")
    assert not told.value.print_exception
    if language == "ko":
        assert HANGUL.search(told.value.message)
        assert HANGUL.search(told.value.title)


def test_a_failure_without_a_code_is_led_by_what_it_is_and_keeps_its_detail() -> None:
    detail = "schema.json: a part is missing"
    told = {
        kind: told_in("ko", kind(detail)) for kind in (PreparationError, BundleError, ValueError)
    }
    assert all(each.endswith(detail) and HANGUL.search(each) for each in told.values())
    assert len({*told.values()}) == 3


def test_waiting_is_told_as_the_preparation_error_that_it_is() -> None:
    error = NotYetError("model_waiting")
    assert isinstance(error, PreparationError)
    assert str(error) == "The model is still being prepared. Try again in a minute."
    assert told_in("ko", error) == CATALOGUES["ko"]["error.model_waiting"]


def test_a_program_gets_the_engines_own_words() -> None:
    with pytest.raises(gr.Error) as told, in_words():
        raise ArgumentError("film_choice", received=MARKUP)
    assert told.value.message == f"A film should be chosen from the list. Received: {MARKUP}"


def test_other_failures_are_not_hidden() -> None:
    with pytest.raises(KeyError), in_words("en"):
        raise KeyError("a fault of the program")


def test_values_are_written_by_their_kind() -> None:
    values = {"a": Argument("k"), "b": ["x", Argument("k")], "c": ("x", "y"), "d": 7}
    assert written(values) == {"a": "`k`", "b": "x, `k`", "c": '"x" or "y"', "d": 7}
