"""The command `evaluate`."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Annotated, Literal

import typer

from training.errors import DataError, RunError, SourceError
from training.progress import ConsoleReporter, JsonReporter, Reporter


def evaluate(
    out: Annotated[
        Path,
        typer.Option(
            file_okay=False,
            help="Folder for the table; the same command goes on, and keeps what is finished.",
        ),
    ],
    protocol: Annotated[
        Literal["original", "paper", "ids", "topn", "newcomers"],
        typer.Option(
            help="How to split and what to measure. original, paper and ids tell likes from others; "
            "topn and newcomers rank all films."
        ),
    ] = "topn",
    dataset: Annotated[
        str | None,
        typer.Option(
            help="A data set that GroupLens publishes, or a repository on the Hub, as for train. "
            "Default: ml-100k, or with --data no name but the file's."
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Read this zip or folder instead of fetching; any MovieLens layout."),
    ] = None,
    methods: Annotated[
        str | None,
        typer.Option(
            help="Separated by commas. topn and newcomers: popularity, knn, ials, ease, ease-all; by "
            "default all. original, paper and ids: presets of train; by default the preset default."
        ),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            help="With topn: measure this trained model as well, as the page ranks by it.",
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option(help="Seeds for methods that depend on one; the split stays.", min=1)
    ] = 3,
    epochs: Annotated[
        int | None, typer.Option(help="Epochs at the most; by default the preset's.", min=1)
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option(help="Where fetched data is kept; by default the user's cache folder."),
    ] = None,
    progress: Annotated[
        Literal["bar", "json"],
        typer.Option(help="Show a bar, or write JSON lines for a program."),
    ] = "bar",
) -> None:
    """Measure methods by a protocol, side by side on the same split, with what each costs."""
    # Here, since they bring much along, and training.cli imports this module.
    from training.progress import log_to, stop_at_once
    from training.protocols.evaluation import EvaluateOptions
    from training.protocols.evaluation import evaluate as run
    from training.protocols.report import in_columns, summary, text_tables

    reporter: Reporter = JsonReporter() if progress == "json" else ConsoleReporter()
    log_to(reporter)
    options = EvaluateOptions(
        protocol=protocol,
        dataset=dataset or (data.name if data is not None else "ml-100k"),
        methods=methods,
        bundle=bundle,
        seeds=seeds,
        epochs=epochs,
    )
    interrupted = signal.signal(signal.SIGINT, lambda *_: stop_at_once(reporter))
    try:
        results = run(options, out, reporter, data=data, cache=cache)
    except (DataError, SourceError, RunError) as error:
        reporter.close()
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except BrokenPipeError:
        os._exit(1)  # at once, as in _stop; nobody reads a message any more
    finally:
        signal.signal(signal.SIGINT, interrupted)
    reporter.close()
    if progress == "bar":
        typer.echo(in_columns(text_tables(summary(results))))
