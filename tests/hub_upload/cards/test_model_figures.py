from __future__ import annotations

import math
import re
from typing import Any

import pytest
from huggingface_hub import ModelCard
from hypothesis import given, settings
from hypothesis import strategies as st

from hub_upload.cards import model_card
from hub_upload.cards.figures import METRICS, shown
from tests.hub_upload.cards.reading import BUNDLE, body, changed, tables

REPO, DATA_REPO = "ada/films", "ada/ratings"
FIGURES = ("metric", "defined by", "better", "test", "validation")

values = st.one_of(
    st.floats(0, 1),
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(0, 10**6),
    st.none(),
)
metric_dicts = st.dictionaries(
    st.one_of(st.sampled_from([*METRICS, "rows"]), st.text("abc_ |*<`", min_size=1)), values
)


def numbers(part: dict[str, Any]) -> dict[str, float]:
    return {k: v for k, v in part.items() if v is not None and math.isfinite(v) and k != "rows"}


@given(test=metric_dicts, validation=metric_dicts)
@settings(max_examples=40, deadline=None)
def test_every_figure_is_that_of_the_metrics_and_none_is_left_out(
    test: dict[str, Any], validation: dict[str, Any]
) -> None:
    with changed(BUNDLE, metrics={"test": test, "validation": validation}) as bundle:
        card = model_card(bundle, REPO)
    told = tables(card).get(FIGURES, [])
    expected = {
        part: sorted(shown(value) for value in numbers(metrics).values())
        for part, metrics in (("test", test), ("validation", validation))
    }
    for column, part in ((3, "test"), (4, "validation")):
        assert sorted(row[column] for row in told if row[column] != "–") == expected[part]
    for key, metric in METRICS.items():
        wanted = [shown(numbers(part).get(key)) for part in (test, validation)]
        expected_rows = [(metric.label, metric.by, metric.better, *wanted)]
        found_rows = [row for row in told if row[0] == metric.label]
        assert found_rows == (expected_rows if wanted != ["–", "–"] else [])

    data = ModelCard(card).data
    found = {(result.metric_type, result.metric_value) for result in data.eval_results or []}
    known = {(METRICS[k].hub_type, v) for k, v in numbers(test).items() if k in METRICS}
    assert known <= found
    assert len(data.eval_results or []) == len(numbers(test))
    assert {result.metric_value for result in data.eval_results or []} == set(
        numbers(test).values()
    )


def test_the_results_come_back_as_they_were_given_and_name_their_protocol() -> None:
    metrics = {"test": {"rows": 24, "auc": 0.8164, "log_loss": 0.5124, "user_auc": None}}
    with changed(BUNDLE, metrics=metrics) as bundle:
        text = model_card(bundle, REPO, dataset_repo=DATA_REPO)
    card = ModelCard(text)
    assert str(card) == text
    results = card.data.eval_results
    assert [(r.metric_type, r.metric_value) for r in results] == [
        ("roc_auc", 0.8164),
        ("log_loss", 0.5124),
    ]
    for result in results:
        assert result.dataset_type == DATA_REPO
        assert (result.dataset_config, result.dataset_split) == ("ratings", "test")
        assert result.dataset_args == {
            "split": "user-time",
            "vocabularies": "train",
            "like": "rating >= 4",
        }
        assert result.dataset_name == "tiny (split user-time, vocabularies train, like rating >= 4)"
    assert card.data.model_name == "films"


def test_a_hub_name_as_the_data_sets_makes_a_type_that_the_hub_admits() -> None:
    """The Hub refuses a card whose `dataset.type` does not match this pattern."""
    for name in ("ml-1m", "ada/ml@v1", "a.b/c", "Films, mostly", "", "日本"):
        with changed(BUNDLE, schema=lambda s, n=name: s["dataset"].update(name=n)) as bundle:
            (result,) = ModelCard(model_card(bundle, REPO)).data.eval_results
        assert re.fullmatch(r"(?:[\w-]+/)?[\w.-]+", result.dataset_type, re.ASCII)


@pytest.mark.parametrize(
    ("repo", "revision"), [(None, "a" * 40), ("ada/ml", "a" * 40), (DATA_REPO, None)]
)
def test_a_data_set_from_the_hub_is_named_with_its_commit(
    repo: str | None, revision: str | None
) -> None:
    facts = {"name": "ada/ml@v1", "revision": "a" * 40}
    with changed(BUNDLE, schema=lambda schema: schema["dataset"].update(facts)) as bundle:
        card = model_card(bundle, REPO, dataset_repo=repo)
    (result,) = ModelCard(card).data.eval_results
    assert (result.dataset_type, result.dataset_revision) == (repo or "ada/ml", revision)
    assert f"ada/ml@v1, at commit `{'a' * 40}`: 120 ratings" in body(card)


def test_counts_of_the_run_are_those_of_the_metrics() -> None:
    metrics = {
        "test": {"rows": 1234, "auc": 0.7},
        "validation": {"rows": 567, "auc": 0.6},
        "best_epoch": 2,
        "history": [{"epoch": 1}, {"epoch": 2}, {"epoch": 3}],
        "parameters": 98765,
        "seconds": 1.5,
    }
    with changed(BUNDLE, metrics=metrics) as bundle:
        card = body(model_card(bundle, REPO))
    assert "1,234 test rows and 567 validation rows" in card
    assert "98,765 parameters" in card
    assert "3 epochs" in card
    assert "Epoch 2 had the lowest validation log loss" in card


def test_the_original_s_metrics_are_marked() -> None:
    metrics = {"test": {"ndcg_at_10": 0.5, "original_ndcg_at_10": 0.6}}
    with changed(BUNDLE, metrics=metrics) as bundle:
        card = model_card(bundle, REPO)
    assert [row[1] for row in tables(card)[FIGURES]] == ["standard", "the original's"]
    assert "Neither is comparable" in card
    assert "Neither is comparable" not in model_card(BUNDLE, REPO)


def test_the_calibration_error_is_in_the_table_and_explained() -> None:
    metrics = {"test": {"auc": 0.7, "expected_calibration_error": 0.0184}}
    with changed(BUNDLE, metrics=metrics) as bundle:
        card = model_card(bundle, REPO)
    assert [row[3] for row in tables(card)[FIGURES]] == ["0.7000", "0.0184"]
    assert "how far the probability is from the share of likes, in 20 bins" in body(card)
    assert "share of likes, in 20 bins" not in body(model_card(BUNDLE, REPO))


def test_the_scaling_of_the_logit_is_told() -> None:
    scaling = {"slope": 0.86661, "intercept": -0.13}
    metrics = {"test": {"auc": 0.7}, "calibration": scaling}
    with changed(BUNDLE, metrics=metrics) as bundle:
        card = body(model_card(bundle, REPO))
    assert "(Platt, 1999): times 0.8666, plus -0.1300." in card


@pytest.mark.parametrize(
    "scaling", [None, {}, {"slope": 0.9}, {"slope": "<b>", "intercept": 0.1}, [1], "0.9", 5]
)
def test_a_scaling_that_is_not_recorded_is_not_told(scaling: Any) -> None:
    with changed(BUNDLE, metrics={"test": {"auc": 0.7}, "calibration": scaling}) as bundle:
        assert "Platt" not in body(model_card(bundle, REPO))


TOLD = {"low": 0.1848, "high": 1.7554, "intercept": -1.2196}
UNKNOWN = {"low": 0.8853, "high": 0.93522, "intercept": -0.0579}


@pytest.mark.parametrize(
    ("fitted", "said"),
    [
        (
            {"told": TOLD, "unknown": UNKNOWN},
            "x then becomes y = 1.7554 softplus(x) - 0.1848 softplus(-x) plus -1.2196, so that the "
            "probabilities hold on the validation rows without their users (Kull et al., 2017). "
            "Where nothing else is known of the person, this y becomes 0.9352 softplus(y) - "
            "0.8853 softplus(-y) plus -0.0579. It is part",
        ),
        (
            {"told": TOLD, "unknown": {"low": 0.2}},
            "x then becomes 1.7554 softplus(x) - 0.1848 softplus(-x) plus -1.2196, so that the "
            "probabilities hold on the validation rows without their users (Kull et al., 2017). It is "
            "part",
        ),
    ],
)
def test_somebody_who_tells_nothing_has_a_second_calibration(
    fitted: dict[str, Any], said: str
) -> None:
    metrics = {"test": {"auc": 0.7}}
    metrics |= {f"calibration_{kind}_user": bend for kind, bend in fitted.items()}
    with changed(BUNDLE, metrics=metrics) as bundle:
        assert said in body(model_card(bundle, REPO))


def test_the_calibration_for_somebody_new_is_told() -> None:
    metrics = {
        "test": {
            "expected_calibration_error": 0.0184,
            "expected_calibration_error_unknown_user": 0.0148,
            "expected_calibration_error_told_user": 0.0202,
        },
        "calibration_unknown_user": {"low": 0.18899, "high": 1.6568, "intercept": -1.15},
    }
    with changed(BUNDLE, metrics=metrics) as bundle:
        card = model_card(bundle, REPO)
    assert (
        "For somebody new, whose id and zip code are unknown, the logit x then becomes 1.6568 "
        "softplus(x) - 0.1890 softplus(-x) plus -1.1500"
    ) in body(card)
    assert [(row[0], row[3]) for row in tables(card)[FIGURES]] == [
        ("Expected calibration error, 20 bins of equal size", "0.0184"),
        ("The same, all fields of the user unknown", "0.0148"),
        ("The same, gender, age and occupation of the user known", "0.0202"),
    ]
    assert "softplus" not in body(model_card(BUNDLE, REPO))


def test_no_second_calibration_is_told_where_the_first_is_not_known() -> None:
    metrics = {"test": {"auc": 0.7}, "calibration_told_user": {"low": 0.2}}
    with changed(BUNDLE, metrics={**metrics, "calibration_unknown_user": UNKNOWN}) as bundle:
        assert "softplus" not in body(model_card(bundle, REPO))
