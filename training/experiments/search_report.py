"""The table and the picture of a search."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from training.experiments.figures import COLOURS, NAMES
from training.experiments.ranges import Range
from training.experiments.report import cell
from training.experiments.search import Searched
from training.folder import strict, write_json
from training.plots import INK, STYLE
from training.tables import heading, markdown_table

_MARKERS = {"finished": "o", "given up": "x", "diverged": "v"}


def trials_table(searched: Searched) -> pd.DataFrame:
    """A row for each trial that is done.

    Returns:
        `trial`, `model`, `state`, `epochs` that were trained, the options that were drawn, the metric of
        the validation rows after the last epoch (`validation_NAME`), `seconds`, and whether it is the
        `best`.
    """
    value = f"validation_{searched.plan.chosen_by}"
    return pd.DataFrame(
        {
            "trial": tried.number,
            "model": tried.model,
            "state": tried.state,
            "epochs": len(tried.values),
            **{name: _one_cell(tried.drawn.get(name)) for name in _drawn(searched)},
            value: tried.values[-1] if tried.values else None,
            "seconds": tried.seconds,
            "best": tried is searched.best.tried,
        }
        for tried in searched.trials
    )


def text_trials(table: pd.DataFrame) -> list[list[str]]:
    """The cells to show, the header first, `*` at the best."""
    columns = [name for name in table.columns if name != "best"]
    lines = [[heading(name) for name in columns]]
    for row in table.to_dict("records"):
        cells = [cell(name, row[name]) for name in columns]
        cells[0] += " *" if row["best"] else ""
        lines.append(cells)
    return lines


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
    _plot(out / "trials.png", searched, table)


def _drawn(searched: Searched) -> Mapping[str, Range]:
    """The ranges of the options that a trial has drawn."""
    named = {name for tried in searched.trials for name in tried.drawn}
    return {name: drawn for name, drawn in searched.search.ranges.items() if name in named}


def _markdown(searched: Searched, table: pd.DataFrame) -> str:
    plan, best = searched.plan, searched.best
    test = ", ".join(f"{heading(name)} {searched.test[name]:.5f}" for name in plan.metrics)
    rows = ", ".join(f"{count:,} {name}" for name, count in searched.facts["rows"].items())
    return "\n".join(
        [
            f"# Search of {plan.name} on {searched.facts.get('name', 'ratings')}",
            "",
            f"{plan.description[0].upper()}{plan.description[1:]}. Labelled {plan.labelling.name}. "
            f"Rows: {rows}.",
            "",
            *markdown_table(text_trials(table)),
            "",
            f"`*` marks the best: of the trials that finished the one with the "
            f"{'highest' if plan.better(1, 0) else 'lowest'} {heading(plan.chosen_by)} on the "
            "validation rows. A trial is given up where it is worse than the median of the others after "
            "as many epochs. The best alone is measured on the test rows, as it was fitted: "
            f"{test}. It is exported as `bundle/`, where its probabilities are calibrated on the "
            "validation rows.",
            "",
            "As an experiment of a plan the best is",
            "",
            "```toml",
            f"[experiments.trial-{best.tried.number}]",
            *(f"{name} = {_toml(value)}" for name, value in best.tried.drawn.items()),
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


def _plot(path: Path, searched: Searched, table: pd.DataFrame) -> None:
    """Draw the trials by number, their epochs, and the metric against each option that is a number."""
    value = f"validation_{searched.plan.chosen_by}"
    ranges = {name: drawn for name, drawn in _drawn(searched).items() if drawn.is_numeric}
    panels = 2 + len(ranges)
    columns = min(panels, 3)
    lines = -(-panels // columns)
    with plt.rc_context({**STYLE, "figure.figsize": (4.6 * columns, 3.6 * lines)}):
        figure, grid = plt.subplots(lines, columns, squeeze=False)
        figure.suptitle(
            f"Search of {searched.plan.name}, {searched.facts.get('name', 'ratings')}",
            fontweight="bold",
            x=0.01,
            ha="left",
        )
        axes = list(grid.flat)
        for unused in axes[panels:]:
            unused.set_axis_off()
        axes[0].set_title("trials")
        _points(axes[0], table, "trial", value)
        _best_so_far(axes[0], searched, table, value)
        axes[0].set_xlabel("trial")
        axes[0].xaxis.set_major_locator(MaxNLocator(integer=True))
        axes[0].set_ylabel(heading(value))
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=6)
        axes[1].set_title("epochs")
        _curves(axes[1], searched)
        for panel, (name, drawn) in zip(axes[2:], ranges.items(), strict=False):
            panel.set_title(heading(name))
            _points(panel, table, name, value)
            panel.margins(x=0.1)
            if drawn.log:
                panel.set_xscale("log")
                panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
                panel.xaxis.set_minor_locator(NullLocator())
                panel.xaxis.set_major_formatter("{x:g}")
            if drawn.choices:
                panel.set_xticks(list(drawn.choices))
        # Without the date and the library's version, equal results give equal files.
        figure.savefig(path, metadata={"Software": None})
        plt.close(figure)


def _points(axes: Axes, table: pd.DataFrame, column: str, value: str) -> None:
    known = table[table[column].notna() & table[value].notna()]
    for (model, state), rows in known.groupby(["model", "state"], sort=False):
        axes.plot(
            rows[column].astype(float),
            rows[value],
            _MARKERS[str(state)],
            color=COLOURS[str(model)],
            alpha=1.0 if state == "finished" else 0.4,
            label=f"{NAMES[str(model)]}, {state}",
        )


def _best_so_far(axes: Axes, searched: Searched, table: pd.DataFrame, value: str) -> None:
    finished = table.assign(value=table[value].where(table["state"] == "finished"))
    for model, rows in finished.groupby("model", sort=False):
        best = rows["value"].cummax() if searched.plan.better(1, 0) else rows["value"].cummin()
        axes.step(rows["trial"], best.ffill(), where="post", color=COLOURS[str(model)], alpha=0.5)


def _curves(axes: Axes, searched: Searched) -> None:
    for tried in searched.trials:
        best = tried is searched.best.tried
        axes.plot(
            range(1, len(tried.values) + 1),
            tried.values,
            "-" if tried.state == "finished" else "--",
            marker=_MARKERS[tried.state],
            markersize=4,
            color=COLOURS[tried.model] if best else INK,
            alpha=1.0 if best else 0.25,
            label=f"the best, trial {tried.number}" if best else None,
        )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("epoch")
    axes.legend(fontsize=8)


def _one_cell(value: Any) -> Any:
    return " ".join(map(str, value)) if isinstance(value, tuple) else value


def _toml(value: Any) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value)
