"""Which files of an exported folder go up, and which are never to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hub_upload.errors import Failure, PublishError, explained
from space.bundle import DATASET_FILES, SERVING_FILES, read_bundle
from space.errors import BundleError
from space.manifest import MANIFEST, UNLISTED, read_json, verify_manifest
from space.schema import check_format

KERAS_FILES = frozenset({"config.json", "metadata.json", "model.weights.h5"})
"""What `keras.saving.load_model("hf://owner/name")` reads."""

_BEGINNINGS = {
    ".parquet": b"PAR1",
    ".png": b"\x89PNG",
    ".h5": b"\x89HDF",
    ".onnx": b"\x08",  # the tag of `ir_version`, the first field of a model's message
}
"""How a file of each kind begins. With JSON these are all kinds there are."""

_SECRET_NAME = re.compile(
    r"\.env(\..*)?|\.netrc|\.git-credentials|\.pypirc|\.npmrc|id_(rsa|dsa|ecdsa|ed25519)(\.pub)?"
    r"|.*\.(pem|key|p12|pfx|jks|kdbx)|.*(secret|credential|password|passwd).*|(.*[_.-])?tokens?(\..*)?",
    re.IGNORECASE,
)
_SECRET_TEXT = re.compile(
    rb"(?<![A-Za-z0-9])((hf|api_org)_[A-Za-z0-9]{20,}|A[KS]IA[0-9A-Z]{16}(?![0-9A-Z])"
    rb"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})|-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----"
)
_CODE = frozenset({".py", ".pyc", ".pyd", ".pyx", ".ipynb", ".so", ".dll", ".sh"})
_PICKLES = frozenset(
    {".pkl", ".pickle", ".joblib", ".dill", ".pt", ".pth", ".ckpt", ".bin", ".npy", ".npz"}
)
_PICKLE_BEGINNING = re.compile(rb"\x80[\x02-\x05]")


@contextmanager
def refusals() -> Iterator[None]:
    """Within it, what is wrong with a folder or a name is a reason not to publish.

    Raises:
        PublishError: Saying what it is.
    """
    try:
        yield
    except (BundleError, ValueError) as error:
        message = re.sub(r"\s*\n\s*", " ", str(error).strip())
        raise PublishError(Failure.REFUSED, message) from None
    except OSError as error:
        raise explained(error, "Nothing was pushed") from None


@refusals()
def bundle_files(folder: Path) -> dict[str, Path]:
    """The files of a complete bundle, by their paths in the repository.

    Raises:
        PublishError: If a file is missing, altered, at odds with another, or not to be published.
    """
    files = _listed_files(folder, SERVING_FILES | KERAS_FILES)
    read_bundle(folder)
    if any("lambda" in name.lower() for name in _class_names(read_json(folder / "config.json"))):
        raise PublishError(
            Failure.REFUSED,
            f"{folder / 'config.json'}: the model has a Lambda layer, which is code; it stays here.",
        )
    return files


@refusals()
def dataset_files(folder: Path) -> dict[str, Path]:
    """The files of a complete data set folder, by their paths in the repository.

    Raises:
        PublishError: If a file is missing, altered or not to be published.
    """
    files = _listed_files(folder, DATASET_FILES)
    facts = read_json(folder / "dataset.json")
    version = facts.get("format_version") if isinstance(facts, dict) else None
    check_format(version, str(folder / "dataset.json"), "dataset")
    return files


def check_content(name: str, content: bytes) -> None:
    """Refuse a file that is not what its name says, and one with a secret in it.

    Args:
        name: Its path in the repository.
        content: What is in it; only the beginning matters unless it is text.

    Raises:
        PublishError: Saying what it looks like.
    """
    suffix = Path(name).suffix.lower()
    _check_harmless(name, content)
    if suffix == ".json":
        try:
            json.loads(content)
        except (ValueError, RecursionError):
            raise _refused(name, "it should be JSON and is not") from None
    elif not content.startswith(_BEGINNINGS.get(suffix, b"")):
        raise _refused(name, f"its content is not that of a {suffix} file")


def check_secrets(name: str, content: bytes) -> None:
    """Refuse a file whose text holds a token or a private key.

    Raises:
        PublishError: Naming the file, not the secret.
    """
    if _SECRET_TEXT.search(content):
        raise _refused(name, "it holds what looks like a token or a private key")


def _listed_files(folder: Path, required: frozenset[str]) -> dict[str, Path]:
    verify_manifest(folder, required)
    listed = sorted(read_json(folder / MANIFEST)["files"])
    files = {name: folder / name for name in [*listed, MANIFEST]}
    for path in sorted(folder.rglob("*")):
        # A file that would stay here is a warning too: what lies beside it came the same way.
        if path.is_file() and (name := path.relative_to(folder).as_posix()) not in files:
            _check_name(name)
            _check_harmless(name, path.read_bytes())
    for name, path in files.items():
        _check_name(name)
        if not path.is_file():
            raise _refused(name, f"{MANIFEST} lists it and it is missing; export it again")
        if Path(name).suffix.lower() not in (*_BEGINNINGS, ".json"):
            kinds = ", ".join([*_BEGINNINGS, ".json"])
            raise _refused(name, f"only files of the kinds {kinds} are published")
        check_content(name, path.read_bytes())
    return files


def left_behind(folder: Path) -> list[str]:
    """Files of the folder that its manifest does not list, and that therefore stay here."""
    listed = {*read_json(folder / MANIFEST)["files"], *UNLISTED}
    found = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return [
        path.as_posix()
        for path in found
        if path.as_posix() not in listed and not path.parts[0].startswith(".")
    ]


def _check_harmless(name: str, content: bytes) -> None:
    if _PICKLE_BEGINNING.match(content):
        raise _refused(name, "it looks like a pickle, which runs code when it is read")
    check_secrets(name, content)


def _check_name(name: str) -> None:
    path = Path(name)
    if _SECRET_NAME.fullmatch(path.name):
        raise _refused(name, "its name is that of a secret")
    if path.suffix.lower() in _CODE:
        raise _refused(name, "it is code")
    if path.suffix.lower() in _PICKLES:
        raise _refused(name, "it can hold a pickle, which runs code when it is read")


def _class_names(config: Any) -> Iterator[str]:
    """All class names in a Keras configuration."""
    if isinstance(config, dict):
        if isinstance(config.get("class_name"), str):
            yield config["class_name"]
        for value in config.values():
            yield from _class_names(value)
    elif isinstance(config, list):
        for value in config:
            yield from _class_names(value)


def _refused(name: str, reason: str) -> PublishError:
    return PublishError(Failure.REFUSED, f"{name}: {reason}. Nothing was pushed.")
