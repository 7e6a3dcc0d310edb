"""The one model of a running server: where it comes from, and how far it has come."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from space.errors import BundleError, PreparationError
from space.recommender import MovieRecommender

logger = logging.getLogger(__name__)

State = Literal["absent", "preparing", "loaded", "failed"]
Report = Callable[[float | None, str], None]
"""Called with how far preparing has come (0 to 1, or `None`) and what is being done."""


class ModelSource(Protocol):
    """Something that a model can be had from."""

    def prepare(self, report: Report) -> MovieRecommender:
        """Make the model ready.

        Raises:
            BundleError, PreparationError: If that is not possible, saying why.
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
        report(None, "Reading the bundle")
        return MovieRecommender.load(self.bundle, self.dataset)


class NoSource:
    """Stands where no model was named and none can be trained."""

    def prepare(self, report: Report) -> MovieRecommender:
        """Say what to do."""
        raise PreparationError(
            "No model was given, and the demo cannot be trained here, since the training package is "
            "not installed. Start with --bundle DIR."
        )


@dataclass(frozen=True)
class Status:
    """What a visitor may know of the model."""

    state: State
    """Where it stands."""
    fraction: float | None = None
    """How far preparing has come, 0 to 1, where that can be told."""
    text: str = ""
    """What is being done, or why it failed."""


class SharedModel:
    """The model that all visitors share, prepared once in the background.

    Args:
        source: Where to get it from.
    """

    def __init__(self, source: ModelSource) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._status = Status("absent")
        self._recommender: MovieRecommender | None = None

    @property
    def status(self) -> Status:
        """Where the model stands now. Never waits and starts nothing."""
        return self._status

    @property
    def recommender(self) -> MovieRecommender | None:
        """The model, once it is loaded."""
        return self._recommender

    def start(self) -> None:
        """Begin to prepare the model, unless that has been begun or done. Begins again after failure."""
        with self._lock:
            if self._status.state in ("preparing", "loaded"):
                return
            self._status = Status("preparing", text="Starting")
        threading.Thread(target=self._prepare, name="prepare-model", daemon=True).start()

    def _prepare(self) -> None:
        try:
            recommender = self._source.prepare(self._report)
        except (BundleError, PreparationError) as error:
            logger.warning("The model could not be prepared: %s", error)
            self._status = Status("failed", text=str(error))
        except Exception:  # a fault of the program: the server goes on and says so
            logger.exception("The model could not be prepared")
            self._status = Status("failed", text="An unexpected error; the server's log has it.")
        else:
            self._recommender = recommender
            self._status = Status("loaded", 1.0)

    def _report(self, fraction: float | None, text: str) -> None:
        self._status = replace(self._status, fraction=fraction, text=text)
