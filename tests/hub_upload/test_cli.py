"""The command as its user meets it, where all goes well or is asked for wrongly."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from hub_upload.cli import app
from hub_upload.errors import Failure
from tests.exports import Run
from tests.hub import HubServer
from tests.hub_upload.command import NAME, ROOT, Ended, check_output, everything, run, writer
from tests.hub_upload.conftest import tree, writes

COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
KINDS = ("models", "datasets", "spaces")


@pytest.fixture
def whole(free: Run) -> list[str | Path]:
    """The command that publishes all of a run."""
    return ["all", free.bundle.parent, "--owner", "ada", "--name", "films"]


@pytest.fixture
def fast(hub: HubServer) -> Iterator[None]:
    """Let Spaces run at once."""

    def hurry(_: object) -> None:
        for (kind, _name), repository in hub.repositories.items():
            if kind == "spaces" and repository.space is not None:
                repository.space.stages = ("RUNNING",)

    hub.faults.call("POST", "/spaces/.*/commit/", hurry, times=None)
    return iter(())


def words(text: str) -> str:
    return " ".join(text.split())


def lines_of(ended: Ended) -> dict[str, str]:
    """What standard output says of each repository, by the words before the first colon."""
    return dict(line.split(": ", 1) for line in ended.out.splitlines())


def test_a_model_is_published(hub: HubServer, free: Run) -> None:
    ended = run(hub, "model", free.bundle, "--repo-id", NAME, fresh=True)
    assert ended.code == 0, ended
    model = hub.repositories["models", NAME]
    assert ended.out == f"model ada/films: {hub.address}/ada/films at {model.head()}\n"
    assert tree(free.bundle).items() <= model.download().items()
    assert model.download().keys() - tree(free.bundle).keys() == {"README.md", ".gitattributes"}
    assert len(model.commits) == 2
    assert not model.private
    assert not model.tags
    assert list(hub.repositories) == [("models", NAME)]


def test_a_data_set_is_published(hub: HubServer, free: Run) -> None:
    arguments = ["dataset", free.dataset, "--repo-id", NAME, "--model", "ada/other", "--tag", "v1"]
    ended = run(hub, *arguments, fresh=True)
    assert ended.code == 0, ended
    data = hub.repositories["datasets", NAME]
    assert ended.out == f"data set ada/films: {hub.address}/datasets/ada/films at {data.head()}\n"
    assert tree(free.dataset).items() <= data.download().items()
    assert b"ada/other" in data.download()["README.md"]
    assert data.tags == {"v1": data.head()}


@pytest.mark.usefixtures("fast")
def test_a_space_is_published_and_waited_for(hub: HubServer) -> None:
    hub.add("models", "ada/model", {"README.md": b""})
    hub.add("datasets", "ada/ratings", {"README.md": b""})
    names = ["--model", "ada/model", "--dataset", "ada/ratings@main"]
    ended = run(hub, "space", "--repo-id", NAME, *names, fresh=True)
    assert ended.code == 0, ended
    repository = hub.repositories["spaces", NAME]
    assert ended.out == f"Space ada/films: {hub.address}/spaces/ada/films at {repository.head()}\n"
    assert ended.said == "The Space is running"
    variables = {"MODEL_REPO": "ada/model@main", "DATASET_REPO": "ada/ratings@main"}
    assert hub.space(NAME).variables == variables
    assert {"app.py", "requirements.txt", "README.md"} <= repository.download().keys()


@pytest.mark.usefixtures("fast")
def test_all_is_published_in_order_under_a_derived_name(hub: HubServer, free: Run) -> None:
    command = ["all", free.bundle.parent, "--owner", "ada", "--tag", "v1", "--message", "My words"]
    ended = run(hub, *command, fresh=True)
    assert ended.code == 0, ended
    name = "ada/autoint-ml-32m"
    assert list(hub.repositories) == [(kind, name) for kind in KINDS]
    repositories = [hub.repositories[kind, name] for kind in KINDS]
    assert list(lines_of(ended)) == [f"model {name}", f"data set {name}", f"Space {name}"]
    assert list(lines_of(ended).values()) == [
        f"{hub.address}{prefix}/{name} at {repository.head()}"
        for prefix, repository in zip(("", "/datasets", "/spaces"), repositories, strict=True)
    ]
    for repository in repositories:
        assert repository.tags == {"v1": repository.head()}
        assert repository.history()[0].title == "My words"
    assert hub.space(name).variables == {
        "MODEL_REPO": f"{name}@main",
        "DATASET_REPO": f"{name}@main",
    }
    assert "100%" in ended.err  # the bar of an upload
    again = run(hub, *command)
    assert again.code == 0, again
    assert again.out == "".join(
        f"{line} (it was there already; no commit was made)\n" for line in ended.out.splitlines()
    )


def test_two_clean_pushes_differ_in_nothing_but_the_name(
    hub: HubServer, whole: list[str | Path]
) -> None:
    assert run(hub, *whole, "--no-wait").code == 0
    assert run(hub, *whole[:-1], "books", "--no-wait").code == 0
    for kind in KINDS:
        films, books = (hub.repositories[kind, f"ada/{name}"] for name in ("films", "books"))
        assert books.download() != films.download()
        assert films.download() == {
            path: data.replace(b"ada/books", b"ada/films").replace(b"name: books", b"name: films")
            for path, data in books.download().items()
        }


@pytest.mark.parametrize("option", ["--private", "--public", None])
def test_visibility_is_the_users_choice(
    hub: HubServer, whole: list[str | Path], option: str | None
) -> None:
    chosen = [] if option is None else [option]
    assert run(hub, *whole, "--no-wait", *chosen).code == 0
    private = {kind: hub.repositories[kind, NAME].private for kind in KINDS}
    assert private == dict.fromkeys(KINDS, option == "--private")


def test_what_is_there_becomes_private_and_public_again(
    hub: HubServer, whole: list[str | Path]
) -> None:
    for option in ("--public", "--private", "--public"):
        assert run(hub, *whole, "--no-wait", option).code == 0
        assert {hub.repositories[kind, NAME].private for kind in KINDS} == {option == "--private"}
    assert {len(hub.repositories[kind, NAME].commits) for kind in KINDS} == {2}


def test_restricted_data_are_private_unless_the_user_has_permission(
    hub: HubServer, forbidden: Run
) -> None:
    command = ["all", forbidden.bundle.parent, "--owner", "ada", "--name", "films", "--no-wait"]
    refused = run(hub, *command, "--public")
    assert refused.code == Failure.REFUSED
    assert "--public --i-have-permission" in refused.said
    assert writes(hub) == []
    assert run(hub, *command).code == 0
    private = {kind: hub.repositories[kind, NAME].private for kind in KINDS}
    assert private == {"models": False, "datasets": True, "spaces": False}
    told = run(hub, *command, "--public", "--i-have-permission")
    assert told.code == 0, told
    assert not hub.repositories["datasets", NAME].private
    assert "The licence of ml-1m" in told.err  # before it became public


def test_a_branch_is_pushed_to_and_main_stays(hub: HubServer, whole: list[str | Path]) -> None:
    ended = run(hub, *whole, "--revision", "draft/one", "--tag", "v2")
    assert ended.code == 0, ended
    for kind in KINDS:
        repository = hub.repositories[kind, NAME]
        assert len(repository.history("main")) == 1
        assert len(repository.history("draft/one")) == 2
        assert repository.tags == {"v2": repository.head("draft/one")}
    assert hub.space(NAME).variables["MODEL_REPO"] == "ada/films@draft/one"
    # It was not waited for: the Hub runs the main branch.
    assert ended.said == "The Hub runs a Space's branch main; draft/one does not run."
    assert not any(request.path.endswith("/runtime") for request in hub.requests)


def test_a_branch_leaves_what_runs_as_it_is(hub: HubServer, whole: list[str | Path]) -> None:
    assert run(hub, *whole).code == 0
    assert run(hub, *whole, "--revision", "draft").code == 0
    assert hub.space(NAME).variables["MODEL_REPO"] == "ada/films@main"
    assert hub.space(NAME).restarts == 0


def changes(ended: Ended) -> dict[str, list[tuple[str, int, str]]]:
    """The status, size and path of each file that a dry run tells of, by repository."""
    told: dict[str, list[tuple[str, int, str]]] = {}
    for line in ended.out.splitlines():
        if match := re.fullmatch(r"(.+ ada/films), branch .*:", line):
            told[match[1]] = []
        elif match := re.fullmatch(r"  (new|changed|same|gone) +([\d,]+) B  (.*)", line):
            told[next(reversed(told))].append((match[1], int(match[2].replace(",", "")), match[3]))
    return told


def test_a_dry_run_touches_nothing_before_anything_is_there(
    hub: HubServer, whole: list[str | Path], free: Run
) -> None:
    ended = run(hub, *whole, "--dry-run", "--tag", "v1", fresh=True)
    assert ended.code == 0, ended
    assert not hub.repositories
    assert writes(hub) == []
    told = changes(ended)
    assert list(told) == ["model ada/films", "data set ada/films", "Space ada/films"]
    assert {status for files in told.values() for status, _, _ in files} == {"new"}
    sizes = {path: size for _, size, path in told["model ada/films"] if path != "README.md"}
    assert sizes == {path: len(data) for path, data in tree(free.bundle).items()}
    assert "  variable MODEL_REPO=ada/films@main\n" in ended.out
    assert run(hub, *whole, "--tag", "v1", "--no-wait").code == 0
    for kind in KINDS:  # the card that was shown is the one that is there
        card = hub.repositories[kind, NAME].download()["README.md"].decode()
        assert f"\n{card}" in ended.out


def test_a_dry_run_says_what_would_change(
    hub: HubServer, whole: list[str | Path], free: Run
) -> None:
    assert run(hub, *whole, "--no-wait").code == 0
    before = everything(hub)
    hub.requests.clear()
    told = changes(run(hub, *whole, "--dry-run"))
    assert {status for files in told.values() for status, _, _ in files} == {"same"}
    model = hub.repositories["models", NAME]
    files = model.download() | {"config.json": b"{}", "plots/old.png": b"1234"}
    del files["schema.json"]
    model.commit(files | {"somebody's.txt": b""})
    told = changes(run(hub, *whole, "--dry-run"))
    status = {path: status for status, _, path in told["model ada/films"]}
    assert [path for path in status if status[path] == "changed"] == ["config.json"]
    assert [path for path in status if status[path] == "new"] == ["schema.json"]
    assert ("gone", 4, "plots/old.png") in told["model ada/films"]
    assert "somebody's.txt" not in status
    assert writes(hub) == []
    del before["models"]
    assert before.items() <= everything(hub).items()


def test_a_dry_run_needs_no_token(hub: HubServer, whole: list[str | Path]) -> None:
    ended = run(hub, *whole, "--dry-run", environment={"HF_TOKEN": None})
    assert ended.code == 0, ended
    assert ended.err == ""


def test_a_dry_run_can_be_read_in_part(hub: HubServer, whole: list[str | Path]) -> None:
    line = f"{sys.executable} -m hub_upload {' '.join(map(str, whole))} --dry-run | head -1"
    shown = subprocess.run(line, shell=True, cwd=ROOT, capture_output=True, text=True, check=True)
    check_output(hub, shown.stdout)
    assert shown.stdout.startswith("model ada/films, branch main")
    assert shown.stderr == ""


def test_a_card_is_shown_where_not_all_letters_can_be(
    hub: HubServer, whole: list[str | Path]
) -> None:
    environment = {"PYTHONIOENCODING": "cp1252"}
    ended = run(hub, *whole, "--dry-run", environment=environment, fresh=True)
    assert ended.code == 0, ended
    assert r"\U0001f3ac" in ended.out


def test_the_space_gets_a_token_that_nobody_sees(hub: HubServer, whole: list[str | Path]) -> None:
    secret = hub.token("ada", "read")
    private = [*whole, "--private", "--no-wait", "--space-token-env", "READER"]
    for extra in (["--dry-run"], []):
        ended = run(hub, *private, *extra, environment={"READER": secret})
        assert ended.code == 0, ended
        assert "--space-token-env" not in ended.err
    assert hub.space(NAME).secrets == {"HF_TOKEN": secret}
    bare = run(hub, *whole, "--no-wait")
    said = "ada/films is private: the Space reads it only with a token, see --space-token-env.\n"
    assert f"The model {said}The data set {said}" in bare.err


@pytest.mark.parametrize("value", [None, ""])
def test_a_token_for_the_space_that_is_not_set_is_a_wrong_use(
    hub: HubServer, whole: list[str | Path], value: str | None
) -> None:
    command = [*whole, "--space-token-env", "READER"]
    refused = run(hub, *command, environment={"READER": value})
    assert refused.code == 2
    assert "should name an environment variable that is set" in words(refused.err)
    assert hub.requests == []


def test_a_token_in_place_of_its_variables_name_is_not_printed(
    hub: HubServer, whole: list[str | Path]
) -> None:
    refused = run(hub, *whole, "--space-token-env", writer(hub))
    assert refused.code == 2
    assert "that is set" in words(refused.err)


def test_waiting_ends_when_the_space_takes_too_long(
    hub: HubServer, whole: list[str | Path]
) -> None:
    hub.faults.call(
        "POST",
        "/spaces/.*/commit/",
        lambda _: setattr(hub.space(NAME), "stages", ("BUILDING",)),
    )
    ended = run(hub, *whole, "--wait-seconds", "1")
    assert ended.code == Failure.SPACE
    assert "The Space is building" in ended.err
    assert "The Space ada/films was pushed and is still building after 1 seconds" in ended.said
    assert f"Space ada/films ({hub.repositories['spaces', NAME].head()[:7]})" in ended.said


def test_a_space_that_does_not_start_shows_the_end_of_its_log(
    hub: HubServer, whole: list[str | Path]
) -> None:
    assert run(hub, *whole, "--no-wait").code == 0
    space = hub.space(NAME)
    space.stages, space.error_message = ("RUNTIME_ERROR",), "Exit code 1"
    space.run_log = [f"line {i}" for i in range(40)] + [f"token {writer(hub)}"]
    ended = run(hub, *whole)
    assert ended.code == Failure.SPACE
    assert "does not run, it has a runtime error:\nExit code 1\nline 21\n" in ended.err
    assert "line 39\ntoken hf_…\n" in ended.err
    assert ended.said.startswith("Published in full so far: model ada/films")
    space.stages = ("RUNNING",)
    assert run(hub, *whole).code == 0


def test_files_that_stay_here_are_named(hub: HubServer, bundle: Path) -> None:
    (bundle / "notes.txt").write_text("mine")
    ended = run(hub, "model", bundle, "--repo-id", NAME)
    assert ended.code == 0, ended
    assert "Not listed in bundle/manifest.json, and left here: notes.txt" in ended.err
    assert "notes.txt" not in hub.repositories["models", NAME].download()


def test_the_hubs_warnings_are_shown_as_words(hub: HubServer, whole: list[str | Path]) -> None:
    content = {"errors": [], "warnings": [{"message": "an unusual licence"}]}
    hub.faults.status("POST", "/validate-yaml", 200, body=content)
    ended = run(hub, *whole, "--no-wait")
    assert ended.code == 0, ended
    assert "\n- an unusual licence\n" in ended.err
    assert ".py" not in ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["model", "nowhere", "--repo-id", NAME], "dir 'nowhere' does not exist."),
        (["model", "Makefile", "--repo-id", NAME], "dir 'Makefile' is a file."),
        (["model", "."], "Missing option '--repo-id'"),
        (["model"], "Missing argument 'BUNDLE'"),
        (["dataset", ".", "--repo-id", NAME, "--retries", "3"], "No such option: --retries"),
        (["space", "--repo-id", NAME], "Missing option '--model'"),
        (
            ["space", "--repo-id", NAME, "--model", NAME, "--wait-seconds", "x"],
            "should be a valid number",
        ),
        (
            ["space", "--repo-id", NAME, "--model", NAME, "--wait-seconds", "0"],
            "greater than or equal to 1",
        ),
        (["all", "."], "Missing option '--owner'"),
        (["push"], "No such command 'push'"),
    ],
)
def test_a_wrong_use_is_told(hub: HubServer, arguments: list[str], said: str) -> None:
    refused = run(hub, *arguments)
    assert refused.code == 2
    assert said in words(refused.err)
    assert hub.requests == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["model", "{bundle}", "--repo-id", "films"], "owner/name. Received: 'films'"),
        (["model", "{bundle}", "--repo-id", "ada/fi lms"], "owner/name. Received: 'ada/fi lms'"),
        (["space", "--repo-id", NAME, "--model", "x"], "owner/name"),
        (["all", "{run}", "--owner", "ada/bob"], "owner/name. Received: 'ada/bob/autoint-ml-32m'"),
        (["all", "{run}", "--owner", "ada", "--name", "a/b"], "owner/name. Received: 'ada/a/b'"),
        (["all", "{bundle}", "--owner", "ada"], "a finished run with bundle/ and dataset/"),
        (["model", "{run}", "--repo-id", NAME], "manifest.json: the file is missing"),
        (["model", "{dataset}", "--repo-id", NAME], "manifest.json: it should list"),
    ],
)
def test_a_wrong_name_or_folder_is_refused_before_anything_is_asked(
    hub: HubServer, free: Run, arguments: list[str], said: str
) -> None:
    folders = {"bundle": free.bundle, "dataset": free.dataset, "run": free.bundle.parent}
    refused = run(hub, *(word.format_map(folders) for word in arguments))
    assert refused.code == Failure.REFUSED
    assert said in refused.said
    assert ". Published in full so far: nothing. " in refused.said
    assert hub.requests == []


def test_every_kind_of_failure_has_an_exit_code_that_the_help_names() -> None:
    shown = words(CliRunner().invoke(app, ["--help"]).output)
    assert len({failure.value for failure in Failure}) == len(Failure)
    assert not {0, 1, 2, 130} & {failure.value for failure in Failure}
    for failure in Failure:
        assert f"{failure.value} {failure.name.lower().replace('_', ' ')};" in shown
    assert "0 done; 2 wrong use;" in shown
    assert "130 stopped" in shown
    for name in ("model", "dataset", "space", "all"):
        assert re.search(rf"\b{name} +Publish", shown)
    assert "..." not in shown.partition("Commands:")[2]  # nothing is cut short


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_help_text_that_is_shown(name: str) -> None:
    shown = words(CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"}).output)
    for option in COMMANDS[name].params:
        if option.param_type_name == "argument":
            assert option.metavar in shown
            continue
        for spelling in (*option.opts, *option.secondary_opts):
            assert spelling in shown
        assert option.help
        assert option.help in shown


def test_the_options_of_the_issue_are_there() -> None:
    common = {"--private", "--public", "--tag", "--message", "--revision", "--dry-run"}
    own = {
        "model": {"--repo-id"},
        "dataset": {"--repo-id", "--i-have-permission"},
        "space": {"--repo-id", "--model", "--dataset"},
        "all": {"--owner", "--i-have-permission"},
    }
    for name in ("space", "all"):
        own[name] |= {"--space-token-env", "--no-wait", "--wait-seconds"}
    assert COMMANDS.keys() == own.keys()
    for name, options in own.items():
        params = COMMANDS[name].params
        known = {word for param in params for word in (*param.opts, *param.secondary_opts)}
        assert common | options <= known


def test_without_a_command_the_help_is_shown() -> None:
    shown = CliRunner().invoke(app, [])
    assert "Publish trained runs on the Hugging Face Hub." in words(shown.output)


def test_the_command_loads_nothing_that_trains_or_serves(hub: HubServer, free: Run) -> None:
    code = (
        "import json, sys\n"
        "from hub_upload.cli import main\n"
        "try:\n    main()\n"
        "finally:\n    print('\\n' + json.dumps([name.split('.')[0] for name in sys.modules]))"
    )
    arguments = ["all", str(free.bundle.parent), "--owner", "ada", "--dry-run"]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    check_output(hub, done.stdout, done.stderr)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    heavy = {"tensorflow", "keras", "datasets", "gradio", "torch", "sklearn", "matplotlib"}
    assert not loaded & heavy
    assert "training" not in loaded
    assert "huggingface_hub" in loaded
