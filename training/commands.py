"""What the commands of the command line share: their common options, and how they end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from training.errors import DataError, RunError, SourceError
from training.progress import ConsoleReporter, JsonReporter, Reporter, log_to, stop_at_once


class Progress(StrEnum):
    """How progress is shown."""

    bar = "bar"
    json = "json"


Data = Annotated[
    Path | None,
    typer.Option(help="Read this zip or folder instead of fetching; any MovieLens layout."),
]
Cache = Annotated[
    Path | None,
    typer.Option(help="Where fetched data is kept; by default the user's cache folder."),
]
Shown = Annotated[Progress, typer.Option(help="Show a bar, or write JSON lines for a program.")]
DatasetAsForTrain = Annotated[
    str | None,
    typer.Option(
        help="A data set that GroupLens publishes, or a repository on the Hub, as for train. "
        "Default: ml-100k, or with --data no name but the file's."
    ),
]


def name_of(dataset: str | None, data: Path | None) -> str:
    """What the data set is called: as it was named, as its file is, or ml-100k."""
    return dataset or (data.name if data is not None else "ml-100k")


@contextmanager
def reporting(progress: Progress) -> Iterator[Reporter]:
    """Show progress; end the process with a sentence where something fails that a user can mend."""
    reporter: Reporter = JsonReporter() if progress is Progress.json else ConsoleReporter()
    log_to(reporter)
    try:
        yield reporter
    except (DataError, SourceError, RunError) as error:
        reporter.close()
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    reporter.close()


@contextmanager
def stopping_at_once(reporter: Reporter) -> Iterator[None]:
    """End at an interruption, or when nobody reads the progress any more, without unwinding."""
    interrupted = signal.signal(signal.SIGINT, lambda *_: stop_at_once(reporter))
    try:
        yield
    except BrokenPipeError:
        os._exit(1)  # at once, as in stop_at_once; nobody reads a message any more
    finally:
        signal.signal(signal.SIGINT, interrupted)
