"""Pushing and pulling through the unmodified client."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, snapshot_download
from huggingface_hub.errors import (
    EntryNotFoundError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from tests.hub import DEFAULT_ATTRIBUTES, HubServer

FILES = {
    "README.md": b"---\nlicense: mit\nlibrary_name: keras\ntags: [movielens]\n---\n# A model\n",
    "config.json": b"{}",
    "model.weights.h5": bytes(range(256)) * 300,
    "plots/loss.png": b"\x89PNG" + bytes(5000),
    "plots/notes.txt": b"flat",
}
APART = {"model.weights.h5", "plots/loss.png"}


@pytest.fixture
def api(writer: str) -> HfApi:
    return HfApi(token=writer)


def folder(at: Path, files: Mapping[str, bytes]) -> Path:
    for path, data in files.items():
        (at / path).parent.mkdir(parents=True, exist_ok=True)
        (at / path).write_bytes(data)
    return at


def contents(at: str | Path) -> dict[str, bytes]:
    root = Path(at)
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".cache" not in path.parts
    }


def push(api: HfApi, at: Path, files: Mapping[str, bytes] = FILES, **options: str | None) -> str:
    at.mkdir(exist_ok=True)
    return api.upload_folder(repo_id="ada/model", folder_path=folder(at, files), **options).oid


def asked(hub: HubServer) -> list[str]:
    return [f"{request.method} {request.path}" for request in hub.requests]


def test_a_push_arrives_byte_for_byte(hub: HubServer, api: HfApi, tmp_path: Path) -> None:
    url = api.create_repo("ada/model", private=True)
    commit = push(api, tmp_path)
    repository = hub.repositories["models", "ada/model"]
    assert (url.repo_id, repository.private) == ("ada/model", True)
    assert repository.download() == {**FILES, ".gitattributes": DEFAULT_ATTRIBUTES}
    assert repository.head() == commit
    assert repository.commits[commit].apart == APART
    assert repository.commits[commit].author == "ada"
    uploads = [request for request in hub.requests if request.origin == "storage"]
    assert sorted(len(request.body) for request in uploads) == [5004, 76800]


def test_a_pull_gives_the_files_of_the_revision(
    hub: HubServer, api: HfApi, writer: str, tmp_path: Path
) -> None:
    api.create_repo("ada/model", private=True)
    first = push(api, tmp_path / "a")
    api.create_tag("ada/model", tag="v1/α", revision="main")
    push(api, tmp_path / "b", {"config.json": b"{1}", "model.weights.h5": b"other"})
    newer = {**FILES, "config.json": b"{1}", "model.weights.h5": b"other"}
    for revision, files in {"main": newer, "v1/α": FILES, first: FILES}.items():
        pulled = snapshot_download("ada/model", revision=revision, token=writer)
        assert contents(pulled) == {**files, ".gitattributes": DEFAULT_ATTRIBUTES}
    local = snapshot_download("ada/model", local_dir=tmp_path / "c", token=writer)
    assert contents(local) == {**newer, ".gitattributes": DEFAULT_ATTRIBUTES}


def test_the_history_is_told(hub: HubServer, api: HfApi, tmp_path: Path) -> None:
    api.create_repo("ada/model")
    first = push(api, tmp_path, commit_message="First", commit_description="Why")
    second = push(api, tmp_path, {"new.txt": b"new"}, commit_message="Second")
    told = api.list_repo_commits("ada/model")
    assert [commit.title for commit in told] == ["Second", "First", "initial commit"]
    assert [commit.commit_id for commit in told][:2] == [second, first]
    assert told[1].message == "Why"
    assert told[0].authors == ["ada"]


def test_pushing_the_same_again_makes_no_commit(hub: HubServer, api: HfApi, tmp_path: Path) -> None:
    api.create_repo("ada/model")
    first = push(api, tmp_path)
    hub.requests.clear()
    assert push(api, tmp_path) == first
    assert not any("/commit/" in request or "PUT" in request for request in asked(hub))


def test_a_file_that_is_there_is_not_handed_in_again(
    hub: HubServer, api: HfApi, tmp_path: Path
) -> None:
    api.create_repo("ada/model")
    push(api, tmp_path / "a")
    hub.requests.clear()
    push(api, tmp_path / "b", {"copy.h5": FILES["model.weights.h5"]})
    assert (
        hub.repositories["models", "ada/model"].download()["copy.h5"] == FILES["model.weights.h5"]
    )
    assert not any(request.startswith("PUT") for request in asked(hub))


def test_a_stale_parent_is_refused(hub: HubServer, api: HfApi, tmp_path: Path) -> None:
    api.create_repo("ada/model")
    repository = hub.repositories["models", "ada/model"]
    parent = repository.head()
    theirs = repository.commit({"theirs.txt": b"theirs"}, title="Somebody else's")
    with pytest.raises(HfHubHTTPError) as caught:
        push(api, tmp_path, parent_commit=parent)
    assert caught.value.response.status_code == 412
    assert repository.head() == theirs
    push(api, tmp_path, parent_commit=theirs)
    assert repository.download() == {**FILES, "theirs.txt": b"theirs"}


def test_files_and_folders_are_deleted(hub: HubServer, api: HfApi, tmp_path: Path) -> None:
    api.create_repo("ada/model")
    push(api, tmp_path)
    repository = hub.repositories["models", "ada/model"]
    operations = [
        CommitOperationDelete("plots/"),
        CommitOperationDelete("config.json"),
        CommitOperationAdd("new.bin", b"new"),
    ]
    api.create_commit("ada/model", operations, commit_message="Less")
    left = {"README.md", "model.weights.h5", "new.bin", ".gitattributes"}
    assert set(repository.download()) == left
    before = repository.head()
    with pytest.raises(EntryNotFoundError):
        api.delete_file("config.json", "ada/model")
    assert repository.head() == before


def test_branches_and_tags(hub: HubServer, api: HfApi, tmp_path: Path) -> None:
    api.create_repo("ada/model")
    repository = hub.repositories["models", "ada/model"]
    start = repository.head()
    api.create_branch("ada/model", branch="wip/new")
    with pytest.raises(HfHubHTTPError, match="409"):
        api.create_branch("ada/model", branch="wip/new")
    api.create_branch("ada/model", branch="wip/new", exist_ok=True)
    commit = push(api, tmp_path, revision="wip/new")
    assert (repository.head(), repository.head("wip/new")) == (start, commit)
    api.create_tag("ada/model", tag="v1", revision="wip/new")
    with pytest.raises(HfHubHTTPError, match="409"):
        api.create_tag("ada/model", tag="v1")
    api.create_tag("ada/model", tag="v1", exist_ok=True)
    refs = api.list_repo_refs("ada/model")
    assert {ref.name: ref.target_commit for ref in refs.branches} == repository.branches
    assert {ref.name: ref.target_commit for ref in refs.tags} == {"v1": commit}
    api.delete_branch("ada/model", branch="wip/new")
    assert api.model_info("ada/model", revision="v1").sha == commit
    api.delete_tag("ada/model", tag="v1")
    assert (set(repository.branches), repository.tags) == ({"main"}, {})
    with pytest.raises(RevisionNotFoundError):
        api.model_info("ada/model", revision="v1")
    with pytest.raises(RevisionNotFoundError):
        push(api, tmp_path, {"more": b"more"}, revision="wip/new")


def test_lists_come_page_by_page(hub: HubServer, api: HfApi) -> None:
    hub.page_size = 2
    files = {f"{name}/{number}.txt": name.encode() for name in "ab" for number in range(3)}
    repository = hub.add("datasets", "ada/many", files)
    for number in range(4):
        repository.commit({**files, "z.h5": bytes([number])}, title=str(number))
    listed = api.list_repo_tree("ada/many", repo_type="dataset", recursive=True, expand=True)
    entries = {entry.path: entry for entry in listed}
    assert set(entries) == {*files, "a", "b", "z.h5"}
    assert entries["z.h5"].lfs.size == 1
    assert entries["z.h5"].last_commit.title == "3"
    assert entries["a/1.txt"].last_commit.title == "initial commit"
    assert len([request for request in asked(hub) if "/tree/" in request]) == 5
    commits = api.list_repo_commits("ada/many", repo_type="dataset")
    assert [commit.title for commit in commits] == ["3", "2", "1", "0", "initial commit"]


def test_the_info_tells_of_card_and_files(hub: HubServer, api: HfApi) -> None:
    hub.add("models", "ada/model", FILES, private=True)
    info = api.model_info("ada/model", files_metadata=True)
    assert (info.private, info.gated, info.author) == (True, False, "ada")
    assert info.library_name == "keras"
    assert info.tags == ["movielens", "license:mit", "keras"]
    assert info.card_data.license == "mit"
    files = {file.rfilename: file for file in info.siblings}
    assert {path for path, file in files.items() if file.lfs} == APART
    assert files["plots/loss.png"].lfs.size == files["plots/loss.png"].size == 5004
    found = api.get_paths_info("ada/model", ["plots", "config.json", "absent"])
    assert [entry.path for entry in found] == ["plots", "config.json"]
    assert api.file_exists("ada/model", "config.json")
    assert not api.file_exists("ada/model", "absent")


def test_a_repository_is_made_once_and_removed(hub: HubServer, api: HfApi) -> None:
    api.create_repo("ada/data", repo_type="dataset")
    with pytest.raises(HfHubHTTPError, match="409"):
        api.create_repo("ada/data", repo_type="dataset")
    again = api.create_repo("ada/data", repo_type="dataset", exist_ok=True)
    assert (again.repo_type, again.repo_id) == ("dataset", "ada/data")
    api.update_repo_settings("ada/data", repo_type="dataset", private=True, gated="auto")
    assert api.dataset_info("ada/data").private
    assert hub.repositories["datasets", "ada/data"].gated == "auto"
    assert [info.id for info in api.list_datasets(author="ada")] == ["ada/data"]
    api.delete_repo("ada/data", repo_type="dataset")
    with pytest.raises(RepositoryNotFoundError):
        api.dataset_info("ada/data")


def test_bad_metadata_are_refused_before_anything_is_handed_in(
    hub: HubServer, api: HfApi, tmp_path: Path
) -> None:
    api.create_repo("ada/model")
    with pytest.raises(ValueError, match="not YAML"):
        push(api, tmp_path, {"README.md": b"---\nlicense: [mit\n---\n"})
    assert not any("/preupload/" in request for request in asked(hub))


def test_a_name_may_have_any_letters(hub: HubServer, api: HfApi, tmp_path: Path) -> None:
    api.create_repo("ada/model")
    files = {"plots/été 100%.png": b"plot", "a+b #1?.txt": b"text"}
    push(api, tmp_path, files)
    pulled = snapshot_download("ada/model", token=api.token)
    assert contents(pulled) == {**files, ".gitattributes": DEFAULT_ATTRIBUTES}
    with pytest.raises(EntryNotFoundError, match="été"):
        api.delete_file("été", "ada/model")
