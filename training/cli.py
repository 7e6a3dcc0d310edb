"""The command line: `python -m training`, or `autoint-train` where the package is installed."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from training.commands import Cache, Data, Progress, Shown, name_of, reporting, stopping_at_once
from training.describe.command import describe
from training.evaluate import evaluate
from training.experiments.command import experiments
from training.quiet import quieten

app = typer.Typer(
    help="Train AutoInt+ on MovieLens.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Vocabularies(StrEnum):
    """Rows whose values get an index of their own."""

    train = "train"
    all = "all"


@app.callback()
def _commands() -> None:
    """Train AutoInt+ on MovieLens."""


app.command()(describe)
app.command()(evaluate)
app.add_typer(experiments, name="experiments")


@app.command()
def train(
    context: typer.Context,
    out: Annotated[
        Path, typer.Option(file_okay=False, help="Folder for the run; the same command resumes it.")
    ],
    dataset: Annotated[
        str | None,
        typer.Option(
            help="ml-100k, ml-1m, ml-10m, ml-20m, ml-25m, ml-32m, ml-latest-small, ml-latest; or a "
            "data set repository on the Hub, owner/name[@revision]. Default: ml-100k, or with --data "
            "no name but the file's."
        ),
    ] = None,
    data: Data = None,
    preset: Annotated[
        str, typer.Option(help="Model and fitting options: default, paper or original.")
    ] = "default",
    fields: Annotated[
        str, typer.Option(help="The model's fields: original (all fourteen) or no-demographics.")
    ] = "original",
    split: Annotated[
        str,
        typer.Option(
            help="user-time holds out each user's last ratings; random is the original's split."
        ),
    ] = "user-time",
    vocabularies: Annotated[
        Vocabularies,
        typer.Option(help="Fit vocabularies on the training rows, or on all as the original did."),
    ] = Vocabularies.train,
    like: Annotated[
        float, typer.Option(help="A rating of at least this many stars is a like.")
    ] = 4.0,
    epochs: Annotated[
        int | None, typer.Option(help="Epochs at the most; by default the preset's.", min=1)
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the run.", min=0)] = 42,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="Use deterministic operations (slower).")
    ] = False,
    init_from: Annotated[
        str | None,
        typer.Option(
            help="Go on from a model: a bundle's folder, or a repository on the Hub, "
            "owner/name[@revision]. Its fields and vocabularies are kept; the preset then only says how "
            "to fit.",
        ),
    ] = None,
    ranking: Annotated[
        bool,
        typer.Option(help="Train a ranker too, which orders the page's list; or leave it out."),
    ] = True,
    push_to: Annotated[
        str | None,
        typer.Option(
            help="Publish model and data set on the Hub as owner/name when training has ended. Token, "
            "name and rights are checked before it begins."
        ),
    ] = None,
    cache: Cache = None,
    progress: Shown = Progress.bar,
) -> None:
    """Train a model, measure it, and export a bundle and its data set.

    After an interruption the same command goes on where it stopped.
    """
    from space.schema import FIELD_PRESETS
    from training.presets import PRESETS
    from training.publish import PublishError, check_access, publish_run
    from training.run import RunOptions
    from training.run import train as run
    from training.splits import SPLITS

    for option, value, known in (
        ("--preset", preset, PRESETS),
        ("--fields", fields, FIELD_PRESETS),
        ("--split", split, SPLITS),
    ):
        if value not in known:
            raise typer.BadParameter(
                f"{value!r} is not one of {', '.join(known)}.", param_hint=option
            )
    if init_from is not None:
        for name in ("fields", "vocabularies"):
            source = context.get_parameter_source(name)
            if source is not None and source.name != "DEFAULT":
                raise typer.BadParameter(
                    "the published model has its own. Leave this out, or leave out --init-from.",
                    param_hint=f"--{name}",
                )
    options = RunOptions(
        dataset=name_of(dataset, data),
        preset=preset,
        fields=fields,
        split=split,
        vocabularies=vocabularies.value,
        like_threshold=like,
        epochs=epochs,
        seed=seed,
        deterministic=deterministic,
        init_from=init_from,
        ranking=ranking,
    )
    with reporting(progress) as reporter, stopping_at_once(reporter):
        try:
            if push_to is not None:
                check_access(push_to)
            run(options, out, reporter, data=data, cache=cache)
            if push_to is not None:
                publish_run(out, push_to, reporter)
        except PublishError as error:
            reporter.close()
            typer.echo(f"{error} After that, the same command goes on.", err=True)
            raise typer.Exit(int(error.failure)) from None


def main() -> None:
    """Run the command line."""
    quieten()
    app()
