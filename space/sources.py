"""Where a model can come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from space.errors import PreparationError, Said
from space.hub.cache import Access
from space.hub.errors import HubUnreachableError
from space.hub.pull import fetch, pull, resolve
from space.hub.repository import DATASET, MODEL, Kind, Repository, Snapshot
from space.hub.transfer import Report
from space.pretrained import quiet, reader_of_model, reader_of_users
from space.recommender import MovieRecommender
from space.stages import Stage


class ModelSource(Protocol):
    """Something that a model can be had from."""

    def prepare(self, report: Report) -> MovieRecommender:
        """Make the model ready.

        Raises:
            BundleError, PreparationError: If that is not possible, saying why.
        """


@runtime_checkable
class RemoteSource(ModelSource, Protocol):
    """A source that costs others something: it is asked when there is a visitor, and can change."""

    @property
    def has_users(self) -> bool:
        """Whether there is a data set, which is fetched apart."""

    def with_users(self, recommender: MovieRecommender, report: Report) -> MovieRecommender:
        """The same recommender with its data set.

        Raises:
            BundleError, PreparationError: If that is not possible, saying why.
        """

    def newer(self, recommender: MovieRecommender) -> MovieRecommender | None:
        """A recommender of what is newest at the source, where this one is not that.

        If this one has its data set, so has the newer.

        Raises:
            BundleError, PreparationError: If what is newest cannot be had.
        """


@dataclass(frozen=True)
class FolderSource:
    """A bundle on disk, with or without its data set."""

    bundle: Path
    """The bundle's folder."""
    dataset: Path | None = None
    """The data set's folder."""

    def prepare(self, report: Report) -> MovieRecommender:
        """Verify and read the folders."""
        report(None, Stage("reading"))
        return MovieRecommender.load(self.bundle, self.dataset)


class NoSource:
    """Stands where no model was named and none can be trained."""

    def prepare(self, report: Report) -> MovieRecommender:
        """Say what to do."""
        raise PreparationError(Said("model_missing"))


@dataclass(frozen=True)
class HubSource:
    """A model on the Hub, with or without its data set, which is fetched only when it is needed."""

    model: Repository
    """Where the bundle is."""
    dataset: Repository | None = None
    """Where the data set is."""
    access: Access = field(default_factory=Access)
    """Token and cache."""

    @property
    def has_users(self) -> bool:
        """Whether a data set was named."""
        return self.dataset is not None

    def prepare(self, report: Report) -> MovieRecommender:
        """Pull the model."""
        return pull(self.model, MODEL, reader_of_model(MovieRecommender), self.access, report)

    def with_users(self, recommender: MovieRecommender, report: Report) -> MovieRecommender:
        """Pull the data set, if one was named."""
        if self.dataset is None:
            return recommender
        return pull(self.dataset, DATASET, reader_of_users(recommender), self.access, report)

    def newer(self, recommender: MovieRecommender) -> MovieRecommender | None:
        """Ask for the commits of the model and of the data set in use, and fetch what has moved."""
        newest = self._moved(
            self.model, MODEL, recommender.origin, reader_of_model(MovieRecommender)
        )
        if self.dataset is None or recommender.dataset is None:
            return newest
        if newest is not None:
            # Of the newest commit too: the two are pushed together, and belong together.
            return self.with_users(newest, quiet)
        reader = reader_of_users(recommender)
        return self._moved(self.dataset, DATASET, recommender.dataset_origin, reader)

    def _moved(
        self,
        repository: Repository,
        kind: Kind,
        used: Snapshot | None,
        read: Callable[[Snapshot], MovieRecommender],
    ) -> MovieRecommender | None:
        """What the newest commit holds, unless it is the one in use."""
        if repository.pinned or used is None or self.access.local_files_only:
            return None
        try:
            commit = resolve(repository, kind, self.access)
            # One that carries a note came from the cache unasked.
            if commit.sha == used.sha and not used.note:
                return None
            return fetch(repository, kind, commit, read, self.access, quiet)
        except HubUnreachableError as error:
            if error.by_will:
                return None
            raise PreparationError(Said("hub_unreachable", why=error.reason)) from None
