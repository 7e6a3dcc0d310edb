"""Every block of code on the cards, run as it stands against what was published."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub_upload import push_dataset, push_model, push_space
from space.features import UNKNOWN
from space.recommender import MovieRecommender
from space.scoring import Scorer, probability
from tests.blocks import blocks, commands
from tests.exports import Run
from tests.hub import HubServer, session
from tests.server import ROOT, ask_recommend, running_app

NAME = "ada/films"


@dataclass(frozen=True)
class Published:
    """The cards of a published run, and what opens its private repositories."""

    hub: HubServer
    environment: dict[str, str]

    def card(self, kind: str) -> str:
        return self.hub.repositories[kind, NAME].download()["README.md"].decode()

    def run(self, command: list[str], folder: Path) -> str:
        """What a command prints."""
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **self.environment, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def published(run: Run) -> Iterator[Published]:
    with session.fresh_hub() as hub:
        token = hub.token("ada")
        push_model(run.bundle, NAME, token=token, dataset_repo=NAME, tag="v1", private=True)
        push_dataset(run.dataset, NAME, token=token, model_repo=NAME, tag="v1")
        push_space(NAME, model=NAME, dataset=NAME, token=token, wait=False)
        yield Published(hub, {"HF_TOKEN": token})


def test_the_first_way_recommends_what_the_bundle_does(
    published: Published, run: Run, tmp_path: Path
) -> None:
    code = blocks(published.card("models"), "python")[0]
    printed = published.run([sys.executable, "-c", code], tmp_path)
    recommender = MovieRecommender.load(run.bundle, run.dataset)
    user = int(code.rpartition("recommend(")[2].partition(",")[0])
    scores = recommender.recommend(user, k=5)["score"]
    for score in (scores.iloc[0], scores.iloc[-1]):
        assert f"{score:.6f}" in printed


def test_the_way_without_our_code_gives_the_score_of_the_recommender(
    published: Published, run: Run, tmp_path: Path
) -> None:
    code = blocks(published.card("models"), "python")[1]
    assert len(code.splitlines()) <= 20
    assert "space" not in code
    assert "hub_upload" not in code
    printed = float(published.run([sys.executable, "-c", code], tmp_path))
    names: dict[str, object] = {}
    inside = code.partition("values = {")[2].partition("\n}")[0]
    exec(f"values = {{{inside}}}", names)
    values = names["values"]
    assert isinstance(values, dict)
    recommender = MovieRecommender.load(run.bundle)
    movies = recommender.bundle.movies["movie_id"]
    (position,) = (movies == int(values["movie_id"])).to_numpy().nonzero()[0]
    month = (int(values["rating_year"]), int(values["rating_month"]))
    row = recommender.encode(int(values["user_id"]), [position], *month)
    encoder = recommender.bundle.encoder
    for column, field in enumerate(encoder.fields):
        known = ["", *encoder.vocabularies[field.name]]
        named = known[row[0, column]] if row[0, column] else UNKNOWN
        given = values.get(field.name, UNKNOWN)
        assert (given if given in known else UNKNOWN) == named, field.name
    expected = probability(Scorer(recommender.bundle.model, len(encoder.fields)).logits(row))[0]
    assert printed == pytest.approx(expected, abs=1e-6)


def test_keras_loads_the_repository(published: Published, tmp_path: Path) -> None:
    code = blocks(published.card("models"), "python")[2]
    assert "hf://ada/films" in code
    printed = published.run([sys.executable, "-c", code], tmp_path)
    assert "auto_int" in printed


def test_training_goes_on_and_the_page_opens_by_the_commands_of_the_card(
    published: Published, tmp_path: Path
) -> None:
    (block,) = blocks(published.card("models"), "console")
    train, page = commands(block)
    train[train.index("--out") + 1] = str(tmp_path / "finetuned")
    assert "ada/films@v1" in train
    published.run([*train, "--epochs", "1"], ROOT)
    assert MovieRecommender.load(tmp_path / "finetuned" / "bundle").recommend(1).shape[0] == 10
    assert page[1] == "app.py"
    with running_app(*page[2:], environment=published.environment) as address:
        assert len(ask_recommend(address, 1)) == 5


@pytest.mark.parametrize("index", range(2))
def test_the_blocks_of_the_data_sets_card_run(
    published: Published, index: int, tmp_path: Path
) -> None:
    code = blocks(published.card("datasets"), "python")[index]
    printed = published.run([sys.executable, "-c", code], tmp_path)
    assert "user_id" in printed or "num_rows" in printed


def test_the_commands_of_the_data_sets_card_run(published: Published, tmp_path: Path) -> None:
    (block,) = blocks(published.card("datasets"), "console")
    first, second, page = commands(block)
    for index, command in enumerate((first, second)):
        command[command.index("--out") + 1] = str(tmp_path / str(index))
        published.run([*command, "--epochs", "1"], ROOT)
        assert (tmp_path / str(index) / "bundle" / "model.onnx").is_file()
    assert page[1] == "app.py"
    with running_app(*page[2:], environment=published.environment) as address:
        assert len(ask_recommend(address, 1)) == 5


def test_no_block_of_a_card_is_left_out(published: Published) -> None:
    count = {
        kind: [len(blocks(published.card(kind), language)) for language in ("python", "console")]
        for kind in ("models", "datasets", "spaces")
    }
    assert count == {"models": [3, 1], "datasets": [2, 1], "spaces": [0, 1]}


def test_the_command_of_the_spaces_card_opens_the_page(published: Published) -> None:
    (block,) = blocks(published.card("spaces"), "console")
    ((_, script, *arguments),) = commands(block)
    assert script == "app.py"
    with running_app(*arguments, environment=published.environment) as address:
        assert len(ask_recommend(address, 1)) == 5
