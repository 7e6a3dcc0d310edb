"""Whether this project's models reach the figures on ML-1M that they are held to.

`make bench-quality` measures each protocol with three seeds into `runs/quality/PROTOCOL`, prints the
means beside the bars, and writes the same to `runs/quality/quality.md` and `.png`. It takes hours on two
cores; after an interruption the same command goes on. What is finished is kept, unless a method's
options, `RESULT_VERSION` or `RANKER_VERSION` has changed since: after a change of the code that raised
neither, delete the folder to measure anew. The exit code is 1 where a figure falls short.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from matplotlib import pyplot as plt

from tests.benchmarks.bars import BARS, Bar, Verdict, judge
from training.commands import Cache, Data, Progress, reporting, stopping_at_once
from training.errors import RunError
from training.names import names_in
from training.plots import ACCENT, INK, OTHER, STYLE
from training.progress import Reporter
from training.protocols.evaluation import EvaluateOptions, evaluate
from training.protocols.methods import USUAL, method_names
from training.protocols.report import summary
from training.tables import heading, in_columns, markdown_table

OUT = Path("runs/quality")

SHOWN_NAMES: Mapping[str, str] = {"autoint+-no-ease": "autoint+ without EASE"}


def lines(verdicts: Sequence[Verdict]) -> list[list[str]]:
    """The cells of the table, the header first."""
    table = [["protocol", "method", "metric", "reached", "must", "beyond", "verdict"]]
    for verdict in verdicts:
        bar = verdict.bar
        sign = "≥" if bar.better == "higher" else "≤"
        table.append(
            [
                bar.protocol,
                SHOWN_NAMES.get(bar.method, bar.method),
                heading(bar.metric),
                f"{verdict.reached:.4f}"
                + ("" if verdict.deviation is None else f" ± {verdict.deviation:.4f}"),
                f"{sign} {verdict.must:.4f}" + (f" = {_relative(bar)}" if bar.of else ""),
                "" if bar.beyond is None else f"{sign} {bar.beyond:.4f}",
                verdict.words,
            ]
        )
    return table


def draw(path: Path, verdicts: Sequence[Verdict]) -> None:
    """Draw each figure as a share of its bar, with the standard deviation over seeds."""
    places = range(len(verdicts))[::-1]
    with plt.rc_context({**STYLE, "figure.figsize": (8.5, 1.4 + 0.28 * len(verdicts))}):
        figure, axes = plt.subplots()
        axes.set_title("Reached, as a share of the bar")
        axes.axvline(1, color=INK, linestyle=":")
        for place, verdict in zip(places, verdicts, strict=True):
            colour = ACCENT if verdict.met else OTHER
            error = None
            if verdict.deviation is not None and verdict.reached:
                error = verdict.ratio(verdict.reached) * verdict.deviation / verdict.reached
            axes.errorbar(
                verdict.ratio(verdict.reached), place, xerr=error, fmt="o", color=colour, capsize=3
            )
            if verdict.bar.beyond is not None:
                axes.plot(verdict.ratio(verdict.bar.beyond), place, "|", color=INK, markersize=10)
        axes.set_yticks(places, [_row_name(verdict.bar) for verdict in verdicts])
        axes.set_xlabel(
            "must = 1, beyond = |, short in amber;\nbar / reached where lower is better"
        )
        # Without the date and the library's version, equal results give equal files.
        figure.savefig(path, metadata={"Software": None})
        plt.close(figure)


def _row_name(bar: Bar) -> str:
    than = f" / {_relative(bar)}" if bar.of else ""
    return f"{bar.protocol}: {SHOWN_NAMES.get(bar.method, bar.method)}{than}, {heading(bar.metric)}"


def _relative(bar: Bar) -> str:
    return f"{bar.of}" if bar.times == 1 else f"{bar.times:g} × {bar.of}"


def measure(
    protocols: Sequence[str],
    dataset: str,
    seeds: int,
    out: Path,
    reporter: Reporter,
    *,
    data: Path | None = None,
    cache: Path | None = None,
) -> dict[str, pd.DataFrame]:
    """Measure protocols, each in its folder of `out`; what is finished there is kept.

    Returns:
        What `training.protocols.report.summary` makes, by protocol.

    Raises:
        RunError: If the method of a bar is not measured; before anything is.
    """
    for protocol in protocols:
        _check(protocol)
    tables = {}
    for number, protocol in enumerate(protocols, start=1):
        reporter.note(f"Protocol {protocol}, {number} of {len(protocols)}")
        options = EvaluateOptions(protocol=protocol, dataset=dataset, seeds=seeds)
        results = evaluate(options, out / protocol, reporter, data=data, cache=cache)
        tables[protocol] = summary(results)
    return tables


def _check(protocol: str) -> None:
    names = method_names(protocol, None)
    bars = [bar for bar in BARS if bar.protocol == protocol]
    missing = sorted(
        {name for bar in bars for name in (bar.method, bar.of or bar.method)} - {*names}
    )
    if missing:
        raise RunError(
            f"Every method that has a bar by {protocol} should be measured: {', '.join(names)}. "
            f"Received: {', '.join(missing)}. Change BARS, or USUAL of training.protocols.methods."
        )


def main(
    out: Annotated[Path, typer.Option(help="Folder for the results and the table.")] = OUT,
    dataset: Annotated[str, typer.Option(help="As for evaluate; the bars are of ml-1m.")] = "ml-1m",
    data: Data = None,
    seeds: Annotated[int, typer.Option(help="Seeds of each method; fewer to try out.", min=1)] = 3,
    only: Annotated[
        str, typer.Option(help="Protocols, separated by commas; by default all.")
    ] = ",".join(USUAL),
    cache: Cache = None,
) -> None:
    """Measure all protocols that have bars and print what was reached beside them."""
    with reporting(Progress.bar) as reporter, stopping_at_once(reporter):
        protocols = names_in(only, USUAL, "--only")
        tables = measure(protocols, dataset, seeds, out, reporter, data=data, cache=cache)
    verdicts = judge(BARS, tables)
    table = lines(verdicts)
    short = sum(not verdict.met for verdict in verdicts)
    ended = (
        f"{short} of {len(verdicts)} fall short." if short else f"All {len(verdicts)} bars are met."
    )
    command = (
        f"python -m tests.benchmarks.quality --dataset {dataset} --seeds {seeds} "
        f"--only {','.join(protocols)}"
    )
    (out / "quality.md").write_text(
        _markdown(f"Figures and bars on {dataset}", ended, table, command), encoding="utf-8"
    )
    draw(out / "quality.png", verdicts)
    typer.echo(f"{in_columns({'': table})}\n\n{ended}")
    if short:
        raise typer.Exit(1)


def _markdown(title: str, ended: str, table: Sequence[Sequence[str]], command: str) -> str:
    return "\n".join(
        [
            f"# {title}",
            "",
            f"{ended} Means over seeds, ± the sample's standard deviation where there are several: what "
            "is reached by less than that is within noise.",
            "",
            *markdown_table(table, left=3),
            "",
            "```console",
            command,
            "```",
            "",
        ]
    )


if __name__ == "__main__":
    typer.run(main)
