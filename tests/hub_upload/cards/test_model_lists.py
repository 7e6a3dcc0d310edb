"""What the model's card says of lists, of newcomers and of the model's kind."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ModelCard

from hub_upload.cards import model_card
from space.like_weight import MANY, MANY_SHARE
from space.ranking_files import ranked_by
from space.recommender import MovieRecommender
from tests.exports import Run
from tests.hub_upload.cards.reading import (
    BUNDLE,
    blocks,
    body,
    changed,
    front_matter,
    headings,
    tables,
)

REPO = "ada/films"
HEAD = ("order", "NDCG@10", "Recall@20", "Coverage@10")
OWN = {"ndcg_at_10": 0.203, "recall_at_20": 0.295, "coverage_at_10": 0.32}
BESIDE = {
    "linear": {"ndcg_at_10": 0.211, "recall_at_20": 0.297, "coverage_at_10": 0.275},
    "popularity": {"ndcg_at_10": 0.1, "recall_at_20": 0.135, "coverage_at_10": 0.045},
    "ease": {"ndcg_at_10": 0.184, "recall_at_20": 0.249, "coverage_at_10": 0.131},
}
LISTS = {"users": 1906, **OWN, "beside": BESIDE}


def card_of(bundle: Path, lists: Any = LISTS, **metrics: Any) -> str:
    with changed(bundle, metrics={"ranking": {"test": lists}, **metrics}) as folder:
        return model_card(folder, REPO)


def test_the_lists_stand_beside_those_of_other_orders(run: Run) -> None:
    card = card_of(run.bundle)
    assert tables(card)[HEAD] == [
        ("the ranking model", "0.2030", "0.2950", "0.3200"),
        ("its linear part alone", "0.2110", "0.2970", "0.2750"),
        ("EASE on likes", "0.1840", "0.2490", "0.1310"),
        ("the films with the most likes", "0.1000", "0.1350", "0.0450"),
    ]
    assert headings(card).index("Lists") == headings(card).index("Figures") + 1
    assert "Over the 1,906 users who like a film in the test rows." in body(card)
    # As they are measured: all films, and without P(like).
    assert "All films that a user had not rated before are ordered" in body(card)
    assert (
        "The figures of the ranking model are of that model alone: what P(like) adds for users who have "
        f"rated more than {MANY} films and {MANY_SHARE:.0%} of all is not in them."
    ) in body(card)
    assert "200 films" not in body(card)


def test_orders_that_were_not_measured_are_left_out(run: Run) -> None:
    alone = card_of(run.bundle, OWN)
    assert [row[0] for row in tables(alone)[HEAD]] == ["the ranking model"]
    assert "Over all users" in body(alone)
    without_ease = {**OWN, "beside": {"popularity": {"ndcg_at_10": 0.1, "recall_at_20": None}}}
    assert tables(card_of(run.bundle, without_ease))[HEAD][1:] == [
        ("the films with the most likes", "0.1000", "–", "–")
    ]


@pytest.mark.parametrize(
    "lists",
    [None, {}, [], "0.2", {"ndcg_at_10": "<b>"}, {"ndcg_at_10": math.nan}, {"beside": BESIDE}],
)
def test_lists_that_are_not_recorded_are_not_told(run: Run, lists: Any) -> None:
    card = card_of(run.bundle, lists)
    assert HEAD not in tables(card)
    assert "Lists" not in headings(card)
    assert "How good the lists are is not recorded." in body(card)
    assert front_matter(card).get("metrics") is None


def test_a_bundle_without_a_ranking_model_has_no_lists_to_tell_of() -> None:
    card = model_card(BUNDLE, REPO)
    assert "Lists" not in headings(card)
    assert "How good the lists are" not in body(card)
    assert "ranking model" not in body(card)


def test_the_front_matter_tells_lists_of_all_films_from_those_of_a_users_own(run: Run) -> None:
    card = card_of(run.bundle, test={"rows": 24, "ndcg_at_10": 0.805, "auc": 0.786})
    assert front_matter(card)["metrics"] == [
        "roc_auc",
        "ndcg_at_10_among_own_films",
        "ndcg_at_10",
        "recall_at_20",
        "coverage_at_10",
    ]
    found = {
        (result.task_name, result.metric_type, result.metric_name): result.metric_value
        for result in ModelCard(card).data.eval_results
    }
    rated = "Whether a user likes a film"
    listed = "Which of all films not rated yet a user goes on to rate and like"
    assert found == {
        (rated, "roc_auc", "AUC"): 0.786,
        (rated, "ndcg_at_10_among_own_films", "NDCG@10 among a user's own held-out films"): 0.805,
        (listed, "ndcg_at_10", "NDCG@10"): OWN["ndcg_at_10"],
        (listed, "recall_at_20", "Recall@20"): OWN["recall_at_20"],
        (listed, "coverage_at_10", "Coverage@10"): OWN["coverage_at_10"],
    }
    assert str(ModelCard(card)) == card


def test_the_line_for_somebody_new_runs_and_gives_their_list(run: Run) -> None:
    code = blocks(model_card(run.bundle, REPO), "python")[0]
    (line,) = (line for line in code.splitlines() if "recommend_for" in line)
    recommender = MovieRecommender.load(run.bundle)
    told: list[Any] = []
    exec(line, {"recommender": recommender, "print": told.append})
    likes = run.training_likes()
    film = max(likes, key=lambda movie: (likes[movie], -movie))
    assert told[0].equals(recommender.recommend_for(liked=[film], age="25-34", k=5))


def test_somebody_new_can_tell_no_films_to_a_model_that_reads_none() -> None:
    card = model_card(BUNDLE, REPO)
    code = blocks(card, "python")[0]
    assert 'recommender.recommend_for(age="25-34", k=5)' in code
    assert "It takes gender, age and occupation, as far as they are told." in body(card)
    assert "films that they like and do not like" not in body(card)


def test_what_is_here_of_which_model_is_told_as_it_is(bundle_copy: Path) -> None:
    ranked, unranked = body(model_card(bundle_copy, REPO)), body(model_card(BUNDLE, REPO))
    twice = "are here twice, as an ONNX graph for serving and as a Keras model for training"
    assert (
        f"The weights of AutoInt+ {twice}; the ranking model is here as an ONNX graph alone."
        in ranked
    )
    assert f"The weights {twice}." in unranked


def test_the_order_is_told_with_why_a_low_probability_can_stand_at_the_top(run: Run) -> None:
    card = body(model_card(run.bundle, REPO))
    assert f"By {ranked_by(ranking_model=True)}. Ties go by movie id." in card
    assert "greater part of its score is a weighted sum over the item-item models" in card
    assert "A film with a low probability can stand at the top" in card
    assert f"m is {MANY} or a tenth of all films, whichever is more" in card


def test_a_model_without_a_network_is_called_by_its_name() -> None:
    with changed(BUNDLE, config=lambda config: config.update(class_name="AutoInt")) as bundle:
        card = model_card(bundle, REPO)
    assert headings(card)[0] == "AutoInt on tiny"
    assert "AutoInt gives the probability" in body(card)
    assert "AutoInt+" not in card
    assert "feed-forward" not in body(card)
