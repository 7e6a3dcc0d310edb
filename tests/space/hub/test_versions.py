"""Pulling bundles of each format version: what one has is fetched, and not demanded of the other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from space.errors import BundleError
from space.hub.repository import MODEL
from space.recommender import MovieRecommender
from space.schema import FORMAT_VERSION
from tests.exports import Run
from tests.hub import HubServer
from tests.space.publishing import files_asked, files_of, publish, resealed

DATA = Path(__file__).resolve().parents[2] / "data"

RANKING = MODEL.files - MODEL.files_of(1) - MODEL.optional
VECTORS = "film_vectors.parquet"


@pytest.mark.parametrize("version", range(1, FORMAT_VERSION + 1))
def test_a_bundle_of_each_version_comes_down_and_recommends_as_its_folder_does(
    hub: HubServer, run: Run, hub_cache: Path, version: int
) -> None:
    folders = {name: DATA / f"{name}-v{version}" for name in ("bundle", "dataset")}
    published = replace(run, **folders)
    publish(hub, published)
    pulled = MovieRecommender.from_pretrained("ada/model", dataset="ada/data", cache_dir=hub_cache)
    assert pulled.bundle.schema.format_version == version
    assert (pulled.bundle.ranking is not None) == (version >= 2)
    model = [
        name
        for name in files_asked(hub.requests, "HEAD")
        if name in MODEL.files - {"movies.parquet"}
    ]
    assert set(model) >= MODEL.files_of(version) - {"movies.parquet"}
    assert not RANKING & set(model) or version >= 2
    local = MovieRecommender.load(published.bundle, published.dataset)
    for user in (None, 7):
        assert pulled.recommend(user).equals(local.recommend(user))


def test_ranking_files_that_lie_beside_a_bundle_of_version_1_are_not_fetched(
    hub: HubServer, run: Run, old_run: Run, hub_cache: Path
) -> None:
    beside = {name: content for name, content in files_of(run.bundle).items() if name in RANKING}
    assert len(beside) == 4
    hub.add("models", "ada/model", resealed({**files_of(old_run.bundle), **beside}))
    MovieRecommender.from_pretrained("ada/model", cache_dir=hub_cache)
    assert not RANKING & set(files_asked(hub.requests, "HEAD"))


@pytest.mark.parametrize("name", sorted(RANKING))
def test_a_bundle_of_version_2_without_one_of_its_ranking_files_is_refused(
    hub: HubServer, run: Run, hub_cache: Path, name: str
) -> None:
    files = {path: content for path, content in files_of(run.bundle).items() if path != name}
    hub.add("models", "ada/model", resealed(files))
    said = rf"ada/model \(\w+\): {name} should be in it and is not\. Push the model again"
    with pytest.raises(BundleError, match=said):
        MovieRecommender.from_pretrained("ada/model", cache_dir=hub_cache)


@pytest.mark.parametrize("version", [1, 2])
def test_a_commit_of_each_version_that_is_in_the_cache_is_read_without_asking(
    hub: HubServer, run: Run, old_run: Run, hub_cache: Path, version: int
) -> None:
    model, _ = publish(hub, old_run if version == 1 else run)
    for local in (False, False, True):
        MovieRecommender.from_pretrained(
            "ada/model", revision=model.head(), cache_dir=hub_cache, local_files_only=local
        )
        asked = len(hub.requests)
    assert asked == len(hub.requests)
    before = len(hub.requests)
    MovieRecommender.from_pretrained("ada/model", revision=model.head(), cache_dir=hub_cache)
    assert len(hub.requests) == before


def test_a_cached_commit_of_version_2_that_lost_a_ranking_file_is_completed(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    model, _ = publish(hub, run)
    first = MovieRecommender.from_pretrained(
        "ada/model", revision=model.head(), cache_dir=hub_cache
    )
    (first.bundle.folder / "items.parquet").unlink()
    again = MovieRecommender.from_pretrained(
        "ada/model", revision=model.head(), cache_dir=hub_cache
    )
    assert again.recommend(k=20).equals(first.recommend(k=20))


def test_a_model_that_is_pushed_anew_with_a_ranking_model_is_served_with_it(
    hub: HubServer, run: Run, old_run: Run, hub_cache: Path
) -> None:
    model = hub.add("models", "ada/model", files_of(old_run.bundle))
    assert MovieRecommender.from_pretrained("ada/model", cache_dir=hub_cache).bundle.ranking is None
    model.commit(files_of(run.bundle))
    newest = MovieRecommender.from_pretrained("ada/model", cache_dir=hub_cache)
    assert newest.recommend_for(liked=[1, 4]).equals(
        MovieRecommender.load(run.bundle).recommend_for(liked=[1, 4])
    )


def test_vectors_of_films_come_down_with_a_bundle_that_has_them(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    pulled = MovieRecommender.from_pretrained("ada/model", cache_dir=hub_cache)
    assert VECTORS in files_asked(hub.requests, "HEAD")
    local = MovieRecommender.load(run.bundle)
    assert pulled.similar_movies(4).equals(local.similar_movies(4))


def test_a_bundle_without_vectors_of_films_is_served_and_nothing_is_asked_for_them(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    files = {name: content for name, content in files_of(run.bundle).items() if name != VECTORS}
    model = hub.add("models", "ada/model", resealed(files))
    for revision in (None, model.head(), model.head()):
        pulled = MovieRecommender.from_pretrained(
            "ada/model", revision=revision, cache_dir=hub_cache
        )
        assert not pulled.knows_similar
    assert VECTORS not in files_asked(hub.requests, "HEAD")


def test_vectors_that_the_manifest_lists_and_the_repository_lacks_are_named(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    files = {name: content for name, content in files_of(run.bundle).items() if name != VECTORS}
    hub.add("models", "ada/model", files)
    with pytest.raises(BundleError, match=rf"{VECTORS} should be in it and is not\. Push the mod"):
        MovieRecommender.from_pretrained("ada/model", cache_dir=hub_cache)


def test_a_cached_commit_that_lacks_its_vectors_is_completed_and_offline_served_without(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    model, _ = publish(hub, run)

    def read(*, local: bool) -> MovieRecommender:
        return MovieRecommender.from_pretrained(
            "ada/model", revision=model.head(), cache_dir=hub_cache, local_files_only=local
        )

    whole = read(local=False)
    (whole.bundle.folder / VECTORS).unlink()  # as a program that does not know them leaves it
    assert not read(local=True).knows_similar
    assert read(local=False).similar_movies(4).equals(whole.similar_movies(4))
