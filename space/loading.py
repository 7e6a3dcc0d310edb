"""Reading what serves a model from the folders that training exported, or from the Hub."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Self

from space import memory
from space.bundle import Bundle, Dataset, read_bundle, read_dataset

if TYPE_CHECKING:
    from space.hub.repository import Snapshot


class Loadable:
    """A bundle, perhaps with its data set, and where the two are from.

    Args:
        bundle: The model and the films.
        dataset: The users and their ratings.
        origin: The commit of the Hub that the bundle is from, if it is from there.
    """

    def __init__(
        self, bundle: Bundle, dataset: Dataset | None = None, *, origin: Snapshot | None = None
    ) -> None:
        self.bundle = bundle
        self.origin = origin
        self._take(dataset, None)

    def _take(self, dataset: Dataset | None, origin: Snapshot | None) -> None:
        self.dataset, self.dataset_origin = dataset, origin

    def with_dataset(self, dataset: Dataset, *, origin: Snapshot | None = None) -> Self:
        """The same with this data set: the two share all that is of the model.

        Args:
            dataset: The users and their ratings.
            origin: The commit of the Hub that they are from, if they are from there.
        """
        other = copy.copy(self)
        other._take(dataset, origin)
        return other

    @classmethod
    def load(cls, bundle: str | Path, dataset: str | Path | None = None) -> Self:
        """Read the folders that training exported.

        Args:
            bundle: The bundle's folder.
            dataset: The data set's folder.

        Raises:
            BundleError: Naming the file at fault, and what to do.
        """
        read = read_bundle(Path(bundle))
        loaded = cls(read, None if dataset is None else read_dataset(Path(dataset), read))
        memory.release()
        return loaded

    @classmethod
    def from_pretrained(
        cls,
        model: str | Path,
        *,
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: str | Path | None = None,
        local_files_only: bool = False,
        dataset: str | Path | None = None,
    ) -> Self:
        """Read a model from the Hub, or from a folder.

        Args:
            model: `owner/name` of a repository, or a bundle's folder.
            revision: A branch, a tag or a commit of the model's repository; by default `main`.
            token: A token of the Hub; by default the one that is set (HF_TOKEN, `hf auth login`).
            cache_dir: Where files are cached; by default where all programs cache them.
            local_files_only: Ask the Hub for nothing, and use what is cached.
            dataset: `owner/name` or `owner/name@revision` of the data set's repository, or its folder.

        Raises:
            ValueError: If a repository is not named as the Hub names them, or a token cannot be one.
            BundleError: If what lies there is not ours, damaged, of a newer format or too large.
            PreparationError: If it cannot be had, saying why and what to do.
        """
        # Only here, so that a program that reads folders does not load the Hub's client.
        from space.hub.cache import Access
        from space.pretrained import load_pretrained

        access = Access(token, cache_dir, local_files_only)
        return load_pretrained(cls, model, dataset, revision, access)
