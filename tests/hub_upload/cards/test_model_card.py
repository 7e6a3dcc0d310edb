from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ModelCard
from hypothesis import given, settings
from hypothesis import strategies as st

from hub_upload.cards import model_card
from space.errors import BundleError
from space.manifest import MANIFEST
from space.ranking_files import ranked_by
from tests.exports import Run
from tests.hub_upload.cards.reading import (
    BUNDLE,
    blocks,
    body,
    changed,
    front_matter,
    headings,
    quoted,
    tables,
)

REPO, DATA_REPO = "ada/films", "ada/ratings"

TRAINING = {
    "options": {
        "dataset": "ml-1m",
        "preset": "paper",
        "fields": "original",
        "split": "user-time",
        "vocabularies": "train",
        "like_threshold": 4.0,
        "epochs": None,
        "seed": 7,
        "deterministic": True,
        "init_from": None,
    },
    "model": "autoint+",
    "fit": {
        "epochs": 20,
        "batch_size": 1024,
        "learning_rate": 0.002,
        "decay": 0.9,
        "patience": 2,
    },
}
FACTS = {
    "name": "ml-1m",
    "licence": "Terms of the data.\n\n- For research.\n- Not for sale.",
    "licence_url": "https://example.org/licence.txt",
    "redistribution": "forbidden",
    "citation": "Harper and Konstan. 2015.",
    "users": 8,
    "movies": 15,
    "ratings": 120,
}


def test_the_front_matter_is_what_the_hub_reads() -> None:
    with changed(BUNDLE, schema=lambda schema: schema["dataset"].update(FACTS)) as bundle:
        data = front_matter(model_card(bundle, REPO, dataset_repo=DATA_REPO))
    assert data["library_name"] == "keras"
    assert data["pipeline_tag"] == "tabular-classification"
    assert data["license"] == "other"
    assert data["license_name"] == "ml-1m-licence"
    assert data["license_link"] == FACTS["licence_url"]
    assert data["datasets"] == [DATA_REPO]
    assert data["metrics"] == ["roc_auc"]
    assert {"recommendation", "ctr-prediction", "movielens", "autoint", "onnx"} <= set(data["tags"])
    assert data["model-index"][0]["name"] == "films"


def test_hyperparameters_are_those_of_the_configuration_and_the_training() -> None:
    config = json.loads((BUNDLE / "config.json").read_text())["config"]
    with changed(BUNDLE, training=TRAINING) as bundle:
        card = model_card(bundle, REPO)
    expected = {("model", k): v for k, v in config.items()}
    for hidden in ("name", "trainable", "vocabulary_sizes"):
        del expected["model", hidden]
    expected |= {("fitting", k): v for k, v in TRAINING["fit"].items()}  # type: ignore[attr-defined]
    expected |= {("run", k): v for k, v in TRAINING["options"].items()}  # type: ignore[attr-defined]
    told = {(of, option): value for of, option, value in tables(card)["of", "option", "value"]}
    assert told.keys() == expected.keys()
    for option, value in expected.items():
        as_told = told[option]
        assert as_told == (
            "not set" if value is None else value if isinstance(value, str) else json.dumps(value)
        )

    sizes = tables(card)["field", "of the", "indices"]
    assert [int(size.replace(",", "")) for _, _, size in sizes] == config["vocabulary_sizes"]


@given(
    facts=st.fixed_dictionaries({}, optional={k: st.just(v) for k, v in FACTS.items()}),
    dropped=st.sets(
        st.sampled_from(["last_year", "last_month", "name", "users", "movies", "ratings"])
    ),
    split=st.fixed_dictionaries(
        {},
        optional={
            "name": st.sampled_from(["user-time", "random", "another"]),
            "vocabularies": st.sampled_from(["train", "all", "init_from"]),
            "rows": st.fixed_dictionaries({}, optional={"train": st.just(88), "test": st.just(24)}),
        },
    ),
    metrics=st.fixed_dictionaries(
        {},
        optional={
            "test": st.one_of(st.none(), st.just({"auc": 0.5, "rows": 24})),
            "validation": st.one_of(st.none(), st.just({"auc": None})),
            "best_epoch": st.sampled_from([0, 3]),
            "history": st.sampled_from([[], [{"epoch": 1}]]),
            "parameters": st.just(1000),
        },
    ),
    training=st.sampled_from([None, {}, {"options": {}}, {"fit": {"epochs": 3}}, TRAINING]),
    versions=st.sampled_from([{}, {"keras": "3.15.1"}]),
    dataset_repo=st.sampled_from([None, DATA_REPO]),
    tag=st.sampled_from([None, "v1"]),
)
@settings(max_examples=60, deadline=None)
def test_what_is_not_recorded_leaves_a_whole_card(
    facts: dict[str, Any],
    dropped: set[str],
    split: dict[str, Any],
    metrics: dict[str, Any],
    training: dict[str, Any] | None,
    versions: dict[str, str],
    dataset_repo: str | None,
    tag: str | None,
) -> None:
    def change(schema: dict[str, Any]) -> None:
        schema["dataset"].update(facts)
        for name in dropped - facts.keys():
            schema["dataset"].pop(name, None)
        schema.update(split=split, versions=versions)

    files = {"schema": change, "metrics": metrics}
    if training is not None:
        files["training"] = training
    with changed(BUNDLE, **files) as bundle:
        card = model_card(bundle, REPO, dataset_repo=dataset_repo, tag=tag)
    ModelCard(card)
    data = front_matter(card)
    assert data["license"] == "other"
    assert ("license_name" in data) == ("licence" in facts)
    assert "None" not in body(card)
    assert "{{" not in card
    assert "\n\n\n" not in body(card)
    assert [len(blocks(card, language)) for language in ("python", "console")] == [3, 1]
    wanted = ["Use it", "Data and protocol", "Figures", "Architecture", "How the list is ordered"]
    wanted += ["Intended use", "Limits", "Files", "Licence", "Citation"]
    assert [heading for heading in headings(card) if heading in wanted] == wanted
    assert ("Versions" in headings(card)) == bool(versions)
    if "licence" not in facts:
        assert "The licence of the data set is not recorded." in card


def test_an_old_bundle_has_a_card_and_the_same_one_each_time() -> None:
    card = model_card(BUNDLE, REPO)
    assert card == model_card(BUNDLE, REPO)
    assert card.endswith("\n")
    assert headings(card)[0] == "AutoInt+ on tiny"


def test_only_files_of_the_manifest_are_named(run: Run) -> None:
    for bundle in (BUNDLE, run.bundle):
        card = model_card(bundle, REPO)
        listed = json.loads((bundle / MANIFEST).read_text())["files"]
        assert set(re.findall(r"[\w/]+(?:\.\w+)*\.(?:json|onnx|h5|parquet|png)\b", card)) <= set(
            listed
        )
        rows = tables(card)["file", "what it is", "bytes"]
        assert {name: int(size.replace(",", "")) for name, _, size in rows} == {
            name: facts["size"] for name, facts in listed.items()
        }


def test_the_licence_is_quoted_whole_with_its_address() -> None:
    with changed(BUNDLE, schema=lambda schema: schema["dataset"].update(FACTS)) as bundle:
        card = model_card(bundle, REPO)
    assert quoted(card) == FACTS["licence"]
    assert f"<{FACTS['licence_url']}>" in card
    assert "may not be passed on without permission" in card
    assert FACTS["citation"] in card
    assert "arxiv.org/abs/1810.11921" in card


def test_the_licences_of_all_that_the_model_was_trained_on_are_quoted() -> None:
    free = {
        "name": "ml-32m",
        "licence": "Pass it on.",
        "licence_url": "https://example.org/free.txt",
        "redistribution": "same licence",
        "citation": FACTS["citation"],
    }
    allowed, forbade = "may be passed on under the same licence", "may not be passed on without"

    def card_of(*before: Any) -> str:
        facts = {**FACTS, **free, "also_trained_on": list(before)}
        with changed(BUNDLE, schema=lambda schema: schema["dataset"].update(facts)) as bundle:
            return model_card(bundle, REPO)

    card = card_of(FACTS, {"name": "mine", "citation": "Mine. 2020."})
    assert quoted(card) == f"{free['licence']}\n\n{FACTS['licence']}"
    assert "trained on other data: ml-1m and mine." in card
    assert f"<{free['licence_url']}>" in card
    assert f"<{FACTS['licence_url']}>" in card
    assert "The licence of the data set is not recorded." in card
    assert (allowed in card, forbade in card) == (False, True)
    assert card.count("Harper and Konstan. 2015.") == 1
    assert "Mine. 2020." in card
    data = front_matter(card)
    assert data["license_name"] == "ml-1m-licence"
    assert data["license_link"] == FACTS["licence_url"]

    card = card_of({**free, "name": "ml-latest"})
    assert (card.count(allowed), forbade in card) == (2, False)
    assert front_matter(card)["license_name"] == "ml-32m-licence"

    card = card_of(None)
    assert "trained on other data: one whose name is not recorded." in card
    assert allowed not in card
    assert "license_name" not in front_matter(card)

    assert card_of().count(allowed) == 1
    assert "other data" not in card_of()


def test_plots_that_are_there_are_shown_with_words(bundle_copy: Path) -> None:
    card = model_card(bundle_copy, REPO)
    assert re.findall(r"!\[(.+)\]\((.+)\)", card) == [
        ("ROC curve on the test rows", "plots/roc.png")
    ]


def test_the_order_is_the_recommenders() -> None:
    assert ranked_by(ranking_model=False) in body(model_card(BUNDLE, REPO))


def test_the_order_of_a_bundle_with_a_ranking_model_is_that_model(bundle_copy: Path) -> None:
    card = body(model_card(bundle_copy, REPO))
    assert ranked_by(ranking_model=True) in card
    assert "The likes stand in for that choice" not in card


def test_a_damaged_bundle_gets_no_card(bundle_copy: Path) -> None:
    (bundle_copy / "schema.json").write_text("{}")
    with pytest.raises(BundleError, match=r"schema\.json"):
        model_card(bundle_copy, REPO)
