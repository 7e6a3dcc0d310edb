"""Fetching data sets from a server that runs here, and ML-100K from the Python package index."""

from __future__ import annotations

import importlib
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import tiny_movielens, without_demographics, write_csv_edition, zipped
from tests.file_server import FileServer
from tests.server import ROOT, free_port
from tests.training.told import Told
from training import sources
from training.errors import SourceError
from training.licences import LICENCES

DATA = without_demographics(tiny_movielens(users=8, movies=30))
NAME = "ml-latest-small"  # has no checksum, so that it can be any zip
ZIP = f"{NAME}.zip"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """What stands for GroupLens."""
    with FileServer() as started:
        monkeypatch.setenv("AUTOINT_GROUPLENS_URL", started.address)
        yield started


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> str:
    """The address that stands for GroupLens, where nobody listens."""
    address = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("AUTOINT_GROUPLENS_URL", address)
    return address


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep pip from every index and from the user's settings."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)


@pytest.fixture
def archive(tmp_path: Path) -> bytes:
    """`DATA` as a zip, padded to a few hundred kB."""
    folder = tmp_path / "made" / NAME
    folder.mkdir(parents=True)
    write_csv_edition(DATA, folder)
    (folder / "padding").write_bytes(os.urandom(300_000))
    return zipped(folder).read_bytes()


def kept(cache: Path) -> list[str]:
    """The names of all files in a cache."""
    return sorted(path.name for path in cache.rglob("*") if path.is_file())


def test_a_named_data_set_is_fetched_and_read(
    server: FileServer, archive: bytes, tmp_path: Path
) -> None:
    server.files[ZIP] = archive
    data = sources.load(NAME, None, Told(), tmp_path / "cache")
    assert data.fingerprint() == DATA.fingerprint()
    assert data.facts == {"name": NAME, **LICENCES[NAME].facts()}


def test_a_data_set_is_fetched_once(server: FileServer, archive: bytes, tmp_path: Path) -> None:
    server.files[ZIP] = archive
    first = sources.fetch(NAME, Told(), tmp_path / "cache")
    assert first.read_bytes() == archive
    told = Told()
    assert sources.fetch(NAME, told, tmp_path / "cache") == first
    assert (told.stages, told.updates) == ([], [])
    assert server.requests == [f"/{ZIP}"]
    assert kept(tmp_path / "cache") == [ZIP]


def test_progress_is_reported_while_fetching(
    server: FileServer, archive: bytes, tmp_path: Path
) -> None:
    server.files[ZIP] = archive
    told = Told()
    sources.load(NAME, None, told, tmp_path / "cache")
    assert told.stages == [f"Fetching {NAME}", "Reading ratings"]
    fractions = [fraction for fraction, _ in told.updates]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (pytest.approx(0, abs=0.01), 1)
    assert any(0.45 < fraction < 0.55 for fraction in fractions)
    assert (pytest.approx(0.5, abs=0.01), "0.2 MB of 0.3 MB") in told.updates


def test_progress_without_a_length_shows_what_has_come(
    server: FileServer, archive: bytes, tmp_path: Path
) -> None:
    server.files[ZIP] = archive
    server.tells_length = False
    told = Told()
    assert sources.fetch(NAME, told, tmp_path / "cache").read_bytes() == archive
    assert (None, "0.2 MB") in told.updates
    assert told.updates[-1][0] == 1


def test_a_path_is_read_instead_of_fetching(
    server: FileServer, archive: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "mine.zip"
    path.write_bytes(archive)
    data = sources.load("ml-25m", path, Told(), tmp_path / "cache")
    assert data.fingerprint() == DATA.fingerprint()
    assert data.facts["name"] == "ml-25m"
    assert data.facts["redistribution"] == "forbidden"
    assert sources.load("mine", path, Told(), tmp_path / "cache").facts == {"name": "mine"}
    assert server.requests == []


def test_libraries_write_nothing_to_the_terminal(
    server: FileServer, archive: bytes, tmp_path: Path
) -> None:
    server.files[ZIP] = archive
    child = fetching(tmp_path / "cache")
    assert child.communicate(timeout=60) == ("", "")
    assert child.returncode == 0
    assert kept(tmp_path / "cache") == [ZIP]


@pytest.mark.parametrize("before", [None, b"damaged"])
def test_another_checksum_is_refused(
    server: FileServer, archive: bytes, tmp_path: Path, before: bytes | None
) -> None:
    server.files["ml-1m.zip"] = archive
    path = tmp_path / "cache" / "datasets" / "ml-1m.zip"
    if before is not None:
        path.parent.mkdir(parents=True)
        path.write_bytes(before)
    with pytest.raises(SourceError, match="hash"):
        sources.fetch("ml-1m", Told(), tmp_path / "cache")
    assert server.requests == ["/ml-1m.zip"]
    assert kept(tmp_path / "cache") == ([] if before is None else ["ml-1m.zip"])


@pytest.mark.parametrize("tells_length", [True, False])
def test_a_download_that_breaks_off_leaves_nothing(
    server: FileServer, archive: bytes, tmp_path: Path, tells_length: bool
) -> None:
    server.files[ZIP] = archive
    server.tells_length = tells_length
    server.breaks_off = True
    with pytest.raises(SourceError, match=f"{ZIP}: "):
        sources.fetch(NAME, Told(), tmp_path / "cache")
    assert kept(tmp_path / "cache") == []
    server.breaks_off = False
    assert sources.fetch(NAME, Told(), tmp_path / "cache").read_bytes() == archive


def test_a_killed_download_leaves_nothing_under_the_final_name(
    server: FileServer, archive: bytes, tmp_path: Path
) -> None:
    server.files[ZIP] = archive
    server.stalls = True
    child = fetching(tmp_path / "cache")
    end = time.monotonic() + 60
    while not any(path.stat().st_size for path in (tmp_path / "cache").rglob("*")):
        assert time.monotonic() < end
        assert child.poll() is None
        time.sleep(0.05)
    child.kill()
    child.communicate()
    server.stalls = False
    assert ZIP not in kept(tmp_path / "cache")
    assert sources.fetch(NAME, Told(), tmp_path / "cache").read_bytes() == archive


@pytest.mark.parametrize(
    ("files", "reason"),
    [({}, "404"), ({ZIP: b"<title>Sign in</title>"}, "what it sent is not a zip")],
)
def test_an_answer_that_is_no_zip_is_refused(
    server: FileServer, files: dict[str, bytes], reason: str, tmp_path: Path
) -> None:
    server.files |= files
    with pytest.raises(SourceError, match=f"{ZIP}: {reason}"):
        sources.fetch(NAME, Told(), tmp_path / "cache")
    assert kept(tmp_path / "cache") == []


def test_where_nothing_can_be_reached_the_error_shows_the_way_on(
    unreachable: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError) as caught:
        sources.load("ml-25m", None, Told(), tmp_path / "cache")
    first, attempt, last = str(caught.value).splitlines()
    assert first == "ml-25m could not be fetched. Tried:"
    assert attempt.startswith(f"  - {unreachable}/ml-25m.zip: ")
    assert last.endswith("give its zip or folder: --dataset ml-25m --data PATH")


def test_a_reporter_that_nobody_reads_ends_the_fetching(
    server: FileServer, archive: bytes, tmp_path: Path
) -> None:
    class Closed(Told):
        def update(self, fraction: float | None, text: str = "") -> None:
            raise BrokenPipeError

    server.files["ml-100k.zip"] = archive
    with pytest.raises(BrokenPipeError):
        sources.fetch("ml-100k", Closed(), tmp_path / "cache")
    assert kept(tmp_path / "cache") == []


@pytest.mark.parametrize(
    "name", ["", "ml-2m", "ML-100K", "a/b/c", "owner/", "/name", "owner/name@"]
)
def test_an_unknown_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"ml-100k, .*owner/name.*--data PATH") as caught:
        sources.load(name, None, Told(), tmp_path)
    assert repr(name) in str(caught.value)


@pytest.fixture(scope="module")
def cache_with_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with ML-100K from the package index, fetched while GroupLens could not be reached."""
    cache = tmp_path_factory.mktemp("cache")
    told = Told()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOINT_GROUPLENS_URL", f"http://127.0.0.1:{free_port()}")
        sources.fetch("ml-100k", told, cache)
    assert told.stages == ["Fetching ml-100k"]
    assert ["RecBole" in note for note in told.notes] == [True]
    return cache


def test_without_grouplens_ml_100k_comes_from_the_package_index(
    cache_with_wheel: Path, unreachable: str, no_index: None
) -> None:
    told = Told()
    data = sources.load("ml-100k", None, told, cache_with_wheel)
    assert (len(data.ratings), len(data.users), len(data.movies)) == (100_000, 943, 1_682)
    assert data.facts == {"name": "ml-100k", **LICENCES["ml-100k"].facts()}
    assert told.stages == ["Reading ratings"]
    assert kept(cache_with_wheel) == [sources.RECBOLE_KEPT]


def test_a_kept_wheel_comes_before_grouplens(cache_with_wheel: Path, server: FileServer) -> None:
    path = sources.fetch("ml-100k", Told(), cache_with_wheel)
    assert path.name == sources.RECBOLE_KEPT
    assert server.requests == []


def test_recbole_is_not_installed(cache_with_wheel: Path) -> None:
    importlib.invalidate_caches()
    assert importlib.util.find_spec("recbole") is None


@pytest.mark.parametrize("before", [None, b"damaged"])
def test_without_any_source_of_ml_100k_the_error_lists_both(
    unreachable: str, no_index: None, tmp_path: Path, before: bytes | None
) -> None:
    path = tmp_path / "datasets" / sources.RECBOLE_KEPT
    if before is not None:
        path.parent.mkdir()
        path.write_bytes(before)
    with pytest.raises(SourceError) as caught:
        sources.fetch("ml-100k", Told(), tmp_path)
    first, grouplens, index, last = str(caught.value).splitlines()
    assert first == "ml-100k could not be fetched. Tried:"
    assert grouplens.startswith(f"  - {unreachable}/ml-100k.zip: ")
    assert index.startswith(f"  - the {sources.RECBOLE_WHEEL} wheel on the Python package index: ")
    assert "No matching distribution found" in index
    assert last.endswith("--dataset ml-100k --data PATH")
    assert kept(tmp_path) == ([] if before is None else [sources.RECBOLE_KEPT])


def fetching(cache: Path) -> subprocess.Popen[str]:
    """A process that fetches `NAME`."""
    code = (
        "import sys; from pathlib import Path; from training import sources\n"
        "class Quiet:\n"
        "    def __getattr__(self, name): return lambda *arguments: None\n"
        f"sources.fetch({NAME!r}, Quiet(), Path(sys.argv[1]))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, str(cache)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
