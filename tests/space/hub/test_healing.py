"""A cache in which somebody altered files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from space.hub.repository import MODEL
from space.recommender import MovieRecommender
from tests.exports import Run
from tests.hub import HubServer
from tests.space.publishing import (
    files_asked,
    files_of,
    publish,
    pulled,
    python,
)


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"}")


def put_in_place_of_the_link(path: Path) -> None:
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[: len(data) // 2])


def empty(path: Path) -> None:
    path.resolve().write_bytes(b"")


def remove(path: Path) -> None:
    path.resolve().unlink()


@pytest.mark.parametrize("alter", [append, put_in_place_of_the_link, empty, remove])
@pytest.mark.parametrize("name", sorted(MODEL.files))
def test_a_cached_file_that_somebody_altered_is_fetched_anew(
    hub: HubServer, run: Run, hub_cache: Path, name: str, alter: Callable[[Path], None]
) -> None:
    model, _ = publish(hub, run)
    folder = pulled(hub_cache).folder
    alter(folder / name)
    hub.requests.clear()
    recommender = MovieRecommender.from_pretrained("ada/model", cache_dir=hub_cache)
    good = model.download()
    assert files_of(folder) == {path: good[path] for path in MODEL.files}
    assert set(files_asked(hub.requests)) <= {name, "manifest.json", "schema.json"}
    assert recommender.origin is not None
    assert recommender.origin.note == ""
    hub.requests.clear()
    pulled(hub_cache)
    assert files_asked(hub.requests) == []


def test_an_altered_file_of_a_cached_commit_is_fetched_anew_too(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    snapshot = pulled(hub_cache)
    append(snapshot.folder / "encoders.json")
    pulled(hub_cache, f"ada/model@{snapshot.sha}")
    assert files_of(snapshot.folder)["encoders.json"] == files_of(run.bundle)["encoders.json"]


def test_where_the_disk_knows_no_links_it_is_the_same(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    model, _ = publish(hub, run)
    code = (
        "from space.recommender import MovieRecommender\n"
        f"r = MovieRecommender.from_pretrained('ada/model', cache_dir={str(hub_cache)!r})\n"
        "print(r.origin.folder)"
    )
    folder = Path(python(code, HF_HUB_DISABLE_SYMLINKS="1")[0].strip())
    assert not any(path.is_symlink() for path in folder.iterdir())
    (folder / "encoders.json").write_bytes(b"{}")
    python(code, HF_HUB_DISABLE_SYMLINKS="1")
    good = model.download()
    assert files_of(folder) == {path: good[path] for path in MODEL.files}
