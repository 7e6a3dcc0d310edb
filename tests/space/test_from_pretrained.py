from __future__ import annotations

import inspect
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from space.errors import BundleError
from space.hub.repository import MODEL
from space.recommender import MovieRecommender
from tests.exports import Run
from tests.hub import HubServer
from tests.space.publishing import assert_each_file_came_once, newer, publish, python


def test_it_recommends_as_the_folders_do(hub: HubServer, run: Run, hub_cache: Path) -> None:
    model, data = publish(hub, run)
    folders = MovieRecommender.load(run.bundle, run.dataset)
    pulled = MovieRecommender.from_pretrained(
        "ada/model", dataset="ada/data", cache_dir=str(hub_cache)
    )
    assert pulled.user_ids == folders.user_ids
    for user in (None, 1, 30, 9001):
        assert pulled.recommend(user).equals(folders.recommend(user))
    assert pulled.liked(7).equals(folders.liked(7))
    assert pulled.origin is not None
    assert pulled.dataset_origin is not None
    assert (pulled.origin.repository.id, pulled.origin.sha) == ("ada/model", model.head())
    assert pulled.dataset_origin.sha == data.head()
    assert folders.origin is folders.dataset_origin is None


def test_the_names_mean_what_they_mean_in_the_hubs_libraries() -> None:
    parameters = inspect.signature(MovieRecommender.from_pretrained).parameters
    defaults = {name: each.default for name, each in parameters.items() if name != "model"}
    assert defaults == {
        "revision": None,
        "token": None,
        "cache_dir": None,
        "local_files_only": False,
        "dataset": None,
    }


def test_a_revision_of_model_and_data_set_can_be_named(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    model, data = publish(hub, run)
    first, first_data = model.head(), data.head()
    model.tags["v1"] = data.tags["v1"] = first
    data.tags["v1"] = first_data
    model.commit(newer(model.download()))
    data.commit({**data.download(), "README.md": b"# Data"})
    for name, revision in (("ada/model", "v1"), ("ada/model@v1", None), ("ada/model", first)):
        pulled = MovieRecommender.from_pretrained(
            name, revision=revision, dataset="ada/data@v1", cache_dir=hub_cache
        )
        assert pulled.origin is not None
        assert pulled.dataset_origin is not None
        assert (pulled.origin.sha, pulled.dataset_origin.sha) == (first, first_data)


def test_folders_are_read_and_the_hub_is_asked_nothing(hub: HubServer, run: Run) -> None:
    both = MovieRecommender.from_pretrained(run.bundle, dataset=run.dataset)
    assert both.dataset is not None
    assert both.origin is None
    assert MovieRecommender.from_pretrained(str(run.bundle)).dataset is None
    assert hub.requests == []


def test_a_folder_and_a_repository_go_together(hub: HubServer, run: Run, hub_cache: Path) -> None:
    publish(hub, run)
    local = MovieRecommender.from_pretrained(run.bundle, dataset="ada/data", cache_dir=hub_cache)
    assert local.origin is None
    assert local.dataset_origin is not None
    remote = MovieRecommender.from_pretrained("ada/model", dataset=run.dataset, cache_dir=hub_cache)
    assert remote.recommend(7).equals(local.recommend(7))


def test_a_revision_of_a_folder_is_refused_in_words(hub: HubServer, run: Run) -> None:
    for folder in (run.bundle, str(run.bundle)):
        with pytest.raises(ValueError, match="`revision` is of a repository") as caught:
            MovieRecommender.from_pretrained(folder, revision="zzz")
        assert str(caught.value) == (
            f"`revision` is of a repository of the Hub, and '{run.bundle}' is a folder. Leave it out, "
            "or write owner/name@revision where a repository is meant. Received: 'zzz'"
        )
    assert hub.requests == []


def test_a_folder_of_the_same_name_does_not_hide_a_revision_of_a_repository(
    hub: HubServer, run: Run, hub_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, _ = publish(hub, run)
    (tmp_path / "ada" / "model").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="'ada/model' is a folder"):
        MovieRecommender.from_pretrained("ada/model", revision="main", cache_dir=hub_cache)
    pulled = MovieRecommender.from_pretrained("ada/model@main", cache_dir=hub_cache)
    assert pulled.origin is not None
    assert pulled.origin.sha == model.head()


@pytest.mark.parametrize("name", ["nowhere", "./nowhere", "a/b/c", "/tmp/nowhere"])
def test_what_is_neither_folder_nor_repository_is_told(hub: HubServer, run: Run, name: str) -> None:
    said = rf"There is no folder '{name}'. A repository of the Hub should be written owner/name"
    with pytest.raises(ValueError, match=said):
        MovieRecommender.from_pretrained(name)
    with pytest.raises(ValueError, match=r"There is no folder"):
        MovieRecommender.from_pretrained(run.bundle, dataset=name)
    assert hub.requests == []


def test_a_folder_that_is_no_bundle_is_told(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"manifest.json: the file is missing"):
        MovieRecommender.from_pretrained(tmp_path)


def test_a_subclass_makes_its_own(hub: HubServer, run: Run, hub_cache: Path) -> None:
    class Own(MovieRecommender):
        pass

    publish(hub, run)
    assert type(Own.from_pretrained(run.bundle, dataset=run.dataset)) is Own
    pulled = Own.from_pretrained("ada/model", dataset="ada/data", cache_dir=hub_cache)
    assert type(pulled) is Own


def test_many_threads_at_once_download_each_file_once(
    hub: HubServer, run: Run, hub_cache: Path
) -> None:
    publish(hub, run)
    together = Barrier(16)

    def load(_: int) -> MovieRecommender:
        together.wait(timeout=10)
        return MovieRecommender.from_pretrained("ada/model", cache_dir=hub_cache)

    with ThreadPoolExecutor(16) as pool:
        loaded = list(pool.map(load, range(16)))
    expected = MovieRecommender.load(run.bundle).recommend()
    assert all(recommender.recommend().equals(expected) for recommender in loaded)
    assert_each_file_came_once(hub.requests, MODEL)


def test_reading_folders_does_not_load_the_hubs_client() -> None:
    code = "import space.recommender, sys; print('huggingface_hub' in sys.modules)"
    assert python(code)[0] == "False\n"
