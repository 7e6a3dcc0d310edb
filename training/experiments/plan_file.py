"""Plans: which models are trained on which rows, as a file of TOML says it.

A plan has these keys; `training/experiments/plans/original.toml` is one to begin from.

- `name`, `description`: what it is.
- `labelling`: which of the two tables of `labellings` is used, "preference" or "sampled"; each has
  `threshold`, `fields` (a name of `space.schema.FIELD_PRESETS` or a list of fields), and "sampled" also
  `drawn` and `seed`. See `training.experiments.labelling`.
- `split`, `vocabularies`: as for `train`.
- `weights`: whose weights are measured: of the "last" epoch, or of the "best" by validation log loss.
- `chosen_by`: "auc" or "log_loss" on the validation rows; by it the best is chosen.
- `metrics`: what is reported of the test rows; the first is drawn.
- `models`: "autoint", "autoint+" or both.
- `published_on`: the data that the published figures are of: its `name`, and how many `users`, `films`
  and `ratings` it has. On data of another size they are not shown.
- `published_note`: what is said of them.
- `options`: options of all experiments, see `training.experiments.options`.
- `experiments.NAME`: the options of one, and `published.MODEL`, its metrics as somebody published them.
- `search`: what a search draws, see `Search`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from space.schema import FIELD_PRESETS, FIELD_SOURCES
from training.experiments.labelling import LABELLINGS, Labelling
from training.experiments.options import OPTIONS, check_builds, options_of, take_options
from training.experiments.plan import CHOOSING, METRICS, Experiment, Plan, PublishedOn, Search
from training.experiments.ranges import take_ranges
from training.experiments.reading import (
    TEXT,
    Kind,
    PlanError,
    Table,
    number,
    one_of,
    read_toml,
    several,
    whole,
)
from training.presets import MODELS
from training.splits import SPLITS

FOLDER = Path(__file__).parent / "plans"

_PUBLISHED_NOTE = "In brackets stands what was published for the same experiment."

_NAME: Kind[str] = Kind(
    "a name of letters, digits, '.', '_' and '-'",
    lambda v: isinstance(v, str) and re.fullmatch(r"\w[\w.-]*", v, re.ASCII) is not None,
    lambda v: str(v),
)
_FIELDS: Kind[tuple[str, ...]] = Kind(
    f"one of {', '.join(FIELD_PRESETS)}, or a list of fields among {', '.join(FIELD_SOURCES)}",
    lambda v: (
        (isinstance(v, str) and v in FIELD_PRESETS) or several(one_of(FIELD_SOURCES)).accepts(v)
    ),
    lambda v: FIELD_PRESETS[v] if isinstance(v, str) else tuple(v),
)


def built_in() -> tuple[str, ...]:
    """The names of the plans that come with the package."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def find_plan(plan: str) -> Plan:
    """A built-in plan by its name, or the plan in a file.

    Raises:
        PlanError: If there is none, or it is not what a plan should be.
    """
    if plan in built_in():
        return read_plan(FOLDER / f"{plan}.toml")
    if not Path(plan).is_file():
        raise PlanError(
            f"{plan}: expected the file of a plan, or one of {', '.join(built_in())}; found no such "
            "file."
        )
    return read_plan(Path(plan))


def read_plan(path: Path) -> Plan:
    """Read and check a plan.

    Raises:
        PlanError: Naming the file, the key and what was expected.
    """
    table = read_toml(path)
    name = table.take("name", _NAME)
    description = table.take("description", TEXT)
    chosen = table.take("labelling", one_of(LABELLINGS), "preference")
    labellings = _labellings(table.table("labellings"))
    shared_table = table.table("options")
    shared = take_options(shared_table)
    shared_table.refuse_others(tuple(OPTIONS))
    models = table.take("models", several(one_of(MODELS)), tuple(MODELS))
    listed = table.table("experiments")
    varied: list[str] = []
    experiments = tuple(_experiment(listed, key, shared, models, varied) for key in listed.names())
    search = _search(table.table("search"), shared) if "search" in table else None
    if not experiments and search is None:
        raise table.error("experiments", "at least one experiment, or a search", missing=True)
    plan = Plan(
        name=name,
        description=description,
        labelling=labellings[chosen],
        labellings=labellings,
        split=table.take("split", one_of(SPLITS), "random"),
        vocabularies=table.take("vocabularies", one_of(("train", "all")), "train"),
        weights=table.take("weights", one_of(("last", "best")), "best"),
        chosen_by=table.take("chosen_by", one_of(CHOOSING), "auc"),
        metrics=table.take("metrics", several(one_of(METRICS)), ("auc", "log_loss")),
        models=models,
        published_on=_published_on(table.table("published_on"))
        if "published_on" in table
        else None,
        published_note=table.take("published_note", TEXT, _PUBLISHED_NOTE),
        options=shared,
        varied=tuple(varied),
        experiments=experiments,
        search=search,
    )
    table.refuse_others(_KEYS)
    return plan


_KEYS = (
    *("name", "description", "labelling", "labellings", "split", "vocabularies", "weights"),
    *("chosen_by", "metrics", "models", "published_on", "published_note"),
    *("options", "experiments", "search"),
)


def _labellings(table: Table) -> dict[str, Labelling]:
    """Both labellings, with what the plan says of each."""
    found = {}
    for name, usual in LABELLINGS.items():
        entry = table.table(name)
        keys = ["threshold", "fields"]
        labelling = replace(
            usual,
            threshold=entry.take("threshold", number(above=0), usual.threshold),
            fields=entry.take("fields", _FIELDS, usual.fields),
        )
        if usual.drawn:
            keys += ["drawn", "seed"]
            labelling = replace(
                labelling,
                drawn=entry.take("drawn", whole(1), usual.drawn),
                seed=entry.take("seed", whole(0), usual.seed),
            )
            timed = [field for field in labelling.fields if FIELD_SOURCES[field] == "time"]
            if timed:
                raise entry.error(
                    "fields", "no field of the time, which a drawn film has not", timed[0]
                )
        entry.refuse_others(keys)
        found[name] = labelling
    table.refuse_others(tuple(LABELLINGS))
    return found


def _experiment(
    listed: Table,
    key: str,
    shared: Mapping[str, Any],
    models: tuple[str, ...],
    varied: list[str],
) -> Experiment:
    if not _NAME.accepts(key):
        raise listed.error("", _NAME.expected, key)
    table = listed.table(key)
    published = table.table("published")
    figures = {
        model: _figures(published.table(model)) for model in published.names() if model in MODELS
    }
    published.refuse_others(tuple(MODELS))
    own = take_options(table)
    table.refuse_others((*OPTIONS, "published"))
    varied += [name for name in own if name not in varied]
    options = {**shared, **own}
    for model in models:
        check_builds(table, "", model, options)
    return Experiment(key, options, figures)


def _published_on(table: Table) -> PublishedOn:
    counts = {name: table.take(name, whole(1)) for name in ("users", "films", "ratings")}
    found = PublishedOn(table.take("name", TEXT), **counts)
    table.refuse_others(("name", *counts))
    return found


def _figures(table: Table) -> dict[str, float]:
    figures = {name: table.take(name, number()) for name in table.names() if name in METRICS}
    table.refuse_others(METRICS)
    return figures


def _search(table: Table, shared: Mapping[str, Any]) -> Search:
    models = table.take("models", several(one_of(MODELS)), ("autoint+",))
    own = table.table("options")
    options = {**shared, **take_options(own)}
    own.refuse_others(tuple(OPTIONS))
    ranges = take_ranges(table.table("ranges"))
    for model in models:
        if not options_of(model, ranges):
            raise table.error("ranges", f"at least one option of {model}", ", ".join(ranges))
    search = Search(
        models=models,
        trials=table.take("trials", whole(1), 20),
        options=options,
        ranges=ranges,
        startup_trials=table.take("startup_trials", whole(1), 5),
        warmup_epochs=table.take("warmup_epochs", whole(0), 1),
    )
    table.refuse_others(
        ("models", "options", "ranges", "trials", "startup_trials", "warmup_epochs")
    )
    return search
