from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from space.hub.repository import DATASET, MODEL, Repository

SHA = "0123456789abcdef0123456789abcdef01234567"

names = st.from_regex(r"[A-Za-z0-9](?:[A-Za-z0-9_]|[-.](?=[A-Za-z0-9])){0,30}", fullmatch=True)
ids = st.tuples(names, names).map("/".join).filter(lambda text: not text.endswith(".git"))
revisions = st.one_of(
    st.from_regex(r"[a-z0-9]{1,8}(?:[/.+@=_-][a-z0-9]{1,8}){0,3}", fullmatch=True),
    st.from_regex("[0-9a-f]{40}", fullmatch=True),
).filter(lambda text: ".lock" not in text)


@given(ids, st.none() | revisions)
def test_what_is_written_is_what_is_meant(name: str, revision: str | None) -> None:
    text = name if revision is None else f"{name}@{revision}"
    repository = Repository.parse(text)
    assert repository == Repository(name, revision or "main")
    assert Repository.parse(f" {text}\n") == repository
    assert Repository.parse(name, revision) == repository
    assert Repository.parse(str(repository)) == repository


@given(st.text(st.sampled_from("ab/@.-~^:*?[\\ \n{lock"), max_size=24) | st.text(max_size=12))
def test_whatever_is_written_no_path_leaves_the_cache(text: str) -> None:
    try:
        repository = Repository.parse(text)
    except ValueError:
        return
    for path in (repository.id, repository.revision):
        assert not path.startswith(("/", "-"))
        assert not {"", ".", ".."} & set(path.split("/"))
        assert not set(path) & set(" \n\t\x00~^:?*[\\")
    assert repository.id.count("/") == 1
    assert "@" not in repository.id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "a/b/c",
        "/b",
        "a/",
        "a//b",
        "a--b/c",
        "a/b.git",
        "a b/c",
        "../etc",
        "a/..",
        "https://hub.example/a/b",
        "datasets/a/b",
        "@main",
    ],
)
def test_what_is_no_repository_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match=r"written owner/name or owner/name@revision. Received: '"):
        Repository.parse(text)


@pytest.mark.parametrize(
    "revision",
    [
        *("", "../main", "a/../b", "/main", "main/", "a//b", ".a", "a/.b", "a.lock", "-d", "a b"),
        *("a\n", "a~1", "a^", "a:b", "a?", "a*", "[a", "a\\b", "a.", "a@{1", "x" * 256),
    ],
)
def test_what_is_no_revision_is_refused_with_what_was_expected(revision: str) -> None:
    with pytest.raises(ValueError, match=r"name of a branch or a tag, or a commit's id. Received"):
        Repository("a/b", revision)


def test_a_revision_is_given_once() -> None:
    with pytest.raises(ValueError, match=r"given once. Received: 'v1' in 'a/b@v1', and 'v2'"):
        Repository.parse("a/b@v1", "v2")


def test_only_a_whole_commit_id_is_pinned() -> None:
    assert Repository("a/b", SHA).pinned
    assert not Repository("a/b", SHA[:7]).pinned
    assert not Repository("a/b", SHA.upper()).pinned
    assert not Repository("a/b").pinned


def test_vectors_of_films_are_needed_where_the_manifest_lists_them_in_any_version() -> None:
    listed = ["film_vectors.parquet", "model.weights.h5", "items.parquet"]
    for version in (1, 2, 3):
        without = MODEL.files_of(version)
        assert MODEL.files_of(version, listed) == without | {"film_vectors.parquet"}
    assert DATASET.files_of(1, listed) == DATASET.files


def test_neither_weights_nor_plots_are_needed_for_serving() -> None:
    assert MODEL.files - MODEL.files_of(1) == {
        "audiences.parquet",
        "film_vectors.parquet",
        "items.parquet",
        "ranking.json",
        "ranking.onnx",
    }
    assert MODEL.files_of(2) == MODEL.files - {"film_vectors.parquet"}
    assert DATASET.files_of(1) == DATASET.files_of(2) == DATASET.files
    assert MODEL.files_of(1) == {
        "config.json",
        "encoders.json",
        "manifest.json",
        "metrics.json",
        "model.onnx",
        "movies.parquet",
        "schema.json",
    }
    assert DATASET.files == {
        "dataset.json",
        "manifest.json",
        "movies.parquet",
        "ratings.parquet",
        "users.parquet",
    }
