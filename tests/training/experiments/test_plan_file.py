"""Plans as files: the built-in one, and what is said of a bad one."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from space.schema import FIELD_PRESETS
from tests.training.experiments.plans import TINY, write_plan
from training.experiments.options import ATTENTION_OPTIONS, NETWORK_OPTIONS, preset_of
from training.experiments.plan import METRICS
from training.experiments.plan_file import built_in, find_plan, read_plan
from training.experiments.reading import PlanError
from training.metrics import evaluate
from training.model import AutoInt, AutoIntPlus

ORIGINAL = """
6 5 .001 .5 1024 32 8 .67482 .63843
5 5 .001 .5 1024 16 8 .67171 .63594
4 3 .001 .5 1024 32 4 .66707 .63379
8 5 .0005 .3 2048 16 8 .66527 .63177
9 3 .0001 .7 1024 16 2 .66213 .63042
7 5 .0005 .3 2048 8 4 .66186 .63037
1 5 .0001 .4 2048 16 2 .66160 .63023
3 5 .0001 .4 2048 16 8 .66154 .63020
10 3 .0001 .7 1024 16 4 .66147 .62991
2 5 .0001 .4 2048 16 4 .66144 .63016
"""
"""Experiment, epochs, learning rate, dropout, batch, embedding, heads, NDCG and hit rate."""


def said_of(path: Path) -> str:
    with pytest.raises(PlanError) as caught:
        read_plan(path)
    return str(caught.value)


def test_the_originals_ten_experiments_are_as_it_published_them() -> None:
    plan = find_plan("original")
    found = {experiment.name: experiment for experiment in plan.experiments}
    lines = [line.split() for line in ORIGINAL.strip().splitlines()]
    assert sorted(found) == sorted(line[0] for line in lines)
    names = ("epochs", "learning_rate", "dnn_dropout", "batch_size", "embed_dim", "heads")
    for name, *values in lines:
        options = found[name].options
        assert [options[key] for key in names] == [float(value) for value in values[:6]]
        published = found[name].published["autoint+"]
        assert published["original_ndcg_at_10"] == float(values[6])
        assert published["original_hit_rate_at_10"] == float(values[7])
    assert plan.varied == names
    assert plan.models == ("autoint", "autoint+")
    assert (plan.split, plan.vocabularies) == ("random", "all")
    assert plan.labelling.fields == FIELD_PRESETS["original"]
    sampled = plan.labelled("sampled").labelling
    assert (sampled.threshold, sampled.drawn) == (3, 5)
    assert sorted(set(plan.labelling.fields) - set(sampled.fields)) == [
        *("genre2", "genre3", "rating_decade", "rating_month", "rating_year"),
    ]


@pytest.mark.parametrize("name", built_in())
def test_built_in_plans_can_be_searched_too(name: str) -> None:
    search = find_plan(name).search
    assert search is not None
    assert search.ranges


def test_the_originals_best_is_the_preset_of_that_name() -> None:
    from training.presets import PRESETS

    (best,) = [e for e in find_plan("original").experiments if e.name == "6"]
    ours, preset = preset_of("autoint+", best.options), PRESETS["original"]
    same = {"scaled": False, **preset.model_options}
    assert dict(ours.model_options) == same
    for name in ("epochs", "batch_size", "learning_rate", "decay"):
        assert getattr(ours.fit, name) == getattr(preset.fit, name)


def test_a_plan_without_much_has_defaults(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(
        'name = "a"\ndescription = "b"\n[experiments.x]\nheads = 4\n'
    )
    plan = read_plan(tmp_path / "plan.toml")
    assert plan.labelling.threshold == 4
    assert plan.models == ("autoint", "autoint+")
    assert plan.experiments[0].options == {"heads": 4}
    assert plan.search is None


def test_fitting_never_stops_early() -> None:
    for epochs in (1, 3):
        fit = preset_of("autoint", {"epochs": epochs}).fit
        assert fit.epochs == epochs < fit.patience


def test_options_of_the_network_are_none_of_autoint() -> None:
    options = {"heads": 1, "dnn_units": (8, 4), "dnn_dropout": 0.5}
    assert preset_of("autoint", options).model_options == {"heads": 1}
    assert preset_of("autoint+", options).model_options == {
        "heads": 1,
        "dnn_units": [8, 4],
        "dnn_dropout": 0.5,
    }


def test_the_width_may_follow_the_embedding() -> None:
    def width(**options: object) -> int:
        return (
            preset_of("autoint", {"width": "embed_dim", **options})
            .build((3, 3))
            .interacting[0]
            .width
        )

    # Of two heads, each as wide as the embedding; of all heads together.
    assert width(embed_dim=8, heads=2, width_rule="per_head") == 16
    assert width(embed_dim=8, heads=2) == 8
    assert width(heads=2) == 16


def test_every_option_is_an_argument_of_a_model() -> None:
    attention = set(ATTENTION_OPTIONS)
    model = AutoIntPlus((2, 2))
    assert attention <= set(AutoInt((2, 2)).get_config())
    assert set(NETWORK_OPTIONS) <= set(model.get_config()) - set(AutoInt((2, 2)).get_config())


def test_every_metric_of_a_plan_is_measured() -> None:
    measured = evaluate(np.array([0, 1]), np.array([0.2, 0.7]), np.array([1, 1]))
    assert set(METRICS) == set(measured) - {"rows"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "epochs = 2 -> epochs = 0",
            "options.epochs: expected a whole number of at least 1, found 0.",
        ),
        (
            "epochs = 2 -> epochs = true",
            "options.epochs: expected a whole number of at least 1, found true",
        ),
        (
            "epochs = 2 -> epochs = 2.5",
            "options.epochs: expected a whole number of at least 1, found 2.5",
        ),
        ("0.0001 -> 0", "experiments.slow.learning_rate: expected a number above 0, found 0."),
        ("0.0001 -> nan", "experiments.slow.learning_rate: expected a number above 0, found nan."),
        (
            '0.03 -> "much"',
            "experiments.fast.learning_rate: expected a number above 0, found 'much'.",
        ),
        (
            "dnn_dropout = 0.1 -> dnn_dropout = 1",
            "options.dnn_dropout: expected a rate of at least 0 and below",
        ),
        ("[4] -> 4", "options.dnn_units: expected a list of at least one, each a whole number"),
        ("[4] -> []", "options.dnn_units: expected a list of at least one, each a whole number"),
        (
            '"per_head" -> "both"',
            "options.width_rule: expected one of total, per_head, found 'both'.",
        ),
        (
            'width = "embed_dim" -> width = "wide"',
            'expected a whole number of at least 1, or "embed_dim"',
        ),
        (
            "batch_size -> batchsize",
            "options.batchsize: expected no such key, but one of epochs, batch",
        ),
        (
            "learning_rate = 0.03 -> color = 1",
            "experiments.fast.color: expected no such key, but one of",
        ),
        (
            'experiments.fast -> experiments."a/b"',
            "experiments: expected a name of letters, digits",
        ),
        (
            "auc = 0.61803 -> luck = 1",
            "published.autoint.luck: expected no such key, but one of auc",
        ),
        (
            'published_on = { name = "the tiny one", users = 30, films = 40, ratings = 603 } -> '
            'published_on = "ml-1m"',
            "published_on: expected a table, found 'ml-1m'.",
        ),
        (
            "users = 30, films -> films",
            "published_on.users: expected a whole number of at least 1, found nothing.",
        ),
        (
            "users = 30, films -> users = 30, movies = 40, films",
            "published_on.movies: expected no such key, but one of name, users, films, ratings.",
        ),
        (
            "published.autoint = -> published.deepfm =",
            "published.deepfm: expected no such key, but one of",
        ),
        (
            'vocabularies = "all" -> vocabularies = "test"',
            "vocabularies: expected one of train, all, found",
        ),
        (
            'weights = "last" -> weights = "first"',
            "weights: expected one of last, best, found 'first'.",
        ),
        (
            'models = ["autoint"] -> models = ["dcn"]',
            "models: expected a list of at least one, each one of",
        ),
        (
            '"original_ndcg_at_10" -> "mrr"',
            "metrics: expected a list of at least one, each one of auc, log",
        ),
        (
            '"original_ndcg_at_10" -> "auc"',
            "metrics: expected a list of at least one, each one of auc, log",
        ),
        (
            'name = "tiny" -> name = "a b"',
            "name: expected a name of letters, digits, '.', '_' and '-', found",
        ),
        (
            'name = "tiny" -> ',
            "name: expected a name of letters, digits, '.', '_' and '-', found nothing.",
        ),
        (
            '[options] -> chosen_by = "ndcg"\n[options]',
            "chosen_by: expected one of auc, log_loss, found",
        ),
        (
            "trials = 3 -> trials = 0",
            "search.trials: expected a whole number of at least 1, found 0.",
        ),
        (
            "low = 0.001 -> low = 1",
            "search.ranges.learning_rate.high: expected a number above low, which is 1",
        ),
        (
            "low = 0.001 -> least = 1",
            "search.ranges.learning_rate.low: expected choices, or low and high",
        ),
        (
            "low = 0.001 -> low = -1",
            "search.ranges.learning_rate.low: expected choices, or low and high",
        ),
        (
            "log = true -> log = true, step = 0.1",
            "learning_rate.log: expected low above 0 and no step",
        ),
        (
            "choices = [1, 2] -> choices = [1, 0]",
            "search.ranges.heads.choices: expected a list of at least",
        ),
        (
            "choices = [1, 2] -> low = 1, high = 4, step = 0.5",
            "search.ranges.heads.step: expected a whole",
        ),
        (
            "heads = { choices = [1, 2] } -> mood = { choices = [1] }",
            "search.ranges.mood: expected no such key",
        ),
        (
            "heads = { choices = [1, 2] } -> scaled = { low = true, high = false }",
            "expected choices, since",
        ),
        (
            "heads = { choices = [1, 2] } -> heads = 4",
            "search.ranges.heads: expected a table, found 4.",
        ),
    ],
)
def test_an_error_names_file_key_and_what_was_expected(
    change: str, said: str, tmp_path: Path
) -> None:
    path = write_plan(tmp_path, change=change)
    found = said_of(path)
    assert found.startswith(f"{path}: ")
    assert said in found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[options", "expected TOML in UTF-8, found: "),
        (
            'name = "a"\ndescription = "b"\n',
            "experiments: expected at least one experiment, or a search",
        ),
        (
            f"options = 3\n{TINY.replace('[options]', '[unused]')}",
            "options: expected a table, found 3.",
        ),
        (
            f"{TINY}\n[labellings.sampled]\nfields = ['user_id', 'rating_year']\n",
            "labellings.sampled.fields: expected no field of the time, which a drawn film has not",
        ),
        (
            f"{TINY}\n[labellings.preference]\ndrawn = 5\n",
            "labellings.preference.drawn: expected no such key, but one of threshold, fields.",
        ),
        (
            f"{TINY}\n[labellings.preference]\nfields = ['user_id', 'mood']\n",
            "labellings.preference.fields: expected one of original, no-demographics",
        ),
        (f"{TINY}\n[labellings.best]\n", "labellings.best: expected no such key, but one of"),
        (
            f"{TINY}\n[search.options]\nmood = 1\n",
            "search.options.mood: expected no such key, but one of epochs",
        ),
    ],
)
def test_what_is_no_plan_is_named(text: str, said: str, tmp_path: Path) -> None:
    assert said in said_of(write_plan(tmp_path, text))


def test_options_that_do_not_go_together_are_found_before_any_training(tmp_path: Path) -> None:
    said = said_of(write_plan(tmp_path, a='"per_head" -> "total"', b="heads = 2 -> heads = 3"))
    assert "experiments.slow: expected options that make a model of autoint, found" in said
    assert re.search(r"`width` should be a multiple of `heads`.*width=4, heads=3", said)


def test_ranges_that_a_model_has_no_use_for_are_refused(tmp_path: Path) -> None:
    path = write_plan(
        tmp_path,
        a="learning_rate = { low = 0.001, high = 0.05, log = true } -> dnn_units = { choices = [[4]] }",
        b="heads = { choices = [1, 2] } -> ",
    )
    assert "search.ranges: expected at least one option of autoint, found 'dnn_units'." in said_of(
        path
    )


def test_a_plan_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(
        PlanError, match=r"nowhere\.toml: expected the file of a plan, or one of original"
    ):
        find_plan("nowhere.toml")
    with pytest.raises(PlanError, match=r"nowhere\.toml: expected a file with a plan, found none"):
        read_plan(Path("nowhere.toml"))
