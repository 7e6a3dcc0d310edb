from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from space.errors import BundleError
from space.manifest import MANIFEST, read_json, sha256, verify_manifest, write_manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files at two depths and its manifest."""
    (tmp_path / "plots").mkdir()
    (tmp_path / "model.bin").write_bytes(bytes(range(256)) * 16)
    (tmp_path / "notes.txt").write_text("한국어\n", encoding="utf-8")
    (tmp_path / "plots" / "roc.png").write_bytes(b"picture")
    write_manifest(tmp_path)
    return tmp_path


def rewrite(folder: Path, content: Any) -> None:
    (folder / MANIFEST).write_text(json.dumps(content))


def test_a_manifest_lists_every_file_with_size_and_hash(folder: Path) -> None:
    listed = json.loads((folder / MANIFEST).read_text())["files"]
    assert sorted(listed) == ["model.bin", "notes.txt", "plots/roc.png"]
    assert listed["plots/roc.png"] == {
        "size": 7,
        "sha256": hashlib.sha256(b"picture").hexdigest(),
    }


def test_a_manifest_leaves_out_itself_and_the_hubs_files(folder: Path) -> None:
    (folder / "README.md").write_text("a card")
    (folder / ".gitattributes").write_text("*.onnx filter=lfs")
    before = (folder / MANIFEST).read_text()
    write_manifest(folder)
    assert (folder / MANIFEST).read_text() == before
    verify_manifest(folder, {"model.bin"})


def test_a_folder_as_it_was_written_is_accepted(folder: Path) -> None:
    verify_manifest(folder, {"model.bin", "notes.txt", "plots/roc.png"})


def test_the_sha256_is_hashlibs_for_files_of_any_size(tmp_path: Path) -> None:
    for size in (0, 1, 300_000):
        (tmp_path / "file").write_bytes(b"x" * size)
        assert sha256(tmp_path / "file") == hashlib.sha256(b"x" * size).hexdigest()


@pytest.mark.parametrize("name", ["model.bin", "notes.txt", "plots/roc.png"])
def test_every_listed_file_is_checked_whether_required_or_not(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
    with pytest.raises(BundleError, match=rf"{name}: its SHA-256 .*export or fetch it again"):
        verify_manifest(folder, set())


@pytest.mark.parametrize("position", [0, 2047, 4095])
def test_one_flipped_bit_is_found_wherever_it_is(folder: Path, position: int) -> None:
    content = bytearray((folder / "model.bin").read_bytes())
    content[position] ^= 0x10
    (folder / "model.bin").write_bytes(content)
    with pytest.raises(BundleError, match=r"model\.bin: its SHA-256"):
        verify_manifest(folder, {"model.bin"})


@pytest.mark.parametrize("kept", [0, 4095])
def test_a_truncated_file_is_named_with_both_sizes(folder: Path, kept: int) -> None:
    path = folder / "model.bin"
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(BundleError, match=rf"model\.bin: it should have 4096 bytes, it has {kept}"):
        verify_manifest(folder, {"model.bin"})


def test_a_longer_file_is_refused(folder: Path) -> None:
    with (folder / "model.bin").open("ab") as file:
        file.write(b"more")
    with pytest.raises(BundleError, match=r"should have 4096 bytes, it has 4100"):
        verify_manifest(folder, {"model.bin"})


def test_a_listed_file_may_be_absent_where_it_is_not_required(folder: Path) -> None:
    (folder / "notes.txt").unlink()
    verify_manifest(folder, {"model.bin"})


def test_a_required_file_should_be_present(folder: Path) -> None:
    (folder / "notes.txt").unlink()
    with pytest.raises(BundleError, match=r"notes\.txt: the file is missing. Export or fetch"):
        verify_manifest(folder, {"notes.txt"})


def test_a_folder_in_place_of_a_required_file_does_not_count(folder: Path) -> None:
    (folder / "notes.txt").unlink()
    (folder / "notes.txt").mkdir()
    with pytest.raises(BundleError, match=r"notes\.txt: the file is missing"):
        verify_manifest(folder, {"notes.txt"})


def test_a_required_file_that_is_not_listed_is_refused_though_it_is_there(folder: Path) -> None:
    (folder / "late.txt").write_text("slipped in")
    with pytest.raises(BundleError, match=r"manifest\.json: it should list late\.txt"):
        verify_manifest(folder, {"late.txt"})


@pytest.mark.parametrize("name", ["../secret", "plots/../../secret", "/etc/hosts", "..\\secret"])
def test_an_entry_that_points_outside_is_refused(folder: Path, name: str) -> None:
    rewrite(folder, {"files": {name: {"size": 1, "sha256": "00"}}})
    with pytest.raises(BundleError, match=r"manifest\.json: .* points outside the folder"):
        verify_manifest(folder, set())


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        {"files": None},
        {"files": ["model.bin"]},
        {"files": {"model.bin": None}},
        {"files": {"model.bin": {"size": 4096}}},
        {"files": {"model.bin": {"size": "many", "sha256": "00"}}},
    ],
    ids=str,
)
def test_a_manifest_of_another_shape_is_refused(folder: Path, content: Any) -> None:
    rewrite(folder, content)
    with pytest.raises(BundleError, match=r"manifest\.json: .*wrong type.*Export it again"):
        verify_manifest(folder, set())


def test_a_manifest_that_is_no_json_is_refused(folder: Path) -> None:
    (folder / MANIFEST).write_text('{"files": {')
    with pytest.raises(BundleError, match=r"manifest\.json: it should be JSON"):
        verify_manifest(folder, set())


def test_a_folder_without_manifest_is_refused(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    with pytest.raises(BundleError, match=r"manifest\.json: the file is missing"):
        verify_manifest(folder, set())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"nowhere: there is no such folder. Give the folder"):
        verify_manifest(tmp_path / "nowhere", set())


@pytest.mark.parametrize("content", [b"", b"{", b"{'a': 1}", b"\xff\xfe{\x00", b"PK\x03\x04"])
def test_a_file_that_is_no_json_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content)
    with pytest.raises(BundleError, match=r"config\.json: it should be JSON .*Export it again"):
        read_json(path)


def test_json_is_read_as_utf_8(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes('["Café", 1]'.encode())
    assert read_json(tmp_path / "a.json") == ["Café", 1]
