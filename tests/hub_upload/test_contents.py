"""What goes up, and what never does."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hub_upload import push_dataset, push_model
from hub_upload.contents import bundle_files, check_content, dataset_files, left_behind
from hub_upload.errors import Failure, PublishError
from space.manifest import MANIFEST, write_manifest
from tests.exports import DOT, Run, edit_json
from tests.hub import HubServer
from tests.hub_upload.conftest import DATASET, MODEL, refusal

SECRET_NAMES = (
    ".env",
    ".env.local",
    ".netrc",
    ".git-credentials",
    ".pypirc",
    ".npmrc",
    "id_rsa",
    "id_ed25519.pub",
    "server.pem",
    "tls.KEY",
    "store.p12",
    "vault.kdbx",
    "credentials.json",
    "client_secret.json",
    "Secrets.yaml",
    "password.txt",
    "token",
    "hf_token",
    "token.json",
)
CODE = ("train.py", "TRAIN.PY", "layer.pyc", "notes.ipynb", "lib.so", "run.sh")
PICKLES = ("a.pkl", "a.pickle", "a.joblib", "a.dill", "a.pt", "a.pth", "a.ckpt", "a.bin", "a.npy")
FOLDERS = ("", "plots/more/and/more", ".hidden")

# Put together here, so that no scanner takes this file for a leak.
SECRETS = (
    "hf_" + "aB3" * 11 + "x",
    "api_org_" + "aB3" * 11,
    "HUGGINGFACE_hf_" + "aB3" * 11,
    "AKIA" + "ABCD1234" * 2,
    "ghp_" + "aB3" * 12,
    "github_pat_" + "aB3_" * 12,
    "-----BEGIN " + "PRIVATE KEY-----",
    "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
    "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----",
)


def put(folder: Path, name: str, content: bytes, *, listed: bool = True) -> None:
    """Put a file into an exported folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if listed:
        write_manifest(folder)


def take(folder: Path, name: str) -> None:
    """Remove a file that `put` has put there, with what it was put into."""
    path = folder / name
    path.unlink()
    while not any(path.parent.iterdir()):
        path = path.parent
        path.rmdir()
    write_manifest(folder)


def test_the_manifests_files_go_up(free: Run) -> None:
    listed = json.loads((free.bundle / MANIFEST).read_text())["files"]
    assert bundle_files(free.bundle) == {name: free.bundle / name for name in [*listed, MANIFEST]}
    assert {"model.onnx", "model.weights.h5", "config.json", "plots/roc.png"} < listed.keys()
    assert dataset_files(free.dataset).keys() == {
        "dataset.json",
        "manifest.json",
        "movies.parquet",
        "ratings.parquet",
        "users.parquet",
    }


def test_what_is_not_listed_stays(bundle: Path) -> None:
    before = bundle_files(bundle)
    for name in ("notes.txt", "plots/draft.png", "README.md", ".gitattributes", ".git/config"):
        put(bundle, name, b"mine", listed=False)
    assert bundle_files(bundle) == before
    assert left_behind(bundle) == ["notes.txt", "plots/draft.png"]


@pytest.mark.parametrize("listed", [True, False], ids=["listed", "unlisted"])
@pytest.mark.parametrize("name", [*SECRET_NAMES, *CODE, *PICKLES])
def test_a_file_with_a_forbidden_name(
    bundle: Path, dataset: Path, name: str, *, listed: bool
) -> None:
    for folder in FOLDERS:
        path = f"{folder}/{name}".removeprefix("/")
        put(bundle, path, b"{}", listed=listed)
        assert path in refusal(Failure.REFUSED, lambda: bundle_files(bundle))
        take(bundle, path)
    put(dataset, name, b"{}", listed=listed)
    assert name in refusal(Failure.REFUSED, lambda: dataset_files(dataset))
    bundle_files(bundle)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_file_with_a_secret_in_it(bundle: Path, secret: str) -> None:
    content = json.dumps({"note": f"set it to {secret}, please"}).encode()
    for name, listed in (
        ("notes.txt", False),
        ("plots/deep/notes.md", False),
        (".git/config", False),
        ("training.json", True),
        ("plots/deep/more.json", True),
    ):
        before = (bundle / name).read_bytes() if (bundle / name).exists() else None
        put(bundle, name, content, listed=listed)
        message = refusal(Failure.REFUSED, lambda: bundle_files(bundle))
        assert name in message
        assert secret not in message
        if before is None:
            take(bundle, name)
        else:
            put(bundle, name, before)
    put(bundle, "plots/roc.png", DOT + secret.encode())
    assert "plots/roc.png" in refusal(Failure.REFUSED, lambda: bundle_files(bundle))


@pytest.mark.parametrize(
    "harmless",
    [
        "hf_hub_download",
        "the roles of hf_tokens_that_are_read_only",
        "xAKIA" + "ABCD1234" * 2,
        "-----BEGIN CERTIFICATE-----",
        "a secret, a token and a password",
    ],
)
def test_a_word_is_no_secret(bundle: Path, harmless: str) -> None:
    put(bundle, "plots/more.json", json.dumps(harmless).encode())
    assert "plots/more.json" in bundle_files(bundle)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_under_another_name(bundle: Path, protocol: int) -> None:
    content = pickle.dumps({"a": [1, 2, 3]}, protocol)
    for name, listed in (
        ("plots/deep/roc.png", True),
        ("more.json", True),
        ("more.parquet", True),
        ("more", False),
        ("plots/deep/more.txt", False),
    ):
        put(bundle, name, content, listed=listed)
        message = refusal(Failure.REFUSED, lambda: bundle_files(bundle))
        assert name in message
        assert "pickle" in message
        take(bundle, name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plots/roc.png", b"a picture"),
        ("plots/roc.png", b""),
        ("plots/roc.png", b"<svg onload='alert(1)'/>"),
        ("model.weights.h5", b"PK\x03\x04"),
        ("model.onnx", b"PK\x03\x04"),
        ("movies.parquet", b"movie_id,title\n"),
        ("metrics.json", b"{'test': 1}"),
        ("training.json", b""),
        ("metrics.json", b"\x80\x02}q\x00."),
        ("training.json", b"[" * 100_000),
    ],
)
def test_a_file_that_is_not_what_its_name_says(bundle: Path, name: str, content: bytes) -> None:
    put(bundle, name, content)
    assert refusal(Failure.REFUSED, lambda: bundle_files(bundle)).startswith(f"{name}: ")


@pytest.mark.parametrize(
    "name", ["weights.safetensors", "notes.md", "model.keras", "LICENSE", "page.html", "a.zip"]
)
def test_a_file_of_a_kind_that_is_not_published(bundle: Path, name: str) -> None:
    put(bundle, name, b"text")
    message = refusal(Failure.REFUSED, lambda: bundle_files(bundle))
    assert name in message
    assert ".parquet" in message


def test_the_kind_of_a_content_counts_whatever_the_case_of_its_name() -> None:
    check_content("A.PNG", DOT)
    with pytest.raises(PublishError, match=r"not that of a \.png file"):
        check_content("A.PNG", b"text")


@pytest.mark.parametrize(
    "layer",
    [
        {"class_name": "Lambda", "config": {"function": "..."}},
        {"module": "mine", "class_name": "MyLambda", "registered_name": "Custom>MyLambda"},
        {"class_name": "__lambda__", "config": {"value": "4wEAAAA"}},
    ],
)
def test_a_lambda_layer_is_refused_however_deep(bundle: Path, layer: dict[str, object]) -> None:
    config = bundle / "config.json"
    for change in (
        lambda content: content["config"].update(activation=layer),
        lambda content: content["config"].update(layers=[{"config": {"layers": [[layer]]}}]),
        lambda content: content.update(class_name=layer["class_name"]),
    ):
        original = config.read_text()
        edit_json(config, change)
        assert "Lambda layer" in refusal(Failure.REFUSED, lambda: bundle_files(bundle))
        config.write_text(original)


def test_an_altered_file_is_refused(bundle: Path, dataset: Path) -> None:
    weights = bundle / "model.weights.h5"
    content = weights.read_bytes()
    for altered in (content[:-1] + b"!", content[:-1], content + b"!"):
        weights.write_bytes(altered)
        assert "model.weights.h5" in refusal(Failure.REFUSED, lambda: bundle_files(bundle))
    (dataset / "users.parquet").write_bytes(b"PAR1")
    assert "users.parquet" in refusal(Failure.REFUSED, lambda: dataset_files(dataset))


@pytest.mark.parametrize(
    "name",
    [
        "config.json",
        "metadata.json",
        "model.weights.h5",
        "model.onnx",
        "movies.parquet",
        "plots/roc.png",
        "manifest.json",
    ],
)
def test_a_missing_file_is_refused(bundle: Path, name: str) -> None:
    (bundle / name).unlink()
    assert name in refusal(Failure.REFUSED, lambda: bundle_files(bundle))
    if name not in ("plots/roc.png", MANIFEST):
        write_manifest(bundle)
        assert name in refusal(Failure.REFUSED, lambda: bundle_files(bundle))


@pytest.mark.parametrize("name", ["dataset.json", "movies.parquet", "ratings.parquet"])
def test_a_missing_table_is_refused(dataset: Path, name: str) -> None:
    (dataset / name).unlink()
    for mend in (lambda: None, lambda: write_manifest(dataset)):
        mend()
        assert name in refusal(Failure.REFUSED, lambda: dataset_files(dataset))


def test_files_that_are_at_odds_are_refused(bundle: Path) -> None:
    edit_json(
        bundle / "config.json", lambda content: content["config"].update(vocabulary_sizes=[1])
    )
    assert "config.json" in refusal(Failure.REFUSED, lambda: bundle_files(bundle))


@pytest.mark.parametrize("content", [[], "text", {}, {"format_version": 99}, None])
def test_facts_that_are_none(dataset: Path, content: object) -> None:
    put(dataset, "dataset.json", json.dumps(content).encode())
    assert "dataset.json" in refusal(Failure.REFUSED, lambda: dataset_files(dataset))


@pytest.mark.parametrize("name", ["../outside.json", "/etc/hostname", "plots/../../x.json"])
def test_a_manifest_that_points_outside_is_refused(bundle: Path, name: str) -> None:
    manifest = json.loads((bundle / MANIFEST).read_text())
    manifest["files"][name] = {"size": 1, "sha256": "0" * 64}
    (bundle / MANIFEST).write_text(json.dumps(manifest))
    assert "outside" in refusal(Failure.REFUSED, lambda: bundle_files(bundle))


def test_a_name_in_a_linked_folder_counts(bundle: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secrets.json").write_text("{}")
    shutil.copy(elsewhere / "secrets.json", bundle / "plots")
    write_manifest(bundle)
    (bundle / "plots" / "roc.png").rename(elsewhere / "roc.png")
    shutil.rmtree(bundle / "plots")
    os.symlink(elsewhere, bundle / "plots")
    assert "plots/secrets.json" in refusal(Failure.REFUSED, lambda: bundle_files(bundle))


def test_a_file_that_cannot_be_read(bundle: Path) -> None:
    (bundle / "plots" / "roc.png").unlink()
    os.symlink("/proc/self/mem", bundle / "plots" / "roc.png")  # there, and reading it fails
    manifest = json.loads((bundle / MANIFEST).read_text())
    manifest["files"]["plots/roc.png"]["size"] = 0
    (bundle / MANIFEST).write_text(json.dumps(manifest))
    assert "Nothing was pushed" in refusal(Failure.DISK, lambda: bundle_files(bundle))


def damages(folder: Path) -> dict[str, Callable[[], object]]:
    """Each kind of fault that a folder can have."""
    return {
        "missing": lambda: (folder / "movies.parquet").unlink(),
        "altered": lambda: (folder / "movies.parquet").write_bytes(b"PAR1"),
        "no manifest": lambda: (folder / MANIFEST).unlink(),
        "code": lambda: put(folder, "plots/train.py", b"", listed=False),
        "pickle": lambda: put(folder, "a.pkl", b""),
        "secret name": lambda: put(folder, "a/.env", b"", listed=False),
        "secret": lambda: put(folder, "a.json", json.dumps(SECRETS[0]).encode()),
        "kind": lambda: put(folder, "movies.parquet", b"movie_id,title\n"),
        "no parquet": lambda: put(folder, "movies.parquet", b"PAR1 and no more"),
        "another kind": lambda: put(folder, "a.txt", b""),
    }


@pytest.mark.parametrize("damage", damages(Path()))
def test_the_hub_gets_nothing_of_a_refused_folder(
    hub: HubServer, writer: str, bundle: Path, dataset: Path, damage: str
) -> None:
    damages(bundle)[damage]()
    damages(dataset)[damage]()
    refusal(Failure.REFUSED, lambda: push_model(bundle, MODEL, token=writer))
    refusal(Failure.REFUSED, lambda: push_dataset(dataset, DATASET, token=writer))
    assert hub.requests == []
    assert hub.repositories == {}
