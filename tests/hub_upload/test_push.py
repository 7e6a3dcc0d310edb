"""Publishing models and data sets."""

from __future__ import annotations

import logging
import shutil
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pandas as pd
import pytest
from huggingface_hub import HfApi, ModelCard

from hub_upload import PublishError, Pushed, push_dataset, push_model
from hub_upload.errors import Failure
from hub_upload.publications import dataset as dataset_publication
from hub_upload.publications import model as model_publication
from hub_upload.push import Options, preview
from space.manifest import write_manifest
from tests.exports import DOT, Run, edit_json
from tests.hub import DEFAULT_ATTRIBUTES, HubServer, Repository
from tests.hub_upload.conftest import DATASET, MODEL, refusal, tree, writes


def model_on(hub: HubServer) -> Repository:
    return hub.repositories["models", MODEL]


def dataset_on(hub: HubServer) -> Repository:
    return hub.repositories["datasets", DATASET]


def without_hubs_own(files: dict[str, bytes]) -> dict[str, bytes]:
    return {
        name: data for name, data in files.items() if name not in (".gitattributes", "README.md")
    }


def told(run: Callable[[Callable[[str], None]], object]) -> str:
    """All that was said."""
    said: list[str] = []
    run(said.append)
    return "\n".join(said)


# What goes up


def test_a_model_goes_up_in_one_commit(hub: HubServer, writer: str, free: Run) -> None:
    pushed = push_model(free.bundle, MODEL, token=writer)
    there = model_on(hub)
    assert without_hubs_own(there.download()) == tree(free.bundle)
    assert ModelCard(there.download()["README.md"].decode()).data.library_name == "keras"
    initial, made = reversed(there.history())
    assert made.parent == initial.id
    assert made.title == "AutoInt+ trained on ml-32m"
    assert pushed == Pushed("model", MODEL, f"{hub.address}/{MODEL}", made.id, changed=True)
    assert [call for call in writes(hub) if "/commit/" in call] == [
        f"POST /api/models/{MODEL}/commit/main"
    ]


def test_a_data_set_goes_up_in_one_commit(hub: HubServer, writer: str, free: Run) -> None:
    pushed = push_dataset(free.dataset, DATASET, token=writer)
    there = dataset_on(hub)
    assert without_hubs_own(there.download()) == tree(free.dataset)
    assert there.download()["README.md"].startswith(b"---\n")
    assert [commit.title for commit in there.history()] == ["Ratings of ml-32m", "initial commit"]
    assert pushed == Pushed(
        "dataset", DATASET, f"{hub.address}/datasets/{DATASET}", there.head(), changed=True
    )


@pytest.mark.parametrize("kind", ["model", "dataset"])
def test_what_is_there_already_makes_no_commit(
    hub: HubServer, writer: str, free: Run, kind: str
) -> None:
    def push() -> Pushed:
        if kind == "model":
            return push_model(free.bundle, MODEL, token=writer)
        return push_dataset(free.dataset, DATASET, token=writer)

    first = push()
    before = len(hub.requests)
    second = push()
    assert first.changed
    assert not second.changed
    assert second.sha == first.sha
    assert {request.method for request in hub.requests[before:]} == {"GET"}


def test_nothing_else_of_the_folder_goes_up(hub: HubServer, writer: str, bundle: Path) -> None:
    listed = tree(bundle)
    for name in ("notes.txt", "plots/draft.png", "README.md", ".gitattributes", ".git/HEAD"):
        (bundle / name).parent.mkdir(exist_ok=True)
        (bundle / name).write_text("mine")
    push_model(bundle, MODEL, token=writer)
    assert without_hubs_own(model_on(hub).download()) == listed
    assert model_on(hub).download()[".gitattributes"] == DEFAULT_ATTRIBUTES
    assert model_on(hub).download()["README.md"] != b"mine"


def test_a_changed_model_goes_up_as_another_commit(
    hub: HubServer, writer: str, bundle: Path
) -> None:
    first = push_model(bundle, MODEL, token=writer)
    edit_json(bundle / "metrics.json", lambda content: content["test"].update(auc=0.75))
    second = push_model(bundle, MODEL, token=writer)
    assert second.changed
    assert model_on(hub).find(second.sha).parent == first.sha
    assert without_hubs_own(model_on(hub).download()) == tree(bundle)
    assert without_hubs_own(model_on(hub).download(first.sha)) != tree(bundle)


def test_stale_files_go_away_and_those_of_others_stay(
    hub: HubServer, writer: str, bundle: Path
) -> None:
    (bundle / "plots" / "deep").mkdir()
    (bundle / "plots" / "deep" / "extra.png").write_bytes(DOT)
    write_manifest(bundle)
    push_model(bundle, MODEL, token=writer)
    there = model_on(hub)
    others = {"LICENSE": b"theirs", "pictures/cat.png": DOT, "plots.md": b"theirs", "a.py": b"#"}
    there.commit({**there.download(), **others})
    shutil.rmtree(bundle / "plots" / "deep")
    (bundle / "training.json").unlink()
    write_manifest(bundle)
    push_model(bundle, MODEL, token=writer)
    files = without_hubs_own(there.download())
    assert files == {**tree(bundle), **others}
    assert "plots/roc.png" in files
    assert there.history()[0].files.keys() >= others.keys()


def test_a_data_sets_other_files_stay(hub: HubServer, writer: str, free: Run) -> None:
    others = {"LICENSE": b"theirs", "plots/a.png": DOT, "space/a.py": b"#", "more.parquet": b"PAR1"}
    hub.add("datasets", DATASET, others)
    push_dataset(free.dataset, DATASET, token=writer)
    assert without_hubs_own(dataset_on(hub).download()) == {**tree(free.dataset), **others}


def test_the_message_can_be_chosen(hub: HubServer, writer: str, free: Run) -> None:
    push_model(free.bundle, MODEL, token=writer, message="Longer training")
    push_dataset(free.dataset, DATASET, token=writer, message="All of them")
    assert model_on(hub).history()[0].title == "Longer training"
    assert dataset_on(hub).history()[0].title == "All of them"


def test_a_card_that_the_hub_refuses_is_an_error_before_the_upload(
    hub: HubServer, writer: str, free: Run
) -> None:
    errors = {"errors": [{"message": '"license" must be one of a list'}], "warnings": []}
    hub.faults.status("POST", "validate-yaml", 400, body=errors)
    message = refusal(Failure.REFUSED, lambda: push_model(free.bundle, MODEL, token=writer))
    assert "README.md" in message
    assert '"license" must be one of a list' in message
    assert len(model_on(hub).commits) == 1
    assert not any("storage" in request.origin for request in hub.requests)


def test_a_preview_changes_nothing(hub: HubServer, writer: str, free: Run) -> None:
    api = HfApi(token=writer)
    what = model_publication(free.bundle, MODEL)
    assert {change.status for change in preview(api, what, Options()).changes} == {"new"}
    assert hub.repositories == {}
    push_model(free.bundle, MODEL, token=writer)
    before = len(hub.requests)
    for branch in ("main", "next"):
        made = preview(api, what, Options(revision=branch))
        assert {change.status for change in made.changes} == {"same"}
    assert {request.method for request in hub.requests[before:]} == {"GET"}
    hub.die()
    assert "compared" in refusal(Failure.UNREACHABLE, lambda: preview(api, what, Options()))


# Others, and answers that get lost


def test_a_commit_of_somebody_else_in_between_is_not_overwritten(
    hub: HubServer, writer: str, bundle: Path
) -> None:
    push_model(bundle, MODEL, token=writer)
    there = model_on(hub)
    theirs = {**there.download(), "config.json": b"theirs"}
    hub.faults.call("POST", "/commit/main", lambda request: there.commit(theirs))
    edit_json(bundle / "metrics.json", lambda content: content.update(more=1))
    message = refusal(Failure.CONFLICT, lambda: push_model(bundle, MODEL, token=writer, tag="v1"))
    assert "somebody else" in message
    assert there.download() == theirs
    assert there.tags == {}
    assert len(there.commits) == 3
    assert push_model(bundle, MODEL, token=writer).changed
    assert len(there.commits) == 4


def test_a_repository_that_somebody_makes_in_between(
    hub: HubServer, writer: str, forbidden: Run
) -> None:
    """It may be public: no data go there unasked."""
    hub.faults.call(
        "POST", "repos/create", lambda request: hub.add("datasets", DATASET, {"a": b""})
    )
    refusal(Failure.CONFLICT, lambda: push_dataset(forbidden.dataset, DATASET, token=writer))
    assert dataset_on(hub).download() == {"a": b""}
    assert not any("PUT" in call or "/commit/" in call for call in writes(hub))


@pytest.mark.parametrize("path", ["/commit/", "repos/create", "/tag/", "/branch/"])
def test_an_answer_that_was_lost_ends_well(
    hub: HubServer, writer: str, free: Run, path: str
) -> None:
    """At once, or where the same is done again."""

    def push() -> Pushed:
        return push_model(free.bundle, MODEL, token=writer, revision="next", tag="v1")

    hub.faults.drop("POST", path, handled=True)
    if path == "/commit/":
        assert push().changed
    else:
        assert MODEL in refusal(Failure.UNREACHABLE, push)
    pushed = push()
    there = model_on(hub)
    assert without_hubs_own(there.download("next")) == tree(free.bundle)
    assert len(there.commits) == 2
    assert there.tags == {"v1": there.head("next")} == {"v1": pushed.sha}


def test_a_hub_that_dies_at_any_request_leaves_nothing_half_done(
    hub: HubServer, writer: str, free: Run
) -> None:
    """A repository has all files or none of them, and the same push goes on."""

    def push() -> Pushed:
        return push_dataset(free.dataset, DATASET, token=writer, tag="v1")

    push()
    # The client tries these again for half a minute.
    patient = ("preupload", "/lfs/", "/tree/")
    for at, request in enumerate(list(hub.requests), start=1):
        if request.origin == "storage" or any(word in request.path for word in patient):
            continue
        hub.repositories.clear()
        hub.faults.clear()
        hub.faults.die(at=at)
        with pytest.raises(PublishError) as caught:
            push()
        assert caught.value.failure is Failure.UNREACHABLE, request.path
        hub.revive()
        for repository in hub.repositories.values():
            files = without_hubs_own(repository.download())
            assert files in ({}, tree(free.dataset)), request.path
        pushed = push()
        assert len(dataset_on(hub).commits) == 2
        assert dataset_on(hub).tags == {"v1": pushed.sha}


def test_an_upload_that_the_storage_refuses(hub: HubServer, writer: str, free: Run) -> None:
    hub.faults.status("PUT", ".*", 403, times=None)
    message = refusal(Failure.FORBIDDEN, lambda: push_model(free.bundle, MODEL, token=writer))
    assert "signature" not in message
    assert len(model_on(hub).commits) == 1
    hub.faults.clear()
    assert push_model(free.bundle, MODEL, token=writer).changed


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (401, Failure.TOKEN),
        (402, Failure.PAYMENT),
        (403, Failure.FORBIDDEN),
        (409, Failure.CONFLICT),
        (413, Failure.REFUSED),
        (429, Failure.RATE_LIMIT),
        (500, Failure.UNREACHABLE),
        (503, Failure.UNREACHABLE),
    ],
)
@pytest.mark.parametrize("path", ["repos/create", "/commit/"])
def test_a_refusal_of_the_hub(
    hub: HubServer, writer: str, free: Run, path: str, status: int, failure: Failure
) -> None:
    hub.faults.status("POST", path, status, body={"error": "A reason."})
    message = refusal(failure, lambda: push_model(free.bundle, MODEL, token=writer))
    # A server's own fault may have come before the commit or after it.
    unknown = path == "/commit/" and failure is Failure.UNREACHABLE
    begins = (
        "It is not known whether the model {} was pushed: "
        if unknown
        else "The model {} was not pushed: "
    )
    assert message.startswith(begins.format(MODEL))
    assert all(len(repository.commits) == 1 for repository in hub.repositories.values())
    assert push_model(free.bundle, MODEL, token=writer).changed


# Visibility and licences


@pytest.mark.parametrize("private", [None, True, False])
def test_what_may_be_passed_on_is_public_by_default(
    hub: HubServer, writer: str, free: Run, *, private: bool | None
) -> None:
    said = told(
        lambda say: push_dataset(free.dataset, DATASET, token=writer, private=private, say=say)
    )
    push_model(free.bundle, MODEL, token=writer, private=private)
    assert dataset_on(hub).private is model_on(hub).private is bool(private)
    assert "licence" not in said


def test_visibility_stays_unless_it_is_asked_for(hub: HubServer, writer: str, free: Run) -> None:
    for private in (True, False):
        hub.add("models", MODEL, {}, private=private)
        hub.add("datasets", DATASET, {}, private=private)
        push_model(free.bundle, MODEL, token=writer)
        push_dataset(free.dataset, DATASET, token=writer)
        assert model_on(hub).private is dataset_on(hub).private is private
        push_model(free.bundle, MODEL, token=writer, private=not private)
        push_dataset(free.dataset, DATASET, token=writer, private=not private)
        assert model_on(hub).private is dataset_on(hub).private is not private


@pytest.fixture(params=["forbidden", "unknown"])
def restricted(request: pytest.FixtureRequest) -> Run:
    """A run on data that may not be passed on, and one of which that is not known."""
    chosen = "forbidden" if request.param == "forbidden" else "run"
    run: Run = request.getfixturevalue(chosen)
    return run


@pytest.mark.parametrize(
    "options", [{}, {"private": True}, {"permission": True}, {"private": True, "permission": True}]
)
def test_restricted_data_are_private(
    hub: HubServer, writer: str, restricted: Run, options: dict[str, Any]
) -> None:
    push_dataset(restricted.dataset, DATASET, token=writer, **options)
    assert dataset_on(hub).private
    (made,) = [request for request in hub.requests if request.path.endswith("repos/create")]
    assert made.json()["visibility"] == "private"
    push_dataset(restricted.dataset, DATASET, token=writer)
    assert dataset_on(hub).private


def test_restricted_data_are_public_with_permission_only(
    hub: HubServer, writer: str, restricted: Run
) -> None:
    message = refusal(
        Failure.REFUSED,
        lambda: push_dataset(restricted.dataset, DATASET, token=writer, private=False),
    )
    assert "licence" in message
    assert "permission" in message
    assert writes(hub) == []
    said = told(
        lambda say: push_dataset(
            restricted.dataset, DATASET, token=writer, private=False, permission=True, say=say
        )
    )
    assert not dataset_on(hub).private
    assert "licence" in said


def test_what_is_said_of_a_licence(hub: HubServer, writer: str, forbidden: Run) -> None:
    message = refusal(
        Failure.REFUSED,
        lambda: push_dataset(forbidden.dataset, DATASET, token=writer, private=False),
    )
    facts = forbidden.data.facts
    assert facts["licence"] in message
    assert facts["licence_url"] in message


@pytest.mark.parametrize("permission", [True, False])
def test_restricted_data_do_not_join_a_public_repository(
    hub: HubServer, writer: str, restricted: Run, *, permission: bool
) -> None:
    there = hub.add("datasets", DATASET, {"LICENSE": b"theirs"})
    message = refusal(
        Failure.REFUSED,
        lambda: push_dataset(restricted.dataset, DATASET, token=writer, permission=permission),
    )
    assert "--private" in message
    assert writes(hub) == []
    assert there.download() == {"LICENSE": b"theirs"}


def test_a_public_repository_is_made_private_before_the_data_arrive(
    hub: HubServer, writer: str, restricted: Run
) -> None:
    there = hub.add("datasets", DATASET, {"LICENSE": b"theirs"})
    seen: list[bool] = []
    for method, path in (("POST", "preupload"), ("PUT", "datasets"), ("POST", "/commit/")):
        hub.faults.call(method, path, lambda request: seen.append(there.private), times=None)
    push_dataset(restricted.dataset, DATASET, token=writer, private=True)
    assert there.private
    # The first PUT is the one that changes the settings.
    assert seen.count(False) == 1
    assert writes(hub)[0] == f"PUT /api/datasets/{DATASET}/settings"
    assert set(tree(restricted.dataset)) < set(there.download())


def test_a_repository_that_cannot_be_made_private_gets_no_data(
    hub: HubServer, writer: str, restricted: Run
) -> None:
    there = hub.add("datasets", DATASET, {"LICENSE": b"theirs"})
    hub.faults.status("PUT", "settings", 403)
    refusal(
        Failure.FORBIDDEN,
        lambda: push_dataset(restricted.dataset, DATASET, token=writer, private=True),
    )
    assert writes(hub) == [f"PUT /api/datasets/{DATASET}/settings"]
    assert there.download() == {"LICENSE": b"theirs"}


def test_restricted_data_join_a_private_repository(
    hub: HubServer, writer: str, restricted: Run
) -> None:
    there = hub.add("datasets", DATASET, {"LICENSE": b"theirs"}, private=True)
    push_dataset(restricted.dataset, DATASET, token=writer)
    assert there.private
    assert "ratings.parquet" in there.download()


def test_a_public_model_tells_the_licence_of_its_data_first(
    hub: HubServer, writer: str, restricted: Run
) -> None:
    facts = restricted.data.facts
    for private in (None, False):
        hub.repositories.clear()
        hub.requests.clear()
        before: list[list[str]] = []
        said: list[str] = []

        def say(text: str, said: list[str] = said, before: list[list[str]] = before) -> None:
            said.append(text)
            before.append(writes(hub))

        push_model(restricted.bundle, MODEL, token=writer, private=private, say=say)
        assert not model_on(hub).private
        assert facts.get("licence", "No licence is recorded") in said[0]
        assert facts.get("licence_url", "") in said[0]
        assert before[0] == []


def test_a_private_model_needs_no_notice(hub: HubServer, writer: str, restricted: Run) -> None:
    said = told(
        lambda say: push_model(restricted.bundle, MODEL, token=writer, private=True, say=say)
    )
    assert model_on(hub).private
    assert "licence" not in said


def test_a_model_on_free_data_needs_no_notice(hub: HubServer, writer: str, free: Run) -> None:
    assert "licence" not in told(
        lambda say: push_model(free.bundle, MODEL, token=writer, private=False, say=say)
    )


# Branches and tags


@pytest.mark.parametrize("branch", ["next", "try/one"])
def test_a_branch_is_made_where_it_is_missing_and_pushed_to_again(
    hub: HubServer, writer: str, bundle: Path, branch: str
) -> None:
    hub.add("models", MODEL, {"LICENSE": b"theirs"})
    there = model_on(hub)
    main = there.head()
    first = push_model(bundle, MODEL, token=writer, revision=branch)
    assert there.branches == {"main": main, branch: first.sha}
    assert there.find(first.sha).parent == main
    assert without_hubs_own(there.download(branch)) == {**tree(bundle), "LICENSE": b"theirs"}
    assert not push_model(bundle, MODEL, token=writer, revision=branch).changed
    edit_json(bundle / "metrics.json", lambda content: content.update(more=1))
    second = push_model(bundle, MODEL, token=writer, revision=branch)
    assert there.branches == {"main": main, branch: second.sha}
    assert there.find(second.sha).parent == first.sha


def test_a_branch_of_a_new_repository(hub: HubServer, writer: str, free: Run) -> None:
    push_dataset(free.dataset, DATASET, token=writer, revision="next")
    assert dataset_on(hub).download("main").keys() == {".gitattributes"}
    assert without_hubs_own(dataset_on(hub).download("next")) == tree(free.dataset)


def test_a_branch_with_the_files_of_the_main_one(hub: HubServer, writer: str, free: Run) -> None:
    first = push_model(free.bundle, MODEL, token=writer)
    second = push_model(free.bundle, MODEL, token=writer, revision="next")
    assert not second.changed
    assert model_on(hub).branches == {"main": first.sha, "next": first.sha}


def test_a_tag_names_the_commit(hub: HubServer, writer: str, free: Run) -> None:
    for push, folder, name, kind in (
        (push_model, free.bundle, MODEL, "models"),
        (push_dataset, free.dataset, DATASET, "datasets"),
    ):
        pushed = push(folder, name, token=writer, tag="v1.0")
        there = hub.repositories[kind, name]
        assert there.tags == {"v1.0": pushed.sha} == {"v1.0": there.head()}
        assert not push(folder, name, token=writer, tag="v1.0").changed
        assert len(there.commits) == 2
    # A card names its tag, so that another one changes a model, not a data set.
    assert b"v1.0" in model_on(hub).download()["README.md"]
    assert not push_dataset(free.dataset, DATASET, token=writer, tag="v1.1").changed
    assert dataset_on(hub).tags.keys() == {"v1.0", "v1.1"}


def test_a_tag_on_a_branch(hub: HubServer, writer: str, free: Run) -> None:
    pushed = push_model(free.bundle, MODEL, token=writer, tag="v1", revision="next")
    assert model_on(hub).tags == {"v1": pushed.sha} == {"v1": model_on(hub).head("next")}


def test_a_tag_of_another_commit_is_refused_before_anything_is_sent(
    hub: HubServer, writer: str, bundle: Path
) -> None:
    first = push_model(bundle, MODEL, token=writer, tag="v1")
    edit_json(bundle / "metrics.json", lambda content: content.update(more=1))
    hub.requests.clear()
    for options in ({}, {"private": True}, {"revision": "next"}):
        message = refusal(
            Failure.CONFLICT,
            lambda o=options: push_model(bundle, MODEL, token=writer, tag="v1", **o),
        )
        assert "v1" in message
        assert first.sha[:7] in message
    assert writes(hub) == []
    assert model_on(hub).branches == {"main": first.sha}
    assert push_model(bundle, MODEL, token=writer, tag="v2").changed
    assert model_on(hub).tags.keys() == {"v1", "v2"}


def test_a_tag_of_another_commit_is_refused_where_the_files_are_there_already(
    hub: HubServer, writer: str, dataset: Path
) -> None:
    first = push_dataset(dataset, DATASET, token=writer, tag="v1")
    there = dataset_on(hub)
    there.commit({**there.download(), "LICENSE": b"theirs"})
    message = refusal(
        Failure.CONFLICT, lambda: push_dataset(dataset, DATASET, token=writer, tag="v1")
    )
    assert first.sha[:7] in message
    assert there.tags == {"v1": first.sha}


def test_a_tag_that_could_not_be_made_is_made_by_the_next_push(
    hub: HubServer, writer: str, free: Run
) -> None:
    hub.faults.status("POST", "/tag/", 503)
    message = refusal(
        Failure.UNREACHABLE, lambda: push_model(free.bundle, MODEL, token=writer, tag="v1")
    )
    there = model_on(hub)
    assert f"was pushed as {there.head()[:7]}, its tag v1 was not made" in message
    assert there.tags == {}
    again = push_model(free.bundle, MODEL, token=writer, tag="v1")
    assert not again.changed
    assert there.tags == {"v1": there.head()}
    assert len(there.commits) == 2


def test_a_tag_that_somebody_sets_in_between(hub: HubServer, writer: str, free: Run) -> None:
    there = hub.add("models", MODEL, {"LICENSE": b"theirs"})
    theirs = there.head()
    hub.faults.call("POST", "/tag/", lambda request: there.tags.update(v1=theirs))
    message = refusal(
        Failure.CONFLICT, lambda: push_model(free.bundle, MODEL, token=writer, tag="v1")
    )
    assert "its tag v1 was not made" in message
    assert there.tags == {"v1": theirs}


# The token, and what is made of a data set


def test_the_token_is_shown_nowhere(
    hub: HubServer, writer: str, free: Run, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    pushed = push_model(free.bundle, MODEL, token=writer, say=said.append)
    hub.faults.status(
        "GET",
        "/revision/",
        400,
        body={"error": f"Bearer {writer} and {hub.address}/x?signature=secret"},
    )
    with pytest.raises(PublishError) as caught:
        push_model(free.bundle, MODEL, token=writer, say=said.append)
    shown = "".join(traceback.format_exception(caught.value))
    for text in (repr(pushed), *said, str(caught.value), repr(caught.value), shown, caplog.text):
        assert writer not in text
        assert "signature=secret" not in text


@pytest.mark.parametrize("run_name", ["free", "forbidden"])
def test_datasets_loads_what_was_pushed(
    hub: HubServer,
    writer: str,
    run_name: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    run: Run = request.getfixturevalue(run_name)
    push_dataset(run.dataset, DATASET, token=writer, tag="v1")
    for name in ("ratings", "users", "movies"):
        loaded = datasets.load_dataset(
            DATASET, name, split="train", revision="v1", token=writer, cache_dir=str(tmp_path)
        )
        expected = pd.read_parquet(run.dataset / f"{name}.parquet")
        pd.testing.assert_frame_equal(
            pd.DataFrame(loaded.to_dict()).astype("object"),
            pd.DataFrame({column: expected[column].tolist() for column in expected.columns}).astype(
                "object"
            ),
        )
    default = datasets.load_dataset(
        DATASET, split="train", token=writer, cache_dir=str(tmp_path / "default")
    )
    assert set(default.column_names) == {"user_id", "movie_id", "rating", "timestamp", "part"}


def test_a_publication_says_what_it_is(forbidden: Run) -> None:
    what = dataset_publication(forbidden.dataset, DATASET)
    assert str(what) == f"data set {DATASET}"
    assert what.restricted
    assert what.card.startswith("---\n")
