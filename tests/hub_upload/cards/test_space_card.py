from __future__ import annotations

from typing import Any

import pytest
from huggingface_hub.repocard import SpaceCard

from hub_upload.cards import space_card
from hub_upload.cards.space import DESCRIPTION
from tests.hub_upload.cards.reading import blocks, body, front_matter, headings, tables

OPTIONS: dict[str, Any] = {
    "title": "Films: for you",
    "model": "ada/films@v1",
    "dataset": "ada/ratings@main",
    "sdk_version": "6.31.0",
}


def test_the_front_matter_configures_the_space() -> None:
    card = space_card("ada/page", **OPTIONS)
    assert front_matter(card) == {
        "title": "Films: for you",
        "emoji": "🎬",
        "colorFrom": "indigo",
        "colorTo": "red",
        "sdk": "gradio",
        "sdk_version": "6.31.0",
        "python_version": "3.11",
        "app_file": "app.py",
        "short_description": DESCRIPTION,
        "models": ["ada/films"],
        "datasets": ["ada/ratings"],
        "tags": ["recommendation", "movielens", "autoint"],
        "license": "mit",
        "suggested_hardware": "cpu-basic",
        "startup_duration_timeout": "10m",
        "pinned": False,
    }
    assert len(DESCRIPTION) <= 60
    assert str(SpaceCard(card)) == card
    assert headings(card) == ["Films: for you", "Settings", "Licence"]


def test_versions_stay_texts() -> None:
    card = space_card("ada/page", **{**OPTIONS, "sdk_version": "6.10", "python_version": "3.10"})
    data = front_matter(card)
    assert (data["sdk_version"], data["python_version"]) == ("6.10", "3.10")


@pytest.mark.parametrize("dataset", [None, "ada/ratings"])
def test_the_settings_are_those_of_the_space(dataset: str | None) -> None:
    card = space_card("ada/page", **{**OPTIONS, "dataset": dataset})
    rows = {name: here for name, _, _, here in tables(card)["name", "kind", "what it is", "here"]}
    assert rows == {
        "MODEL_REPO": "ada/films@v1",
        "DATASET_REPO": dataset or "not set",
        "HF_TOKEN": "",
    }
    assert "None" not in body(card)
    assert ("datasets" in front_matter(card)) == (dataset is not None)
    (command,) = blocks(card, "console")
    suffix = f" --dataset {dataset}" if dataset else ""
    assert command == f"python app.py --model ada/films@v1{suffix}\n"


@pytest.mark.parametrize(
    "change",
    [
        {"title": " \n"},
        {"description": "x" * 61},
        {"model": "films"},
        {"model": "ada/films@v1`"},
        {"dataset": "ada/ratings@a b"},
    ],
)
def test_what_the_hub_would_refuse_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="should"):
        space_card("ada/page", **{**OPTIONS, **change})


def test_the_order_and_what_somebody_new_can_tell_are_named() -> None:
    text = body(space_card("ada/page", **OPTIONS))
    assert "likely to watch next and like, by the model's own ranking model" in text
    assert "pick films that they like or do not like and tell gender, age and occupation" in text
    assert "another figure: the probability that the person, having chosen to watch it" in text
    assert "AutoInt+" not in text, "it may be AutoInt"
