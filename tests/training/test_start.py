"""Going on from a published model or a bundle's folder: what is taken, and what is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from space.bundle import read_bundle
from space.manifest import MANIFEST, sha256, write_manifest
from tests.exports import Run
from tests.hub import HubServer
from tests.server import ROOT
from tests.training.models import build, build_plus, randomize
from training.errors import RunError, SourceError
from training.start import MODEL_FILES, load_start


def files_of(folder: Path) -> dict[str, bytes]:
    """Everything of a bundle, and a card, as it lies in a repository."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    return {**files, "README.md": b"# A model\n"}


def rows_for(run: Run) -> Any:
    """Rows with every index of every field somewhere."""
    sizes = run.encoder.vocabulary_sizes
    return np.stack([np.arange(max(sizes)) % size for size in sizes], axis=1).astype("int32")


def logits(model: Any, run: Run) -> Any:
    return np.asarray(model(rows_for(run))["logit"])


def with_weights(folder: Path, seed: int) -> Path:
    """The same bundle with other weights, whole."""
    sizes = read_bundle(folder).schema.vocabulary_sizes
    model = randomize(build_plus(sizes=sizes), seed=seed)
    model.save_weights(folder / "model.weights.h5", overwrite=True)
    write_manifest(folder)
    return folder


def test_a_folder_gives_the_model_its_fields_and_vocabularies(run: Run) -> None:
    start = load_start(str(run.bundle))
    assert np.array_equal(logits(start.build(), run), logits(run.model, run))
    assert start.encoder.vocabularies == run.encoder.vocabularies
    assert start.schema.names() == read_bundle(run.bundle).schema.names()
    assert start.label == f"bundle@{sha256(run.bundle / MANIFEST)}"


def test_a_repository_gives_the_same_and_only_what_is_needed_is_fetched(
    run: Run, hub: HubServer
) -> None:
    published = hub.add("models", "owner/model", files_of(run.bundle))
    start = load_start("owner/model")
    assert np.array_equal(logits(start.build(), run), logits(run.model, run))
    assert start.label == f"owner/model@{published.head()}"
    fetched = {
        request.path.rpartition("/")[2] for request in hub.requests if "/resolve/" in request.path
    }
    assert fetched == {MANIFEST, *MODEL_FILES}


def test_a_plain_autoint_is_taken_too(bundle_copy: Path, run: Run) -> None:
    model = build(sizes=run.encoder.vocabulary_sizes)
    shutil.rmtree(bundle_copy / "assets", ignore_errors=True)
    model.save(bundle_copy / "made", zipped=False)
    for path in (bundle_copy / "made").iterdir():
        if path.is_file():
            path.replace(bundle_copy / path.name)
    shutil.rmtree(bundle_copy / "made")
    write_manifest(bundle_copy)
    found = load_start(str(bundle_copy)).build()
    assert type(found) is type(model)
    assert np.array_equal(logits(found, run), logits(model, run))


@pytest.mark.parametrize("named", ["branch", "tag", "commit"])
def test_a_revision_is_taken(run: Run, hub: HubServer, bundle_copy: Path, named: str) -> None:
    published = hub.add("models", "owner/model", files_of(run.bundle))
    published.tags["v1"] = published.branches["old/one"] = first = published.head()
    published.commit(files_of(with_weights(bundle_copy, seed=1)))
    revision = {"branch": "old/one", "tag": "v1", "commit": first}[named]
    start = load_start(f"owner/model@{revision}")
    assert start.label == f"owner/model@{first}"
    assert np.array_equal(logits(start.build(), run), logits(run.model, run))


def test_all_files_are_of_one_commit_though_the_branch_moves(
    run: Run, hub: HubServer, bundle_copy: Path
) -> None:
    # Of a name of its own, since the client remembers the listing of a commit.
    published = hub.add("models", "owner/moving", files_of(run.bundle))
    first, newer = published.head(), files_of(with_weights(bundle_copy, seed=1))
    hub.faults.call("GET", "/tree/", lambda _: published.commit(newer))
    start = load_start("owner/moving")
    assert published.head() != first
    assert start.label == f"owner/moving@{first}"
    assert np.array_equal(logits(start.build(), run), logits(run.model, run))


def test_a_run_that_goes_on_takes_the_commit_that_it_began_with_from_the_cache(
    run: Run, hub: HubServer, bundle_copy: Path
) -> None:
    published = hub.add("models", "owner/model", files_of(run.bundle))
    label = load_start("owner/model").label
    published.commit(files_of(with_weights(bundle_copy, seed=1)))
    hub.die()
    start = load_start("owner/model", label)
    assert start.label == label
    assert np.array_equal(logits(start.build(), run), logits(run.model, run))


def test_a_folder_that_has_changed_since_the_run_began_is_refused(bundle_copy: Path) -> None:
    label = load_start(str(bundle_copy)).label
    assert load_start(str(bundle_copy), label).label == label
    with_weights(bundle_copy, seed=1)
    with pytest.raises(RunError, match=r"this run was started from bundle@.*Choose another --out"):
        load_start(str(bundle_copy), label)
    shutil.rmtree(bundle_copy)
    with pytest.raises(RunError, match="there is no such folder"):
        load_start(str(bundle_copy), label)


def test_a_file_that_is_damaged_in_the_cache_is_fetched_again(run: Run, hub: HubServer) -> None:
    hub.add("models", "owner/model", files_of(run.bundle))
    weights = load_start("owner/model").folder / "model.weights.h5"
    whole = weights.read_bytes()
    weights.resolve().write_bytes(whole[:-1])
    assert load_start("owner/model").folder / "model.weights.h5" == weights
    assert weights.read_bytes() == whole


def without_network(*lines: str) -> str:
    """What another process prints that may not go to the Hub."""
    return subprocess.run(
        ["env", "HF_HUB_OFFLINE=1", sys.executable, "-c", "\n".join(lines)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_without_the_hub_the_cache_is_taken(run: Run, hub: HubServer) -> None:
    published = hub.add("models", "owner/model", files_of(run.bundle))
    load_start("owner/model")
    asked = len(hub.requests)
    said = without_network(
        "from training.start import load_start",
        "from training.errors import SourceError",
        "print(load_start('owner/model').label)",
        "try:",
        "    load_start('owner/never')",
        "except SourceError as error:",
        "    print(error)",
    )
    assert said.splitlines() == [
        f"owner/model@{published.head()}",
        "The model owner/never is not in the cache, and HF_HUB_OFFLINE is set. Unset that once, so "
        "that it is fetched.",
    ]
    assert len(hub.requests) == asked


def test_a_private_model_needs_a_token_that_may_read_it(
    run: Run, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("models", "ada/private", files_of(run.bundle), private=True)
    with pytest.raises(SourceError, match=r"ada/private does not exist, or .*HF_TOKEN"):
        load_start("ada/private")
    monkeypatch.setenv("HF_TOKEN", hub.token("ada", "read"))
    assert load_start("ada/private").encoder.vocabularies == run.encoder.vocabularies


@pytest.mark.parametrize("path", ["api/models/owner/refused/revision", "/tree/", "weights.h5"])
def test_a_hub_that_refuses_at_any_time_is_told_in_words(
    run: Run, hub: HubServer, path: str
) -> None:
    files = {**files_of(run.bundle), "README.md": path.encode()}  # a commit of its own
    hub.add("models", "owner/refused", files)
    hub.faults.status("GET|HEAD", path, 403, times=None)
    with pytest.raises(SourceError, match=r"owner/refused.*HF_TOKEN"):
        load_start("owner/refused")


def test_where_the_hub_cannot_be_reached_it_is_said_at_once(run: Run, hub: HubServer) -> None:
    hub.add("models", "owner/model", files_of(run.bundle))
    load_start("owner/model")
    hub.die()
    with pytest.raises(SourceError, match=r"the Hub cannot be reached .*set HF_HUB_OFFLINE=1"):
        load_start("owner/model")


@pytest.mark.parametrize("kind", ["datasets", "spaces"])
def test_a_repository_of_another_kind_is_no_model(hub: HubServer, run: Run, kind: str) -> None:
    hub.add(kind, "owner/model", files_of(run.bundle))
    with pytest.raises(SourceError, match="The model owner/model does not exist"):
        load_start("owner/model")


@pytest.mark.parametrize(
    "text", ["no-such/folder/", "model", "a/b/c", "owner/model@", "../bundle", "ow ner/m"]
)
def test_what_names_neither_a_folder_nor_a_repository_is_refused(text: str) -> None:
    with pytest.raises(RunError, match=r"there is no such folder. .*owner/name@revision"):
        load_start(text)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"manifest\.json: the file is missing"):
        load_start(str(tmp_path))


def test_going_on_says_what_to_know(run: Run) -> None:
    start, mine = load_start(str(run.bundle)), run.data.fingerprint()
    (first,) = start.notes("user-time", 4.0, mine)
    assert first == f"Going on from {start.label}; the fields and vocabularies are its own."
    assert "on other ratings" in start.notes("user-time", 4.0, "others")[1]
    assert "seen part of the test rows" in start.notes("random", 4.0, mine)[1]
    gone_on = {**start.schema.split, "init_from": "ada/films@abc"}
    later = replace(start, schema=replace(start.schema, split=gone_on))
    assert "It went on from ada/films@abc itself" in later.notes("user-time", 4.0, mine)[1]
    assert "to tell 4 stars or more, not 3.5" in start.notes("user-time", 3.5, mine)[1]


def test_the_label_of_a_folder_does_not_tell_where_it_lies(bundle_copy: Path) -> None:
    label = load_start(str(bundle_copy)).label
    assert str(bundle_copy.parent) not in label
    assert json.loads((bundle_copy / MANIFEST).read_text())
