"""The command `evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from training.commands import (
    Cache,
    Data,
    DatasetAsForTrain,
    Progress,
    Shown,
    name_of,
    reporting,
    stopping_at_once,
)

RANKED = (
    *("popularity", "knn", "ials", "ease", "ease-all"),
    *("linear", "autoint+", "autoint+-no-ease", "autoint+-plain-ease"),
)
"""`training.protocols.methods.RANKERS`, which brings much along: help is shown without it, and a test
compares the two."""

ABLATED = (
    *("autoint+-no-attention", "autoint+-no-dnn", "autoint+-no-product", "autoint+-no-lists"),
    *("autoint+-no-window-ease", "autoint+-no-rated-ease", "autoint+-no-liked-ease"),
    *("autoint+-no-next30", "autoint+-no-next10", "autoint+-no-later"),
    *("autoint+-even-draws", "autoint+-no-newcomers", "autoint+-untold"),
)
"""`training.protocols.methods.ABLATIONS`, likewise."""

RATED = (
    *("default", "paper", "original"),
    *("ordinal", "wide", "statistics"),
    *("statistics-no-taste", "statistics-no-ordinal", "statistics-none"),
)
"""`training.protocols.rating_methods.RATING_METHODS`, likewise."""


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
    dataset: DatasetAsForTrain = None,
    data: Data = None,
    methods: Annotated[
        str | None,
        typer.Option(
            help=f"Separated by commas. topn and newcomers: {', '.join(RANKED)}; by default all of "
            f"these, and, to leave one thing out, {', '.join(ABLATED)}. "
            f"original, paper and ids: {', '.join(RATED)}; by default statistics, for paper wide."
        ),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            help="With topn: measure this trained model as well, by the lists that the page shows, and "
            "its ranking model alone.",
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option(help="Seeds for methods that depend on one; the split stays.", min=1)
    ] = 3,
    epochs: Annotated[
        int | None,
        typer.Option(
            help="With original, paper and ids: epochs at the most; by default the preset's.", min=1
        ),
    ] = None,
    cache: Cache = None,
    progress: Shown = Progress.bar,
) -> None:
    """Measure methods by a protocol, side by side on the same split, with what each costs."""
    # Here, since they bring much along, and training.cli imports this module.
    from training.protocols.evaluation import EvaluateOptions
    from training.protocols.evaluation import evaluate as run
    from training.protocols.report import summary, text_tables
    from training.tables import in_columns

    options = EvaluateOptions(
        protocol=protocol,
        dataset=name_of(dataset, data),
        methods=methods,
        bundle=bundle,
        seeds=seeds,
        epochs=epochs,
    )
    with reporting(progress) as reporter, stopping_at_once(reporter):
        results = run(options, out, reporter, data=data, cache=cache)
    if progress is Progress.bar:
        typer.echo(in_columns(text_tables(summary(results))))
