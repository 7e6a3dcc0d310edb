"""What is told of the model: its figures as they are recorded, and nothing that is not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from space.about import FIGURES, about, plot_file
from space.artifacts import SharedModel
from space.bundle import read_bundle
from space.page.about_tab import about_html
from space.page.language import LANGUAGES
from space.page.plots import plots_route
from space.recommender import MovieRecommender
from space.sources import FolderSource
from tests.exports import Run, edit_json
from tests.space.page.reading import HOSTILE, Tags, cells, harmless, percents

METRICS: dict[str, Any] = {
    "parameters": 1234,
    "calibration": {"slope": 0.8, "intercept": -0.05},
    "test": {
        "rows": 5000,
        "auc": 0.75,
        "user_auc": 0.7,
        "ndcg_at_10": 0.8,
        "accuracy": 0.6,
        "log_loss": 0.5,
        "expected_calibration_error": 0.02,
    },
    "ranking": {
        "parameters": 99,
        "test": {
            "users": 900,
            "ndcg_at_10": 0.2,
            "beside": {"popularity": {"ndcg_at_10": 0.1}, "ease": {"ndcg_at_10": 0.15}},
        },
    },
}


def with_metrics(run: Run, metrics: Any) -> MovieRecommender:
    return MovieRecommender(replace(read_bundle(run.bundle), metrics=metrics))


def shown(recommender: MovieRecommender, language: str = "en") -> str:
    return about_html(recommender, about(recommender.bundle), language)


def test_figures_are_shown_as_bars_and_numbers(run: Run) -> None:
    html = shown(with_metrics(run, METRICS))
    said = Tags(html).text
    assert "Measured on 5,000 ratings" in said
    assert "logit × 0.800 \N{MINUS SIGN} 0.050." in said
    assert "beta calibration" not in said
    numbers = {row[0]: row[-1] for row in cells(html)}
    assert numbers["AUC"] == "0.750"
    assert percents(html)[:4] == [75, 70, 80, 60]
    assert "Log loss0.500" in said
    assert "Calibration error0.020" in said
    assert "user not known" not in said


def test_the_calibration_of_somebody_new_is_told_where_there_is_one(run: Run) -> None:
    bend = {"low": 0.5, "high": 1.5, "intercept": 0.25}
    errors = {
        "expected_calibration_error_unknown_user": 0.031,
        "expected_calibration_error_told_user": 0.042,
    }
    metrics = {
        **METRICS,
        "calibration": {"slope": 1.1, "intercept": 0.25},
        "calibration_told_user": bend,
        "test": {**METRICS["test"], **errors},
    }
    said = Tags(shown(with_metrics(run, metrics))).text
    assert "logit × 1.100 + 0.250." in said
    assert "beta calibration (Kull et al., 2017)" in said
    assert "user not known at all0.031" in said
    assert "user not known but for what they tell0.042" in said


def test_lists_stand_beside_what_they_are_measured_beside(run: Run) -> None:
    html = shown(with_metrics(run, METRICS))
    rows = [(row[0], row[-1]) for row in cells(html)][4:]
    assert rows == [
        ("The ranker", "0.200"),
        ("EASE (Steck, 2019)", "0.150"),
        ("Films with the most likes", "0.100"),
    ]
    assert percents(html)[4:] == [100, 75, 50]
    assert "Measured for 900 users" in Tags(html).text


@pytest.mark.parametrize(
    "metrics",
    [
        {},
        {"test": None, "ranking": 7, "calibration": []},
        {"test": {"auc": "high", "rows": 1.5, "log_loss": float("nan"), "accuracy": True}},
        {"ranking": {"test": {"ndcg_at_10": float("inf"), "beside": 3}}},
    ],
)
def test_what_is_not_recorded_is_not_told(run: Run, metrics: dict[str, Any]) -> None:
    recommender = with_metrics(run, metrics)
    told = about(recommender.bundle)
    assert (told.figures, told.lists, told.scaling) == ({}, {}, None)
    html = shown(recommender)
    assert "How good" not in html
    assert "How it works" in html
    assert "nan" not in Tags(html).text.split()


def test_the_model_is_drawn_from_its_own_options(run: Run) -> None:
    config = json.loads((run.bundle / "config.json").read_text())["config"]
    told = about(read_bundle(run.bundle))
    assert (told.embed_dim, told.layers, told.heads) == (
        config["embed_dim"],
        config["layers"],
        config["heads"],
    )
    assert list(told.network) == config["dnn_units"]
    said = Tags(shown(MovieRecommender.load(run.bundle))).text
    assert f"× {config['embed_dim']}" in said
    assert " → ".join(str(each) for each in config["dnn_units"]) in said
    assert "Feed-forward network" in said


def test_attention_is_not_given_the_credit_for_the_order(run: Run, old_run: Run) -> None:
    credit = "greater part of its score comes from a weighted sum over item-item models and counts"
    assert credit in shown(MovieRecommender.load(run.bundle))
    assert credit not in shown(MovieRecommender.load(old_run.bundle))


def test_autoint_without_a_network_has_none_in_its_picture(bundle_copy: Path) -> None:
    def without(config: Any) -> None:
        config["class_name"] = "AutoInt"
        del config["config"]["dnn_units"]

    edit_json(bundle_copy / "config.json", without)
    said = Tags(shown(MovieRecommender.load(bundle_copy))).text
    assert "AutoInt reads" in said
    assert "Feed-forward network" not in said
    assert "“+”" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_bundle_says_is_never_markup(run: Run, language: str) -> None:
    bundle = read_bundle(run.bundle)
    facts = {
        "name": HOSTILE,
        "licence": HOSTILE,
        "citation": HOSTILE,
        "licence_url": "javascript:alert(1)",
        "fingerprint": HOSTILE,
    }
    dataset = {**bundle.schema.dataset, **facts}
    hostile = replace(bundle, schema=replace(bundle.schema, dataset=dataset))
    html = shown(MovieRecommender(hostile), language)
    # The plots of the run itself are the only images.
    assert all(each["src"].startswith("plots/") for each in Tags(html).named("img"))
    assert harmless(html.replace('<img src="plots/', '<span title="'))
    assert "javascript:" not in "".join(each["href"] for each in Tags(html).named("a"))


def test_the_terms_of_the_data_and_the_version_are_told(run: Run) -> None:
    bundle = read_bundle(run.bundle)
    facts = {
        "name": "ml-x",
        "licence": "Ask first.",
        "citation": "Harper <2015>. https://doi.org/10.1145/2827872.",
        "licence_url": "https://example.org/terms",
    }
    schema = replace(bundle.schema, dataset={**bundle.schema.dataset, **facts})
    tags = Tags(shown(MovieRecommender(replace(bundle, schema=schema))))
    for said in (
        "ml-x",
        "Ask first.",
        "Harper <2015>. https://doi",
        f"Format version{schema.format_version}",
    ):
        assert said in tags.text
    links = [each["href"] for each in tags.named("a")]
    assert "https://example.org/terms" in links
    # The point at the end of a sentence is not of the address.
    assert "https://doi.org/10.1145/2827872" in links
    assert "read from a folder" in tags.text


def test_plots_are_served_where_the_bundle_has_them(run: Run, bundle_copy: Path) -> None:
    bundle = read_bundle(run.bundle)
    names = about(bundle).plots
    assert names, "an exported run has plots"
    model = SharedModel(FolderSource(bundle_copy))
    with TestClient(Starlette(routes=[plots_route(model)])) as client:
        assert client.get(f"/plots/{names[0]}.png").status_code == 404
        assert model.status.state == "absent", "asking for a plot starts nothing"
        model.ready()
        answer = client.get(f"/plots/{names[0]}.png")
        assert answer.headers["content-type"] == "image/png"
        assert answer.content == (bundle_copy / "plots" / f"{names[0]}.png").read_bytes()
        for other in ("config", "..%2Fconfig", "../config", "nothing"):
            assert client.get(f"/plots/{other}.png").status_code == 404
        (bundle_copy / "plots" / f"{names[0]}.png").unlink()
        assert client.get(f"/plots/{names[0]}.png").status_code == 404


def test_a_plot_is_named_in_words_and_shown_only_if_it_is_there(bundle_copy: Path) -> None:
    recommender = MovieRecommender.load(bundle_copy)
    images = Tags(shown(recommender)).named("img")
    assert len(images) == len(about(recommender.bundle).plots)
    assert all(each["alt"] for each in images)
    for file in (bundle_copy / "plots").glob("*.png"):
        file.unlink()
    assert plot_file(recommender.bundle, "roc") is None
    assert "<img" not in shown(recommender)


def test_the_figures_of_a_real_run_are_those_that_it_recorded(run: Run) -> None:
    recorded = json.loads((run.bundle / "metrics.json").read_text())["test"]
    told = about(read_bundle(run.bundle))
    assert told.figures == {name: recorded[name] for name in FIGURES if name in recorded}
    assert told.figures
