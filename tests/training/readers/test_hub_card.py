"""What a repository tells beside its rows, at which commit it is read, and what can go wrong."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.builders import tiny_movielens, with_half_stars
from tests.hub import HubServer
from tests.server import ROOT
from tests.training.readers.test_hub import assert_same, files_of
from training.errors import DataError, SourceError
from training.export import export_dataset
from training.licences import LICENCES
from training.readers import hub as reader
from training.splits import user_time_split

DATA = tiny_movielens(users=8, movies=30)
NEWER = with_half_stars(DATA)
FILES = files_of(DATA.users, DATA.movies, DATA.ratings)

READ = (
    "import sys\n"
    "from training.errors import SourceError\n"
    "from training.readers import hub\n"
    "try:\n"
    "    print(hub.read(sys.argv[1]).fingerprint())\n"
    "except SourceError as error:\n"
    "    print(error)\n"
)


def told(facts: Any) -> dict[str, bytes]:
    """The repository with a `dataset.json`."""
    return {**FILES, "dataset.json": json.dumps(facts).encode()}


def failure(reference: str) -> str:
    """What is said where a repository cannot be read; it should be one line."""
    with pytest.raises(SourceError) as caught:
        reader.read(reference)
    said = str(caught.value)
    assert len(said.splitlines()) == 1
    return said


def offline(reference: str, tmp_path: Path) -> str:
    """What another process prints that reads a repository and may not go to the Hub."""
    done = subprocess.run(
        ["env", "HF_HUB_OFFLINE=1", sys.executable, "-c", READ, reference],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Traceback" not in done.stderr
    return done.stdout.strip()


def test_an_exported_data_set_that_was_pushed_is_read_as_it_was(
    hub: HubServer, tmp_path: Path
) -> None:
    facts = {"name": "ml-1m", **LICENCES["ml-1m"].facts()}
    data = replace(DATA, facts=facts)
    export_dataset(tmp_path / "dataset", data, user_time_split(data.ratings))
    card = FILES["README.md"].replace(b"ratings/*", b"ratings")
    files = {path.name: path.read_bytes() for path in (tmp_path / "dataset").iterdir()}
    pushed = hub.add("datasets", "owner/pushed", {**files, "README.md": card})
    found = reader.read("owner/pushed")
    assert_same(found, DATA)
    assert found.fingerprint() == DATA.fingerprint()
    assert found.facts == {**facts, "name": "owner/pushed", "revision": pushed.head()}


def test_the_exported_facts_come_before_those_of_the_card(hub: HubServer) -> None:
    files = told({"licence": "For research.", "redistribution": "forbidden", "ratings": 3})
    files["README.md"] = files["README.md"].replace(b"---\n", b"---\nlicense: mit\n", 1)
    pushed = hub.add("datasets", "owner/told", files)
    assert reader.read("owner/told").facts == {
        "name": "owner/told",
        "licence": "For research.",
        "redistribution": "forbidden",
        "revision": pushed.head(),
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "owner/bad, dataset.json: expected JSON"),
        (b"\xff", "owner/bad, dataset.json: expected JSON"),
        (b"[]", "owner/bad, dataset.json: expected an object, found list"),
        (b'{"redistribution": 1}', "owner/bad, dataset.json: expected a text as redistribution"),
    ],
)
def test_facts_that_cannot_be_understood_are_refused(
    hub: HubServer, content: bytes, said: str
) -> None:
    hub.add("datasets", "owner/bad", {**FILES, "dataset.json": content})
    with pytest.raises(DataError, match=said):
        reader.read("owner/bad")


def test_facts_that_cannot_be_fetched_are_not_taken_to_be_absent(hub: HubServer) -> None:
    hub.add("datasets", "owner/told", told({"redistribution": "forbidden"}))
    hub.faults.status("HEAD", "dataset.json", 403, times=None)
    assert "owner/told" in failure("owner/told")


def test_all_tables_are_of_one_commit_though_the_branch_moves(hub: HubServer) -> None:
    moving = hub.add("datasets", "owner/moving", FILES)
    first = moving.head()

    def move(_: object) -> None:
        moving.commit(files_of(NEWER.users, NEWER.movies, NEWER.ratings))

    hub.faults.call("HEAD", "dataset.json", move)
    found = reader.read("owner/moving")
    assert moving.head() != first
    assert_same(found, DATA)
    assert found.facts["revision"] == first


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_a_moment_of_any_unit_and_zone_is_the_same_second(
    hub: HubServer, unit: str, zone: str | None
) -> None:
    moments = pd.to_datetime(DATA.ratings["timestamp"], unit="s").dt.as_unit(unit)
    if unit != "s":
        moments += pd.Timedelta(milliseconds=999)
    if zone is not None:
        moments = moments.dt.tz_localize("UTC").dt.tz_convert(zone)
    ratings = DATA.ratings.assign(timestamp=moments)
    hub.add("datasets", "owner/dated", files_of(DATA.users, DATA.movies, ratings))
    assert_same(reader.read("owner/dated"), DATA)


def test_a_day_is_its_first_second(hub: HubServer) -> None:
    days = pd.to_datetime(DATA.ratings["timestamp"], unit="s").dt.date
    ratings = DATA.ratings.assign(timestamp=days)
    hub.add("datasets", "owner/days", files_of(DATA.users, DATA.movies, ratings))
    found = reader.read("owner/days").ratings["timestamp"]
    assert (found == DATA.ratings["timestamp"] // 86_400 * 86_400).all()


def test_a_private_repository_needs_a_token_that_may_read_it(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("datasets", "ada/private", FILES, private=True)
    said = failure("ada/private")
    assert "ada/private does not exist, or it is private" in said
    assert "HF_TOKEN" in said
    stranger = hub.token("bob", "read")
    monkeypatch.setenv("HF_TOKEN", stranger)
    said = failure("ada/private")
    assert "HF_TOKEN" in said
    assert stranger not in said
    monkeypatch.setenv("HF_TOKEN", hub.token("ada", "read"))
    assert_same(reader.read("ada/private"), DATA)


@pytest.mark.parametrize("token", ["hf_nobody", "hf_se\tcret", "hf_sécret"])
def test_a_token_that_is_none_is_never_shown(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    hub.add("datasets", "ada/private", FILES, private=True)
    monkeypatch.setenv("HF_TOKEN", token)
    said = failure("ada/private")
    assert "ada/private" in said
    assert not any(part in said for part in (token, "hf_", "cret"))


def test_a_gated_repository_asks_for_access(hub: HubServer) -> None:
    hub.add("datasets", "ada/gated", FILES, gated="manual")
    said = failure("ada/gated")
    assert "ada/gated is gated" in said
    assert "HF_TOKEN" in said


def test_where_the_hub_cannot_be_reached_it_is_said_at_once(hub: HubServer) -> None:
    hub.add("datasets", "owner/plain", FILES)
    reader.read("owner/plain")
    hub.die()
    begin = time.monotonic()
    said = failure("owner/plain")
    assert time.monotonic() - begin < 10
    assert "owner/plain could not be fetched: the Hub cannot be reached" in said
    assert "set HF_HUB_OFFLINE=1 to take what the cache holds" in said


@pytest.mark.parametrize("path", ["api/datasets/owner/plain/revision", "movies.parquet"])
def test_a_hub_that_fails_is_told_in_words(hub: HubServer, path: str) -> None:
    hub.add("datasets", "owner/plain", FILES)
    hub.faults.status(".*", path, 403, times=None)
    assert "HF_TOKEN" in failure("owner/plain")


def test_without_the_hub_the_cache_is_read_with_its_facts(hub: HubServer, tmp_path: Path) -> None:
    hub.add("datasets", "owner/plain", FILES)
    pushed = hub.add("datasets", "owner/told", told({"redistribution": "forbidden"}))
    for name in ("owner/plain", "owner/told"):
        reader.read(name)
    asked = len(hub.requests)
    assert offline("owner/plain", tmp_path) == DATA.fingerprint()
    assert offline(f"owner/told@{pushed.head()}", tmp_path) == DATA.fingerprint()
    said = offline("owner/never", tmp_path)
    assert said == (
        "The data set owner/never is not in the cache, and HF_HUB_OFFLINE is set. Unset that once, so "
        "that it is fetched."
    )
    assert len(hub.requests) == asked
