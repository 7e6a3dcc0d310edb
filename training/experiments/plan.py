"""Plans: which models are trained on which rows, checked and typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from training.experiments.labelling import Labelling
from training.experiments.ranges import Range

METRICS = (
    "auc",
    "log_loss",
    "accuracy",
    "expected_calibration_error",
    "user_auc",
    "ndcg_at_10",
    "original_ndcg_at_10",
    "original_hit_rate_at_10",
)
"""What `training.metrics.evaluate` measures."""

CHOOSING = ("auc", "log_loss")
"""Metrics of the validation rows by which the best may be chosen: those known after each epoch."""


@dataclass(frozen=True)
class Experiment:
    """One line of the table, for each model."""

    name: str
    """What the plan calls it."""
    options: Mapping[str, Any]
    """Its options, those of the plan included."""
    published: Mapping[str, Mapping[str, float]]
    """For a model, metrics of the test rows as somebody published them."""


@dataclass(frozen=True)
class PublishedOn:
    """The data that published figures are of. It is told by its size, whatever it is called here."""

    name: str
    """What it is called in a report."""
    users: int
    """How many users it has."""
    films: int
    """How many films it lists."""
    ratings: int
    """How many ratings it has."""

    def __str__(self) -> str:
        return f"{self.name} ({self.users:,} users, {self.films:,} films, {self.ratings:,} ratings)"

    def has(self, counts: Mapping[str, int]) -> bool:
        """Whether a data set with these numbers of `users`, `films` and `ratings` is that data."""
        ours = {"users": self.users, "films": self.films, "ratings": self.ratings}
        return ours == dict(counts)


@dataclass(frozen=True)
class Search:
    """What a search draws, and when it gives a trial up."""

    models: tuple[str, ...]
    """Models to search for, each in a study of its own."""
    trials: int
    """Trials of each, those that were given up included."""
    options: Mapping[str, Any]
    """Options that are not drawn, those of the plan included."""
    ranges: Mapping[str, Range]
    """Options that are drawn."""
    startup_trials: int
    """Trials that finish before one may be given up."""
    warmup_epochs: int
    """Epochs of each trial before it may be given up."""


@dataclass(frozen=True)
class Plan:
    """A plan, checked."""

    name: str
    """What it is called."""
    description: str
    """What it is, in one line."""
    labelling: Labelling
    """How rows and labels come from the ratings."""
    labellings: Mapping[str, Labelling]
    """Both ways."""
    split: str
    """A key of `training.splits.SPLITS`."""
    vocabularies: str
    """Rows whose values get an index: "train" or "all"."""
    weights: str
    """Whose weights are measured: of the "last" epoch, or of the "best"."""
    chosen_by: str
    """The metric of `CHOOSING` by which the best is chosen, on the validation rows."""
    metrics: tuple[str, ...]
    """Metrics of the test rows that are reported; the first is drawn."""
    models: tuple[str, ...]
    """Keys of `training.presets.MODELS`."""
    published_on: PublishedOn | None
    """The data that the published figures are of; none where they stand beside any."""
    published_note: str
    """What a report says of the figures that stand in brackets."""
    options: Mapping[str, Any]
    """Options of all experiments, which each of them and the search may set otherwise."""
    varied: tuple[str, ...]
    """Options that the experiments set themselves."""
    experiments: tuple[Experiment, ...]
    """In the file's order."""
    search: Search | None
    """What a search draws, where the plan has ranges."""

    def labelled(self, name: str | None) -> Plan:
        """The plan with this labelling, or its own; figures published for another are left out."""
        if name is None or name == self.labelling.name:
            return self
        bare = tuple(replace(experiment, published={}) for experiment in self.experiments)
        return replace(self, labelling=self.labellings[name], experiments=bare)

    def better(self, value: float, than: float) -> bool:
        """Whether a value of `chosen_by` is better than another."""
        return value > than if self.chosen_by == "auc" else value < than
