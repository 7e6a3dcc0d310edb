"""Publishing the page as a Space, and waiting until it runs."""

from __future__ import annotations

import ast
import logging
import traceback
from collections.abc import Sequence
from typing import Any

import pytest
import yaml
from huggingface_hub import HfApi

from hub_upload import PublishError, Pushed, push_model, push_space
from hub_upload.errors import Failure
from hub_upload.publications import space as space_publication
from hub_upload.runtime import wait_until_running
from hub_upload.space_files import gradio_version
from tests.exports import Run
from tests.hub import HubServer, Repository, Space
from tests.hub_upload.conftest import DATASET, MODEL, SPACE, refusal, writes

SECRET = "hf_" + "s3cReT" * 6


@pytest.fixture
def sources(hub: HubServer, writer: str) -> None:
    """A model and a data set for the Space to read."""
    model = hub.add("models", MODEL, {"config.json": b"{}"})
    model.tags["v1"] = model.head()
    hub.add("datasets", DATASET, {"dataset.json": b"{}"})
    hub.add("models", "ada/other", {"config.json": b"{}"})


def push(token: str, **options: Any) -> Pushed:
    given = {"model": MODEL, "dataset": DATASET, "wait": False, **options}
    return push_space(SPACE, token=token, **given)


def space_on(hub: HubServer) -> Repository:
    return hub.repositories["spaces", SPACE]


def wait(hub: HubServer, token: str, sha: str, *, seconds: float = 5) -> tuple[str, list[str]]:
    said: list[str] = []
    api = HfApi(token=token)
    stage = wait_until_running(api, SPACE, sha, said.append, seconds=seconds, interval=0.01)
    return stage, said


# What goes up


@pytest.mark.usefixtures("sources")
def test_a_space_goes_up_in_one_commit(hub: HubServer, writer: str) -> None:
    pushed = push(writer)
    there = space_on(hub)
    assert there.history()[0].title == f"The page for {MODEL}"
    assert len(there.commits) == 2
    assert pushed == Pushed(
        "space", SPACE, f"{hub.address}/spaces/{SPACE}", there.head(), changed=True
    )
    files = there.download()
    what = space_publication(SPACE, model=MODEL, dataset=DATASET)
    assert files.keys() == {".gitattributes", *what.files}
    assert files["README.md"].decode() == what.card
    head = yaml.safe_load(files["README.md"].decode().split("---\n")[1])
    assert head["sdk"] == "gradio"
    assert head["sdk_version"] == gradio_version()
    assert f"gradio=={gradio_version()}".encode() in files["requirements.txt"].split()
    assert not there.private
    assert there.space is not None
    assert there.space.sdk == "gradio"


@pytest.mark.usefixtures("sources")
def test_a_space_holds_no_training_and_no_tests(hub: HubServer, writer: str) -> None:
    push(writer)
    files = space_on(hub).download()
    assert {name.partition("/")[0] for name in files} == {
        ".gitattributes",
        "README.md",
        "app.py",
        "requirements.txt",
        "space",
    }
    there = {name for name in files if name.startswith("space/")}
    assert {name.rpartition(".")[2] for name in there} == {"css", "js", "json", "py"}
    assert {"space/page/page.css", "space/page/page.js", "space/page/catalogue/ko.json"} <= there
    packages = set()
    for name, content in files.items():
        if not name.endswith(".py"):
            continue
        for node in ast.parse(content).body:
            if isinstance(node, ast.Import):
                packages |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module is not None:
                packages.add(node.module.partition(".")[0])
    assert packages.isdisjoint({"training", "tests", "hub_upload", "keras", "tensorflow"})


@pytest.mark.usefixtures("sources")
def test_what_is_there_already_makes_no_commit_and_no_restart(hub: HubServer, writer: str) -> None:
    first = push(writer)
    before = len(hub.requests)
    second = push(writer)
    assert second == Pushed("space", SPACE, first.url, first.sha, changed=False)
    assert {request.method for request in hub.requests[before:]} == {"GET"}


@pytest.mark.usefixtures("sources")
def test_stale_files_of_the_package_go_away_and_those_of_others_stay(
    hub: HubServer, writer: str
) -> None:
    push(writer)
    there = space_on(hub)
    expected = there.download()
    others = {
        "LICENSE": b"theirs",
        "pictures/cat.png": b"\x89PNG",
        "packages.txt": b"",
        "x.py": b"#",
    }
    stale = {"space/old.py": b"#", "space/page/old/deep.py": b"#"}
    there.commit({**expected, **others, **stale})
    assert push(writer).changed
    assert there.download() == {**expected, **others}


@pytest.mark.usefixtures("sources")
def test_a_space_can_be_private_tagged_and_on_a_branch(hub: HubServer, writer: str) -> None:
    pushed = push(writer, private=True, tag="v1", revision="next", message="Try it")
    there = space_on(hub)
    assert there.private
    assert there.tags == {"v1": pushed.sha} == {"v1": there.head("next")}
    assert "app.py" not in there.download()
    assert there.history("next")[0].title == "Try it"
    # The Hub runs the main branch: nothing to wait for.
    assert push(writer, revision="next", wait=True).sha == pushed.sha


def test_a_space_that_must_be_paid_for(hub: HubServer, writer: str, sources: None) -> None:
    hub.paid_spaces = True
    message = refusal(Failure.PAYMENT, lambda: push(writer))
    assert message.startswith(f"The Space {SPACE} was not pushed: ")
    assert "paid plan" in message
    assert ("spaces", SPACE) not in hub.repositories


# Variables and secrets


@pytest.mark.usefixtures("sources")
def test_variables_are_set_when_it_is_made(hub: HubServer, writer: str) -> None:
    push(writer, model=f"{MODEL}@v1")
    wanted = {"MODEL_REPO": f"{MODEL}@v1", "DATASET_REPO": f"{DATASET}@main"}
    assert hub.space(SPACE).variables == wanted
    assert hub.space(SPACE).secrets == {}
    (made,) = [request for request in hub.requests if request.path.endswith("repos/create")]
    assert {entry["key"]: entry["value"] for entry in made.json()["variables"]} == wanted
    assert not any("/variables" in call or "/secrets" in call for call in writes(hub))


@pytest.mark.usefixtures("sources")
def test_variables_are_changed_where_they_differ(hub: HubServer, writer: str) -> None:
    push(writer)
    hub.space(SPACE).variables["LOG_LEVEL"] = "debug"
    hub.requests.clear()
    push(writer, model="ada/other")
    assert hub.space(SPACE).variables == {
        "MODEL_REPO": "ada/other@main",
        "DATASET_REPO": f"{DATASET}@main",
        "LOG_LEVEL": "debug",
    }
    changed = [request for request in hub.requests if request.path.endswith("/variables")]
    assert [request.json()["key"] for request in changed if request.method == "POST"] == [
        "MODEL_REPO"
    ]


@pytest.mark.usefixtures("sources")
def test_the_variable_of_a_data_set_goes_away_with_it(hub: HubServer, writer: str) -> None:
    push(writer)
    hub.space(SPACE).variables["LOG_LEVEL"] = "debug"
    push(writer, dataset=None)
    assert hub.space(SPACE).variables == {"MODEL_REPO": f"{MODEL}@main", "LOG_LEVEL": "debug"}


@pytest.mark.usefixtures("sources")
def test_a_secret_is_set_when_it_is_asked_for_and_shown_nowhere(
    hub: HubServer, writer: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    pushed = push(writer, space_token=SECRET, say=said.append)
    assert hub.space(SPACE).secrets == {"HF_TOKEN": SECRET}
    hub.faults.status("POST", "/secrets", 400, body={"error": f"Not this: {SECRET}"})
    with pytest.raises(PublishError) as caught:
        push(writer, space_token=SECRET, say=said.append)
    assert "was not pushed" in str(caught.value)
    shown = "".join(traceback.format_exception(caught.value))
    for text in (repr(pushed), *said, repr(caught.value), shown, caplog.text):
        assert SECRET not in text
        assert writer not in text
    for data in space_on(hub).download().values():
        assert SECRET.encode() not in data
    # It is there when the Space is built first; the requests that set it show it, no others do.
    assert [r.path for r in hub.requests if SECRET.encode() in r.body] == [
        "/api/repos/create",
        f"/api/spaces/{SPACE}/secrets",
    ]
    push(writer)
    assert hub.space(SPACE).secrets == {"HF_TOKEN": SECRET}


@pytest.mark.parametrize(
    "missing",
    [
        {"model": "ada/nothing"},
        {"model": f"{MODEL}@v9"},
        {"dataset": "ada/nothing"},
        {"dataset": f"{DATASET}@v9"},
        {"dataset": MODEL},
        {"model": "bob/private"},
    ],
)
@pytest.mark.usefixtures("sources")
def test_a_source_that_is_not_there(hub: HubServer, writer: str, missing: dict[str, str]) -> None:
    hub.account("bob")
    hub.add("models", "bob/private", {}, private=True)
    message = refusal(Failure.NOT_FOUND, lambda: push(writer, **missing))
    (name,) = missing.values()
    assert f"since it needs {name}" in message
    assert writes(hub) == []
    assert ("spaces", SPACE) not in hub.repositories


@pytest.mark.parametrize("private", [MODEL, DATASET])
@pytest.mark.usefixtures("sources")
def test_a_private_source_without_a_token_is_told(
    hub: HubServer, writer: str, private: str
) -> None:
    kind = "models" if private == MODEL else "datasets"
    hub.repositories[kind, private].private = True
    said: list[str] = []
    push(writer, say=said.append)
    assert f"{private} is private" in said[0]
    said.clear()
    push(writer, say=said.append, space_token=SECRET)
    assert f"{private} is private, and the Space shows what is in it" in said[0]
    said.clear()
    push(writer, say=said.append, space_token=SECRET, private=True)
    assert not any("is private" in text for text in said)


# How it runs


def made(hub: HubServer, stages: Sequence[str], **facts: Any) -> tuple[Space, str]:
    """A Space that goes through these stages."""
    there = hub.add("spaces", SPACE, {"app.py": b"#"})
    space = hub.space(SPACE)
    space.stages = stages
    for name, value in facts.items():
        setattr(space, name, value)
    return space, there.head()


def test_a_space_that_comes_to_run(hub: HubServer, writer: str) -> None:
    _, sha = made(hub, ["BUILDING", "BUILDING", "APP_STARTING", "RUNNING"])
    stage, said = wait(hub, writer, sha)
    assert stage == "RUNNING"
    assert said == ["The Space is building", "The Space is app starting", "The Space is running"]


@pytest.mark.parametrize("stage", ["SLEEPING", "PAUSED", "STOPPED"])
def test_a_space_that_rests(hub: HubServer, writer: str, stage: str) -> None:
    _, sha = made(hub, ["BUILDING", stage])
    assert wait(hub, writer, sha)[0] == stage


@pytest.mark.parametrize("stage", ["BUILD_ERROR", "RUNTIME_ERROR", "CONFIG_ERROR"])
def test_a_space_that_does_not_start(hub: HubServer, writer: str, stage: str) -> None:
    logs = {
        "build_log": [f"build {number:03}" for number in range(50)],
        "run_log": [f"run {number:03} {SECRET}" for number in range(50)],
    }
    _, sha = made(hub, ["BUILDING", stage], error_message="Exit code 1", **logs)
    with pytest.raises(PublishError) as caught:
        wait(hub, writer, sha)
    message = str(caught.value)
    assert caught.value.failure is Failure.SPACE
    assert stage.lower().replace("_", " ") in message
    assert "was pushed" in message
    assert "Exit code 1" in message
    which = "run" if stage == "RUNTIME_ERROR" else "build"
    assert [line[: len(which) + 4] for line in message.splitlines() if line.startswith(which)] == [
        f"{which} {number:03}" for number in range(30, 50)
    ]
    assert SECRET not in message


def test_a_space_that_does_not_start_and_says_nothing(hub: HubServer, writer: str) -> None:
    _, sha = made(hub, ["RUNTIME_ERROR"])
    assert "runtime error" in refusal(Failure.SPACE, lambda: wait(hub, writer, sha))
    hub.faults.status("GET", "/logs/", 403)
    hub.space(SPACE).error_message = "Exit code 1"
    with pytest.raises(PublishError, match="Exit code 1"):
        wait(hub, writer, sha)


def test_a_space_without_an_app(hub: HubServer, writer: str) -> None:
    sha = hub.add("spaces", SPACE, {"README.md": b""}).head()
    assert "it has no app file" in refusal(Failure.SPACE, lambda: wait(hub, writer, sha))


@pytest.mark.parametrize("before", ["RUNNING", "RUNTIME_ERROR", "BUILD_ERROR", "SLEEPING"])
def test_the_state_of_an_older_version_does_not_count(
    hub: HubServer, writer: str, before: str
) -> None:
    space, old = made(hub, [before], sha="0" * 40)
    new = space_on(hub).commit({"app.py": b"# new"})
    space.stages = [before, before, "RUNNING_BUILDING", "RUNNING"]
    asked = 0

    def ask(request: object) -> None:
        nonlocal asked
        asked += 1
        if asked == 4:
            space.sha = new

    hub.faults.call("GET", "/runtime", ask, times=None)
    assert wait(hub, writer, new)[0] == "RUNNING"
    assert asked == 4
    assert old != new


def test_a_space_that_takes_too_long(hub: HubServer, writer: str) -> None:
    _, sha = made(hub, ["BUILDING"])
    message = refusal(Failure.SPACE, lambda: wait(hub, writer, sha, seconds=0.05))
    assert "still building" in message
    _, sha = made(hub, ["RUNNING"], sha="0" * 40)
    assert "still running" in refusal(Failure.SPACE, lambda: wait(hub, writer, sha, seconds=0.05))


def test_a_hub_that_cannot_be_asked_how_it_runs(hub: HubServer, writer: str) -> None:
    _, sha = made(hub, ["BUILDING"])
    hub.faults.status("GET", "/runtime", 503, nth=3, times=None)
    message = refusal(Failure.UNREACHABLE, lambda: wait(hub, writer, sha))
    assert f"The Space {SPACE} was pushed" in message


def test_a_few_answers_that_fail_end_nothing(hub: HubServer, writer: str) -> None:
    _, sha = made(hub, ["BUILDING", "RUNNING"])
    hub.faults.status("GET", "/runtime", 503, nth=2, times=4)
    assert wait(hub, writer, sha)[0] == "RUNNING"


@pytest.mark.parametrize("stage", ["PAUSED", "STOPPED"])
def test_a_space_at_rest_is_not_waited_for(hub: HubServer, writer: str, stage: str) -> None:
    made(hub, [stage], sha="0" * 40)
    assert wait(hub, writer, "1" * 40)[0] == stage


@pytest.mark.usefixtures("sources")
def test_a_push_waits_until_it_runs(hub: HubServer, writer: str) -> None:
    def run(request: object) -> None:
        hub.space(SPACE).stages = ["RUNNING"]

    hub.faults.call("POST", "/commit/", run)
    said: list[str] = []
    push(writer, wait=True, say=said.append)
    assert said[-1] == "The Space is running"
    hub.space(SPACE).stages = ["RUNTIME_ERROR"]
    hub.space(SPACE).run_log = ["No such film"]
    with pytest.raises(PublishError, match="No such film"):
        push(writer, wait=True)


def test_a_space_for_a_model_that_was_pushed(hub: HubServer, writer: str, free: Run) -> None:
    push_model(free.bundle, MODEL, token=writer, tag="v1", private=True)
    push(writer, model=f"{MODEL}@v1", dataset=None, space_token=SECRET)
    space = hub.space(SPACE)
    assert (space.variables, space.secrets) == (
        {"MODEL_REPO": f"{MODEL}@v1"},
        {"HF_TOKEN": SECRET},
    )
