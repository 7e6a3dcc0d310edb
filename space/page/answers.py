"""What the page's modules share: the model, and what it has answered before."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from space import memory
from space.artifacts import SharedModel
from space.bundle import Bundle
from space.hub.transfer import Report
from space.page.ask import Ask
from space.page.shown import Shown
from space.pretrained import quiet
from space.recommender import MovieRecommender

KEPT = 64
"""Answers that are kept; a list of ten films takes about ten KiB."""


class Answers:
    """The model of all visitors, and the last of its answers.

    Args:
        model: The model that all visitors share.
        kept: How many answers are kept; 0 keeps none.
    """

    def __init__(self, model: SharedModel, kept: int = KEPT) -> None:
        self.model = model
        self._kept = kept
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()
        self._last_shown: Shown | None = None
        self._of_bundle: tuple[Bundle | None, dict[str, Any]] = None, {}
        self._of_bundle_lock = threading.Lock()

    def recommender(self, *, users: bool, report: Report = quiet) -> MovieRecommender:
        """The model, after waiting for it.

        Args:
            users: Whether its data set is needed.
            report: Told how far fetching the data set has come.

        Raises:
            PreparationError: If it cannot be had.
        """
        return self.model.ready_with_users(report) if users else self.model.ready()

    def shown(self, recommender: MovieRecommender) -> Shown:
        """What is shown of a model's bundle."""
        shown = self._last_shown
        if shown is None or shown.bundle is not recommender.bundle:
            self._last_shown = shown = Shown.of(recommender.bundle)
        return shown

    def of_bundle(self, recommender: MovieRecommender, name: str, make: Callable[[], Any]) -> Any:
        """What `make()` gives, found out once for a bundle, whoever asks meanwhile waiting for it.

        Args:
            recommender: The model that is asked.
            name: What is asked.
            make: Asks it. What it gives is shared between threads and must not be changed.
        """
        with self._of_bundle_lock:
            bundle, made = self._of_bundle
            if bundle is not recommender.bundle:
                made = {}
                self._of_bundle = recommender.bundle, made
            if name not in made:
                with memory.released():
                    made[name] = make()
            return made[name]

    def of(
        self, recommender: MovieRecommender, name: str, make: Callable[..., Any], **arguments: Any
    ) -> Any:
        """What `make(**arguments)` gives, or gave before for the same model.

        Args:
            recommender: The model that is asked; its revision is part of the key.
            name: What is asked.
            make: Asks it. What it gives is shared between threads and must not be changed.
            **arguments: Of `make`.
        """
        try:
            key = (_revision(recommender), name, _digest(arguments))
        except (RecursionError, ValueError):
            # Lists in lists without end, and numbers without end, make no key and no sense: `make`
            # refuses them in words.
            return make(**arguments)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        with memory.released():
            answer = make(**arguments)
        if self._kept:
            with self._lock:
                self._answers[key] = answer
                while len(self._answers) > self._kept:
                    self._answers.popitem(last=False)
        return answer

    def list_for(self, recommender: MovieRecommender, ask: Ask) -> Any:
        """The list that a visitor asks for."""
        shown = self.shown(recommender)
        arguments = {**ask.person(shown), **ask.filters(shown)}
        if ask.newcomer:
            return self.of(recommender, "recommend_for", recommender.recommend_for, **arguments)
        return self.of(recommender, "recommend", recommender.recommend, **arguments)

    def relaxed(self, recommender: MovieRecommender, ask: Ask) -> dict[str, int]:
        """How many films would be listed if one filter were dropped, by the filter's name."""
        shown = self.shown(recommender)
        arguments = {**ask.person(shown), **ask.filters(shown)}
        found: dict[str, int] = self.of(recommender, "relaxed", recommender.relaxed, **arguments)
        return found


def _revision(recommender: MovieRecommender) -> Hashable:
    """Which model it is, and with which users: the commits of the Hub, or the folder."""
    model, users = recommender.origin, recommender.dataset_origin
    return (
        model.sha if model else str(recommender.bundle.folder),
        users.sha if users else recommender.dataset is not None,
    )


def _digest(arguments: dict[str, Any]) -> bytes:
    """A key of some arguments that is as short for 10,000 films as for one.

    What is written of them tells types apart as well: 1, 1.0 and True are equal.
    """
    written = repr(sorted(arguments.items())).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(written, digest_size=16).digest()
