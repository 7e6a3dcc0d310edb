from __future__ import annotations

import re
from typing import Any

import pytest

from space.artifacts import Status
from space.errors import Detail, Said
from space.page.status import status_html
from space.stages import Stage, stage_of
from tests.space.page.reading import HOSTILE, Tags


def panel(status: Status, language: str = "en") -> Tags:
    return Tags(status_html(status, language))


def test_a_loaded_model_needs_no_panel() -> None:
    assert status_html(Status("loaded", 1.0), "en") == ""


def test_what_is_to_be_noted_of_a_loaded_model_is_told() -> None:
    said = panel(Status("loaded", 1.0, note=f"From the cache. {HOSTILE}"))
    assert said.text == f"This may not be the newest model. From the cache. {HOSTILE}"
    assert [(tag, each.get("role")) for tag, each in said.tags] == [
        ("div", "status"),
        ("strong", None),
    ]


@pytest.mark.parametrize(
    "status",
    [
        Status("loaded", 1.0, note="detail"),
        Status("preparing", 0.1, "detail"),
        Status("failed", text="detail"),
    ],
)
def test_a_technical_detail_follows_on_what_it_means_in_the_visitors_language(
    status: Status,
) -> None:
    said = panel(status, "ko").text
    assert said.endswith("detail")
    assert re.search("[가-힣]", said)


UNREACHED = Said("hub_cached", why=Said("hub_connection"), commit="3f2a9c4")
EPOCH = "epoch 2 of at most 30, loss 0.5312, 51,200 rows/s, at most 42 s left"


@pytest.mark.parametrize(
    ("status", "english", "korean"),
    [
        (
            Status("loaded", 1.0, note=UNREACHED),
            "The Hub could not be reached (the connection failed); this is 3f2a9c4 from the cache.",
            "Hub에 연결하지 못해(연결 실패) 캐시에 있는 3f2a9c4 커밋을 사용합니다.",
        ),
        (Status("preparing", None, Stage("starting")), "Starting", "시작하는 중"),
        (
            Status("preparing", 0.3, Stage("with", stage=Stage("training"), more=stage_of(EPOCH))),
            f"30% · Training: {EPOCH}",
            "30% · 학습 중: 에포크 2(최대 30), 손실 0.5312, 초당 51,200행, 최대 42초 남음",
        ),
        (
            Status("failed", text=Said("file_missing", path="/a/model.onnx")),
            "/a/model.onnx: the file is missing. Export or fetch it again.",
            "/a/model.onnx: 파일이 없습니다. 다시 내보내거나 다시 받아 주십시오.",
        ),
    ],
)
def test_where_the_model_stands_is_told_in_the_visitors_language(
    status: Status, english: str, korean: str
) -> None:
    assert panel(status, "en").text.endswith(english)
    said = panel(status, "ko")
    assert said.text.endswith(korean)
    assert not said.named("span")


def test_what_a_process_printed_is_marked_as_english() -> None:
    status = Status(
        "failed", text=Said("demo_failed", status=3, last=Detail(f"No disk. {HOSTILE}"))
    )
    korean = panel(status, "ko")
    assert korean.named("span") == [{"lang": "en"}]
    assert korean.text.endswith(
        f"데모 모델의 학습이 실패했습니다(종료 코드 3). 마지막 출력:\nNo disk. {HOSTILE}"
    )
    english = panel(status, "en")
    assert not english.named("span")
    assert english.text.endswith(f"ended with exit code 3.\nNo disk. {HOSTILE}")


def test_the_panel_tells_how_far_preparing_has_come() -> None:
    said = panel(Status("preparing", 0.42, "Training: epoch 2"))
    (bar,) = said.named("progress")
    assert bar["value"] == "0.420"
    assert bar["aria-label"]
    assert said.named("div")[0]["role"] == "status"
    assert "42% · Training: epoch 2" in said.text


def test_the_panel_promises_no_time_since_training_and_fetching_differ() -> None:
    said = panel(Status("preparing", 0.1, "Fetching ada/model: 1 kB of 2 MB"))
    assert "turn on by themselves when it is ready; the first time takes longest." in said.text
    assert "minute" not in said.text


def test_a_bar_without_known_fraction_has_no_value() -> None:
    said = panel(Status("preparing", None, "Reading the bundle"))
    (bar,) = said.named("progress")
    assert "value" not in bar
    assert "%" not in said.text


@pytest.mark.parametrize("state", ["preparing", "failed", "absent"])
def test_markup_in_a_status_is_shown_and_not_obeyed(state: Any) -> None:
    plain, hostile = panel(Status(state, 0.5, "text")), panel(Status(state, 0.5, HOSTILE))
    assert hostile.tags == plain.tags
    assert HOSTILE in hostile.text


def test_a_failure_is_announced_with_its_lines_kept() -> None:
    said = panel(Status("failed", text="first\nsecond"))
    assert said.named("div")[0]["role"] == "alert"
    assert said.named("pre")
    assert "The model could not be prepared." in said.text
    assert "first\nsecond" in said.text


@pytest.mark.parametrize("state", ["preparing", "failed"])
def test_it_is_in_the_visitors_language(state: Any) -> None:
    english, korean = (panel(Status(state, 0.5, ""), language).text for language in ("en", "ko"))
    assert "모델" in korean
    assert "model" in english
