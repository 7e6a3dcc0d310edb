"""The one model of a running server: how far it has come, and keeping it the newest."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from time import monotonic
from typing import Literal

from space import memory
from space.errors import BundleError, DamagedError, NotYetError, PreparationError, Said, said_by
from space.hub.transfer import Report
from space.pretrained import quiet
from space.recommender import MovieRecommender
from space.sources import ModelSource, RemoteSource
from space.stages import Stage

logger = logging.getLogger(__name__)

State = Literal["absent", "preparing", "loaded", "failed"]
Users = Literal["none", "apart", "loaded"]
"""Whether there is a data set: no, yes but not loaded yet, or yes and loaded."""


@dataclass(frozen=True)
class Status:
    """What a visitor may know of the model."""

    state: State
    """Where it stands."""
    fraction: float | None = None
    """How far preparing has come, 0 to 1, where that can be told."""
    text: str = ""
    """What is being done, or why it failed: a `Said` where that can be told in other languages."""
    note: str = ""
    """What a visitor should know of a loaded model's origin, as `text`; usually nothing."""


@dataclass(frozen=True)
class Pace:
    """How patient a server is, in seconds."""

    check: float = 3600.0
    """At least this long between two looks for something newer."""
    outage: float = 300.0
    """At least this long between two looks while a copy from the cache stands in for a Hub that could
    not be reached. `check` spaces looks for something newer than what the Hub last gave; such a copy has
    been compared with nothing, so looking sooner keeps to it."""
    retry: float = 30.0
    """At least this long between a failure and the next attempt that no button asks for."""
    wait: float = 120.0
    """At most this long does a request wait for the model."""


class SharedModel:
    """The model that all visitors share, prepared once in the background.

    What is remote begins with the first visitor and is looked after: a newer commit is fetched beside
    the one in use, and put in its place when it is ready. Whoever has been given a recommender keeps
    it to the end of the request.

    Args:
        source: Where to get it from.
        pace: How patient to be.
    """

    def __init__(self, source: ModelSource, pace: Pace = Pace()) -> None:
        self._source = source
        self._remote = source if isinstance(source, RemoteSource) else None
        self._pace = pace
        self._changed = threading.Condition()
        self._replacing = threading.Lock()
        self._checking = False
        self._status = Status("absent")
        self._recommender: MovieRecommender | None = None
        self._retry_at = self._looked_at = self._users_at = 0.0
        self._users_failure: Said | None = None

    @property
    def status(self) -> Status:
        """Where the model stands now. Never waits and starts nothing."""
        return self._status

    @property
    def recommender(self) -> MovieRecommender | None:
        """The model, once it is loaded. Never waits and starts nothing."""
        return self._recommender

    @property
    def users(self) -> Users:
        """Whether there is a data set."""
        if self._recommender is not None and self._recommender.dataset is not None:
            return "loaded"
        return "apart" if self._remote is not None and self._remote.has_users else "none"

    @property
    def waits_for_visitors(self) -> bool:
        """Whether the first visitor begins it, rather than the server's start."""
        return self._remote is not None

    def start(self) -> None:
        """Begin to prepare the model, unless that has been begun or done. Begins again after failure."""
        with self._changed:
            if self._status.state in ("preparing", "loaded"):
                return
            self._status = Status("preparing", text=Stage("starting"))
        threading.Thread(target=self._prepare, name="prepare-model", daemon=True).start()

    def visit(self) -> None:
        """Somebody is here: begin what has not been begun, and see to what is due. Never waits."""
        state, now = self._status.state, monotonic()
        if state == "absent" or (state == "failed" and self._remote and now >= self._retry_at):
            self.start()
        elif state == "loaded" and self._remote is not None and self._check_is_due():
            threading.Thread(target=self._check, name="check-model", daemon=True).start()

    def ready(self) -> MovieRecommender:
        """The model, after waiting for it where it is being prepared.

        Raises:
            PreparationError: If it failed, or takes longer than a request waits.
        """
        self.visit()
        with self._changed:
            self._changed.wait_for(
                lambda: self._status.state in ("loaded", "failed"), self._pace.wait
            )
            recommender, status = self._recommender, self._status
        if recommender is not None:
            return recommender
        if status.state == "failed":
            raise PreparationError(status.text)
        raise NotYetError("model_waiting")

    def ready_with_users(self, report: Report = quiet) -> MovieRecommender:
        """The model with its data set, which is fetched once for all who ask at the same time.

        Where the data set does not fit the model, both may have been published anew, and the newest
        model is put in place with it.

        Args:
            report: Told how far fetching has come, if it is this call that fetches.

        Raises:
            PreparationError: As `ready`, and if the data set cannot be had.
        """
        recommender = self.ready()
        # Of this very recommender: another thread may put the next one in place meanwhile.
        if self._remote is None or not self._remote.has_users or recommender.dataset is not None:
            return recommender
        if not self._replacing.acquire(timeout=self._pace.wait):
            raise NotYetError("users_waiting")
        try:
            recommender = self._recommender or recommender
            if recommender.dataset is None:
                recommender = self._fetch_users(self._remote, recommender, report)
                self._become(recommender)
            return recommender
        finally:
            self._replacing.release()

    def _fetch_users(
        self, remote: RemoteSource, recommender: MovieRecommender, report: Report
    ) -> MovieRecommender:
        if self._users_failure is not None and monotonic() < self._users_at:
            raise PreparationError(self._users_failure)
        try:
            return _with_users(remote, recommender, report)
        except (BundleError, PreparationError) as error:
            logger.warning("The data set could not be had: %s", error)
            why = said_by(error)
        except Exception:  # a fault of the program: the server goes on and says so
            logger.exception("The data set could not be had")
            why = Said("users_unforeseen")
        self._users_failure = Said("users_failed", why=why)
        self._users_at = monotonic() + self._pace.retry
        raise PreparationError(self._users_failure)

    def _prepare(self) -> None:
        try:
            recommender = self._source.prepare(self._report)
        except (BundleError, PreparationError) as error:
            logger.warning("The model could not be prepared: %s", error)
            self._fail(said_by(error))
        except Exception:  # a fault of the program: the server goes on and says so
            logger.exception("The model could not be prepared")
            self._fail(Said("model_unforeseen"))
        else:
            self._looked_at = monotonic()
            self._become(recommender)

    def _check_is_due(self) -> bool:
        with self._changed:
            pause = self._pace.check
            if self._status.note:
                pause = min(pause, self._pace.outage)
            if self._checking or monotonic() < self._looked_at + pause:
                return False
            self._checking = True
            return True

    def _check(self) -> None:
        """Put something newer in the place of what is served; on any failure, leave that as it is."""
        remote, used = self._remote, self._recommender
        try:
            if remote is None or used is None or (newer := remote.newer(used)) is None:
                return
            with self._replacing:
                if self._recommender is not None and self._recommender.origin is not used.origin:
                    return  # A request has meanwhile put in place what was newest then.
                if self.users == "loaded" and newer.dataset is None:
                    newer = remote.with_users(newer, quiet)
                self._users_at = 0.0
                self._become(newer)
        except (BundleError, PreparationError) as error:
            logger.warning("What is newest cannot be served, so this goes on as it is: %s", error)
        except Exception:  # a fault of the program: the server goes on with what it has
            logger.exception("What is newest cannot be served, so this goes on as it is")
        finally:
            del used
            memory.release()
            with self._changed:
                self._looked_at = monotonic()
                self._checking = False

    def _become(self, recommender: MovieRecommender) -> None:
        origins = (recommender.origin, recommender.dataset_origin)
        notes = [*dict.fromkeys(origin.note for origin in origins if origin and origin.note)]
        note = notes[0] if notes else ""
        if notes[1:]:
            note = Said("hub_cached_both", model=note, users=notes[1])
        with self._changed:
            self._recommender = recommender
            self._status = Status("loaded", 1.0, note=note)
            self._changed.notify_all()

    def _fail(self, text: str) -> None:
        with self._changed:
            self._retry_at = monotonic() + self._pace.retry
            self._status = Status("failed", text=text)
            self._changed.notify_all()

    def _report(self, fraction: float | None, text: str) -> None:
        with self._changed:
            if self._status.state == "preparing":
                self._status = replace(self._status, fraction=fraction, text=text)


def _with_users(
    remote: RemoteSource, recommender: MovieRecommender, report: Report
) -> MovieRecommender:
    """The recommender with its data set, or the newest model with it where only that one fits."""
    try:
        return remote.with_users(recommender, report)
    except DamagedError:
        raise
    except BundleError:
        try:
            newer = remote.newer(recommender)
            if newer is not None:
                return remote.with_users(newer, report)
        except (BundleError, PreparationError) as error:
            logger.warning("The newest model cannot be served with the data set: %s", error)
        raise
