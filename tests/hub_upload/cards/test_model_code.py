from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from hub_upload.cards import model_card
from space.manifest import MANIFEST
from space.recommender import MAX_K, MovieRecommender
from tests.exports import Run
from tests.hub_upload.cards.reading import BUNDLE, blocks, changed, front_matter, headings, tables

REPO, DATA_REPO = "ada/films", "ada/ratings"


def test_keras_is_offered_only_where_its_files_are(bundle_copy: Path) -> None:
    (bundle_copy / "model.weights.h5").unlink()
    content = json.loads((bundle_copy / MANIFEST).read_text())
    del content["files"]["model.weights.h5"]
    (bundle_copy / MANIFEST).write_text(json.dumps(content))
    card = model_card(bundle_copy, REPO)
    assert "With Keras" not in headings(card)
    assert "model.weights.h5" not in card


def test_the_ways_to_load_name_the_repositories() -> None:
    card = model_card(BUNDLE, REPO, dataset_repo=DATA_REPO, tag="v1.0")
    ours, bare, keras = blocks(card, "python")
    assert f'from_pretrained("{REPO}", dataset="{DATA_REPO}")' in ours
    assert "recommender.recommend(1, k=5)" in ours
    assert f'snapshot_download("{REPO}"' in bare
    assert f'load_model("hf://{REPO}")' in keras
    train, page = blocks(card, "console")[0].splitlines()
    assert train == (
        f"python -m training train --init-from {REPO}@v1.0 --dataset {DATA_REPO} --out runs/finetuned"
    )
    assert page == f"python app.py --model {REPO} --dataset {DATA_REPO}"

    alone = model_card(BUNDLE, REPO)
    assert f'from_pretrained("{REPO}")\n' in blocks(alone, "python")[0]
    assert "--data ratings.zip" in blocks(alone, "console")[0]
    assert "datasets" not in front_matter(alone)
    for code in blocks(card, "python") + blocks(alone, "python"):
        compile(code, "card", "exec")


@pytest.mark.parametrize("name", ["ml-1m", "ada/ml@v2"])
def test_without_a_repository_the_data_are_those_of_the_name(name: str) -> None:
    with changed(BUNDLE, schema=lambda schema: schema["dataset"].update(name=name)) as bundle:
        assert f" --dataset {name} " in blocks(model_card(bundle, REPO), "console")[0]


def score_of(card: str, bundle: Path) -> tuple[float, dict[str, str]]:
    """What the code without ours prints, with the bundle where it would be after the download."""
    code = blocks(card, "python")[1]
    assert len(code.splitlines()) <= 20
    call = f'snapshot_download("{REPO}", allow_patterns=names)'
    assert call in code
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code.replace(call, repr(str(bundle))), names)
    return float(printed.getvalue()), names["values"]


def test_the_code_without_ours_scores_as_the_recommender_does(run: Run) -> None:
    for bundle in (BUNDLE, run.bundle):
        score, asked = score_of(model_card(bundle, REPO), bundle)
        user, film = int(asked["user_id"]), int(asked["movie_id"])
        listed = MovieRecommender.load(bundle).recommend(user, k=MAX_K)
        expected = float(listed.loc[listed["movie_id"] == film, "score"].iloc[0])
        assert score == pytest.approx(expected, abs=1e-6)


def test_the_film_of_the_code_is_the_most_liked_and_named(run: Run) -> None:
    card = model_card(run.bundle, REPO)
    _, asked = score_of(card, run.bundle)
    likes = run.training_likes()
    assert likes[int(asked["movie_id"])] == max(likes.values())
    title = run.data.movies.set_index("movie_id")["title"][int(asked["movie_id"])]
    assert title.strip('"') in card.replace("\\", "")


def test_without_demographics_or_time_the_code_still_runs(run: Run) -> None:
    """A field that the schema has and the values leave out counts as unknown."""

    def forget(schema: dict[str, Any]) -> None:
        del schema["dataset"]["last_year"]

    with changed(run.bundle, schema=forget) as bundle:
        score, asked = score_of(model_card(bundle, REPO), bundle)
    assert 0 < score < 1
    assert "rating_year" not in asked


@pytest.mark.parametrize(
    ("origin", "base", "told"),
    [
        ("ada/base@" + "a" * 40, "ada/base", "ada/base@" + "a" * 40),
        ("bundle@" + "b" * 64, None, "bundle@" + "b" * 64),
        ("/home/ada/runs/first/bundle", None, "a bundle on disk"),
        ("C:\\runs\\bundle", None, "a bundle on disk"),
    ],
)
def test_what_training_went_on_from_is_named_but_no_path(
    origin: str, base: str | None, told: str
) -> None:
    training = {"options": {"init_from": origin}}
    with changed(BUNDLE, training=training) as bundle:
        card = model_card(bundle, REPO, dataset_repo=DATA_REPO)
    data = front_matter(card)
    assert data.get("base_model") == base
    assert ("base_model_relation" in data) == (base is not None)
    assert ("run", "init_from", told) in tables(card)["of", "option", "value"]
    assert "recommender.recommend(recommender.user_ids[0], k=5)" in card


@pytest.mark.parametrize(
    ("repo", "options"),
    [
        ("no owner", {}),
        ('ada/x")\nimport os', {}),
        (REPO, {"dataset_repo": 'ada/"'}),
        (REPO, {"tag": "v1; rm"}),
        (REPO, {"tag": "$(x)"}),
    ],
)
def test_names_that_cannot_stand_in_code_are_refused(repo: str, options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="should be"):
        model_card(BUNDLE, repo, **options)
