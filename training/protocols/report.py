"""The table of an evaluation, as CSV, JSON, Markdown, text and a plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training.folder import strict, write_json
from training.protocols import RANKING_PROTOCOLS, RATING_PROTOCOLS
from training.ratings import MovieLens
from training.tables import heading, markdown_table

COUNTS = ("users", "rows")
"""Values that count what was measured; their names may have an ending."""

_GIVEN = "_given_"
"""Stands between a metric and how many likes are known, where a protocol varies that."""

COST_COLUMNS = ("seeds", "parameters", "seconds", "fit_seconds", "peak_mib")


@dataclass(frozen=True)
class Result:
    """What one method with one seed came to."""

    method: str
    """Its name."""
    seed: int | None
    """Its seed; none where the result does not depend on one."""
    metrics: dict[str, float]
    """The protocol's metrics, and how many users or rows they are of."""
    parameters: int
    """How many numbers were fitted."""
    seconds: float
    """Time of fitting and measuring together; after an interruption with the epochs before it."""
    fit_seconds: float
    """Time of fitting alone; where the two cannot be told apart, the same."""
    peak_mib: float | None
    """The most that the process had resident meanwhile, with all that it held before."""


def summary(results: Sequence[Result]) -> pd.DataFrame:
    """A row for each method: means over its seeds, and the metrics' standard deviations.

    Args:
        results: In the order of the methods.

    Returns:
        `method`; each metric and, where a method had several seeds, `NAME_std` (of a sample: divided
        by seeds - 1); the largest of `parameters` and `peak_mib`, mean `seconds` and `fit_seconds`,
        and how many `seeds`.
    """
    rows = []
    several = len(results) > len({result.method for result in results})
    for method in dict.fromkeys(result.method for result in results):
        own = [result for result in results if result.method == method]
        row: dict[str, Any] = {"method": method}
        for name in own[0].metrics:
            values = [result.metrics[name] for result in own]
            row[name] = float(np.mean(values))
            if several and not _is_count(name):
                row[f"{name}_std"] = float(np.std(values, ddof=1)) if len(own) > 1 else None
        peaks = [result.peak_mib for result in own if result.peak_mib is not None]
        row |= {
            "seeds": len(own),
            "parameters": max(result.parameters for result in own),
            "seconds": float(np.mean([result.seconds for result in own])),
            "fit_seconds": float(np.mean([result.fit_seconds for result in own])),
            "peak_mib": max(peaks, default=None),
        }
        rows.append(row)
    return pd.DataFrame(rows)


def text_tables(table: pd.DataFrame) -> dict[str, list[list[str]]]:
    """The cells to show: metrics to four places, with ± the standard deviation, and the costs.

    Returns:
        Lines of cells, the header first, by title: one table, without a title; or where there is a
        metric for each number of likes that are known, a table for each metric.
    """
    metrics = [
        name
        for name in table.columns
        if name not in ("method", *COST_COLUMNS)
        and not name.endswith("_std")
        and not _is_count(name)
    ]
    tables: dict[str, dict[str, str]] = {}
    for name in metrics:
        metric, _, given = name.partition(_GIVEN)
        title, column = (heading(metric), f"{given} known") if given else ("", heading(metric))
        tables.setdefault(title, {})[column] = name
    return {title: _lines(table, columns) for title, columns in tables.items()}


def _lines(table: pd.DataFrame, columns: Mapping[str, str]) -> list[list[str]]:
    """The cells of one table, of these metrics by what stands above them."""
    lines = [["method", *columns, "seeds", "parameters", "seconds", "peak MiB"]]
    for row in table.to_dict("records"):
        cells = [str(row["method"])]
        for name in columns.values():
            deviation = row.get(f"{name}_std")
            known = deviation is not None and not np.isnan(deviation)
            cells.append(f"{row[name]:.4f}" + (f" ± {deviation:.4f}" if known else ""))
        peak = row["peak_mib"]
        cells += [f"{row['seeds']}", f"{row['parameters']:,}", f"{row['seconds']:.1f}"]
        cells.append("" if peak is None or np.isnan(peak) else f"{peak:,.0f}")
        lines.append(cells)
    return lines


def write_report(
    out: Path, protocol: str, data: MovieLens, results: Sequence[Result], command: str
) -> None:
    """Write `results.csv`, `results.json`, `results.md` and `results.png`.

    Args:
        out: The folder.
        protocol: Which protocol it was.
        data: The data set.
        results: In the order of the methods.
        command: What makes these figures.
    """
    from training.protocols.figures import plot_results  # which brings Matplotlib along

    table = summary(results)
    table.to_csv(out / "results.csv", index=False)
    described = (RATING_PROTOCOLS.get(protocol) or RANKING_PROTOCOLS[protocol]).description
    content = {
        "protocol": protocol,
        "description": described,
        "data": {**data.facts, "fingerprint": data.fingerprint()},
        "command": command,
        "summary": table.to_dict("records"),
        "results": [vars(result) for result in results],
    }
    write_json(out / "results.json", strict(content))
    (out / "results.md").write_text(
        _markdown(protocol, described, data.facts, table, results, command), encoding="utf-8"
    )
    plot_results(out / "results.png", f"{protocol}, {data.facts.get('name', 'ratings')}", table)


def _markdown(
    protocol: str,
    described: str,
    facts: Mapping[str, str],
    table: pd.DataFrame,
    results: Sequence[Result],
    command: str,
) -> str:
    counts = {name: int(v) for name, v in results[0].metrics.items() if _is_count(name)}
    told = ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in counts.items())
    tables: list[str] = []
    for title, lines in text_tables(table).items():
        tables += [f"## {title}", ""] if title else []
        tables += [*markdown_table(lines), ""]
    return "\n".join(
        [
            f"# {protocol} on {facts.get('name', 'ratings')}",
            "",
            f"{described[0].upper()}{described[1:]}. Measured on {told}.",
            "",
            *tables,
            "Figures are means over seeds, ± the sample's standard deviation where there are several. "
            "Seconds are of fitting and measuring, and after an interruption with the epochs before it; "
            "target statistics count for the first seed, which makes them for all. Memory is the most "
            "that the process had resident meanwhile: with its libraries, the data set, and what the "
            "methods measured before in the same process left, so that it depends on their order.",
            "",
            "```console",
            command,
            "```",
            "",
        ]
    )


def _is_count(name: str) -> bool:
    return name.partition(_GIVEN)[0] in COUNTS
