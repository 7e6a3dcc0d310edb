"""The methods of each protocol, and what tells the results of one from those of another."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import typer

from tests.training.told import Told
from training.cli import app
from training.evaluate import evaluate as command_of_protocols
from training.protocols import RANKING_PROTOCOLS, RATING_PROTOCOLS, evaluation, methods
from training.protocols.autoint import AutoIntRanker
from training.protocols.evaluation import EvaluateOptions, evaluate
from training.protocols.methods import ABLATIONS, RANKERS, USUAL, method_names
from training.protocols.rating_methods import RATING_METHODS
from training.ranking.options import NO_EASE, PLAIN_EASE, RankingOptions


def fitted(options: EvaluateOptions, ratings: Path, out: Path) -> bool:
    """Whether the method was measured, and not taken from before."""
    told = Told()
    evaluate(options, out, told, data=ratings)
    return not any(note.endswith("is measured already.") for note in told.notes)


def test_a_method_with_other_settings_is_measured_again(
    ratings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = EvaluateOptions(dataset="tiny", methods="popularity")
    changed = replace(RANKERS["popularity"], identity="other settings")
    assert [fitted(options, ratings, tmp_path) for _ in range(2)] == [True, False]
    monkeypatch.setitem(RANKERS, "popularity", changed)
    assert [fitted(options, ratings, tmp_path) for _ in range(2)] == [True, False]


def test_a_model_of_likes_with_other_options_is_measured_again(
    ratings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*args: object, **options: object) -> dict[str, float]:
        return {"auc": 0.5, "rows": 3, "parameters": 7}

    monkeypatch.setattr("training.protocols.rating_run.run_rating", run)
    options = EvaluateOptions(protocol="original", dataset="tiny", methods="wide", seeds=1)
    assert [fitted(options, ratings, tmp_path) for _ in range(2)] == [True, False]
    wide = RATING_METHODS["wide"]
    smaller = {**wide.preset.model_options, "embed_dim": 8}
    changed = replace(wide, preset=replace(wide.preset, model_options=smaller))
    monkeypatch.setitem(RATING_METHODS, "wide", changed)
    assert [fitted(options, ratings, tmp_path) for _ in range(2)] == [True, False]
    monkeypatch.setattr(evaluation, "RESULT_VERSION", evaluation.RESULT_VERSION + 1)
    assert fitted(options, ratings, tmp_path)


def test_rankers_are_told_apart_by_their_options_and_by_the_version_of_their_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def identity(**changed: object) -> str | None:
        return methods._autoint(replace(RankingOptions(), **changed)).identity  # type: ignore[arg-type]

    before = identity()
    assert before == RANKERS["autoint+"].identity == identity()
    assert identity(matrices=NO_EASE) == RANKERS["autoint+-no-ease"].identity
    assert identity(epochs=9) != before != RANKERS["linear"].identity
    monkeypatch.setattr(methods, "RANKER_VERSION", methods.RANKER_VERSION + 1)
    assert identity() != before


def test_rankers_are_made_anew_of_their_options() -> None:
    first, second = (RANKERS["autoint+-no-ease"].make() for _ in range(2))
    assert first is not second
    assert isinstance(first, AutoIntRanker)
    assert (first.options, first.network) == (RankingOptions(matrices=NO_EASE), True)
    plain = RANKERS["autoint+-plain-ease"].make()
    assert isinstance(plain, AutoIntRanker)
    assert plain.options == RankingOptions(matrices=PLAIN_EASE)
    linear = RANKERS["linear"].make()
    assert isinstance(linear, AutoIntRanker)
    assert (linear.options, linear.network) == (RankingOptions(), False)


def test_each_protocol_has_usual_methods_that_are_known() -> None:
    assert set(USUAL) == {*RATING_PROTOCOLS, *RANKING_PROTOCOLS}
    for protocol, usual in USUAL.items():
        assert method_names(protocol, None) == usual
        assert method_names(protocol, ",".join(usual)) == usual
    assert USUAL["topn"] == USUAL["newcomers"]
    assert [*USUAL["topn"], *ABLATIONS] == list(RANKERS)


def test_an_ablation_differs_from_the_ranker_in_one_thing() -> None:
    whole = vars(RankingOptions())
    changed: dict[str, dict[str, Any]] = {}
    for name, method in ABLATIONS.items():
        ranker = method.make()
        assert isinstance(ranker, AutoIntRanker)
        assert ranker.network
        options = vars(ranker.options)
        changed[name] = {key: options[key] for key in options if options[key] != whole[key]}
        changed[name] |= {} if ranker.told else {"told": False}
    assert {len(each) for each in changed.values()} == {1}
    assert changed["autoint+-no-dnn"] == {"without": ("dnn",)}
    kept = ("window_ease", "rated_ease", "next30", "next10", "later")
    assert changed["autoint+-no-liked-ease"] == {"matrices": kept}
    assert changed["autoint+-even-draws"] == {"by_linear": 0}
    assert len({method.identity for method in RANKERS.values() if method.identity}) == 4 + len(
        ABLATIONS
    )


def test_the_help_names_every_method_and_the_usual_ones() -> None:
    command = typer.main.get_command(app).commands["evaluate"]  # type: ignore[attr-defined]
    (told,) = (option.help for option in command.params if option.name == "methods")
    found = re.fullmatch(
        r"Separated by commas\. topn and newcomers: (.*); by default all of these, and, to leave one "
        r"thing out, (.*)\. "
        r"original, paper and ids: (.*); by default (.*), for paper (.*)\.",
        told,
    )
    assert found is not None
    ranked, ablated, rated, usual, papers = found.groups()
    assert [*ranked.split(", "), *ablated.split(", ")] == list(RANKERS)
    assert rated.split(", ") == list(RATING_METHODS)
    assert (usual,) == USUAL["original"] == USUAL["ids"]
    assert (papers,) == USUAL["paper"]
    assert set(get_args(get_type_hints(command_of_protocols)["protocol"])) == set(USUAL)
