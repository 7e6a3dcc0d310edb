"""The table of a plan's experiments, as CSV, JSON, Markdown and text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from training.experiments.figures import plot_experiments
from training.experiments.labelling import NOT_EXPORTED, Labelling
from training.experiments.options import options_of
from training.experiments.plan import METRICS
from training.experiments.run import Result, Results
from training.folder import strict, write_json
from training.presets import FitOptions
from training.tables import heading, markdown_table

PUBLISHED = "_published"
"""Ends the column of a metric as somebody published it."""


def table_of(found: Results) -> pd.DataFrame:
    """A row for each experiment and model.

    Returns:
        `experiment`, `model`; the options that the plan's experiments set; the plan's metrics of the
        test rows, each with what was published for it where anything was (`NAME_published`); the metric
        by which the best is chosen, of the validation rows (`validation_NAME`); `parameters`; `seconds`
        in epochs; and whether it is the `best`.
    """
    published = _published(found)
    rows = []
    for result in found.results:
        outcome = result.outcome
        own = options_of(outcome.model, result.experiment.options)
        row: dict[str, Any] = {"experiment": result.experiment.name, "model": outcome.model}
        row |= {name: _plain(own.get(name)) for name in found.plan.varied}
        row["epochs"] = outcome.options["epochs"]  # which may be fewer than the plan's
        for name in found.plan.metrics:
            row[name] = outcome.test[name]
            if name in published:
                row[name + PUBLISHED] = _as_long(result).get(name)
        chosen_by = found.plan.chosen_by
        row |= {
            f"validation_{chosen_by}": outcome.validation[chosen_by],
            "parameters": outcome.parameters,
            "seconds": outcome.seconds,
            "best": result is found.best,
        }
        rows.append(row)
    return pd.DataFrame(rows)


def text_table(table: pd.DataFrame, metrics: Sequence[str]) -> list[list[str]]:
    """The cells to show: metrics to five places, what was published behind them, `*` at the best.

    Args:
        table: As `table_of` makes it.
        metrics: The plan's.

    Returns:
        Lines of cells, the header first. Columns of text stand before those of numbers.
    """
    columns = text_columns(table, metrics)
    columns += [name for name in _shown(table, metrics) if name not in columns]
    lines = [[heading(name) for name in columns]]
    for row in table.to_dict("records"):
        cells = []
        for name in columns:
            text = cell(name, row[name])
            theirs = row.get(f"{name}{PUBLISHED}")
            if theirs is not None and not pd.isna(theirs):
                text += f" ({theirs:.5f})"
            cells.append(text)
        cells[0] += " *" if row["best"] else ""
        lines.append(cells)
    return lines


def text_columns(table: pd.DataFrame, metrics: Sequence[str]) -> list[str]:
    """Those columns to show that hold texts, or whether something is so."""
    return [name for name in _shown(table, metrics) if holds_text(table[name])]


def holds_text(column: pd.Series[Any]) -> bool:
    """Whether a column has another value than numbers, be it one."""
    return any(isinstance(value, bool | str) for value in column.tolist())


def _shown(table: pd.DataFrame, metrics: Sequence[str]) -> list[str]:
    hidden = {"best", *(name + PUBLISHED for name in metrics)}
    return [name for name in table.columns if name not in hidden]


def cell(name: str, value: Any) -> str:
    """A value of a column as it is shown."""
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return ""
    if isinstance(value, bool | str):
        return str(value)
    if name.removeprefix("validation_") in METRICS:
        return f"{value:.5f}"
    if name == "seconds":
        return f"{value:,.1f}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"


def write_report(out: Path, found: Results) -> list[str]:
    """Write `results.csv`, `results.json`, `results.md` and `plots/`.

    Args:
        out: The folder.
        found: The results.

    Returns:
        The options that were drawn.
    """
    table = table_of(found)
    table.to_csv(out / "results.csv", index=False)
    content = {
        "plan": asdict(found.plan),
        "data": found.facts,
        "command": found.command,
        "summary": table.to_dict("records"),
        "results": [
            {"experiment": result.experiment.name, **asdict(result.outcome)}
            for result in found.results
        ],
        "diverged": found.diverged,
        "best": {"experiment": found.best.experiment.name, "model": found.best.outcome.model},
    }
    write_json(out / "results.json", strict(content))
    plots = plot_experiments(
        out / "plots",
        table,
        found.plan,
        f"{found.plan.name}, {found.facts.get('name', 'ratings')}, {found.plan.labelling.name}",
    )
    (out / "results.md").write_text(_markdown(found, table, plots), encoding="utf-8")
    return plots


def _as_long(result: Result) -> Mapping[str, float]:
    """What is published of a model that was trained for as many epochs as ours."""
    planned = result.experiment.options.get("epochs", FitOptions.epochs)
    if result.outcome.options["epochs"] != planned:
        return {}
    return result.experiment.published.get(result.outcome.model, {})


def _published(found: Results) -> set[str]:
    """Metrics of which something is published that stands on the same rows."""
    on = found.plan.published_on
    if on is not None and not on.has(found.facts["counts"]):
        return set()
    return {name for result in found.results for name in _as_long(result)}


def _markdown(found: Results, table: pd.DataFrame, plots: Sequence[str]) -> str:
    plan, best = found.plan, found.best
    rows = ", ".join(f"{count:,} {name}" for name, count in found.facts["rows"].items())
    notes = [
        f"`*` marks the best: the one with the {'highest' if plan.better(1, 0) else 'lowest'} "
        f"{heading(plan.chosen_by)} on the validation rows. {exported_of(plan.labelling)} The other "
        "figures are of the test rows, which decide nothing. Weights are those of "
        f"the {plan.weights} epoch; seconds are of all epochs."
    ]
    if "repeats" in found.facts:
        notes.append(_repeats(**found.facts["repeats"]))
    if any(name.endswith(PUBLISHED) for name in table.columns):
        notes.append(plan.published_note)
    elif plan.published_on is not None and any(e.published for e in found.options.plan.experiments):
        notes.append(
            f"The plan's published figures are of {plan.published_on}, labelled "
            f"{found.options.plan.labelling.name}, and so are not shown."
        )
    notes += [f"{label} is missing: {said}" for label, said in found.diverged.items()]
    if plots:
        notes.append(
            "Each point of a plot is an experiment. Experiments may differ in other options than that "
            "of the plot too, which are confounded with it there; a line joins only those that are "
            "equal in all else."
        )
    return "\n".join(
        [
            f"# {plan.name} on {found.facts.get('name', 'ratings')}",
            "",
            f"{plan.description[0].upper()}{plan.description[1:]}. Labelled "
            f"{plan.labelling.name}: {labels_of(plan.labelling)}. Rows: {rows}.",
            "",
            *markdown_table(
                text_table(table, plan.metrics), left=len(text_columns(table, plan.metrics))
            ),
            "",
            *(line for note in notes for line in (note, "")),
            f"Best: experiment {best.experiment.name} with {best.outcome.model}.",
            "",
            *(line for name in plots for line in (f"![{name}](plots/{name}.png)", "")),
            "```console",
            found.command,
            "```",
            "",
        ]
    )


def labels_of(labelling: Labelling) -> str:
    """What is labelled 1 and 0, in words."""
    told = f"1 for a rating of {labelling.threshold:g} stars or more"
    return (
        f"{told}, 0 for {labelling.drawn} drawn films each"
        if labelling.drawn
        else f"{told}, else 0"
    )


def exported_of(labelling: Labelling) -> str:
    """What becomes of the best, in words."""
    if labelling.drawn:
        return NOT_EXPORTED
    return (
        "It is exported as `bundle/`, where its probabilities are calibrated on the validation rows, so "
        "that its log loss may be another there."
    )


def _repeats(zeros: int, zeros_in_training: int, drawn_that_are_test_ones: int) -> str:
    share = 100 * zeros_in_training / max(zeros, 1)
    return (
        f"Of the {zeros:,} test rows of label 0, {zeros_in_training:,} ({share:.1f} %) are of a film "
        "that was drawn for the same user among the training rows too: films are drawn for each rating "
        "anew, as in the original. Such rows can be told from memory, since a drawn film is never one "
        "that the user rated in another part; they flatter all models. Of all drawn rows, "
        f"{drawn_that_are_test_ones:,} are of a film that "
        "the same user has in a test row of label 1."
    )


def _plain(value: Any) -> Any:
    """An option as one cell."""
    return " ".join(map(str, value)) if isinstance(value, tuple) else value
