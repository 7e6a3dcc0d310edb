"""Failures in the visitor's language."""

from __future__ import annotations

import pickle
import re
from copy import deepcopy
from string import Formatter
from typing import Any

import gradio as gr
import pytest

from space.arguments import check_choice, check_picks, check_release_years, check_user, check_whole
from space.errors import (
    Argument,
    ArgumentError,
    BundleError,
    DamagedError,
    Detail,
    NotYetError,
    PreparationError,
    Said,
    with_each,
    written,
)
from space.messages import MESSAGES
from space.page.language import CATALOGUES, LANGUAGES, text
from space.page.words import html_in, in_words, said_of, told_in
from space.stages import STAGES, Stage

HANGUL = re.compile("[가-힣]")
MARKUP = "<img src=x onerror=alert(1)>"


def _values(template: str) -> dict[str, Any]:
    """Values for each place of a message."""
    names = {name for _, name, _, _ in Formatter().parse(template) if name}
    spoken: dict[str, object] = {
        "name": Argument("from_year"),
        "user": Argument("user_id"),
        "known": ["Drama", "War"],
        "choices": ("any", "all"),
    }
    return {name: spoken.get(name, 7) for name in names}


SENTENCES = [
    *(Said(code, **_values(template)) for code, template in MESSAGES.items()),
    *(Stage(code, **_values(template)) for code, template in STAGES.items()),
]
"""All that the engine says, each with some values."""

sentences = pytest.mark.parametrize("said", SENTENCES, ids=[said.code for said in SENTENCES])


@sentences
def test_a_message_is_one_sentence_in_the_engine_and_on_the_page(said: Said) -> None:
    assert CATALOGUES["en"][f"{said.family}.{said.code}"] == said.texts[said.code]
    told = told_in("en", said)
    assert told.replace("“Released from”", "`from_year`").replace("“User”", "`user_id`") == said


@sentences
def test_every_message_is_told_in_korean_with_its_values(said: Said) -> None:
    told = told_in("ko", said)
    words = re.sub(r"\{[^}]*\}", "", said.texts[said.code])
    assert HANGUL.search(told) or not re.search("[a-z]", words)
    assert "`" not in told
    for value in said.values.values():
        shown = text("ko", "from_year") if value == "from_year" else None
        shown = text("ko", "user") if value == "user_id" else shown
        for part in value if isinstance(value, list | tuple) else [value]:
            assert (shown or str(part)) in told


def test_no_message_is_markup() -> None:
    for language in LANGUAGES:
        keys = (f"{said.family}.{said.code}" for said in SENTENCES)
        assert not [key for key in keys if re.search("[<>&]", CATALOGUES[language][key])]


def test_a_sentence_within_another_is_told_in_the_same_language() -> None:
    what = Said("the", noun=Said("dataset"), repository="ada/data")
    said = Said("hub_uncached", what=what, why=Said("hub_answered", status=502))
    assert said == (
        "The data set ada/data is not in the cache, and the Hub could not be reached (it answered "
        "502). Try again later."
    )
    assert told_in("en", said) == said
    assert told_in("ko", said) == (
        "데이터 저장소 ada/data: 캐시에 없고, Hub에 연결하지도 못했습니다(응답 코드 502). "
        "나중에 다시 시도해 주십시오."
    )


def test_a_stage_is_told_as_it_is_or_in_korean() -> None:
    stage = Stage("with", stage=Stage("reading_ratings"), more=Stage("megabytes", done="4.9"))
    assert stage == told_in("en", stage) == "Reading ratings: 4.9 MB"
    assert told_in("ko", stage) == "평점을 읽는 중: 4.9 MB 받음"


def test_what_no_catalogue_has_is_marked_as_english_where_that_is_another_language() -> None:
    said = Said("file_json", path="a.json", error=Detail("<Expecting value>"))
    assert html_in("ko", said) == (
        'a.json: JSON이어야 합니다(<span lang="en">&lt;Expecting value&gt;</span>). '
        "다시 내보내 주십시오."
    )
    assert html_in("en", said) == (
        "a.json: it should be JSON (&lt;Expecting value&gt;). Export it again."
    )
    assert html_in("ko", MARKUP).startswith('<span lang="en">&lt;img')
    assert "<" not in html_in("en", MARKUP)


@pytest.mark.parametrize("value", [MARKUP, Detail(MARKUP), [MARKUP], (MARKUP,), ValueError(MARKUP)])
def test_whatever_is_put_into_a_message_is_escaped(value: object) -> None:
    for language in LANGUAGES:
        assert "<img" not in html_in(language, Said("film_choice", received=value))
        assert "&lt;img" in html_in(language, Said("film_choice", received=value))


def test_a_copy_of_a_sentence_can_be_told_too() -> None:
    said = Said("the", noun=Said("model"), repository="ada/model")
    for copy in (deepcopy(said), pickle.loads(pickle.dumps(said))):
        assert copy == said
        assert told_in("ko", copy) == "모델 저장소 ada/model"


def test_what_was_put_into_a_sentence_can_be_changed_within_it() -> None:
    inner = Said("file_size", path="/tmp/a.json", expected=7, size=8)
    said = with_each(
        Said("hub_unusable", why=Said("hub_slow"), error=inner),
        lambda value: value.replace("/tmp/", ""),
    )
    assert said.endswith(
        "cannot be used: a.json: it should have 7 bytes, it has 8. The file is "
        "incomplete or altered; export or fetch it again."
    )
    assert "a.json: 크기가 7바이트여야" in told_in("ko", said)
    assert with_each(Detail("/tmp/b"), lambda value: value[5:]) == "b"


def test_what_is_raised_says_what_was_expected_and_what_came() -> None:
    with pytest.raises(ArgumentError) as told:
        check_whole("from_year", "soon", 1900, 2100)
    assert str(told.value) == (
        "`from_year` should be a whole number from 1900 to 2100. Received: 'soon'"
    )
    assert told_in("en", said_of(told.value)) == (
        "“Released from” should be a whole number from 1900 to 2100. Received: 'soon'"
    )
    assert told_in("ko", said_of(told.value)) == (
        f"“{text('ko', 'from_year')}”에는 1900부터 2100까지의 정수가 와야 합니다. 받은 값: 'soon'"
    )


def test_words_to_choose_from_have_the_languages_or_between_them() -> None:
    with pytest.raises(ArgumentError) as told:
        check_choice("match", "some", ("any", "all"))
    assert str(told.value) == '`match` should be "any" or "all". Received: \'some\''
    assert '"any" 또는 "all"' in told_in("ko", said_of(told.value))


def test_an_argument_is_called_as_its_control_is() -> None:
    with pytest.raises(ArgumentError) as user:
        check_user(9, [1, 2], {1, 2})
    assert told_in("en", said_of(user.value)).startswith(
        "“User” should be one of the data set's 2 users"
    )
    with pytest.raises(ArgumentError) as picks:
        check_picks([1], [1], {1}, readable=True)
    assert told_in("en", said_of(picks.value)) == (
        "A film should be in “Films you like” or in “Films you don't like”. Received in both: 1"
    )
    with pytest.raises(ArgumentError) as years:
        check_release_years(2000, 1990)
    assert told_in("ko", said_of(years.value)).endswith("받은 값: 2000, 1990")


def test_an_argument_without_a_control_keeps_its_name() -> None:
    error = ArgumentError("text", name=Argument("title"), received="7")
    assert told_in("en", said_of(error)) == "`title` should be text. Received: 7"


def test_braces_in_what_came_are_no_places() -> None:
    error = ArgumentError("text", name=Argument("query"), received="{name} {0}")
    for language in LANGUAGES:
        assert "{name} {0}" in told_in(language, said_of(error))
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
    # Only what no catalogue has is set apart.
    assert "<" not in re.sub('</?span( lang="en")?>', "", told.value.message)
    assert told.value.title == text(language, "error")
    assert not told.value.print_exception
    if language == "ko":
        assert HANGUL.search(told.value.message)
        assert HANGUL.search(told.value.title)


def test_a_failure_without_a_code_is_led_by_what_it_is_and_keeps_its_detail() -> None:
    detail = "schema.json: a part is missing"
    told = {
        kind: told_in("ko", said_of(kind(detail)))
        for kind in (PreparationError, BundleError, ValueError)
    }
    assert all(each.endswith(detail) and HANGUL.search(each) for each in told.values())
    assert len({*told.values()}) == 3


def test_a_failure_of_the_hub_is_led_by_what_it_means_in_both_languages() -> None:
    error = PreparationError(Said("hub_disabled", what=Said("the", noun="model", repository="a/b")))
    assert str(error) == "The model a/b has been disabled on the Hub."
    assert told_in("en", said_of(error)) == f"The model or its data is not available now. {error}"
    assert not re.search("[a-z]{4}", told_in("ko", said_of(error)).replace("model", ""))


def test_waiting_is_told_as_the_preparation_error_that_it_is() -> None:
    error = NotYetError("model_waiting")
    assert isinstance(error, PreparationError)
    assert str(error) == "The model is still being prepared. Try again in a minute."
    assert told_in("ko", said_of(error)) == CATALOGUES["ko"]["error.model_waiting"]


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
