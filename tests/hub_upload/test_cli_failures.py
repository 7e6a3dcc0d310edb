"""What the command says where something goes wrong, and that the same command then goes on."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from hub_upload.errors import Failure
from space.manifest import write_manifest
from tests.exports import Run
from tests.hub import HubServer, session
from tests.hub_upload.command import (
    NAME,
    ROOT,
    Command,
    Ended,
    check_output,
    everything,
    run,
    whole_run,
    writer,
)
from tests.hub_upload.conftest import tree, writes

KINDS = ("models", "datasets", "spaces")
STAGES = {
    "whoami": ("GET", "^/api/whoami-v2"),
    "look": ("GET", "^/api/{kind}/ada/films$"),
    "create": ("POST", "^/api/repos/create"),
    "reads": ("GET", "^/api/models/ada/films/revision/main"),
    "head": ("GET", "^/api/{kind}/ada/films/revision/"),
    "tree": ("GET", "^/api/{kind}/ada/films/tree/"),
    "card": ("POST", "^/api/validate-yaml"),
    "preupload": ("POST", "^/api/{kind}/ada/films/preupload/"),
    "batch": ("POST", "^{prefix}/ada/films.git/info/lfs/objects/batch"),
    "put": ("PUT", "^/{kind}/ada/films/"),
    "verify": ("POST", "^{prefix}/ada/films.git/info/lfs/objects/verify"),
    "commit": ("POST", "^/api/{kind}/ada/films/commit/"),
    "tag": ("POST", "^/api/{kind}/ada/films/tag/"),
    "runtime": ("GET", "^/api/{kind}/ada/films/runtime"),
}
"""What a push asks for, in this order."""

AGAIN = "After that, the same command goes on."


@pytest.fixture(scope="module")
def folder(free: Run) -> Path:
    """A run's folder."""
    return free.bundle.parent


@pytest.fixture(scope="module")
def clean(folder: Path) -> dict[str, Any]:
    """What a push that nothing disturbs leaves on a Hub."""
    with session.fresh_hub() as hub:
        assert whole_run(hub, folder).end().code == 0
        return everything(hub)


def fail(hub: HubServer, kind: str, stage: str, what: int | str) -> None:
    """Let a request of a push fail, and all that are like it."""
    method, path = STAGES[stage]
    path = path.format(kind=kind, prefix="" if kind == "models" else f"/{kind}")
    nth = {
        "create": KINDS.index(kind) + 1,
        "card": KINDS.index(kind) + 1,
        "reads": 3,  # before, the model's push asked for it twice
    }.get(stage, 1)
    if isinstance(what, int):
        headers = {"Retry-After": "30"} if what == 429 else None
        hub.faults.status(method, path, what, nth=nth, times=None, headers=headers)
    elif what == "cut":
        hub.faults.cut(method, path, 1, nth=nth, times=None)
    elif what == "page":  # of something between the client and the Hub
        page = b"<html>\n<h1>502</h1>" + b"\n<p>Bad gateway</p>" * 500
        hub.faults.status(method, path, 502, nth=nth, times=None, body=page)
    else:
        hub.faults.drop(method, path, nth=nth, times=None, handled=what == "lost")


def published(hub: HubServer, *kinds: str) -> str:
    """How a failure should tell of these repositories as complete."""
    words = {"models": "model", "datasets": "data set", "spaces": "Space"}
    heads = {kind: hub.repositories[kind, NAME].head()[:7] for kind in kinds}
    told = ", ".join(f"{words[kind]} {NAME} ({heads[kind]})" for kind in kinds)
    return f"Published in full so far: {told or 'nothing'}."


def goes_on(hub: HubServer, folder: Path, clean: dict[str, Any]) -> Ended:
    """Run the same command again, with nothing in its way, and compare with a clean push."""
    hub.faults.clear()
    ended = whole_run(hub, folder).end()
    assert ended.code == 0, ended
    assert everything(hub) == clean
    return ended


U, R = Failure.UNREACHABLE, Failure.RATE_LIMIT
FAULTS = [
    ("models", "whoami", 429, R),
    ("models", "whoami", "cut", U),
    ("models", "whoami", 503, U),
    ("models", "look", "page", U),
    ("models", "create", 403, Failure.FORBIDDEN),
    ("models", "create", 500, U),
    ("datasets", "create", 429, R),
    ("spaces", "create", 402, Failure.PAYMENT),
    ("spaces", "create", "lost", U),
    ("spaces", "create", 409, Failure.CONFLICT),
    ("spaces", "reads", 500, U),
    ("datasets", "head", 429, R),
    ("models", "tree", 404, Failure.NOT_FOUND),
    ("spaces", "tree", 507, U),
    ("models", "card", "page", U),
    ("spaces", "card", "drop", U),
    ("models", "preupload", 403, Failure.FORBIDDEN),
    ("datasets", "preupload", 404, Failure.NOT_FOUND),
    ("models", "batch", 402, Failure.PAYMENT),
    ("models", "put", 507, U),
    ("models", "verify", 404, Failure.NOT_FOUND),
    ("models", "commit", 403, Failure.FORBIDDEN),
    ("models", "commit", 409, Failure.CONFLICT),
    ("datasets", "commit", 401, Failure.TOKEN),
    ("datasets", "commit", 404, Failure.NOT_FOUND),
    ("datasets", "commit", 429, R),
    ("spaces", "commit", 500, U),
    ("spaces", "commit", "drop", U),
    ("models", "tag", 409, Failure.CONFLICT),
    ("models", "tag", 500, U),
    ("models", "tag", "lost", U),
    ("datasets", "tag", 429, R),
    ("spaces", "tag", 403, Failure.FORBIDDEN),
    ("spaces", "tag", "drop", U),
]


@pytest.mark.parametrize(
    ("kind", "stage", "what", "failure"),
    FAULTS,
    ids=[f"{kind}-{stage}-{what}" for kind, stage, what, _ in FAULTS],
)
def test_a_failure_is_told_in_a_sentence_and_the_same_command_goes_on(
    hub: HubServer,
    folder: Path,
    clean: dict[str, Any],
    kind: str,
    stage: str,
    what: int | str,
    failure: Failure,
) -> None:
    fail(hub, kind, stage, what)
    ended = whole_run(hub, folder).end()
    assert ended.code == failure, ended
    done = KINDS[: KINDS.index(kind)]
    assert published(hub, *done) in ended.said
    assert ended.said.endswith(AGAIN)
    assert len(ended.said) < 600
    assert len(ended.out.splitlines()) == len(done)
    for name in done:
        assert clean[name] == everything(hub)[name]
    assert ("was pushed as" in ended.said) == (stage == "tag")
    if what == 429:
        assert "asks to wait for 30 seconds" in ended.said
    elif isinstance(what, int):
        assert str(what) in ended.said
    for repository in hub.repositories.values():  # no half commit
        assert len(repository.commits) <= 2
    goes_on(hub, folder, clean)


@pytest.mark.parametrize(
    ("method", "path", "what", "failure"),
    [
        ("GET", "/api/spaces/ada/films$", 500, U),
        ("GET", "/variables", 429, R),
        ("POST", "/variables", "drop", U),
        ("POST", "/variables", 403, Failure.FORBIDDEN),
        ("POST", "/secrets", 429, R),
        ("POST", "/secrets", 502, U),
        ("POST", "/secrets", "lost", U),
    ],
)
def test_a_failure_in_setting_up_a_space_that_is_there(
    hub: HubServer,
    folder: Path,
    clean: dict[str, Any],
    method: str,
    path: str,
    what: int | str,
    failure: Failure,
) -> None:
    assert whole_run(hub, folder).end().code == 0
    hub.space(NAME).variables["MODEL_REPO"] = "ada/other@main"
    hub.space(NAME).secrets.clear()
    hub.requests.clear()
    if isinstance(what, int):
        hub.faults.status(method, path, what)
    else:
        hub.faults.drop(method, path, handled=what == "lost")
    ended = whole_run(hub, folder).end()
    assert ended.code == failure, ended
    assert "The Space ada/films was not pushed:" in ended.said
    assert ended.said.endswith(f"{published(hub, 'models', 'datasets')} {AGAIN}")
    goes_on(hub, folder, clean)
    assert not any("/commit/" in request for request in writes(hub))


@pytest.mark.parametrize(("what", "failure"), [(404, Failure.NOT_FOUND), (429, Failure.RATE_LIMIT)])
def test_a_failure_in_waiting_for_the_space(
    hub: HubServer, folder: Path, what: int, failure: Failure
) -> None:
    fail(hub, "spaces", "runtime", what)
    hub.faults.call(
        "POST",
        "/spaces/.*/commit/",
        lambda _: setattr(hub.space(NAME), "stages", ("RUNNING",)),
    )
    command = ["all", folder, "--owner", "ada", "--name", "films"]
    ended = run(hub, *command)
    assert ended.code == failure, ended
    assert "The Space ada/films was pushed, how it runs is not known:" in ended.said
    assert f"{published(hub, *KINDS)} {AGAIN}" in ended.said
    assert len(ended.out.splitlines()) == 3
    hub.faults.clear()
    hub.faults.cut("GET", "/runtime", 1)  # what passes is not told of
    assert run(hub, *command).said == "The Space is running"


@pytest.mark.parametrize(("kind", "what"), [*((kind, "lost") for kind in KINDS), ("datasets", 504)])
def test_a_commit_whose_answer_is_lost_is_found_on_the_hub(
    hub: HubServer, folder: Path, clean: dict[str, Any], kind: str, what: int | str
) -> None:
    method, path = STAGES["commit"]
    if what == "lost":
        hub.faults.drop(method, path.format(kind=kind), handled=True)
    else:
        hub.faults.status(method, path.format(kind=kind), int(what), handled=True)
    assert whole_run(hub, folder).end().code == 0
    assert everything(hub) == clean


def test_what_passes_is_waited_for_in_words(
    hub: HubServer, folder: Path, clean: dict[str, Any]
) -> None:
    now = {"Retry-After": "0"}
    hub.faults.status("GET", STAGES["tree"][1].format(kind="models"), 429, headers=now)
    hub.faults.status("POST", "/models/.*/preupload/", 429, headers=now)
    hub.faults.status("POST", "/objects/batch", 503)
    hub.faults.drop("PUT", "")
    hub.faults.status("POST", "/objects/verify", 500)
    ended = whole_run(hub, folder).end()
    assert ended.code == 0, ended
    assert everything(hub) == clean
    assert ended.err.count("Rate limited. Waiting 1.0s before retry [Retry 1/5].") == 2
    assert ended.err.count("Retrying in 1s [Retry 1/5].") == 3
    assert "HTTP Error 429 thrown while requesting POST" in ended.err
    assert "?signature=" not in ended.err  # who knows it can write to the storage


def test_what_lasts_is_told_with_the_time_that_the_hub_asks_for(
    hub: HubServer, folder: Path, clean: dict[str, Any]
) -> None:
    hub.faults.status("PUT", "", 429, times=None, headers={"Retry-After": "0"})
    ended = whole_run(hub, folder).end()
    assert ended.code == Failure.RATE_LIMIT
    assert "[Retry 5/5]" in ended.err
    assert "The model ada/films was not pushed: the Hub asks to wait for 0 seconds" in ended.said
    goes_on(hub, folder, clean)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"HF_TOKEN": None}, "no token was found; set HF_TOKEN or run `hf auth login`"),
        ({"HF_TOKEN": ""}, "no token was found; set HF_TOKEN or run `hf auth login`"),
        ({"HF_TOKEN": "hf_" + "unknown" * 5}, "the Hub does not know the token (401"),
        ({"HF_TOKEN": "unknown and not like a token"}, "the Hub does not know the token (401"),
        ({"HF_TOKEN": "hf_sécretsécretsécret"}, "the token cannot be sent"),
        ({"HF_TOKEN": "sécret and not like a token"}, "the token cannot be sent"),
    ],
)
def test_without_a_valid_token_nothing_is_done(
    hub: HubServer, folder: Path, environment: dict[str, str | None], said: str
) -> None:
    ended = whole_run(hub, folder, environment=environment).end()
    assert ended.code == Failure.TOKEN, ended
    assert ended.said == f"Nothing was pushed: {ended.said[20:]}"
    assert said in ended.said
    assert ended.said.endswith(f"{published(hub)} {AGAIN}")
    assert writes(hub) == []


def test_the_token_of_a_login_is_found(hub: HubServer, folder: Path, clean: dict[str, Any]) -> None:
    (session.HOME / "token").write_text(writer(hub))
    assert whole_run(hub, folder, environment={"HF_TOKEN": None}).end().code == 0
    assert everything(hub) == clean


@pytest.mark.parametrize(
    ("owner", "role", "said"),
    [
        (
            "ada",
            "read",
            "The token of ada may only read; ada/films needs one with the role `write`.",
        ),
        ("bob", "write", "bob/films: its owner should be ada or lab or club, the token's user or"),
        ("club", "write", "club/films: ada has the role `read` in club and may not write there."),
    ],
)
def test_who_may_not_write_is_told_before_anything_is_sent(
    hub: HubServer, folder: Path, owner: str, role: str, said: str
) -> None:
    hub.account("ada", orgs={"lab": "write", "club": "read"})
    command = ["all", folder, "--owner", owner, "--name", "films", "--no-wait"]
    ended = run(hub, *command, token=hub.token("ada", role))
    assert ended.code == Failure.FORBIDDEN, ended
    assert ended.said.startswith(said)
    assert ended.said.endswith(f"{published(hub)} {AGAIN}")
    assert writes(hub) == []
    command[3] = "lab"
    assert run(hub, *command, token=hub.token("ada", "write")).code == 0
    assert [name for _, name in hub.repositories] == ["lab/films"] * 3


def test_a_space_that_is_not_paid_for_leaves_model_and_data_set_published(
    hub: HubServer, folder: Path, clean: dict[str, Any]
) -> None:
    hub.paid_spaces = True
    ended = whole_run(hub, folder, fresh=True).end()
    assert ended.code == Failure.PAYMENT
    assert ended.said == (
        "The Space ada/films was not pushed: the Hub wants a paid plan for it (402, A Space of this "
        "kind needs a paid plan); see the owner's billing settings. "
        f"{published(hub, 'models', 'datasets')} {AGAIN}"
    )
    assert everything(hub) == {kind: clean[kind] for kind in ("models", "datasets")}
    hub.paid_spaces = False
    goes_on(hub, folder, clean)


def test_a_space_needs_the_model_that_it_is_set_up_for(hub: HubServer) -> None:
    hub.add("models", "ada/model", {"README.md": b""})
    command = ["space", "--repo-id", NAME, "--no-wait"]
    for model in ("ada/none", "ada/model@v9"):
        ended = run(hub, *command, "--model", model)
        assert ended.code == Failure.NOT_FOUND
        assert f"since it needs {model}" in ended.said
        assert "it does not exist, or the token may not see it" in ended.said
    assert writes(hub) == []
    assert run(hub, *command, "--model", "ada/model").code == 0


def test_what_somebody_else_committed_meanwhile_is_not_overwritten(
    hub: HubServer, folder: Path
) -> None:
    def be_faster(_: object) -> None:
        data = hub.repositories["datasets", NAME]
        data.commit(data.download() | {"theirs": b"theirs", "dataset.json": b"{}"})

    hub.faults.call("POST", "/datasets/.*/commit/", be_faster)
    ended = whole_run(hub, folder).end()
    assert ended.code == Failure.CONFLICT
    assert "somebody else changed it at the same time" in ended.said
    assert published(hub, "models") in ended.said
    data = hub.repositories["datasets", NAME]
    assert data.download()["dataset.json"] == b"{}"
    assert whole_run(hub, folder).end().code == 0
    assert tree(folder / "dataset").items() <= data.download().items()
    assert data.download()["theirs"] == b"theirs"
    assert data.tags == {"v1": data.head()}


def test_a_tag_of_another_commit_is_not_moved(hub: HubServer, folder: Path, bundle: Path) -> None:
    assert whole_run(hub, folder).end().code == 0
    before = everything(hub)
    (bundle / "plots" / "roc.png").unlink()
    write_manifest(bundle)
    ended = run(hub, "model", bundle, "--repo-id", NAME, "--tag", "v1")
    assert ended.code == Failure.CONFLICT
    head = hub.repositories["models", NAME].head()
    assert f"the tag v1 exists and names the commit {head[:7]}; choose another." in ended.said
    assert everything(hub) == before
    assert run(hub, "model", bundle, "--repo-id", NAME, "--tag", "v2").code == 0


@pytest.mark.parametrize(
    ("option", "environment", "said"),
    [
        ("--no-wait", {"HF_ENDPOINT": "http://127.0.0.1:9"}, "the connection to the Hub failed"),
        ("--dry-run", {"HF_ENDPOINT": "http://127.0.0.1:9"}, "the connection to the Hub failed"),
        ("--no-wait", {"HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE forbids it; unset it."),
    ],
)
def test_a_hub_that_cannot_be_reached(
    hub: HubServer, folder: Path, option: str, environment: dict[str, str], said: str
) -> None:
    command = ["all", folder, "--owner", "ada", option]
    ended = run(hub, *command, environment=environment, fresh=True)
    assert ended.code == Failure.UNREACHABLE, ended
    assert said in ended.said
    assert hub.requests == []


@pytest.mark.parametrize("full", ["out", "both"])
def test_a_full_disk_under_the_output(
    hub: HubServer, folder: Path, clean: dict[str, Any], full: str
) -> None:
    shown = run(hub, "all", folder, "--owner", "ada", "--dry-run", full=full)
    assert shown.code == Failure.DISK
    ended = whole_run(hub, folder, full=full, fresh=full == "out").end()
    assert ended.code == Failure.DISK
    if full == "out":
        assert shown.said.startswith("The command ended: the disk is full. ")
        assert ended.said.startswith("The command ended: the disk is full. ")
        assert ended.said.endswith(f"{published(hub, 'models')} {AGAIN}")
    goes_on(hub, folder, clean)


def test_an_output_that_nobody_reads_any_more(
    hub: HubServer, folder: Path, clean: dict[str, Any]
) -> None:
    words = [sys.executable, "-m", "hub_upload", "all", str(folder), "--owner", "ada"]
    line = f"{' '.join(words)} --name films --tag v1 --no-wait | true; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(
        ["bash", "-c", f"HF_TOKEN={writer(hub)} {line}"], cwd=ROOT, capture_output=True, text=True
    )
    assert ended.returncode == Failure.DISK
    check_output(hub, ended.stderr)
    assert ended.stderr.splitlines()[-1] == (
        "The command ended: nobody reads its standard output any more. "
        f"{published(hub, 'models')} {AGAIN}"
    )
    goes_on(hub, folder, clean)


def test_without_a_standard_error_it_is_done_all_the_same(hub: HubServer, folder: Path) -> None:
    line = f"{sys.executable} -m hub_upload model {folder / 'bundle'} --repo-id {NAME} 2>&-"
    line = f"HF_TOKEN={writer(hub)} {line}"
    done = subprocess.run(line, shell=True, cwd=ROOT, check=True, capture_output=True, text=True)
    check_output(hub, done.stdout)
    assert len(hub.repositories["models", NAME].commits) == 2


def test_a_file_that_goes_away_meanwhile(hub: HubServer, bundle: Path) -> None:
    there = (bundle / "model.onnx").read_bytes()
    hub.faults.call("POST", "/preupload/", lambda _: (bundle / "model.onnx").unlink())
    command = ["model", bundle, "--repo-id", NAME]
    ended = run(hub, *command)
    assert ended.code == Failure.DISK, ended
    assert "The model ada/films was not pushed: " in ended.said
    assert "model.onnx" in ended.said
    (bundle / "model.onnx").write_bytes(there)
    assert run(hub, *command).code == 0
    assert tree(bundle).items() <= hub.repositories["models", NAME].download().items()


@pytest.mark.parametrize(
    ("kind", "stage", "done"),
    [
        ("models", "create", 0),
        ("models", "put", 0),
        ("models", "commit", 0),
        ("datasets", "preupload", 1),
        ("spaces", "tree", 2),
        ("spaces", "tag", 2),
    ],
)
def test_an_interruption_ends_the_command_and_the_same_goes_on(
    hub: HubServer, folder: Path, clean: dict[str, Any], kind: str, stage: str, done: int
) -> None:
    method, path = STAGES[stage]
    path = path.format(kind=kind, prefix="" if kind == "models" else f"/{kind}")
    commands: list[Command] = []

    def interrupt(_: object) -> None:
        commands[0].interrupt()
        end = time.monotonic() + 1
        while commands[0].alive and time.monotonic() < end:
            time.sleep(0.01)

    hub.faults.call(method, path, interrupt)
    commands.append(whole_run(hub, folder, fresh=stage == "put"))
    ended = commands[0].end()
    assert ended.code == 130, ended
    told = published(hub, *KINDS[:done])
    # The bar of a file that was on its way may come behind it.
    assert f"Stopped. {told} The same command goes on." in ended.err.splitlines()
    goes_on(hub, folder, clean)


def test_an_interruption_does_not_wait_for_what_is_tried_again(
    hub: HubServer, folder: Path, clean: dict[str, Any]
) -> None:
    hub.faults.status("PUT", "", 503, times=None)
    command = whole_run(hub, folder)
    command.until(lambda: "Retrying in 2s" in command.err)
    command.interrupt()
    ended = command.end()
    assert "Retrying in 4s" not in ended.err
    assert ended.code == 130
    assert ended.said == f"Stopped. {published(hub)} The same command goes on."
    goes_on(hub, folder, clean)


def test_an_interruption_while_the_space_is_waited_for(hub: HubServer, folder: Path) -> None:
    command = Command(hub, "all", folder, "--owner", "ada", "--name", "films")
    command.until(lambda: "The Space is building" in command.err)
    command.interrupt()
    ended = command.end()
    assert ended.code == 130
    assert ended.said == f"Stopped. {published(hub, *KINDS)} The same command goes on."
