"""What follows from files alone: their ids, which are stored apart, what a README says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

import yaml

Files = Mapping[str, bytes]

ATTRIBUTES = ".gitattributes"
REGULAR_LIMIT = 10 * 2**20
"""A larger file is stored apart whatever its name."""
_APART = (
    "*.7z *.arrow *.bin *.bmp *.bz2 *.ckpt *.ftz *.gif *.gz *.h5 *.jpeg *.jpg *.joblib *.keras "
    "*.lfs.* *.mlmodel *.model *.mp3 *.mp4 *.msgpack *.npy *.npz *.onnx *.ot *.parquet *.pb "
    "*.pickle *.pkl *.png *.pt *.pth *.rar *.safetensors saved_model/**/* *.tar *.tar.* *.tflite "
    "*.tgz *.tiff *.wasm *.wav *.webp *.xz *.zip *.zst *tfevents*"
)
DEFAULT_ATTRIBUTES = "".join(
    f"{pattern} filter=lfs diff=lfs merge=lfs -text\n" for pattern in _APART.split()
).encode()
"""The `.gitattributes` of a new repository."""


def blob_id(data: bytes) -> str:
    """The id that git gives to a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def sha256(data: bytes) -> str:
    """The name under which a file is stored apart."""
    return hashlib.sha256(data).hexdigest()


def pointer(oid: str, size: int) -> bytes:
    """What git holds in place of a file that is stored apart."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n".encode()


def is_apart(path: str, size: int, attributes: bytes | None) -> bool:
    """Whether a file is stored apart, by its size or by the rules of a `.gitattributes`.

    A repository without one follows the rules of a new repository.
    """
    if not size:
        return False
    if size > REGULAR_LIMIT:
        return True
    text = (DEFAULT_ATTRIBUTES if attributes is None else attributes).decode()
    name = path.rpartition("/")[2]
    for line in text.splitlines():
        pattern, *rules = line.split() or [""]
        subject = path if "/" in pattern else name
        if "filter=lfs" in rules and fnmatchcase(subject, pattern.removeprefix("/")):
            return True
    return False


def apart_of(files: Files) -> frozenset[str]:
    """Those of a repository's files that are stored apart."""
    rules = files.get(ATTRIBUTES)
    return frozenset(path for path, data in files.items() if is_apart(path, len(data), rules))


def folders_of(paths: Iterable[str]) -> list[str]:
    """All folders that files lie in."""
    return sorted({path[: slash.start()] for path in paths for slash in re.finditer("/", path)})


def card_of(readme: bytes | None) -> dict[str, Any] | None:
    """The metadata at the head of a README.

    Raises:
        ValueError: If they are there and cannot be read.
    """
    text = (readme or b"").decode(errors="replace").replace("\r\n", "\n")
    head = re.match(r"---[ \t]*\n(.*?)^---[ \t]*$", text, re.DOTALL | re.MULTILINE)
    if head is None:
        return None
    try:
        content = yaml.safe_load(head[1])
    except yaml.YAMLError as error:
        raise ValueError(f"The metadata are not YAML: {error}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ValueError("The metadata are not a mapping")
    return content


_COLORS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")
_SPACE_RULES = {
    "sdk": ("gradio", "docker", "static"),
    "colorFrom": _COLORS,
    "colorTo": _COLORS,
}


def card_errors(readme: bytes, kind: str) -> list[str]:
    """What is wrong with a README's metadata."""
    try:
        card = card_of(readme) or {}
    except ValueError as error:
        return [str(error)]
    if kind != "spaces":
        return []
    errors = [
        f"{name}: expected one of {', '.join(allowed)}; found {card[name]!r}"
        for name, allowed in _SPACE_RULES.items()
        if name in card and card[name] not in allowed
    ]
    if len(str(card.get("short_description", ""))) > 60:
        errors.append("short_description: expected at most 60 characters")
    return errors
