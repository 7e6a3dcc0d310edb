"""The table of a search, and its best as an experiment."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from training.experiments.figures import NAMES
from training.experiments.options import NETWORK_OPTIONS
from training.experiments.ranges import shown
from training.experiments.report import cell, exported_of, holds_text, labels_of
from training.experiments.search import Searched
from training.experiments.search_figures import plot_trials
from training.experiments.study import ENDED
from training.folder import strict, write_json
from training.tables import heading, markdown_table


def trials_table(searched: Searched) -> pd.DataFrame:
    """A row for each trial that is done.

    Returns:
        `trial`, `model`, `state`, the options that were drawn, the `epochs_trained`, the metric of the
        validation rows (`validation_NAME`; see `training.experiments.study.Tried.value`), `seconds`, and
        whether it is the `best`.
    """
    value = f"validation_{searched.plan.chosen_by}"
    return pd.DataFrame(
        {
            "trial": tried.number,
            "model": tried.model,
            "state": tried.state,
            **{name: _one_cell(tried.drawn.get(name)) for name in searched.ranges},
            "epochs_trained": len(tried.values),
            value: tried.value,
            "seconds": tried.seconds,
            "best": tried is searched.best.tried,
        }
        for tried in searched.trials
    )


def text_trials(table: pd.DataFrame) -> list[list[str]]:
    """The cells to show, the header first, `*` at the best; columns of text before those of numbers."""
    texts = _text_columns(table)
    others = [name for name in table.columns if name not in ("trial", "best", *texts)]
    columns = ["trial", *texts, *others]
    lines = [[heading(name) for name in columns]]
    for row in table.to_dict("records"):
        cells = [cell(name, row[name]) for name in columns]
        cells[0] += " *" if row["best"] else ""
        lines.append(cells)
    return lines


def _text_columns(table: pd.DataFrame) -> list[str]:
    return [name for name in table.columns if name != "best" and holds_text(table[name])]


def write_search(out: Path, searched: Searched) -> None:
    """Write `trials.csv`, `trials.json`, `trials.md` and `trials.png`.

    Args:
        out: The folder.
        searched: The search.
    """
    table = trials_table(searched)
    table.to_csv(out / "trials.csv", index=False)
    content = {
        "plan": asdict(searched.plan),
        "data": searched.facts,
        "command": searched.command,
        "trials": [asdict(tried) for tried in searched.trials],
        "best": {**asdict(searched.best.outcome), "trial": searched.best.tried.number},
        "test": searched.test,
    }
    write_json(out / "trials.json", strict(content))
    (out / "trials.md").write_text(_markdown(searched, table), encoding="utf-8")
    plot_trials(out / "trials.png", searched, table)


def as_experiment(searched: Searched) -> list[str]:
    """The best as an experiment of the plan: lines of TOML that set all in which it differs.

    Put into the plan, they stand for the same model and the same fit.
    """
    shared = searched.plan.options
    own = {
        name: value
        for name, value in searched.options_of_best().items()
        if name not in shared or shared[name] != value
    }
    return [
        f"[experiments.{_name(searched)}]",
        *(f"{name} = {_toml(value)}" for name, value in own.items()),
    ]


def _markdown(searched: Searched, table: pd.DataFrame) -> str:
    plan, best, options = searched.plan, searched.best, searched.options
    value = f"validation {heading(plan.chosen_by)}"
    test = ", ".join(f"{heading(name)} {searched.test[name]:.5f}" for name in plan.metrics)
    rows = ", ".join(f"{count:,} {name}" for name, count in searched.facts["rows"].items())
    again = f"--only {_name(searched)} --models {best.tried.model} --seed {options.seed}"
    if options.labelling is not None:
        again += f" --labelling {options.labelling}"
    return "\n".join(
        [
            f"# Search of {plan.name} on {searched.facts.get('name', 'ratings')}",
            "",
            f"A search of the plan {plan.name}: {_counted(searched)}. Labelled "
            f"{plan.labelling.name}: {labels_of(plan.labelling)}. Rows: {rows}.",
            "",
            *markdown_table(_ranges(searched), left=2),
            "",
            *_fixed(searched),
            *markdown_table(text_trials(table), left=1 + len(_text_columns(table))),
            "",
            f"`*` marks the best: of the trials that finished the one with the "
            f"{'highest' if plan.better(1, 0) else 'lowest'} {heading(plan.chosen_by)} on the "
            f"validation rows. The {value} of a trial that finished is of its {plan.weights} epoch's "
            f"weights. A trial is given up where its best {value} so far is worse than the median of "
            f"the finished trials' after as many epochs; its {value} is its value at the epoch it was "
            "given up at. The best alone is measured on the test rows, as it was fitted: "
            f"{test}. {exported_of(plan.labelling)}",
            "",
            f"As an experiment of the plan the best is as follows; `{again}` has `experiments run` fit "
            "it again.",
            "",
            "```toml",
            *as_experiment(searched),
            "```",
            "",
            "![trials](trials.png)",
            "",
            "```console",
            searched.command,
            "```",
            "",
        ]
    )


def _counted(searched: Searched) -> str:
    """How many trials there are of each model, and how they ended."""
    models = Counter(tried.model for tried in searched.trials)
    of_each = " and ".join(
        f"{count} {'trial' if count == 1 else 'trials'} of {NAMES[model]}"
        for model, count in models.items()
    )
    states = Counter(tried.state for tried in searched.trials)
    ended = ", ".join(f"{states[state]} {state}" for state in ENDED.values() if states[state])
    return f"{of_each} ({ended})"


def _ranges(searched: Searched) -> list[list[str]]:
    """The cells of the options that are drawn, and of what, the header first."""
    lines = [["option", "drawn from"]]
    for name, drawn in searched.ranges.items():
        told = drawn.in_words()
        if name == "epochs" and searched.options.epochs is not None:
            told += f", but {searched.options.epochs} at the most"
        lines.append([_of_whom(name, searched), told])
    return lines


def _fixed(searched: Searched) -> list[str]:
    """The sentence on the options that are the same in all trials."""
    told = ", ".join(
        f"{_of_whom(name, searched)} {shown(value)}" for name, value in searched.fixed.items()
    )
    return [f"The same in all trials: {told}. All others have their defaults.", ""] if told else []


def _of_whom(name: str, searched: Searched) -> str:
    """An option's name, with the model that alone has it where it is searched beside another."""
    alone = name in NETWORK_OPTIONS and len(searched.models) > 1
    return f"{heading(name)} ({NAMES['autoint+']})" if alone else heading(name)


def _name(searched: Searched) -> str:
    return f"trial-{searched.best.tried.number}"


def _one_cell(value: Any) -> Any:
    return " ".join(map(str, value)) if isinstance(value, tuple) else value


def _toml(value: Any) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value)
