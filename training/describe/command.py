"""The command `describe`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.commands import Cache, Data, DatasetAsForTrain, Progress, Shown, name_of, reporting
from training.errors import RunError
from training.progress import Reporter


def describe(
    dataset: DatasetAsForTrain = None,
    data: Data = None,
    out: Annotated[
        Path, typer.Option(dir_okay=False, help="The page to write; an older one is replaced.")
    ] = Path("report.html"),
    cache: Cache = None,
    progress: Shown = Progress.bar,
) -> None:
    """Write what a data set looks like as one HTML page, with plots and the numbers behind them."""
    with reporting(progress) as reporter:
        write_report(name_of(dataset, data), out, reporter, data=data, cache=cache)


def write_report(
    dataset: str,
    out: Path,
    reporter: Reporter,
    *,
    data: Path | None = None,
    cache: Path | None = None,
) -> None:
    """Read a data set and write its report.

    Args:
        dataset: Name of the data set, or a Hub repository.
        out: The page. It appears whole or not at all; its folder is made.
        reporter: Shows the progress.
        data: A folder or zip to read instead of fetching.
        cache: Where fetched files are kept; by default in the user's cache folder.

    Raises:
        DataError, SourceError: If the data set cannot be had or read.
        RunError: If the page cannot be written.
    """
    # Here, since they bring Matplotlib along.
    from training import sources
    from training.describe.report import render
    from training.describe.statistics import describe as count_all

    partial = out.with_name(out.name + ".partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial.touch()  # before the work, not after it
    except OSError as error:
        raise _unwritable(out, error) from error
    try:
        ratings = sources.load(dataset, data, reporter, cache)
        reporter.stage("Counting")
        statistics = count_all(ratings, reporter.update)
        reporter.stage("Drawing")
        page = render(ratings.facts, statistics)
        try:
            partial.write_text(page, encoding="utf-8")
            partial.replace(out)
        except OSError as error:
            raise _unwritable(out, error) from error
    finally:
        partial.unlink(missing_ok=True)
    reporter.note(f"Wrote {out}")


def _unwritable(out: Path, error: OSError) -> RunError:
    return RunError(
        f"{out} cannot be written: {error.strerror}. Choose another --out, or make room for it."
    )
