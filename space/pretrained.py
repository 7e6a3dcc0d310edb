"""Making a recommender from what is pulled from the Hub, or lies in folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from space import memory
from space.bundle import read_bundle, read_dataset
from space.hub.cache import Access
from space.hub.pull import pull
from space.hub.repository import DATASET, MODEL, Repository, Snapshot
from space.loading import Loadable

R = TypeVar("R", bound=Loadable)


def reader_of_model(made: type[R]) -> Callable[[Snapshot], R]:
    """What makes a recommender of a pulled model.

    Args:
        made: The class of recommender.
    """

    def read(snapshot: Snapshot) -> R:
        recommender = made(read_bundle(snapshot.folder), origin=snapshot)
        memory.release()
        return recommender

    return read


def reader_of_users(recommender: R) -> Callable[[Snapshot], R]:
    """What makes the same recommender with a pulled data set.

    Args:
        recommender: The model that the data set should belong to.
    """

    def read(snapshot: Snapshot) -> R:
        dataset = read_dataset(snapshot.folder, recommender.bundle)
        with_users = recommender.with_dataset(dataset, origin=snapshot)
        memory.release()
        return with_users

    return read


def load_pretrained(
    made: type[R],
    model: str | Path,
    dataset: str | Path | None,
    revision: str | None,
    access: Access,
) -> R:
    """What `MovieRecommender.from_pretrained` does.

    Args:
        made: The class of recommender.
        model: A bundle's folder, or a repository.
        dataset: A data set's folder, a repository, or nothing.
        revision: The revision of the model's repository.
        access: Token and cache.

    Raises:
        ValueError, BundleError, PreparationError: As `from_pretrained` says.
    """
    place = Path(model) if Path(model).is_dir() else _named(model, revision)
    if isinstance(place, Path) and revision is not None:
        raise ValueError(
            f"`revision` is of a repository of the Hub, and {str(model)!r} is a folder. Leave it out, "
            f"or write owner/name@revision where a repository is meant. Received: {revision!r}"
        )
    users = None
    if dataset is not None:
        users = Path(dataset) if Path(dataset).is_dir() else _named(dataset)
    if isinstance(place, Path):
        recommender = made.load(place)
    else:
        recommender = pull(place, MODEL, reader_of_model(made), access, quiet)
    if isinstance(users, Path):
        return recommender.with_dataset(read_dataset(users, recommender.bundle))
    if users is not None:
        return pull(users, DATASET, reader_of_users(recommender), access, quiet)
    return recommender


def quiet(fraction: float | None, text: str) -> None:
    """A `space.hub.transfer.Report` that tells nobody."""


def _named(name: str | Path, revision: str | None = None) -> Repository:
    try:
        return Repository.parse(str(name), revision)
    except ValueError as error:
        raise ValueError(f"There is no folder {str(name)!r}. {error}") from None
