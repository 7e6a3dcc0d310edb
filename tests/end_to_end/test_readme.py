"""The commands of the README, run as a reader would run them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from hub_upload import push_dataset, push_model
from space.page.examples import shell_code
from space.recommender import MovieRecommender
from tests.blocks import blocks, commands, section
from tests.builders import tiny_movielens, without_demographics, write_csv_edition, zipped
from tests.exports import Run, export_tiny
from tests.file_server import FileServer
from tests.hub import HubServer
from tests.programs import ENDPOINTS, mcp_answers, python_answers, shell_answers, shell_calls
from tests.server import ROOT, ask_recommend, running_app

README = (ROOT / "README.md").read_text()
NAME = "ada/autoint-ml-latest-small"


@pytest.fixture
def mirror(tmp_path: Path) -> FileServer:
    """A mirror of GroupLens that has a small ml-latest-small."""
    data = tmp_path / "ml-latest-small"
    data.mkdir()
    write_csv_edition(without_demographics(tiny_movielens(users=60, movies=80)), data)
    server = FileServer()
    server.files["ml-latest-small.zip"] = zipped(data).read_bytes()
    return server


def test_publish_your_own(mirror: FileServer, hub: HubServer, writer: str, tmp_path: Path) -> None:
    (block,) = blocks(section(README, "Publish your own"), "console")
    train, dry_run, publish, page = commands(block)
    places = {"runs/small": str(tmp_path / "runs" / "small")}
    with mirror:
        environment = {
            **os.environ,
            "HF_TOKEN": writer,
            "AUTOINT_GROUPLENS_URL": mirror.address,
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
        }
        printed = []
        for command in (train, dry_run, publish):
            done = subprocess.run(
                [places.get(word, word) for word in command],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            assert "Traceback" not in done.stderr
            printed.append(done.stdout)
    assert "--dry-run" in dry_run
    assert "new" in printed[1]
    for kind in ("models", "datasets", "spaces"):
        repository = hub.repositories[kind, NAME]
        assert repository.head() in printed[2]
        assert repository.tags == {"v1": repository.head()}
        assert not repository.private, "ml-latest-small may be redistributed"
    assert page[1] == "app.py"
    with running_app(*page[2:]) as address:
        assert len(ask_recommend(address, 1)) == 5


def test_the_pulled_model_is_the_published_one(
    mirror: FileServer, hub: HubServer, writer: str, tmp_path: Path
) -> None:
    """The snippet for code, of a model under the name that the README gives it."""
    run = export_tiny(tmp_path / "run")
    push_model(run.bundle, NAME, token=writer)
    push_dataset(run.dataset, NAME, token=writer, private=False, permission=True)
    (code,) = (block for block in blocks(README, "python") if "from_pretrained" in block)
    names: dict[str, object] = {"MovieRecommender": MovieRecommender}
    pulled = eval(code, names)
    assert isinstance(pulled, MovieRecommender)
    expected = MovieRecommender.load(run.bundle, run.dataset)
    assert pulled.recommend(3).equals(expected.recommend(3))


def test_the_snippet_for_a_run_prints_whole_titles_and_each_fields_change(
    run: Run, recommender: MovieRecommender, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = (block for block in blocks(README, "python") if "runs/first/bundle" in block)
    # The ids are those of MovieLens 100K; the folders are where the README's command leaves them.
    places = {
        "runs/first/bundle": str(run.bundle),
        "runs/first/dataset": str(run.dataset),
        "42, ": "7, ",
        "[1, 50]": "[1, 7]",
        "disliked=[2]": "disliked=[13]",
        "7, 50": "7, 13",
    }
    for here, there in places.items():
        assert here in code
        code = code.replace(here, there)
    exec(code, {})
    printed = capsys.readouterr().out
    listed = recommender.recommend(7, genres=["Comedy"], k=5)
    assert len(listed)
    for film in listed.itertuples():
        assert film.title in printed
    assert printed.count("rank") == 2
    explained = recommender.explain(7, 13)
    lines = printed.splitlines()[-len(explained.fields) :]
    assert [line.split()[0] for line in lines] == list(explained.fields)
    assert [float(line.split()[-1]) for line in lines] == pytest.approx(explained.change, abs=0.006)


def test_the_shell_function_is_that_of_the_page_and_tells_what_failed(address: str) -> None:
    (shell,) = blocks(section(README, "From another program"), "sh")
    function = shell.partition("ask recommend ")[0].replace("http://127.0.0.1:7860", address)
    assert shell_code({}, address) == function.rstrip("\n")
    for arguments, said in (
        ("{}", "`movie_id` should be given"),
        ('{"movie_id": 1, "film": 7}', "There is no argument `film` here."),
        ("no JSON", "A request should be JSON"),
    ):
        done = subprocess.run(
            ["sh", "-c", f"{function}\nask explain '{arguments}'"],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert said in done.stderr


def test_each_way_from_another_program_gives_the_same(
    address: str, recommender: MovieRecommender
) -> None:
    text = section(README, "From another program").replace("http://127.0.0.1:7860", address)
    (python,), (shell,), (config,) = (blocks(text, name) for name in ("python", "sh", "json"))
    answers = python_answers(python)
    assert tuple(answers) == ENDPOINTS
    assert shell_answers(shell) == answers
    assert mcp_answers(config, shell_calls(shell)) == answers
    films = recommender.recommend(7, genres=["Comedy"], k=5)
    assert [film["movie_id"] for film in answers["recommend"]] == list(films["movie_id"])
    films = recommender.recommend_for(liked=[1, 7], age="25-34", k=5)
    assert [film["movie_id"] for film in answers["recommend_for"]] == list(films["movie_id"])
    assert answers["genres"] == list(recommender.genres)
