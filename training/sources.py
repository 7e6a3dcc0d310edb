"""Where a data set comes from: a path, a name, or a repository on the Hub.

The environment variable `AUTOINT_GROUPLENS_URL` names a mirror to take the zips from instead of
GroupLens' own server.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pooch

from training import readers
from training.errors import SourceError
from training.hub import parse
from training.licences import LICENCES, Licence, licence_of, strictest
from training.progress import Reporter
from training.ratings import MovieLens
from training.readers import csv_edition, dat, hub, ml_100k
from training.readers.archive import Archive

pooch.get_logger().setLevel("WARNING")  # The reporter tells of downloads already.

GROUPLENS = "https://files.grouplens.org/datasets/movielens"

RECBOLE_WHEEL = "recbole==1.2.1"
RECBOLE_KEPT = "ml-100k.recbole.whl"
RECBOLE_SHA256 = "9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407"


NAMED: Mapping[str, str | None] = {
    "ml-100k": "sha256:50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
    "ml-1m": "sha256:a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
    "ml-10m": "md5:ce571fd55effeba0271552578f2648bd",
    "ml-20m": "sha256:96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3",
    "ml-25m": "sha256:8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa",
    "ml-32m": "md5:d472be332d4daa821edc399621853b57",
    "ml-latest-small": None,
    "ml-latest": None,
}
"""The data sets that can be asked for by name, with the `algorithm:digest` of each zip; none for an
edition that GroupLens replaces now and then. Checksums: those GroupLens publishes beside the files
(MD5), or TensorFlow Datasets' record of the same files (SHA-256)."""


def load(
    dataset: str, data: Path | None, reporter: Reporter, cache: Path | None = None
) -> MovieLens:
    """Read a data set, fetching it first where it is not at hand.

    Args:
        dataset: A key of `NAMED`, or a repository on the Hub, `owner/name` or `owner/name@revision`.
        data: A folder or zip to read instead of fetching; `dataset` is then only its name, which
            grants nothing that the files do not bear out.
        reporter: Shows the progress.
        cache: Where fetched files are kept; by default in the user's cache folder.

    Raises:
        SourceError: If the name is unknown, or nothing could be reached.
        DataError: If the files are not what their layout says.
    """
    licence = LICENCES.get(dataset) if data is None else _licence_of_given(dataset, data)
    facts = {"name": dataset, **(licence.facts() if licence is not None else {})}
    if data is None and dataset in NAMED:
        data = fetch(dataset, reporter, cache)
    if data is not None:
        reporter.stage("Reading ratings")
        return readers.read(data, facts)
    if parse(dataset) is not None:
        reporter.stage("Reading ratings")
        return hub.read(dataset)
    raise SourceError(
        f"--dataset should be one of {', '.join(NAMED)}, or a Hub repository as owner/name. "
        f"Received: {dataset!r}. To read files of your own, add --data PATH."
    )


def fetch(name: str, reporter: Reporter, cache: Path | None = None) -> Path:
    """The zip of a named data set, fetched once.

    Args:
        name: A key of `NAMED`.
        reporter: Shows the progress.
        cache: Where it is kept; by default in the user's cache folder.

    Returns:
        The file in the cache. It appears there whole or not at all. A kept file comes before any
        fetching, so that a run that goes on reads what it began with.

    Raises:
        SourceError: Listing everything that was tried.
    """
    folder = Path(cache or pooch.os_cache("autoint-movies")) / "datasets"
    kept = _kept(name, folder)
    if kept is not None:
        return kept
    reporter.stage(f"Fetching {name}")
    tried = []
    try:
        return _from_grouplens(name, folder, reporter)
    except BrokenPipeError:  # nobody reads the progress any more
        raise
    except (OSError, ValueError) as error:  # requests' errors are OSErrors, a bad hash a ValueError
        tried.append(f"{_address(name)}: {_short(error)}")
    if name == "ml-100k":
        reporter.note(
            "GroupLens cannot be reached: taking ML-100K from the RecBole wheel on the Python package "
            "index instead."
        )
        try:
            return _from_recbole(folder)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            tried.append(f"the {RECBOLE_WHEEL} wheel on the Python package index: {_short(error)}")
    raise SourceError(
        "\n".join(
            [
                f"{name} could not be fetched. Tried:",
                *(f"  - {attempt}" for attempt in tried),
                f"If you have it on disk, give its zip or folder: --dataset {name} --data PATH",
            ]
        )
    )


def _licence_of_given(dataset: str, data: Path) -> Licence | None:
    """The licence of data that somebody gave, by what they are called and by their layout.

    The name, the path, and the folders inside may each name an edition; the strictest counts. An
    edition that may be passed on is believed only where the files have the layout of those editions,
    and no other: else no licence is known.
    """
    archive = Archive(data)
    folders = sorted({part for name in archive.names for part in PurePosixPath(name).parts[:-1]})
    inside = (licence_of(Path(folder)) for folder in folders)
    licence = strictest([LICENCES.get(dataset), licence_of(data), *inside])
    if licence is None or licence.redistribution == "forbidden":
        return licence
    older = any(archive.find(layout.FILES) for layout in (ml_100k, dat))
    return licence if archive.find(csv_edition.FILES) and not older else None


def _kept(name: str, folder: Path) -> Path | None:
    """The file of a data set that the cache holds, if it is what it should be."""
    known = [(folder / f"{name}.zip", NAMED[name])]
    if name == "ml-100k":
        known.append((folder / RECBOLE_KEPT, f"sha256:{RECBOLE_SHA256}"))
    for path, checksum in known:
        algorithm, _, digest = (checksum or "").partition(":")
        if path.is_file() and (not digest or pooch.file_hash(str(path), algorithm) == digest):
            return path
    return None


def _address(name: str) -> str:
    base = os.environ.get("AUTOINT_GROUPLENS_URL") or GROUPLENS
    return f"{base.rstrip('/')}/{name}.zip"


def _from_grouplens(name: str, folder: Path, reporter: Reporter) -> Path:
    fetched = pooch.retrieve(
        _address(name),
        known_hash=NAMED[name],
        fname=f"{name}.zip",
        path=folder,
        downloader=pooch.HTTPDownloader(progressbar=_DownloadBar(reporter), timeout=15),
    )
    if not zipfile.is_zipfile(fetched):  # such as the sign-in page of a network
        Path(fetched).unlink()
        raise ValueError("what it sent is not a zip")
    return Path(fetched)


def _from_recbole(folder: Path) -> Path:
    """RecBole's wheel carries ML-100K as atomic files; it is read as a zip and never installed."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as partial:
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary=:all:",
        ]
        done = subprocess.run(  # noqa: S603
            [*command, "--dest", partial, RECBOLE_WHEEL],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        wheels = list(Path(partial).glob("*.whl"))
        if done.returncode or not wheels:
            errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            raise OSError(errors[-1] if errors else f"pip ended with exit code {done.returncode}")
        digest = pooch.file_hash(str(wheels[0]))
        if digest != RECBOLE_SHA256:
            raise ValueError(f"its SHA-256 should be {RECBOLE_SHA256}, it is {digest}")
        return wheels[0].replace(folder / RECBOLE_KEPT)


def _short(error: Exception) -> str:
    line = (str(error) or type(error).__name__).splitlines()[0]
    return line if len(line) <= 200 else line[:199] + "…"


class _DownloadBar:
    """What pooch moves while it downloads; it has the few methods that pooch calls."""

    def __init__(self, reporter: Reporter) -> None:
        self.total = 0
        self._done = 0
        self._reporter = reporter

    def update(self, size: int) -> None:
        self._done += size
        fraction = min(self._done / self.total, 1.0) if self.total else None
        text = f"{self._done / 1e6:,.1f} MB"
        self._reporter.update(
            fraction, f"{text} of {self.total / 1e6:,.1f} MB" if self.total else text
        )

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        self._reporter.update(1.0)
